"""Specification of wide products and of their place in an integer accumulator, as terms of an SMT solver.

It is written from docs/arithmetic.md, like `specification`, for all operands and anchors at once. Names are those of
the definition: T is the extended code of the product, L the table of logarithms, F their fraction bits, W the window, A
the anchor.
"""

from dataclasses import dataclass

from bitwuzla import Term, TermManager

from lmul.formal.integers import Integer, Truth, at_most, choose, constant, unsigned
from lmul.formal.specification import Multiply, SpecifiedOperand, extended_code
from lmul.golden.accumulators import DotParameters
from lmul.golden.logarithms import LogFormat
from lmul.golden.parameters import Parameters


@dataclass(frozen=True)
class SpecifiedProduct:
    """Wide product (-1)^negative significand 2^(exponent - bias - fraction_bits), in the bias of the product's format.

    Attributes
    ----------
    negative, is_zero : Truth
        Sign, and whether the product is zero; the other values of a zero mean nothing.
    exponent : Integer
        Biased exponent e; may be negative.
    significand : Integer
        In [1, 2), or for full products in [1, 4), in units of 2^-fraction_bits.
    fraction_bits : int
        Bits after the point.
    lowest : int
        Least e of a product that is not zero.
    """

    negative: Truth
    is_zero: Truth
    exponent: Integer
    significand: Integer
    fraction_bits: int
    lowest: int


def wide_product(tm: TermManager, p: Parameters, x: Term, y: Term, multiply: Multiply, error: int) -> SpecifiedProduct:
    """Build the specified wide product of two operands as they enter a lane.

    Parameters
    ----------
    p : Parameters
        Formats and method.
    x, y : Term
        Codes, of which those that are reserved for Inf and NaN are numbers; of the method log, log codes.
    multiply : callable
        Product of two significands in the exact methods.
    error : int
        Error added to T, or to the significand of a full product.
    """
    if p.log_formats is not None:
        return _log_product(tm, p, p.log_formats, (x, y), error)
    m = p.mantissa_bits
    a, b = (SpecifiedOperand(tm, f, code, False) for f, code in ((p.format, x), (p.y_format, y)))
    zero, negative = a.exponent.equals(0) | b.exponent.equals(0), a.negative ^ b.negative
    if p.method.is_full:
        left, right = (each.significand << (m - each.format.mantissa_bits) for each in (a, b))
        exponent = a.field + b.field - p.bias
        return SpecifiedProduct(negative, zero, exponent, multiply(left, right) + error, 2 * m, 2 - p.bias)
    t = extended_code(p, a, b, multiply) + error
    least = 0 if p.method.is_exact else min(min(row) for row in p.correction)
    lowest = ((2 << m) - (p.bias << m) + least) >> m
    return SpecifiedProduct(negative, zero, t >> m, t % (1 << m) + (1 << m), m, lowest)


def _log_product(
    tm: TermManager, p: Parameters, formats: tuple[LogFormat, LogFormat], codes: tuple[Term, Term], error: int
) -> SpecifiedProduct:
    f, t = p.mantissa_bits, constant(tm, p.correction[0][0] + error - (p.bias << p.mantissa_bits))
    zero, negative, lowest = constant(tm, 0) < 0, constant(tm, 0) < 0, p.correction[0][0] - (p.bias << f)
    for layout, code in zip(formats, codes, strict=True):
        number = unsigned(tm, code)
        magnitude = number % layout.sign_bit
        negative ^= (number >> (layout.width - 1)).equals(1)
        zero |= (magnitude >> f).equals(0)
        t += magnitude - (layout.excess << f)
        lowest += ((1 - layout.excess) << f) + layout.table[0]
    fraction = _antilogarithm(t % (1 << f), p.method.segments or 1, f)
    return SpecifiedProduct(negative, zero, t >> f, fraction + (1 << f), f, lowest >> f)


def log_code(tm: TermManager, layout: LogFormat, code: Term) -> Term:
    """Build the specified log code of a code: X' = (e << F) + L[m], plus the excess, with its sign; or a zero.

    Parameters
    ----------
    layout : LogFormat
        Format, F, table L, and whether subnormal codes count.
    code : Term
        Code of `layout.format`.
    """
    operand = SpecifiedOperand(tm, layout.format, code, layout.subnormals)
    mantissa, logarithm = operand.normalised % operand.format.hidden_one, constant(tm, 0)
    for m, entry in enumerate(layout.table):
        logarithm = choose(mantissa.equals(m), entry, logarithm)
    magnitude = ((operand.field + layout.excess) << layout.fraction_bits) + logarithm
    zero = operand.is_zero if layout.subnormals else operand.exponent.equals(0)
    word = choose(zero, 0, magnitude) + choose(operand.negative, layout.sign_bit, 0)
    return word.bits(layout.width)


def in_range(tm: TermManager, layout: LogFormat, code: Term) -> Truth:
    """State that a log code is one of those which codes are converted to: a zero, or none above the largest."""
    magnitude, f = unsigned(tm, code) % layout.sign_bit, layout.fraction_bits
    top = (1 << layout.format.exponent_bits) - 1 + layout.excess
    return magnitude.equals(0) | ((magnitude >= 1 << f) & (magnitude <= (top << f) + layout.table[-1]))


def _antilogarithm(f: Integer, segments: int, bits: int) -> Integer:
    """Compute 2^F (h(f) - 1) = f - c(u), with u = min(f, 2^F - 1 - f)."""
    complement = (1 << bits) - 1 - f
    u = choose(f < complement, f, complement)
    if segments == 1:
        return f
    if segments == 2:
        return f - (u >> 3) - (u >> 4)
    quarter = (1 << bits) >> 2
    inner = ((u - quarter) >> 3) + ((1 << bits) >> 4)
    return f - choose(u < quarter, u >> 2, inner)


@dataclass(frozen=True)
class SpecifiedAddend:
    """What a product adds to an integer accumulator.

    Attributes
    ----------
    value : Integer
        In units of the accumulator's LSB.
    saturated : Truth
        The product was above the anchor.
    """

    value: Integer
    saturated: Truth


def addend(
    tm: TermManager,
    dot: DotParameters,
    x: Term,
    y: Term,
    anchor: Integer | None,
    idle: Truth,
    multiply: Multiply,
    error: int = 0,
) -> SpecifiedAddend:
    """Build what the product of two operands adds to the accumulator.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored.
    x, y : Term
        Codes, or log codes.
    anchor : Integer or None
        A; None for the fixed accumulator.
    idle : Truth
        The product counts as zero.
    multiply : callable
        Product of two significands in the exact methods.
    error : int
        Error added to T. Other than 0 it makes a specification that must be refuted.
    """
    product = wide_product(tm, dot.product, x, y, multiply, error)
    nothing, never = product.is_zero | idle, constant(tm, 0) < 0
    if anchor is None:
        places = choose(nothing, 0, product.exponent - product.lowest)
        magnitude = choose(nothing, 0, product.significand << at_most(places, dot.highest_exponent - product.lowest))
        return SpecifiedAddend(_signed(product.negative, magnitude), never)
    window = dot.window_bits
    two = product.significand >= 2 << product.fraction_bits
    above = (product.exponent + choose(two, 1, 0) > anchor) & ~nothing
    below = choose(nothing | above, 0, anchor - product.exponent)
    magnitude = (product.significand << (window - 1)) >> (at_most(below, window + 1) + product.fraction_bits)
    magnitude = choose(nothing, 0, choose(above, (1 << window) - 1, magnitude))
    return SpecifiedAddend(_signed(product.negative, magnitude), above)


def _signed(negative: Truth, magnitude: Integer) -> Integer:
    return choose(negative, 0 - magnitude, magnitude)
