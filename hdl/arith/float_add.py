"""Step of a floating-point accumulator: adds a product and rounds once.

The two operands are sorted by magnitude. The smaller one is shifted right and added or subtracted, and the result is
normalised. Two bits below the longer significand and a sticky bit are enough to round like the exact sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from amaranth.hdl import Module, Mux, Value

from lmul.golden.formats import Format
from lmul.hdl.arith.gates import Bit, any_of, bits_of, both, choose, either, inverse, wire
from lmul.hdl.arith.reach import Reach
from lmul.hdl.arith.words import cat, normalised, shifted_down, word


@dataclass(frozen=True)
class WideProduct:
    """Product before it is rounded to a format.

    Attributes
    ----------
    sign, zero : Bit
        If `zero`, significand and exponent mean nothing.
    significand : list of Bit
        Lowest first. Its value is in [1, 2): the hidden one is on top. If `full` it is in [1, 4).
    exponent : list of Bit
        Biased as the accumulator's format is, of the significand's bit of weight 1; in two's complement.
    full : bool
        The significand is not normalised.
    lowest, highest : int or None
        Range of the exponents of products other than zero; None for the range of its width.
    """

    sign: Bit
    zero: Bit
    significand: list[Bit]
    exponent: list[Bit]
    full: bool = False
    lowest: int | None = None
    highest: int | None = None

    @property
    def reach(self) -> Reach:
        """Return the range of the product's exponent."""
        half = 1 << (len(self.exponent) - 1)
        return Reach(
            -half if self.lowest is None else self.lowest,
            (half - 1 if self.highest is None else self.highest) + self.full,
            len(self.significand) - 1 - self.full,
        )


def accumulated(m: Module, f: Format, acc: Value | Sequence[Bit], product: WideProduct) -> tuple[list[Bit], Bit]:
    """Compute the code of acc + product, and whether the product or the sum was above TOP.

    `acc` is a code of a sum or +0: no subnormal number, nor Inf or NaN.
    """
    *magnitude, a_sign = bits_of(acc) if isinstance(acc, Value) else acc
    reach = product.reach
    p, p_above = _clamped(m, f, product)
    pair = _sorted(m, f, magnitude, p)
    small, sticky = shifted_down(m, [0, 0, *pair.small], pair.distance)
    sticky = wire(m, "sticky", either(sticky, pair.far))

    subtract = wire(m, "subtract", Value.cast(a_sign) ^ p.sign)
    addend = word(m, "addend", [Value.cast(bit) ^ subtract for bit in small])
    total = word(m, "total", cat([0, 0, *pair.big]) + addend + (subtract & ~Value.cast(sticky)))
    carried = wire(m, "carried", total[len(small)] & ~Value.cast(subtract))
    normal, zeros = normalised(m, [*total[: len(small)], carried])
    some = normal[-1]
    rounded = _rounded(m, f, pair.exponent, normal, zeros, sticky, reach)

    below = reach.sums_below(f)
    # A zero product leaves a negative zero as it is.
    unchanged = both(a_sign, p.zero) if below else 0
    sign = wire(m, "sum_sign", either(unchanged, both(some, choose(pair.product_larger, p.sign, a_sign))))
    keep = wire(m, "keep", both(some, rounded[f.mantissa_bits :].as_signed() > 0)) if below else some
    above = wire(m, "above", both(keep, rounded.as_signed() > f.top)) if reach.sums_above(f) else 0
    code: list[Bit] = []
    for i, bit in enumerate(bits_of(rounded)[: f.magnitude_bits]):
        inside = both(bit, keep) if below or i >= f.mantissa_bits else bit
        code.append(either(inside, above) if f.top >> i & 1 else both(inside, inverse(above)))
    return [*code, sign], wire(m, "sum_saturated", either(above, p_above))


@dataclass(frozen=True)
class _Sorted:
    """Accumulator and product, sorted by magnitude.

    Attributes
    ----------
    product_larger : Bit
        The product is the larger one.
    big, small : list of Bit
        Significands of the same length; the small one not yet shifted.
    exponent : list of Bit
        Exponent of the larger.
    distance : list of Bit
        Distance by which the smaller is shifted right.
    far : Bit
        The distance exceeds all places; only a sticky bit is left, and `small` is 0.
    """

    product_larger: Bit
    big: list[Bit]
    small: list[Bit]
    exponent: list[Bit]
    distance: list[Bit]
    far: Bit


def _sorted(m: Module, f: Format, magnitude: Sequence[Bit], p: WideProduct) -> _Sorted:
    width, length = f.mantissa_bits, len(p.significand)
    exponent = magnitude[width:]
    some = wire(m, "acc_some", any_of(exponent))
    a = [*[0] * (length - width - 1), *magnitude[:width], some]
    # The difference of the exponents less one, and its complement, are the distance.
    apart = word(m, "apart_less_one", cat(p.exponent) + cat([inverse(bit) for bit in exponent]))
    higher, less_one = apart[-1], apart[:-1]
    distance = bits_of(word(m, "distance", Mux(higher, less_one + 1, ~less_one)[: f.exponent_bits]))
    mantissa = wire(m, "product_mantissa_larger", cat(p.significand[:-1]) > cat(a[:-1]))
    larger = wire(m, "product_larger", both(inverse(p.zero), either(higher, both(*bits_of(less_one), mantissa))))
    steps = min((length + 1).bit_length(), f.exponent_bits)
    near = wire(m, "near", inverse(either(*distance[steps:])))
    a_small = wire(m, "acc_smaller", both(near, larger))
    p_small = wire(m, "product_smaller", both(near, inverse(larger), inverse(p.zero)))
    pairs = list(zip(a, p.significand, strict=True))
    return _Sorted(
        larger,
        bits_of(word(m, "larger", [choose(larger, y, x) for x, y in pairs])),
        bits_of(word(m, "smaller", [either(both(x, a_small), both(y, p_small)) for x, y in pairs])),
        bits_of(word(m, "exponent", [choose(larger, y, x) for x, y in zip(exponent, p.exponent, strict=True)])),
        distance[:steps],
        # A product that is too far below does not change an accumulator of its own length.
        both(inverse(near), some) if length > width + 1 else 0,
    )


def _rounded(
    m: Module,
    f: Format,
    exponent: Sequence[Bit],
    normal: Sequence[Bit],
    zeros: Sequence[Bit],
    sticky: Bit,
    reach: Reach,
) -> Value:
    """Round the normalised sum: mantissa below, exponent above, in two's complement if it can leave the range."""
    width = f.mantissa_bits
    kept, guard, rest = normal[-width - 1 : -1], normal[-width - 2], normal[: -width - 2]
    up = wire(m, "up", both(guard, either(sticky, *rest, kept[0])))
    e_width = f.exponent_bits
    if reach.sums_below(f) or reach.sums_above(f):
        e_width = max(f.exponent_bits + 1, len(zeros)) + 1
    e = cat([*exponent, 0]).as_signed()
    if len(normal) > width + 4:
        unrounded = word(m, "exponent_unrounded", (e - cat(zeros) + 1)[:e_width])
        return word(m, "rounded", (cat([*kept, *unrounded]) + up)[: width + e_width])
    mantissa = word(m, "mantissa", cat(kept) + up)
    carry = mantissa[-1]
    # Only sums that are shifted by one or two places are rounded, to one place less if there is a carry.
    places = [choose(carry, zeros[1], zeros[0]), both(zeros[1], inverse(carry)), *zeros[2:]]
    lower, less_one = inverse(places[0]), [inverse(places[0])]
    for place in places[1:]:
        less_one.append(Value.cast(place) ^ lower)
        lower = both(lower, inverse(place))
    change = word(m, "places_less_one", [*less_one, lower]).as_signed()
    return word(m, "rounded", [*mantissa[:-1], *(e - change)[:e_width]])


def _clamped(m: Module, f: Format, product: WideProduct) -> tuple[WideProduct, Bit]:
    """Normalise a product and clamp it to the format; tell whether it was above TOP."""
    reach = product.reach
    significand, e = list(product.significand), cat(product.exponent).as_signed()
    if product.full:
        top = Value.cast(significand[-1])
        normal = Mux(top, cat(significand), cat([0, *significand[:-1]]))
        significand = bits_of(word(m, "product_significand", normal))
        e = word(m, "product_exponent", e + top).as_signed()
    padding = max(f.mantissa_bits + 1 - len(significand), 0)
    significand = [*[0] * padding, *significand]
    zero = product.zero
    above: Bit = 0
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
