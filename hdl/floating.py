"""One step of a floating-point accumulator: the sum of what it holds and a product, rounded once.

The two are sorted by magnitude. The smaller one is shifted right, added or subtracted, and the leading one of what
comes out is brought to the top. Two bits below the longer significand, and whether anything was shifted out past them,
are enough to round as the exact sum does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value

from lmul.golden.formats import Format
from lmul.hdl.gates import Bit, all_of, any_of, bits_of, both, choose, either, inverse, wire


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
    def range(self) -> tuple[int, int]:
        """The lowest and the highest exponent."""
        half = 1 << (len(self.exponent) - 1)
        return (
            -half if self.lowest is None else self.lowest,
            half - 1 if self.highest is None else self.highest,
        )

    @property
    def fraction_bits(self) -> int:
        """Bits of the significand below the one of weight 1."""
        return len(self.significand) - 1 - self.full


def _word(m: Module, name: str, value: Value | Sequence[Bit]) -> Signal:
    """A named word."""
    value = value if isinstance(value, Value) else Cat(*(Const(b, 1) if isinstance(b, int) else b for b in value))
    signal = Signal(len(value), name=name)
    m.d.comb += signal.eq(value)
    return signal


def top_exponent(f: Format) -> int:
    """The exponent field of TOP."""
    return f.top >> f.mantissa_bits


def accumulated(m: Module, f: Format, acc: Value | Sequence[Bit], product: WideProduct) -> tuple[list[Bit], Bit]:
    """The code of acc + product, and whether the product or the sum was above TOP.

    `acc` is a code of a sum or +0: no subnormal number, nor Inf or NaN.
    """
    code = bits_of(acc) if isinstance(acc, Value) else list(acc)
    width = f.mantissa_bits
    a_mantissa, a_exponent, a_sign = code[:width], code[width:-1], code[-1]
    p = _clamped(m, f, product)
    length = max(width + 1, len(p.significand))
    a = _aligned([*a_mantissa, wire(m, "acc_some", any_of(a_exponent))], length)
    b = _aligned(p.significand, length)

    # Sorted by magnitude. The exponents' difference less one, and its complement, give the distance.
    chain = _word(m, "distance_less_one", Cat(*p.exponent) + Cat(*(~Value.cast(x) for x in a_exponent)))
    higher, less_one = chain[f.exponent_bits], chain[: f.exponent_bits]
    beyond = _word(m, "product_mantissa_larger", Cat(*map(Value.cast, b[:-1])) > Cat(*map(Value.cast, a[:-1])))
    larger = wire(m, "product_larger", ~Value.cast(p.zero) & (higher | (all_of(bits_of(less_one)) & beyond)))
    distance = _word(m, "distance", Mux(higher, less_one + 1, ~less_one)[: f.exponent_bits])

    steps = min((length + 2).bit_length(), f.exponent_bits)
    far = wire(m, "far", any_of(bits_of(distance)[steps:]))
    big = _word(m, "larger", [choose(larger, y, x) for x, y in zip(a, b, strict=True)])
    small = _word(m, "smaller", [choose(larger, x, both(y, inverse(p.zero))) for x, y in zip(a, b, strict=True)])
    shifted, sticky = _shifted(m, [0, 0, *bits_of(small)], bits_of(distance)[:steps], far)

    subtract = wire(m, "subtract", Value.cast(a_sign) ^ p.sign)
    addend = _word(m, "addend", [Value.cast(bit) ^ subtract for bit in shifted])
    total = _word(m, "total", Cat(Const(0, 2), big) + addend + (subtract & ~sticky))
    summed = [*bits_of(total)[: length + 2], wire(m, "carried", total[length + 2] & ~subtract)]

    normal, zeros = _normalised(m, summed)
    some = normal[-1]
    kept, guard, rest = normal[-width - 1 : -1], normal[-width - 2], normal[: -width - 2]
    up = wire(m, "up", both(guard, either(sticky, *rest, kept[0])))
    exponent = _word(m, "exponent", [choose(larger, y, x) for x, y in zip(a_exponent, p.exponent, strict=True)])
    e = _word(m, "exponent_unrounded", (exponent - Cat(*zeros) + 1)[: 1 + max(f.exponent_bits + 1, len(zeros))])
    rounded = _word(m, "rounded", Cat(*kept, e, e[-1]) + up)[: width + len(e)]
    below, above = _outside(m, f, p, rounded)
    sign = wire(m, "sum_sign", both(a_sign, p.sign) | (some & choose(larger, p.sign, a_sign)))
    keep = both(some, inverse(below))
    magnitude = []
    for i in range(f.magnitude_bits):
        bit = both(either(rounded[i], above), keep) if f.top >> i & 1 else both(rounded[i], keep, inverse(above))
        magnitude.append(bit)
    saturated = either(both(above, keep), p.above)
    return [*magnitude, sign], wire(m, "saturated", saturated)


@dataclass(frozen=True)
class _Clamped:
    sign: Bit
    zero: Bit
    significand: list[Bit]
    exponent: list[Bit]
    above: Bit


def _clamped(m: Module, f: Format, product: WideProduct) -> _Clamped:
    significand, exponent = product.significand, [*product.exponent]
    lowest, highest = product.range
    e = Cat(*exponent).as_signed()
    if product.full:
        top = Value.cast(significand[-1])
        significand = bits_of(_word(m, "product_significand", Mux(top, Cat(*significand), Cat(0, *significand[:-1]))))
        e = _word(m, "product_exponent", e + top).as_signed()
        highest += 1
    top_e = top_exponent(f)
    zero, above = product.zero, 0
    if lowest < 1:
        zero = wire(m, "product_zero", either(zero, e < 1))
    width = f.mantissa_bits
    length = max(len(significand), width + 1)
    significand_top = (f.hidden_one | (f.top & (f.hidden_one - 1))) << (length - width - 1)
    s = _aligned(significand, length)
    if highest >= top_e:
        above = wire(
            m,
            "product_above",
            ~Value.cast(zero) & ((e > top_e) | ((e == top_e) & (Cat(*map(Value.cast, s)) > significand_top))),
        )
        significand = [
            either(bit, above) if significand_top >> i & 1 else both(bit, inverse(above)) for i, bit in enumerate(s)
        ]
    e = Cat(e, *[e[-1]] * f.exponent_bits)
    bits = [either(e[i], above) if top_e >> i & 1 else both(e[i], inverse(above)) for i in range(f.exponent_bits)]
    return _Clamped(product.sign, zero, significand, bits, above)


def _aligned(bits: Sequence[Bit], length: int) -> list[Bit]:
    return [*[0] * (length - len(bits)), *bits]


def _shifted(m: Module, bits: list[Bit], distance: Sequence[Value], far: Bit) -> tuple[list[Bit], Bit]:
    sticky: Bit = 0
    length = len(bits)
    for i in reversed(range(len(distance))):
        step = 1 << i
        lost = either(*bits[:step])
        sticky = wire(m, f"sticky_{i}", either(sticky, both(distance[i], lost)))
        moved = [*bits[step:], *[0] * min(step, length)]
        bits = bits_of(_word(m, f"down_{step}", [choose(distance[i], x, y) for x, y in zip(moved, bits, strict=True)]))
    sticky = wire(m, "sticky", either(sticky, both(far, either(*bits))))
    return [both(bit, inverse(far)) for bit in bits], sticky


def _normalised(m: Module, bits: list[Bit]) -> tuple[list[Bit], list[Bit]]:
    zeros: list[Bit] = []
    for i in reversed(range((len(bits) - 1).bit_length())):
        step = 1 << i
        empty = wire(m, f"zeros_{i}", inverse(either(*bits[-step:])))
        zeros.insert(0, empty)
        moved = [*[0] * step, *bits[:-step]]
        bits = bits_of(_word(m, f"up_{step}", [choose(empty, x, y) for x, y in zip(moved, bits, strict=True)]))
    return bits, zeros


def _outside(m: Module, f: Format, p: _Clamped, rounded: Value) -> tuple[Bit, Bit]:
    e = rounded[f.mantissa_bits :].as_signed()
    below = wire(m, "below", e < 1)
    above = wire(m, "above", rounded.as_signed() > f.top)
    return below, above
