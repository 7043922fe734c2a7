"""Policies ieee and ftz: special values, and for ieee normalisation of operands and denormalisation of the product.

A subnormal operand is normalised before the multiplication: its leading one becomes the hidden one, and its exponent
field, 0, becomes minus the number of zeros above the leading one. A product with an exponent field of 0 or less is
shifted right and rounded once. Inf and NaN replace numbers last. Under ftz subnormal numbers are zeros on both sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Module

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.arith import wire_names
from lmul.hdl.arith.exponent import Placed, shares_normaliser
from lmul.hdl.arith.fields import OperandFields
from lmul.hdl.arith.flush import Extended, normal_operands
from lmul.hdl.arith.gates import Bit, all_of, both, choose, either, inverse, ripple, wire


@dataclass(frozen=True)
class Special:
    """Properties of the product that follow from the operands alone."""

    nan: Bit
    infinite: Bit
    zero: Bit


def operands(
    m: Module, p: Parameters, x: OperandFields, y: OperandFields
) -> tuple[OperandFields, OperandFields, Special]:
    """Normalise subnormal operands, and detect NaN, Inf and zero.

    Where the product of two subnormal numbers always rounds to zero and the method does not tell x from y, one
    normaliser can serve both, right or not where both are subnormal: it gets y's mantissa if y is subnormal, else x's.
    """
    x_normal, y_normal = normal_operands(m, x.exponent, y.exponent)
    special = special_values(m, p, x, y, (x_normal, y_normal))
    if shares_normaliser(p):
        pairs = list(zip(x.mantissa, y.mantissa, strict=True))
        left = [wire(m, wire_names.chosen("left", i), choose(y_normal, a, b)) for i, (a, b) in enumerate(pairs)]
        right = [wire(m, wire_names.chosen("right", i), choose(y_normal, b, a)) for i, (a, b) in enumerate(pairs)]
        shift = wire(m, "subnormal", ~(x_normal & y_normal))
        mantissa, minus_zeros = _normalised(m, "left", left, shift)
        x = OperandFields(mantissa, _field(m, "x", x, x_normal, minus_zeros))
        y = OperandFields(right, _field(m, "y", y, y_normal, minus_zeros))
    else:
        x, y = (
            OperandFields(mantissa, _field(m, name, each, normal, minus_zeros))
            for name, each, normal in (("x", x, x_normal), ("y", y, y_normal))
            for mantissa, minus_zeros in [_normalised(m, name, each.mantissa, inverse(normal))]
        )
    return x, y, special


def special_values(m: Module, p: Parameters, x: OperandFields, y: OperandFields, normal: tuple[Bit, Bit]) -> Special:
    """Detect NaN, Inf and zero in operands as they are; `normal` tells which has an exponent field that is not 0."""
    x_nan, x_infinite, x_zero = _classes(m, p, p.format, "x", x, normal[0])
    y_nan, y_infinite, y_zero = _classes(m, p, p.y_format, "y", y, normal[1])
    nan = wire(m, "nan", either(x_nan, y_nan, both(x_infinite, y_zero), both(x_zero, y_infinite)))
    infinite = wire(m, "infinite", either(x_infinite, y_infinite))
    return Special(nan, infinite, wire(m, "zero", either(x_zero, y_zero)))


def _classes(
    m: Module, p: Parameters, f: Format, name: str, operand: OperandFields, normal: Bit
) -> tuple[Bit, Bit, Bit]:
    """Tell whether an operand is NaN, whether it is infinite, and whether it counts as zero."""
    some = wire(m, f"{name}_some", either(*operand.mantissa))
    zero = wire(m, f"{name}_zero", inverse(normal if p.policy is Policy.FTZ else either(normal, some)))
    if f.kind is FormatKind.FINITE:
        return 0, 0, zero
    top = wire(m, f"{name}_top", all_of(operand.exponent))
    if f.kind is FormatKind.FN:
        own = operand.mantissa[-f.mantissa_bits :]
        return wire(m, f"{name}_nan", both(top, *own)), 0, zero
    return (
        wire(m, f"{name}_nan", both(top, some)),
        wire(m, f"{name}_infinite", both(top, inverse(some))),
        zero,
    )


def _normalised(m: Module, name: str, mantissa: Sequence[Bit], shift: Bit) -> tuple[list[Bit], list[Bit]]:
    """Shift a mantissa left past its leading one if `shift`; return it and minus the number of leading zeros.

    The second number is in two's complement, with as many bits as its largest value needs, and a sign. For a mantissa
    of zeros neither result is meaningful.
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
        wire(m, wire_names.normalised(name, k), choose(shift, a, b))
        for k, (a, b) in enumerate(zip(past, mantissa, strict=True))
    ]
    return bits, negated(m, f"{name}_minus_zeros", [*zeros, 0])


def _field(m: Module, name: str, operand: OperandFields, normal: Bit, subnormal_field: Sequence[Bit]) -> list[Bit]:
    """Build the exponent field in two's complement; that of a subnormal operand replaces its 0."""
    subnormal = wire(m, f"{name}_subnormal", inverse(normal))
    *low, sign = subnormal_field
    width = max(len(operand.exponent) + 1, len(subnormal_field))
    field = [*operand.exponent, *[0] * (width - len(operand.exponent))]
    instead = [*low, *[sign] * (width - len(low))]
    return [
        wire(m, wire_names.exponent(name, i), either(bit, both(subnormal, other)))
        for i, (bit, other) in enumerate(zip(field, instead, strict=True))
    ]


def negated(m: Module, name: str, bits: Sequence[Bit]) -> list[Bit]:
    """Negate a number in two's complement: invert each bit above the lowest 1."""
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
    """Build the magnitude code and the sign of the product.

    `sides` tells of an exact product whether it is above the value of T, and whether it is below.
    """
    width = p.result.mantissa_bits
    subnormal, normal_one, far = _denormalised(m, p, t, sides)
    keep = inverse(special.zero)
    numbers: list[Bit] = []
    for i, bit in enumerate(t.bits):
        other = subnormal[i] if i < width else normal_one if i == width else 0
        numbers.append(wire(m, f"number_{i}", both(choose(t.below, both(other, inverse(far)), bit), keep)))
    beyond = either(t.above, both(*t.bits, inverse(t.below))) if p.result.kind is FormatKind.FN else t.above
    return _replaced_by_special_values(m, p, numbers, wire(m, "over", both(beyond, keep)), special, sign)


def flushed_products(m: Module, p: Parameters, t: Extended, special: Special, sign: Bit) -> tuple[list[Bit], Bit]:
    """Build the magnitude code and the sign of the product under ftz; `t.keep` is 0 for an operand that is a zero."""
    numbers = [wire(m, f"number_{i}", both(bit, t.keep)) for i, bit in enumerate(t.bits)]
    beyond = either(t.above, both(*t.bits)) if p.result.kind is FormatKind.FN else t.above
    return _replaced_by_special_values(m, p, numbers, wire(m, "over", both(beyond, t.keep)), special, sign)


def special_codes(p: Parameters) -> tuple[int | None, int]:
    """Return the magnitude codes of an infinite product, None if the format has none for it, and of one above TOP."""
    z = p.result
    infinity = z.nan if z.infinity is None else z.infinity
    saturates = p.overflow is Overflow.SATURATE or p.rounding is Rounding.ZERO or infinity is None
    return infinity, z.top if saturates or infinity is None else infinity


def _replaced_by_special_values(
    m: Module, p: Parameters, numbers: Sequence[Bit], over: Bit, special: Special, sign: Bit
) -> tuple[list[Bit], Bit]:
    """Replace a magnitude code by NaN, Inf or the code for overflow where their conditions hold."""
    z = p.result
    infinity, beyond_top = special_codes(p)
    if beyond_top == z.top:  # an infinite operand is not overflow
        over = wire(m, "saturates", both(over, inverse(special.infinite), inverse(special.nan)))
    replaced = [(special.nan, z.nan or 0), (special.infinite, infinity or 0), (over, beyond_top)]
    magnitude = [wire(m, f"magnitude_{i}", _replaced(bit, i, replaced)) for i, bit in enumerate(numbers)]
    nans = [condition for condition, code in replaced if code == z.nan]
    return magnitude, wire(m, "product_sign", both(sign, *(inverse(condition) for condition in nans)))


def _replaced(bit: Bit, i: int, codes: Sequence[tuple[Bit, int]]) -> Bit:
    """Select bit i of the number, or of the code whose condition holds; if two hold, a 1 wins."""
    ones = [condition for condition, code in codes if code >> i & 1]
    zeros = [inverse(condition) for condition, code in codes if not code >> i & 1]
    return either(both(bit, *zeros), *ones)


def _denormalised(m: Module, p: Parameters, t: Placed, sides: tuple[Bit, Bit]) -> tuple[list[Bit], Bit, Bit]:
    """Build the mantissa below the smallest normal number, its carry into that, and whether T is far below.

    With n = -(T >> M) the significand is shifted right by 1 + n places and rounded to nearest even. T may be a rounded
    product. Then only an exact T makes a tie; otherwise `sides` decides. All other numbers are as far from a tie as T,
    so double rounding changes nothing else.
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
