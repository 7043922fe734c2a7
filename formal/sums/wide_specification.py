"""Specification of wide products and of their place in an integer accumulator, as terms of an SMT solver.

It is written from docs/arithmetic.md, like `specification`, for all operands and anchors at once. Names are those of
the definition: T is the extended code of the product, L the table of logarithms, F their fraction bits, W the window, A
the anchor.
"""

from dataclasses import dataclass

from bitwuzla import Term, TermManager

from lmul.formal.integers import Integer, Truth, at_most, choose, constant, is_one, unsigned
from lmul.formal.multipliers.specification import Multiply, NormalisedOperand, SpecifiedOperand, extended_code
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
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


def entered_operands(tm: TermManager, p: Parameters, x: Term, y: Term) -> tuple[NormalisedOperand, NormalisedOperand]:
    """Read two operands as they enter a lane.

    Parameters
    ----------
    p : Parameters
        Formats and method.
    x, y : Term
        Words of a converter, if there is one; else codes, of which those with exponent field 0 are zeros, and those
        that are reserved for Inf and NaN numbers. X of a log code is X', which has F fraction bits.
    """
    if p.entry_formats is None:
        a, b = (SpecifiedOperand(tm, f, code, False) for f, code in ((p.format, x), (p.y_format, y)))
        for operand in (a, b):
            operand.is_zero = operand.exponent.equals(0)
        return a, b
    left, right = (_entered(tm, f, word) for f, word in zip(p.entry_formats, (x, y), strict=True))
    return left, right


def _entered(tm: TermManager, layout: LogFormat, word: Term) -> NormalisedOperand:
    number, f = unsigned(tm, word), layout.fraction_bits
    magnitude = number % layout.sign_bit
    negative, zero = (number >> (layout.width - 1)).equals(1), (magnitude >> f).equals(0)
    return NormalisedOperand(layout.format, negative, zero, magnitude - (layout.excess << f))


def wide_product(tm: TermManager, p: Parameters, x: Term, y: Term, multiply: Multiply) -> SpecifiedProduct:
    """Build the specified wide product of two operands as they enter a lane.

    Parameters
    ----------
    p : Parameters
        Formats and method.
    x, y : Term
        Operands, as `entered_operands` takes them.
    multiply : callable
        Product of two significands in the exact methods.
    """
    m = p.mantissa_bits
    a, b = entered_operands(tm, p, x, y)
    zero, negative = a.is_zero | b.is_zero, a.negative ^ b.negative
    # The sum of the least exponent fields of operands that are not zero.
    least = 2 - (p.format.mantissa_bits + p.y_format.mantissa_bits if p.subnormals else 0)
    if p.method.is_full:
        left, right = (each.significand << (m - each.format.mantissa_bits) for each in (a, b))
        exponent = a.field + b.field - p.bias
        return SpecifiedProduct(negative, zero, exponent, multiply(left, right), 2 * m, least - p.bias)
    lowest = (least << m) - (p.bias << m) + (0 if p.method.is_exact else min(min(row) for row in p.correction))
    if p.log_formats is not None:
        t = a.normalised + b.normalised + (p.correction[0][0] - (p.bias << m))
        fraction = _antilogarithm(t % (1 << m), p.method.segments or 1, m)
        lowest += sum(f.table[0] for f in p.log_formats if f.table)
    else:
        t = extended_code(p, a, b, multiply)
        fraction = t % (1 << m)
    return SpecifiedProduct(negative, zero, t >> m, fraction + (1 << m), m, lowest >> m)


def word(tm: TermManager, layout: LogFormat, code: Term) -> Term:
    """Build the specified word of a converter: X' = (e << F) + L[m], plus the excess, with its sign; or a zero.

    Parameters
    ----------
    layout : LogFormat
        Format, F, table L, and whether subnormal codes count. Without a table, L[m] is m.
    code : Term
        Code of `layout.format`.
    """
    operand, zero = _converted(tm, layout, code)
    logarithm = mantissa = operand.normalised % operand.format.hidden_one
    for m, entry in enumerate(layout.table or ()):
        logarithm = choose(mantissa.equals(m), entry, logarithm)
    magnitude = ((operand.field + layout.excess) << layout.fraction_bits) + logarithm
    return (choose(zero, 0, magnitude) + choose(operand.negative, layout.sign_bit, 0)).bits(layout.width)


def _converted(tm: TermManager, layout: LogFormat, code: Term) -> tuple[SpecifiedOperand, Truth]:
    """Read a code as a converter does; tell whether it counts as zero."""
    operand = SpecifiedOperand(tm, layout.format, code, layout.subnormals)
    return operand, operand.is_zero if layout.subnormals else operand.exponent.equals(0)


def agree_on_zero(tm: TermManager, layout: LogFormat, code: Term, word: Term) -> Truth:
    """State that a word is a zero, as lanes read it, if the code that it was made of counts as one, and only then."""
    _, zero = _converted(tm, layout, code)
    return ~(zero ^ (unsigned(tm, word) % layout.sign_bit < 1 << layout.fraction_bits))


def in_range(tm: TermManager, layout: LogFormat, word: Term) -> Truth:
    """State that a word is one of those which codes are converted to, or at least none that no lane has to serve.

    It is a zero, or from the word of the smallest number to that of the largest; and where normalised, the bits below a
    subnormal code's last place are zeros.
    """
    magnitude, f = unsigned(tm, word) % layout.sign_bit, layout.fraction_bits
    top = (1 << layout.format.exponent_bits) - 1 + layout.excess
    first, last = (layout.table[0], layout.table[-1]) if layout.table else (0, (1 << f) - 1)
    number = (magnitude >= (1 << f) + first) & (magnitude <= (top << f) + last)
    if layout.table is None:
        for places in range(1, layout.excess):
            # The field is excess + 1 for the smallest normal codes, and one less for each place up.
            below = (magnitude >> f) <= layout.excess + 1 - places
            number = number & (~below | (magnitude % (1 << places)).equals(0))
    return magnitude.equals(0) | number


def _antilogarithm(f: Integer, segments: int, bits: int) -> Integer:
    """Compute 2^F (h(f) - 1) = f - c(u), with u = min(f, 2^F - 1 - f)."""
    complement = (1 << bits) - 1 - f
    u = choose(f < complement, f, complement)
    if segments == 2:
        return f - (u >> 3) - (u >> 4)
    if segments == 1 or bits < 4:
        return f
    top, c = u >> (bits - 4), constant(f.tm, 0)
    for place, n in enumerate((0, 1, 2, 3, 4, 4, 5, 5)):
        c = choose(top.equals(place), (n << bits) >> 6, c)
    return f - c


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
        Operands, as `entered_operands` takes them; of integers, signs and magnitudes.
    anchor : Integer or None
        A; None for the fixed accumulator.
    idle : Truth
        The product counts as zero.
    multiply : callable
        Product of two significands in the exact methods.
    error : int
        Error added to the magnitude. Other than 0 it makes a specification that must be refuted.
    """
    never = constant(tm, 0) < 0
    if dot.product.is_integer:
        return SpecifiedAddend(choose(idle, 0, _integer_product(tm, dot.product, x, y, error)), never)
    product = wide_product(tm, dot.product, x, y, multiply)
    nothing = product.is_zero | idle
    if anchor is None:
        places = choose(nothing, 0, product.exponent - product.lowest)
        magnitude = choose(nothing, 0, product.significand << at_most(places, dot.highest_exponent - product.lowest))
        magnitude = (magnitude >> _below_lsb(dot, product)) + error
        return SpecifiedAddend(_signed(product.negative, magnitude), never)
    window = dot.window_bits
    two = product.significand >= 2 << product.fraction_bits
    above = (product.exponent + choose(two, 1, 0) > anchor) & ~nothing
    below = choose(nothing | above, 0, anchor - product.exponent)
    magnitude = (product.significand << (window - 1)) >> (at_most(below, window + 1) + product.fraction_bits)
    magnitude = choose(nothing, 0, choose(above, (1 << window) - 1, magnitude))
    return SpecifiedAddend(_signed(product.negative, magnitude + error), above)


def put_out(tm: TermManager, bits: Term, sign: Term) -> Integer:
    """Read what a lane puts out: one's complement, the sign once as a carry and once, negative, above the bits."""
    return unsigned(tm, bits) + choose(is_one(tm, sign), 1 - (1 << bits.sort().bv_size()), 0)


def _below_lsb(dot: DotParameters, product: SpecifiedProduct) -> int:
    """Return the bits of the lowest product below the fixed accumulator's LSB, by the definition of that LSB."""
    p = dot.product
    lowest_place = product.lowest - p.result.bias - product.fraction_bits
    if p.method.is_exact and p.subnormals:
        return 2 - p.format.bias - p.y_format.bias - 2 * p.mantissa_bits - lowest_place
    return 0


def sign_magnitude(tm: TermManager, f: Format, code: Term) -> Term:
    """Build the specified sign and magnitude of an integer in two's complement; -2^(n - 1) becomes a negative zero."""
    number = Integer(tm, code)
    negative = number < 0
    magnitude = choose(negative, 0 - number, number) % f.sign_bit
    return (magnitude + choose(negative, f.sign_bit, 0)).bits(f.width)


def _integer_product(tm: TermManager, p: Parameters, x: Term, y: Term, error: int) -> Integer:
    (a, x_sign), (b, y_sign) = (
        (unsigned(tm, word) % f.sign_bit, (unsigned(tm, word) >> f.magnitude_bits).equals(1))
        for f, word in ((p.format, x), (p.y_format, y))
    )
    return _signed(x_sign ^ y_sign, a * b + error)


def _signed(negative: Truth, magnitude: Integer) -> Integer:
    return choose(negative, 0 - magnitude, magnitude)
