"""Exponent of a product in two's complement, for operands of any two formats, subnormal ones normalised or not.

T >> M is x + y + carries - (bx + by - bz). The constant goes into the operands by `carry_save`, so that there is one
carry chain. `flush` has the shorter form for operands and product of one format without subnormal numbers. A sum of
more mantissa bits than the result has is rounded behind it, in a second chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Module

from lmul.golden.formats import FormatKind
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith.gates import Bit, both, carry_save, constant_bits, either, inverse, ripple, wire
from lmul.hdl.arith.mantissa import Mantissa

SEPARATE_MANTISSA_BITS = 3
"""Mantissa bits up to which a normaliser is no larger than the choice of its operand."""


@dataclass(frozen=True)
class Placed:
    """T and its position relative to the format's range.

    Attributes
    ----------
    bits : list of Bit
        The low E + M bits of T.
    exponent : list of Bit
        T >> M in two's complement.
    below : Bit
        T is below the smallest normal code.
    above : Bit
        T's exponent field is above that of every number of the format.
    """

    bits: list[Bit]
    exponent: list[Bit]
    below: Bit
    above: Bit


def carry_limit(p: Parameters) -> int:
    """Return the largest carry from the mantissas into the sum of the exponents, or a bound for it.

    An exact product of almost 4 rounds up to 4 if the result is shorter than the operands by two bits or more.
    """
    dropped = p.mantissa_bits - p.result.mantissa_bits
    if p.method.is_exact:
        return 2 if dropped > 1 else 1
    one = p.hidden_one
    rounding = 1 << (dropped - 1) if dropped > 0 else 0
    return (2 * (one - 1) + max(d for row in p.correction for d in row) + rounding) // one


def shares_normaliser(p: Parameters) -> bool:
    """Tell whether, under ieee, one normaliser can serve both operands, and is smaller than two.

    The codes of two subnormal numbers are below 2^M each, also once normalised, which bounds T; the product is zero
    where its significand is shifted right by two places more than it has mantissa bits, or further.
    """
    width = p.mantissa_bits
    highest = carry_limit(p) - p.bias
    symmetric = p.method.is_exact or all(
        p.correction[i][j] == p.correction[j][i] for i in range(len(p.correction)) for j in range(i)
    )
    always_zero = 1 - highest >= p.result.mantissa_bits + 2
    return p.policy is Policy.IEEE and width > SEPARATE_MANTISSA_BITS and symmetric and always_zero


def exponent_width(p: Parameters) -> int:
    """Count the bits of T >> M in two's complement, for all operands that are not zero, Inf or NaN.

    A subnormal operand of M mantissa bits has an exponent field down to 1 - M. A shared normaliser counts the zeros of
    y where both are subnormal, so x then goes down as far as y does.
    """
    highest = carry_limit(p) - p.bias
    lowest = -p.bias
    x_zeros = p.mantissa_bits if shares_normaliser(p) else p.format.mantissa_bits
    for f, zeros in ((p.format, x_zeros), (p.y_format, p.y_format.mantissa_bits)):
        special = p.policy.has_special_values and f.kind is FormatKind.IEEE
        highest += (1 << f.exponent_bits) - (2 if special else 1)
        lowest += 1 - zeros if p.policy is Policy.IEEE else 1
    return max(highest, -lowest - 1, 0).bit_length() + 1


def exponent_sum(
    m: Module, p: Parameters, width: int, x: Sequence[Bit], y: Sequence[Bit], carries: tuple[Bit, Bit]
) -> list[Bit]:
    """Compute T >> M modulo 2^`width`, in two's complement, from exponents in two's complement."""
    left, right = ([*bits, *[bits[-1]] * (width - len(bits))][:width] for bits in (x, y))
    left, right = carry_save(m, "exponent", left, right, constant_bits(-p.bias, width), carries[0])
    return ripple(m, "exponent", left, right[:width], carries[1])[0]


def converted_sum(
    m: Module, p: Parameters, width: int, mantissa: Mantissa, x: Sequence[Bit], y: Sequence[Bit]
) -> tuple[list[Bit], list[Bit]]:
    """Build T with the result's mantissa bits: these, and the exponent modulo 2^`width`, in two's complement.

    An exact product's mantissa is as long as the result's. The adder family's has M bits; it gets zeros below, or is
    rounded to nearest, ties to even, with a carry into the exponent.
    """
    exponent = exponent_sum(m, p, width, x, y, mantissa.carries)
    drop = len(mantissa.bits) - p.result.mantissa_bits
    if drop <= 0:
        return [*[0] * -drop, *mantissa.bits], exponent
    *lost, guard = mantissa.bits[:drop]
    kept = [*mantissa.bits[drop:], *exponent]
    up = wire(m, "convert_up", both(guard, either(*lost, kept[0])))
    total, _ = ripple(m, "converted", kept, [0] * len(kept), up)
    return total[: p.result.mantissa_bits], total[p.result.mantissa_bits :]


def placed(m: Module, p: Parameters, mantissa: Sequence[Bit], exponent: Sequence[Bit]) -> Placed:
    """Build T from the product's mantissa and its exponent in two's complement."""
    z = p.result
    *low, sign = exponent
    field, beyond = [*low, *[0] * z.exponent_bits][: z.exponent_bits], low[z.exponent_bits :]
    top = both(*field) if z.kind is FormatKind.IEEE else 0
    above = wire(m, "above", both(inverse(sign), either(*beyond, top)))
    below = wire(m, "below", either(sign, inverse(either(*low))))
    return Placed([*mantissa, *field], list(exponent), below, above)
