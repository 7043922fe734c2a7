"""Exponent of a product in two's complement, for operands of any two formats, subnormal ones normalised or not.

T >> M is x + y + carries - (bx + by - bz). The constant goes into the operands by `carry_save`, so that there is one
carry chain. `flush` has the shorter form for operands and product of one format without subnormal numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Module

from lmul.golden.formats import FormatKind
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith.gates import Bit, both, carry_save, constant_bits, either, inverse, ripple, wire

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
    """Return the largest carry from the mantissas into the sum of the exponents."""
    if p.method.is_exact:
        return 1
    one = p.result.hidden_one
    return (2 * (one - 1) + max(d for row in p.correction for d in row)) // one


def shares_normaliser(p: Parameters) -> bool:
    """Tell whether, under ieee, one normaliser can serve both operands, and is smaller than two.

    The codes of two subnormal numbers are below 2^M each, also once normalised, which bounds T; the product is zero
    where its significand is shifted right by M + 2 places or more.
    """
    width = p.result.mantissa_bits
    highest = carry_limit(p) - p.bias
    symmetric = p.method.is_exact or all(
        p.correction[i][j] == p.correction[j][i] for i in range(len(p.correction)) for j in range(i)
    )
    return p.policy is Policy.IEEE and width > SEPARATE_MANTISSA_BITS and symmetric and 1 - highest >= width + 2


def exponent_width(p: Parameters) -> int:
    """Count the bits of T >> M in two's complement, for all operands that are not zero, Inf or NaN.

    A subnormal operand of M mantissa bits has an exponent field down to 1 - M. A shared normaliser counts the zeros of
    y where both are subnormal, so x then goes down as far as y does.
    """
    highest = carry_limit(p) - p.bias
    lowest = -p.bias
    x_zeros = p.result.mantissa_bits if shares_normaliser(p) else p.format.mantissa_bits
    for f, zeros in ((p.format, x_zeros), (p.y_format, p.y_format.mantissa_bits)):
        special = p.policy is Policy.IEEE and f.kind is FormatKind.IEEE
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


def placed(m: Module, p: Parameters, mantissa: Sequence[Bit], exponent: Sequence[Bit]) -> Placed:
    """Build T from the product's mantissa and its exponent in two's complement."""
    z = p.result
    *low, sign = exponent
    field, beyond = [*low, *[0] * z.exponent_bits][: z.exponent_bits], low[z.exponent_bits :]
    top = both(*field) if z.kind is FormatKind.IEEE else 0
    above = wire(m, "above", both(inverse(sign), either(*beyond, top)))
    below = wire(m, "below", either(sign, inverse(either(*low))))
    return Placed([*mantissa, *field], list(exponent), below, above)
