"""Specification of floating-point sums, and of numbers rounded once to a format, as terms of an SMT solver.

It is written from docs/arithmetic.md. It computes no code, but states which one is right: that whose value is within
half a place of the exact number, of two the even one. So it has no normalising, no sticky bit and no carry of rounding.
"""

from dataclasses import dataclass

from bitwuzla import Term, TermManager

from lmul.formal.integers import Integer, Truth, at_most, choose, constant, unsigned
from lmul.formal.sums.wide_specification import SpecifiedProduct
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format


class Code:
    """Fields of a floating-point code that is no subnormal number: significand 2^(exponent - bias - M), or a zero.

    Parameters
    ----------
    tm : TermManager
        Manager of the terms.
    f : Format
        Format of the code.
    code : Term
        A bit-vector of the format's width.
    """

    def __init__(self, tm: TermManager, f: Format, code: Term) -> None:
        number = unsigned(tm, code)
        self.format = f
        self.negative = (number >> f.magnitude_bits).equals(1)
        self.magnitude = number % f.sign_bit
        self.is_zero = self.magnitude.equals(0)
        self.exponent = self.magnitude >> f.mantissa_bits
        self.significand = self.magnitude % f.hidden_one + f.hidden_one

    @property
    def is_normal(self) -> Truth:
        """State that the code is a normal number up to TOP."""
        return (self.magnitude >= self.format.hidden_one) & (self.magnitude <= self.format.top)


@dataclass(frozen=True)
class Exact:
    """Number before it is rounded: (-1)^negative size 2^(place - bias), in the bias of the format to round to.

    Attributes
    ----------
    negative : Truth
        Sign; of a zero it means nothing.
    size : Integer
        0, or at least 2^M, so that the places of `size` reach as low as those of the rounded number.
    place : Integer
        Biased exponent of the last place of `size`.
    """

    negative: Truth
    size: Integer
    place: Integer


def is_below(f: Format, exact: Exact) -> Truth:
    """State that a number, not zero, rounds to less than the smallest normal number.

    That is, it is below the middle of this number and the next lower one, with M mantissa bits and an exponent without
    bounds; a tie goes to this number, which is even.
    """
    middle = constant(exact.size.tm, 4 * f.hidden_one - 1)
    return (exact.size << 2) < _scaled(
        middle, 1 - f.mantissa_bits - exact.place, exact.size.width + 2 - f.mantissa_bits
    )


def is_above(f: Format, exact: Exact) -> Truth:
    """State that a number rounds to more than TOP: it is above the middle of TOP and the next; there, if TOP is odd."""
    exponent, mantissa = divmod(f.top, f.hidden_one)
    middle = constant(exact.size.tm, 2 * (f.hidden_one + mantissa) + 1)
    shift = exponent - f.mantissa_bits - exact.place
    bound = _scaled(middle, shift, exact.size.width + 1 - f.mantissa_bits)
    # With so high a last place, 2^M places are above.
    return (shift < 0) | ((exact.size << 1) > bound - f.top % 2)


def is_nearest(exact: Exact, code: Code) -> Truth:
    """State that a code, a normal number, is the nearest to a number, without their signs; of two, the even one."""
    # As 2^M is the least significand, more places make the value larger than all numbers of that width.
    f, most = code.format, exact.size.width + 2 - code.format.mantissa_bits
    shift = code.exponent - f.mantissa_bits - exact.place
    size, value = exact.size << 2, _scaled(code.significand << 2, shift, most)
    ulp = _scaled(constant(exact.size.tm, 1), shift, most)
    # Below a power of two the places are half as large.
    low, high = value - choose(code.significand.equals(f.hidden_one), ulp, ulp << 1), value + (ulp << 1)
    odd = choose((code.significand % 2).equals(1), 1, 0)
    return (shift >= 0) & (size >= low + odd) & (size <= high - odd)


def rounds_to(exact: Exact, code: Code, saturated: Truth, before: Truth) -> Truth:
    """State that a code is a number rounded once, and that a flag is set if it, or what was `before`, saturated.

    An exact zero is +0. What is below the smallest normal number is a zero of its sign, what is above TOP is TOP.
    """
    f, kept = code.format, ~(saturated ^ before)
    number = either(
        is_above(f, exact),
        code.magnitude.equals(f.top) & saturated,
        code.is_normal & is_nearest(exact, code) & kept,
    )
    signed = ~(code.negative ^ exact.negative) & either(is_below(f, exact), code.is_zero & kept, number)
    return either(exact.size.equals(0), code.is_zero & ~code.negative & kept, signed)


def code_as_number(source: Code, f: Format) -> Exact:
    """Read a code as a number to be rounded to another format."""
    more = f.mantissa_bits + 1
    place = source.exponent - source.format.mantissa_bits - more + (f.bias - source.format.bias)
    return Exact(source.negative, choose(source.is_zero, 0, source.significand) << more, place)


def integer_as_number(number: Integer, lsb: int, f: Format) -> Exact:
    """Read an integer, whose last place is worth 2^lsb, as a number to be rounded to a format."""
    more, negative = f.mantissa_bits + 1, number < 0
    return Exact(negative, _signed(negative, number) << more, constant(number.tm, lsb - more + f.bias))


def either(condition: Truth, then: Truth, otherwise: Truth) -> Truth:
    """Select one of two statements."""
    return (condition & then) | (~condition & otherwise)


@dataclass(frozen=True)
class SpecifiedSum:
    """Sum of an accumulator and a product, before it is rounded.

    Attributes
    ----------
    exact : Exact
        The sum.
    nothing : Truth
        The product is zero, or smaller than the smallest normal number.
    above : Truth
        The product is above TOP, and taken as TOP.
    """

    exact: Exact
    nothing: Truth
    above: Truth


def exact_sum(dot: DotParameters, start: Code, product: SpecifiedProduct, idle: Truth) -> SpecifiedSum:
    """Build the sum of what a floating-point accumulator holds and a product.

    The smaller of the two is moved at most as far below the larger one as the place of `low`; one that is farther below
    is moved there. Both are then less than a place of the larger one, and less than a quarter of a place of the sum, so
    that they lie between the same two numbers at which rounding changes.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    start : Code
        What is held.
    product : SpecifiedProduct
        The product.
    idle : Truth
        It counts as zero.
    """
    f = dot.float_format
    m, longer = f.mantissa_bits, max(f.mantissa_bits - product.fraction_bits, 0)
    fraction = product.fraction_bits + longer + 1
    two = product.significand >= 2 << product.fraction_bits
    exponent = product.exponent + choose(two, 1, 0) + (f.bias - dot.product.result.bias)
    significand = choose(two, product.significand, product.significand << 1) << longer
    last, mantissa = divmod(f.top, f.hidden_one)
    top = (f.hidden_one + mantissa) << (fraction - m)
    nothing = product.is_zero | idle | (exponent < 1)
    above = ~nothing & ((exponent > last) | (exponent.equals(last) & (significand > top)))
    exponent, significand = choose(above, last, exponent), choose(above, top, significand)

    held = choose(start.is_zero, exponent, start.exponent)
    highest = choose(held > exponent, held, exponent)
    low = max(fraction + m + 4, 2 * m + 3)
    size = (start.significand << (low - m)) >> at_most(highest - held, low - m)
    added = (significand << (low - fraction)) >> at_most(highest - exponent, low - fraction)
    total = _signed(start.negative, choose(start.is_zero, 0, size)) + _signed(product.negative, added)
    negative = total < 0
    return SpecifiedSum(Exact(negative, _signed(negative, total), highest - low), nothing, above)


def can_be_held(dot: DotParameters, code: Code, product: SpecifiedProduct) -> Truth:
    """State that an accumulator can hold a code: +0 and what steps make of it.

    It is a zero, or a normal number up to TOP. Where no product is so small that a sum can be below the smallest normal
    number, all sums are multiples of the last place of the smallest product, and none is -0.
    """
    f = code.format
    last = product.lowest + f.bias - dot.product.result.bias - product.fraction_bits
    if last < 1:
        return code.is_zero | code.is_normal
    number = code.is_normal
    for zeros in range(1, f.mantissa_bits + 2):
        whole = (code.significand % (1 << zeros)).equals(0)
        number = number & ((code.exponent - f.mantissa_bits + zeros > last) | whole)
    return (code.is_zero & ~code.negative) | number


def _scaled(number: Integer, shift: Integer, most: int) -> Integer:
    """Multiply by 2^shift, or by the nearest of 1 and 2^most."""
    places = at_most(choose(shift < 0, 0, shift), most)
    return Integer(number.tm, (number << places).bits(number.width + most))


def _signed(negative: Truth, magnitude: Integer) -> Integer:
    return choose(negative, 0 - magnitude, magnitude)
