"""One step of a floating-point accumulator: the sum of what it holds and a product, rounded once.

The two are sorted by magnitude. The smaller one is shifted right, added or subtracted, and the leading one of what
comes out is brought to the top. Two bits below the longer significand, and whether anything was shifted out past them,
are enough to round as the exact sum does.

What cannot happen is not built. Products that are never outside the format need no clamp. A sum is a multiple of the
last place of the smallest product, so that it is never below the format if that is not. It is never above if products
too small to change it are all that it can meet there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value

from lmul.golden.formats import Format, Kind
from lmul.hdl.gates import Bit, any_of, bits_of, both, choose, either, inverse, wire


@dataclass(frozen=True)
class WideProduct:
    """A product before it is squeezed into a format.

    Attributes
    ----------
    sign, zero : Bit
        If `zero`, significand and exponent mean nothing.
    significand : list of Bit
        Lowest first. Its value is in [1, 2): the hidden one is on top. If `full` it is in [1, 4).
    exponent : list of Bit
        Biased as the accumulator's format is, of the significand's bit of weight 1; in two's complement.
    full : bool
        Whether the significand is not normalised.
    lowest, highest : int or None
        Between them is the exponent of every product that is not zero; None for what its width allows.
    """

    sign: Bit
    zero: Bit
    significand: list[Bit]
    exponent: list[Bit]
    full: bool = False
    lowest: int | None = None
    highest: int | None = None

    @property
    def reach(self) -> "Reach":
        """Where the product can lie."""
        half = 1 << (len(self.exponent) - 1)
        return Reach(
            -half if self.lowest is None else self.lowest,
            (half - 1 if self.highest is None else self.highest) + self.full,
            len(self.significand) - 1 - self.full,
        )


@dataclass(frozen=True)
class Reach:
    """Where products can lie, in terms of the accumulator.

    Attributes
    ----------
    lowest, highest : int
        Biased exponent of the smallest and the largest, normalised.
    fraction_bits : int
        Bits below the one of weight 1 for the exponent `lowest`.
    """

    lowest: int
    highest: int
    fraction_bits: int

    @property
    def last_place(self) -> int:
        """Biased exponent of the last place of the smallest product, of which every sum is a multiple."""
        return self.lowest - self.fraction_bits

    def highest_sum(self, f: Format) -> int:
        """Biased exponent of the largest sum: a power of two, half of whose last place no product exceeds."""
        return self.highest + f.mantissa_bits + 2

    def sums_below(self, f: Format) -> bool:
        """Whether a sum can be below the smallest normal number."""
        return self.last_place < 1

    def sums_above(self, f: Format) -> bool:
        """Whether a sum can be above TOP."""
        return self.highest_sum(f) > f.top >> f.mantissa_bits


def smallest_format(f: Format, reach: Reach) -> tuple[Format, int]:
    """A format with the same sums in fewer exponent bits, and what an exponent of `f` is more than one of that."""
    offset = reach.last_place - 1
    bits = max((reach.highest_sum(f) - offset).bit_length(), 2)
    if bits >= f.exponent_bits or reach.sums_below(f) or reach.sums_above(f):
        return f, 0
    return Format(f"{f}_e{bits}", bits, f.mantissa_bits, f.bias - offset, Kind.FINITE), offset


def widened(m: Module, f: Format, narrow: Format, code: Sequence[Bit]) -> list[Bit]:
    """A code of `f`, from that of what `smallest_format` gave."""
    if narrow == f:
        return list(code)
    width = f.mantissa_bits
    *field, sign = code[width:]
    some = wire(m, "sum_some", either(*field))
    exponent = word(m, "sum_exponent", (cat(field) + f.bias - narrow.bias)[: f.exponent_bits])
    return [*code[:width], *(both(bit, some) for bit in bits_of(exponent)), sign]


def cat(bits: Sequence[Bit]) -> Value:
    return Cat(*(Const(bit, 1) if isinstance(bit, int) else bit for bit in bits))


def word(m: Module, name: str, value: Value | Sequence[Bit]) -> Signal:
    """A named word."""
    value = value if isinstance(value, Value) else cat(value)
    signal = Signal(len(value), name=name)
    m.d.comb += signal.eq(value)
    return signal


def accumulated(m: Module, f: Format, acc: Value | Sequence[Bit], product: WideProduct) -> tuple[list[Bit], Bit]:
    """The code of acc + product, and whether the product or the sum was above TOP.

    `acc` is a code of a sum or +0: no subnormal number, nor Inf or NaN.
    """
    code = bits_of(acc) if isinstance(acc, Value) else list(acc)
    width = f.mantissa_bits
    a_mantissa, a_exponent, a_sign = code[:width], code[width:-1], code[-1]
    reach = product.reach
    p, p_above = _clamped(m, f, product)
    length = len(p.significand)
    a = [*[0] * (length - width - 1), *a_mantissa, wire(m, "acc_some", any_of(a_exponent))]

    # Sorted by magnitude. The difference of the exponents less one, and its complement, are the distance.
    chain = word(m, "apart_less_one", cat(p.exponent) + cat([inverse(bit) for bit in a_exponent]))
    higher, less_one = chain[-1], chain[:-1]
    beyond = wire(m, "product_mantissa_larger", cat(p.significand[:-1]) > cat(a[:-1]))
    larger = wire(m, "product_larger", both(inverse(p.zero), either(higher, both(*bits_of(less_one), beyond))))
    distance = bits_of(word(m, "distance", Mux(higher, less_one + 1, ~less_one)[: f.exponent_bits]))
    steps = min((length + 1).bit_length(), f.exponent_bits)
    near = wire(m, "near", inverse(either(*distance[steps:])))
    p_near, a_near = wire(m, "product_near", both(near, inverse(p.zero))), wire(m, "acc_near", both(near, larger))
    big, small = [], []
    for x, y in zip(a, p.significand, strict=True):
        big.append(choose(larger, y, x))
        small.append(either(both(x, a_near), both(y, inverse(larger), p_near)))
    big, small = word(m, "larger", big), word(m, "smaller", small)
    shifted, sticky = _shifted(m, [0, 0, *bits_of(small)], distance[:steps])
    if length > width + 1:
        sticky = wire(m, "sticky", either(sticky, both(inverse(near), a[-1])))

    subtract = wire(m, "subtract", Value.cast(a_sign) ^ p.sign)
    addend = word(m, "addend", [Value.cast(bit) ^ subtract for bit in shifted])
    total = word(m, "total", Cat(Const(0, 2), big) + addend + (subtract & ~Value.cast(sticky)))
    normal, zeros = normalised(m, [*total[: length + 2], wire(m, "carried", total[length + 2] & ~subtract)])
    some = normal[-1]
    kept, guard, rest = normal[-width - 1 : -1], normal[-width - 2], normal[: -width - 2]
    up = wire(m, "up", both(guard, either(sticky, *rest, kept[0])))
    e_width = f.exponent_bits
    if reach.sums_below(f) or reach.sums_above(f):
        e_width = max(f.exponent_bits + 1, len(zeros)) + 1
    exponent = word(m, "exponent", [choose(larger, y, x) for x, y in zip(a_exponent, p.exponent, strict=True)])
    e = word(m, "exponent_unrounded", (exponent - cat(zeros) + 1)[:e_width])
    rounded = word(m, "rounded", (Cat(*kept, e) + up)[: width + e_width])
    # Two negative zeros have a negative sum.
    negative_zeros = both(a_sign, p.sign) if reach.sums_below(f) else 0
    sign = wire(m, "sum_sign", either(negative_zeros, both(some, choose(larger, p.sign, a_sign))))
    keep, above = some, 0
    if reach.sums_below(f):
        keep = wire(m, "keep", both(some, rounded[width:].as_signed() > 0))
    if reach.sums_above(f):
        above = wire(m, "above", both(keep, rounded.as_signed() > f.top))
    magnitude = []
    for i, bit in enumerate(bits_of(rounded)[: f.magnitude_bits]):
        inside = both(bit, keep) if i >= width or reach.sums_below(f) else bit
        magnitude.append(either(inside, above) if f.top >> i & 1 else both(inside, inverse(above)))
    return [*magnitude, sign], wire(m, "sum_saturated", either(above, p_above))


def _clamped(m: Module, f: Format, product: WideProduct) -> tuple[WideProduct, Bit]:
    """The product, normalised and within the format, and whether it was above."""
    reach = product.reach
    significand, e = list(product.significand), cat(product.exponent).as_signed()
    if product.full:
        top = Value.cast(significand[-1])
        normal = Mux(top, cat(significand), cat([0, *significand[:-1]]))
        significand = bits_of(word(m, "product_significand", normal))
        e = word(m, "product_exponent", e + top).as_signed()
    padding = max(f.mantissa_bits + 1 - len(significand), 0)
    significand = [*[0] * padding, *significand]
    zero, above = product.zero, 0
    if reach.lowest < 1:
        zero = wire(m, "product_zero", either(zero, e < 1))
    top_e = f.top >> f.mantissa_bits
    top_s = (f.hidden_one + f.top % f.hidden_one) << (len(significand) - f.mantissa_bits - 1)
    if reach.highest >= top_e:
        beyond = (e > top_e) | ((e == top_e) & (cat(significand) > top_s))
        above = wire(m, "product_above", both(inverse(zero), beyond))

    def clamped(bit: Bit, top: int) -> Bit:
        return either(bit, above) if top else both(bit, inverse(above))

    exponent = bits_of(e)[: f.exponent_bits]
    exponent += [e[-1]] * (f.exponent_bits - len(e))
    return replace(
        product,
        zero=zero,
        significand=[clamped(bit, top_s >> i & 1) for i, bit in enumerate(significand)],
        exponent=[clamped(bit, top_e >> i & 1) for i, bit in enumerate(exponent)],
    ), above


def _shifted(m: Module, bits: list[Bit], distance: Sequence[Bit]) -> tuple[list[Bit], Bit]:
    """A number shifted right, and whether anything but zeros went out."""
    sticky: Bit = 0
    for i in reversed(range(len(distance))):
        step = 1 << i
        sticky = wire(m, f"sticky_{i}", either(sticky, both(distance[i], either(*bits[:step]))))
        moved = [*bits[step:], *[0] * min(step, len(bits))]
        bits = bits_of(word(m, f"down_{step}", [choose(distance[i], x, y) for x, y in zip(moved, bits, strict=True)]))
    return bits, sticky


def normalised(m: Module, bits: list[Bit]) -> tuple[list[Bit], list[Bit]]:
    """A number shifted left until a one is on top, and by how much."""
    zeros: list[Bit] = []
    length = len(bits)
    for i in reversed(range((length - 1).bit_length())):
        step = 1 << i
        empty = wire(m, f"zeros_{i}", inverse(either(*bits[-step:])))
        zeros.insert(0, empty)
        # The upper bits are zeros where they are replaced.
        moved = [
            either(bit, both(empty, bits[k - step] if k >= step else 0))
            if k >= length - step
            else choose(empty, bits[k - step] if k >= step else 0, bit)
            for k, bit in enumerate(bits)
        ]
        bits = bits_of(word(m, f"up_{step}", moved))
    return bits, zeros
