"""T, the extended magnitude code of a product: one addition for the adder family, one multiplication for exact."""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Cat, Const, Module, Mux, Value

from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith.exponent import exponent_width
from lmul.hdl.arith.mantissa import rounded_product
from lmul.hdl.arith.wire_names import SIGNIFICAND_PRODUCT
from lmul.hdl.rtl.fields import Operand
from lmul.hdl.rtl.words import named, resized, table

TABLE_MANTISSA_BITS = 3
"""Mantissa bits up to which a correctly rounded product is the same addition with a carry-in from a table."""


@dataclass(frozen=True)
class Significand:
    """Exact product of two significands before it is rounded, in [1, 2).

    Attributes
    ----------
    fraction : Value
        Bits below the one of weight 1.
    exponent : Value
        Biased as the result's is, signed.
    """

    fraction: Value
    exponent: Value


def is_tabled(p: Parameters) -> bool:
    """Tell whether an exact product is the addition with a table's carry: narrow, and rounded at one place alone."""
    short = p.result.mantissa_bits == p.mantissa_bits <= TABLE_MANTISSA_BITS
    return p.method.is_exact and short and p.policy is not Policy.IEEE


def correction(m: Module, p: Parameters, x: Value, y: Value) -> list[Value]:
    """Build the bits of D from the operands' mantissas, of M bits each."""
    width = p.mantissa_bits
    if p.method.is_exact:
        entries = [_carry(p, i, j) for i in range(p.hidden_one) for j in range(p.hidden_one)]
        return [*table(m, "d", Cat(y, x), entries, 1), *[Const(0, 1)] * (width - 1)]
    if p.table_bits == 0:
        d = p.correction[0][0]
        return [Const(d >> i & 1, 1) for i in range(width)]
    t = p.table_bits
    return table(m, "d", Cat(y[width - t :], x[width - t :]), [d for row in p.correction for d in row], width)


def _carry(p: Parameters, i: int, j: int) -> int:
    """Return the code of the rounded product of two significands, less the sum of their mantissas i and j: 0 or 1."""
    code, _ = rounded_product((p.hidden_one + i) * (p.hidden_one + j), p.mantissa_bits, p.rounding)
    return code - i - j


def added(m: Module, p: Parameters, x: Operand, y: Operand) -> Value:
    """Compute T = X + Y + D - (bias << M) with the result's mantissa bits, signed.

    With subnormal numbers normalised, X and Y are signed.
    """
    d = correction(m, p, x.aligned(p.mantissa_bits), y.aligned(p.mantissa_bits))
    codes = x.magnitude(p.mantissa_bits), y.magnitude(p.mantissa_bits)
    exponent_bits = p.result.exponent_bits if p.policy is Policy.RAW else exponent_width(p)
    return _converted(m, p, summed(m, codes, d, p.bias, p.mantissa_bits + exponent_bits))


def summed(m: Module, codes: tuple[Value, Value], d: Sequence[Value], bias: int, width: int) -> Value:
    """Add two codes and D, of as many bits as their mantissas, and subtract the bias, in two's complement.

    D's lowest bit is the carry-in of the first addition, which costs nothing. A second addition begins at the lowest
    place of what is left to add; it takes part of a sum, so that no tool turns both into one addition of three words,
    which takes more LUTs than two carry chains.
    """
    left, right = codes
    plain = left + right  # signed if a word is, as where one of both has subnormal numbers that are normalised
    total = (plain if _is(d[0], 0) else plain + d[0])[: min(len(plain), width)]
    total = named(m, "sum", total.as_signed() if plain.shape().signed else total)
    low = next((i for i, bit in enumerate(d) if i and not _is(bit, 0)), len(d))
    upper = total[low:].as_signed() if plain.shape().signed else total[low:]
    rest = _left_to_add(d, bias, low)
    upper = upper - Const(-rest.value) if isinstance(rest, Const) and rest.value < 0 else upper + rest
    return named(m, "t", Cat(total[:low], resized(upper, width - low))).as_signed()


def _is(bit: Value, value: int) -> bool:
    return isinstance(bit, Const) and bool(bit.value == value)


def _left_to_add(d: Sequence[Value], bias: int, low: int) -> Value:
    """Build D - (bias << M), shifted right by `low`; a known one as a constant."""
    size = bias.bit_length() + 1
    known = [bit.value for bit in d[low:] if isinstance(bit, Const)]
    if len(known) < len(d) - low:
        return Cat(*d[low:], Const(-bias, size)).as_signed()
    return Const(sum(bit << i for i, bit in enumerate(known)) - (bias << (len(d) - low)))


def _converted(m: Module, p: Parameters, t: Value) -> Value:
    """Give T the result's mantissa bits: zeros below, or rounded to nearest, ties to even."""
    drop = p.mantissa_bits - p.result.mantissa_bits
    if drop == 0:
        return t
    if drop < 0:
        return Cat(Const(0, -drop), t).as_signed()
    guard, lost = t[drop - 1], t[: drop - 1]
    up = named(m, "round_up", guard & (lost.any() | t[drop]))
    return named(m, "t_rounded", (t[drop:].as_signed() + up)[: len(t) - drop]).as_signed()


def multiplied(m: Module, x: Operand, y: Operand) -> Value:
    """Multiply the significands, each as long as its own format has it; the product is in [1, 4)."""
    one = Const(1, 1)
    return named(m, SIGNIFICAND_PRODUCT, Cat(x.mantissa, one) * Cat(y.mantissa, one))


def significand(m: Module, p: Parameters, product: Value, exponents: tuple[Value, Value]) -> Significand:
    """Normalise a product of significands: shift one of 2 or more right, which adds one to its exponent."""
    two, fraction = _fraction(m, product)
    total = exponents[0] + exponents[1] + two
    exponent = resized(total - p.bias, exponent_width(p)).as_signed()
    return Significand(fraction, named(m, "exponent", exponent))


def _fraction(m: Module, product: Value) -> tuple[Value, Value]:
    """Tell whether a product of significands is 2 or more; build the bits below its leading one."""
    two = product[-1]
    return two, named(m, "fraction", Mux(two, product[:-1], Cat(Const(0, 1), product[:-2])))


def rounded(
    m: Module, p: Parameters, product: Value, exponents: tuple[Value, Value], bias: int, exponent_bits: int
) -> Value:
    """Normalise a product of significands and round it once to the result's mantissa bits; return T, signed.

    The exponents are added in the same chain as the rounding. T's exponent has `exponent_bits` bits, without the bias.
    """
    width, (x, y) = p.result.mantissa_bits, exponents
    two, fraction = _fraction(m, product)
    drop = len(fraction) - width
    below: Value
    kept, below = Cat(Const(0, max(-drop, 0)), fraction[max(drop, 0) :]), Const(0, width)
    if drop > 0 and p.rounding is Rounding.NEAREST:
        up = fraction[drop - 1] & (fraction[: drop - 1].any() | fraction[drop])
        below = Cat(named(m, "round_up", up), Const(0, width - 1))
    total = named(m, "sum", (Cat(kept, x) + Cat(below, y))[: width + exponent_bits])
    if bias:
        less = named(m, "bias", Mux(two, Const(bias - 1), Const(bias)))
        exponent = resized(total[width:] - less, exponent_bits)
    else:
        exponent = resized(total[width:] + two, exponent_bits)
    return named(m, "t", Cat(total[:width], exponent).as_signed())
