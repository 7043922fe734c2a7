"""The policy ieee: what comes before and after the arithmetic of normal numbers.

Before it, a subnormal operand is normalised: its leading one becomes the hidden one, and its exponent field, 0, becomes
minus the number of zeros that stood above the leading one. After it, a product whose exponent field is 0 or less is
shifted right and rounded once, and what is not a number replaces what is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Module

from lmul.golden.formats import Format, Kind
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters
from lmul.hdl.arith.exponent import Placed, shares_normaliser
from lmul.hdl.arith.fields import Operand
from lmul.hdl.arith.gates import Bit, all_of, any_of, both, choose, either, inverse, ripple, wire


@dataclass(frozen=True)
class Special:
    """What the operands alone decide about the product."""

    nan: Bit
    infinite: Bit
    zero: Bit


def operands(m: Module, p: Parameters, x: Operand, y: Operand) -> tuple[Operand, Operand, Special]:
    """The operands with subnormal ones normalised, and what is special about them.

    Where the product of two subnormal numbers always rounds to zero and the method does not tell x from y, one
    normaliser can serve both, right or not where both are subnormal: it gets y's mantissa if y is subnormal, else x's.
    """
    x_normal, y_normal = wire(m, "x_normal", any_of(x.exponent)), wire(m, "y_normal", any_of(y.exponent))
    x_nan, x_infinite, x_zero = _classes(m, p.format, "x", x, x_normal)
    y_nan, y_infinite, y_zero = _classes(m, p.y_format, "y", y, y_normal)
    nan = wire(m, "nan", either(x_nan, y_nan, both(x_infinite, y_zero), both(x_zero, y_infinite)))
    infinite = wire(m, "infinite", either(x_infinite, y_infinite))
    zero = wire(m, "zero", either(x_zero, y_zero))
    if shares_normaliser(p):
        pairs = list(zip(x.mantissa, y.mantissa, strict=True))
        left = [wire(m, f"left_{i}", choose(y_normal, a, b)) for i, (a, b) in enumerate(pairs)]
        right = [wire(m, f"right_{i}", choose(y_normal, b, a)) for i, (a, b) in enumerate(pairs)]
        shift = wire(m, "subnormal", ~(x_normal & y_normal))
        mantissa, minus_zeros = _normalised(m, "left", left, shift)
        x = Operand(mantissa, _field(m, "x", x, x_normal, minus_zeros))
        y = Operand(right, _field(m, "y", y, y_normal, minus_zeros))
    else:
        x, y = (
            Operand(mantissa, _field(m, name, each, normal, minus_zeros))
            for name, each, normal in (("x", x, x_normal), ("y", y, y_normal))
            for mantissa, minus_zeros in [_normalised(m, name, each.mantissa, inverse(normal))]
        )
    return x, y, Special(nan, infinite, zero)


def _classes(m: Module, f: Format, name: str, operand: Operand, normal: Bit) -> tuple[Bit, Bit, Bit]:
    """Whether an operand is NaN, infinite, zero."""
    some = wire(m, f"{name}_some", either(*operand.mantissa))
    zero = wire(m, f"{name}_zero", inverse(either(normal, some)))
    if f.kind is Kind.FINITE:
        return 0, 0, zero
    top = wire(m, f"{name}_top", all_of(operand.exponent))
    if f.kind is Kind.FN:
        own = operand.mantissa[-f.mantissa_bits :]
        return wire(m, f"{name}_nan", both(top, *own)), 0, zero
    return (
        wire(m, f"{name}_nan", both(top, some)),
        wire(m, f"{name}_infinite", both(top, inverse(some))),
        zero,
    )


def _normalised(m: Module, name: str, mantissa: Sequence[Bit], shift: Bit) -> tuple[list[Bit], list[Bit]]:
    """A mantissa, shifted left past its leading one if `shift`; minus the number of zeros above that, and its sign.

    The number of zeros has as many bits as its largest value needs; a mantissa of zeros gives nonsense.
    """
    bits = list(mantissa)
    zeros: list[Bit] = []
    for i in reversed(range((len(bits) - 1).bit_length())):
        step = 1 << i
        empty = wire(m, f"{name}_zeros_{i}", inverse(either(*bits[-step:])))
        zeros.insert(0, empty)
        shifted = [*[0] * step, *bits[:-step]]
        bits = [
            wire(m, f"{name}_by_{step}_{k}", choose(empty, a, b))
            for k, (a, b) in enumerate(zip(shifted, bits, strict=True))
        ]
    # The leading one itself goes where the hidden one is.
    past = [0, *bits[:-1]]
    bits = [
        wire(m, f"{name}_normalised_{k}", choose(shift, a, b))
        for k, (a, b) in enumerate(zip(past, mantissa, strict=True))
    ]
    return bits, negated(m, f"{name}_minus_zeros", [*zeros, 0])


def _field(m: Module, name: str, operand: Operand, normal: Bit, subnormal_field: Sequence[Bit]) -> list[Bit]:
    """The exponent field in two's complement, with that of a subnormal operand in place of its 0."""
    subnormal = wire(m, f"{name}_subnormal", inverse(normal))
    *low, sign = subnormal_field
    width = max(len(operand.exponent) + 1, len(subnormal_field))
    field = [*operand.exponent, *[0] * (width - len(operand.exponent))]
    instead = [*low, *[sign] * (width - len(low))]
    return [
        wire(m, f"{name}_exponent_{i}", either(bit, both(subnormal, other)))
        for i, (bit, other) in enumerate(zip(field, instead, strict=True))
    ]


def negated(m: Module, name: str, bits: Sequence[Bit]) -> list[Bit]:
    """Minus a number in two's complement: a bit is inverted where a lower one is 1."""
    result, lower = [], [bits[0]]
    result.append(bits[0])
    for i, bit in enumerate(bits[1:], 1):
        some = either(*lower)
        result.append(wire(m, f"{name}_{i}", choose(bit, inverse(some), some)))
        lower.append(bit)
    return result


def products(
    m: Module, p: Parameters, t: Placed, sides: tuple[Bit, Bit], special: Special, sign: Bit
) -> tuple[list[Bit], Bit]:
    """The magnitude code and the sign of the product.

    `sides` says of an exact product whether it lies above T's value, and whether below it.
    """
    z, width = p.result, p.result.mantissa_bits
    subnormal, normal_one, far = _denormalised(m, p, t, sides)
    keep = inverse(special.zero)
    numbers: list[Bit] = []
    for i, bit in enumerate(t.bits):
        other = subnormal[i] if i < width else normal_one if i == width else 0
        numbers.append(wire(m, f"number_{i}", both(choose(t.below, both(other, inverse(far)), bit), keep)))
    beyond = either(t.above, both(*t.bits, inverse(t.below))) if z.kind is Kind.FN else t.above
    over = wire(m, "over", both(beyond, keep))
    infinity = z.nan if z.infinity is None else z.infinity
    saturates = p.overflow is Overflow.SATURATE or p.rounding is Rounding.ZERO or infinity is None
    if saturates:  # an infinite operand is not overflow
        over = wire(m, "saturates", both(over, inverse(special.infinite), inverse(special.nan)))
    beyond_top = z.top if saturates or infinity is None else infinity
    replaced = [(special.nan, z.nan or 0), (special.infinite, infinity or 0), (over, beyond_top)]
    magnitude = [wire(m, f"magnitude_{i}", _replaced(bit, i, replaced)) for i, bit in enumerate(numbers)]
    nans = [condition for condition, code in replaced if code == z.nan]
    return magnitude, wire(m, "product_sign", both(sign, *(inverse(condition) for condition in nans)))


def _replaced(bit: Bit, i: int, codes: Sequence[tuple[Bit, int]]) -> Bit:
    """A bit of the number, or of the code whose condition holds; of two that hold, a 1 wins."""
    ones = [condition for condition, code in codes if code >> i & 1]
    zeros = [inverse(condition) for condition, code in codes if not code >> i & 1]
    return either(both(bit, *zeros), *ones)


def _denormalised(m: Module, p: Parameters, t: Placed, sides: tuple[Bit, Bit]) -> tuple[list[Bit], Bit, Bit]:
    """The mantissa of T below the smallest normal number, whether it rounds up to that, and whether it is far below.

    With n = -(T >> M) the significand is shifted right by 1 + n places and rounded to nearest even. T may itself be a
    rounded product; then a tie is one only if T is exact, and `sides` decides otherwise. That is all there is to
    rounding twice: every other number is as far from a tie as T is.
    """
    width = p.result.mantissa_bits
    places = width.bit_length()
    n = negated(m, "places", t.exponent[:places])
    upper = t.exponent[places:]
    some = either(*t.exponent[:places])
    far = wire(m, "far", both(either(*upper), inverse(both(some, *upper))))
    shifted: list[Bit] = [*t.bits[:width], 1]  # all but the first is the mantissa, and that the bit after it
    sticky: Bit = 0
    for i, select in enumerate(n):
        step = 1 << i
        lost = either(*shifted[:step])
        sticky = wire(m, f"sticky_{i}", either(sticky, both(select, lost)))
        moved = [*shifted[step:], *[0] * min(step, width + 1)][: width + 1]
        shifted = [
            wire(m, f"down_{step}_{k}", choose(select, a, b))
            for k, (a, b) in enumerate(zip(moved, shifted, strict=True))
        ]
    guard, *mantissa = shifted
    if p.rounding is Rounding.ZERO:
        return mantissa, 0, far
    above, below = sides
    up = wire(m, "up", both(guard, either(sticky, above, both(mantissa[0], inverse(below)))))
    total, carry = ripple(m, "subnormal", mantissa, [0] * width, up)
    return total, carry, far
