"""Exponent of a product, and the limits of a format under the policies raw, flush and ftz.

T >> M, the exponent field of a product, is x + y + carries - bias, with x and y the operands' exponent fields. With
h = 2^(E-1) that is x + y + carries + (h - bias) - h. The constant h - bias goes into the operands by `carry_save`: a
half adder a column, and no carry chain. h has the weight of the top column; taking it off costs nothing, for that
column need only be counted: T >> M is (count - 1) h + the columns below. Operands of two formats, and biases for which
h - bias does not fit, take the longer form of `exponent`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Module, Value

from lmul.golden.formats import Format, FormatKind
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exponent import converted_sum, exponent_width, placed
from lmul.hdl.arith.gates import Bit, all_of, any_of, both, carry_save, constant_bits, inverse, ripple, wire
from lmul.hdl.arith.mantissa import Mantissa


@dataclass(frozen=True)
class Extended:
    """T, and whether it is below or above the format.

    Attributes
    ----------
    bits : list of Bit
        The E + M bits of T, lowest first; outside the format only the mantissa's are meant.
    keep : Bit
        No operand has exponent field 0, and T is not below the smallest normal code.
    above : Bit
        T's exponent field is above that of every number of the format.
    """

    bits: list[Bit]
    keep: Bit
    above: Bit


def is_plain(p: Parameters) -> bool:
    """Tell whether x, y and the product have one format, and h - bias fits the columns below the top one."""
    return p.format == p.y_format == p.result and 1 <= p.format.bias <= 1 << (p.format.exponent_bits - 1)


def _sum_below_top(
    m: Module, f: Format, x: Sequence[Bit], y: Sequence[Bit], carries: tuple[Bit, Bit]
) -> tuple[list[Bit], Value, Value]:
    """Add the columns of T >> M below the top one; return them and the two carries into the top one."""
    top = f.exponent_bits - 1
    left, right = carry_save(m, "exponent", x[:top], y[:top], constant_bits((1 << top) - f.bias, top), carries[0])
    low, carry = ripple(m, "exponent", left, right[:top], carries[1])
    return low, Value.cast(right[top]), Value.cast(carry)


def wrapped(m: Module, p: Parameters, mantissa: Mantissa, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """Compute T mod 2^(E+M), the magnitude code under raw, from mantissa and the operands' exponent fields."""
    if not is_plain(p):
        bits, exponent = converted_sum(m, p, p.result.exponent_bits, mantissa, [*x, 0], [*y, 0])
        return [*bits, *exponent]
    low, saved, carry = _sum_below_top(m, p.format, x, y, mantissa.carries)
    return [*mantissa.bits, *low, wire(m, f"exponent_{len(low)}", ~(Value.cast(x[-1]) ^ y[-1] ^ saved ^ carry))]


def normal_operands(m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> tuple[Bit, Bit]:
    """Tell for each operand whether its exponent field is not 0."""
    return wire(m, "x_normal", any_of(x)), wire(m, "y_normal", any_of(y))


def extended(
    m: Module,
    p: Parameters,
    mantissa: Mantissa,
    x: Sequence[Bit],
    y: Sequence[Bit],
    normal: tuple[Bit, Bit] | None = None,
) -> Extended:
    """Compute T and its position from the product's mantissa and the operands' exponent fields.

    `normal` tells which operand has an exponent field that is not 0, if that is known already.
    """
    if is_plain(p):
        return _counted(m, p.format, mantissa, x, y, normal)
    bits, exponent = converted_sum(m, p, exponent_width(p), mantissa, [*x, 0], [*y, 0])
    t = placed(m, p, bits, exponent)
    keep = both(*(normal or normal_operands(m, x, y)), inverse(t.below))
    return Extended(t.bits, wire(m, "keep", keep), t.above)


def _counted(
    m: Module,
    f: Format,
    mantissa: Mantissa,
    x: Sequence[Bit],
    y: Sequence[Bit],
    normal: tuple[Bit, Bit] | None,
) -> Extended:
    """Compute T and its position, for operands and product of one format.

    The top column's count is 0 for T below the format, 3 or 4 for T above it; at 1 and 2 it is T's top bit.
    """
    low, saved, carry = _sum_below_top(m, f, x, y, mantissa.carries)
    x_top, y_top = Value.cast(x[-1]), Value.cast(y[-1])
    operand_any, operand_both = wire(m, "operand_any", x_top | y_top), wire(m, "operand_both", x_top & y_top)
    carry_any, carry_both = wire(m, "carry_any", saved | carry), wire(m, "carry_both", saved & carry)
    two = wire(m, f"exponent_{len(low)}", operand_both | carry_both | (operand_any & carry_any))
    three = wire(m, "three", (operand_both & carry_any) | (operand_any & carry_both))

    exponent = [*low, two]
    normal = normal or normal_operands(m, x, y)
    not_below = wire(m, "normal", (operand_any | carry_any) & any_of(exponent))
    above = wire(m, "above", three | all_of(exponent) if f.kind is FormatKind.IEEE else three)
    return Extended([*mantissa.bits, *exponent], wire(m, "keep", both(*normal, not_below)), above)


def clamped(m: Module, f: Format, t: Extended) -> list[Bit]:
    """Build the magnitude code under flush: zero below the smallest normal code, TOP above TOP.

    A bit that is one in TOP is set above the format. The one that is zero in TOP is cleared there; in a format
    whose all-ones code is reserved that is the lowest, and it is cleared where the other bits are all ones, too.
    """
    beyond = wire(m, "beyond", t.above | all_of(t.bits[1:])) if f.kind is FormatKind.FN else t.above
    magnitude = []
    for i, bit in enumerate(t.bits):
        code = (bit | t.above) & t.keep if f.top >> i & 1 else bit & t.keep & ~beyond
        magnitude.append(wire(m, f"magnitude_{i}", code))
    return magnitude
