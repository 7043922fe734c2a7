"""Specification of a product as terms of an SMT solver, after docs/arithmetic.md.

It is written from the definition, for all codes at once. From the golden model it takes only the numbers of a `Format`
and of `Parameters`: widths, biases, TOP, the NaN and the table of D. Names are those of the definition: X and Y are
magnitude codes, T is the extended code of the product, D the correction.
"""

import operator
from collections.abc import Callable

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Integer, Truth, any_of, at_most, choose, constant, unsigned
from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy

Multiply = Callable[[Integer, Integer], Integer]


class NormalisedOperand:
    """Operand as its normalised code.

    Parameters
    ----------
    f : Format
        Format of the operand.
    negative, is_zero : Truth
        Sign, and whether it is a zero.
    normalised : Integer
        X, whose exponent field may be below 1; of a zero it means nothing.
    """

    def __init__(self, f: Format, negative: Truth, is_zero: Truth, normalised: Integer) -> None:
        self.format, self.negative, self.is_zero, self.normalised = f, negative, is_zero, normalised

    @property
    def significand(self) -> Integer:
        """Return 2^M + m of the normalised code: the significand, in [1, 2), in units of 2^-M."""
        return self.normalised % self.format.hidden_one + self.format.hidden_one

    @property
    def field(self) -> Integer:
        """Return the exponent field of the normalised code, which may be below 1."""
        return self.normalised >> self.format.mantissa_bits


class SpecifiedOperand(NormalisedOperand):
    """Fields and class of an operand's code.

    Parameters
    ----------
    tm : TermManager
        Manager of the terms.
    f : Format
        Format of the code.
    code : Term
        A bit-vector of the format's width.
    subnormals : bool
        A code with exponent field 0 counts in full.
    normalised : Integer or None
        Substitute for the normalised code, if that is proved elsewhere.
    """

    def __init__(
        self, tm: TermManager, f: Format, code: Term, subnormals: bool, normalised: Integer | None = None
    ) -> None:
        number = unsigned(tm, code)
        self.magnitude = number % f.sign_bit
        self.exponent = self.magnitude >> f.mantissa_bits
        self.mantissa = self.magnitude % f.hidden_one
        self.format = f
        x = normalised or (self._normalised() if subnormals else self.magnitude)
        super().__init__(f, (number >> f.magnitude_bits).equals(1), self.magnitude.equals(0), x)

    @property
    def is_nan(self) -> Truth:
        """Tell whether the code is NaN."""
        if self.format.infinity is not None:
            return self.magnitude > self.format.infinity
        return self.magnitude > self.format.top  # never, where every code is a number

    @property
    def is_infinite(self) -> Truth:
        """Tell whether the code is Inf."""
        never = self.magnitude < 0
        return never if self.format.infinity is None else self.magnitude.equals(self.format.infinity)

    def _normalised(self) -> Integer:
        """Extend X below the smallest normal code: the leading one of a subnormal becomes the hidden bit."""
        f, x = self.format, self.magnitude
        for leading in range(f.mantissa_bits):
            up = f.mantissa_bits - leading
            extended = (self.mantissa << up) - f.hidden_one + ((1 - up) << f.mantissa_bits)
            x = choose(self.exponent.equals(0) & (self.mantissa >> leading).equals(1), extended, x)
        return x


def product(
    tm: TermManager,
    p: Parameters,
    x: Term,
    y: Term,
    *,
    d: Term | None = None,
    error: int = 0,
    multiply: Multiply = operator.mul,
    normalised: tuple[Integer | None, Integer | None] = (None, None),
) -> Term:
    """Build the specified product of the codes x and y.

    Parameters
    ----------
    tm : TermManager
        Manager of the terms.
    p : Parameters
        Formats, method, policy and rounding.
    x, y : Term
        Codes: bit-vectors of the widths of their formats.
    d : Term or None
        D, a bit-vector, instead of the one that the parameters say.
    error : int
        Error added to T. Other than 0 it makes a specification that must be refuted.
    multiply : callable
        Product of two significands, 2^M to 2^(M+1) - 1, in the exact method.
    normalised : tuple of Integer or None
        Substitutes for the normalised codes of x and of y, if these are proved elsewhere.

    Returns
    -------
    Term
        A code of `p.result`.
    """
    subnormals = p.policy is Policy.IEEE
    a, b = (
        SpecifiedOperand(tm, p.format, x, subnormals, normalised[0]),
        SpecifiedOperand(tm, p.y_format, y, subnormals, normalised[1]),
    )
    z = p.result
    if p.method.is_exact:
        t, denormal = _exact(p, a, b, multiply, error)
    else:
        t = _converted(p, _sum(p, a, b, None if d is None else unsigned(tm, d))) + error
        denormal = _shifted_below(z, t) if subnormals else t
    negative = a.negative ^ b.negative
    if p.policy is Policy.RAW:
        magnitude = t % z.sign_bit
    elif p.policy is Policy.FLUSH:
        zero = a.exponent.equals(0) | b.exponent.equals(0) | (t < z.hidden_one)
        magnitude = choose(zero, 0, choose(t > z.top, z.top, t))
    else:
        a_zero, b_zero = (each.is_zero if subnormals else each.exponent.equals(0) for each in (a, b))
        number = choose(t < z.hidden_one, denormal if subnormals else 0, choose(t > z.top, _overflow(p), t))
        magnitude = choose(a_zero | b_zero, 0, choose(a.is_infinite | b.is_infinite, _infinity(z), number))
        invalid = (a.is_infinite & b_zero) | (a_zero & b.is_infinite)
        magnitude = choose(any_of([a.is_nan, b.is_nan, invalid]), _nan(z), magnitude)
        if z.nan is not None:
            negative = negative & ~magnitude.equals(z.nan)
    sign = choose(negative, 1, 0).bits(1)
    return tm.mk_term(Kind.BV_CONCAT, [sign, magnitude.bits(z.magnitude_bits)])


def extended_code(p: Parameters, x: NormalisedOperand, y: NormalisedOperand, multiply: Multiply) -> Integer:
    """Compute T of two operands that are not zero, by the adder family or rounded from the exact product.

    Parameters
    ----------
    p : Parameters
        Formats and method; the result has as many mantissa bits as the wider operand.
    x, y : NormalisedOperand
        Operands.
    multiply : callable
        Product of two significands in the exact method.
    """
    return _exact(p, x, y, multiply, 0)[0] if p.method.is_exact else _sum(p, x, y, None)


def _sum(p: Parameters, a: NormalisedOperand, b: NormalisedOperand, d: Integer | None) -> Integer:
    """Compute X + Y - (bias << M) + D of the adder family, with mantissas padded to the wider one's M bits."""
    m = p.mantissa_bits
    x = a.normalised << (m - a.format.mantissa_bits)
    y = b.normalised << (m - b.format.mantissa_bits)
    return x + y - (p.bias << m) + (_correction(p, x, y) if d is None else d)


def _converted(p: Parameters, total: Integer) -> Integer:
    """Convert that sum to T, with the result's mantissa bits: zeros below, or rounded to nearest, ties to even."""
    longer = p.result.mantissa_bits - p.mantissa_bits
    if longer >= 0:
        return total << longer
    down, unit = total >> -longer, 1 << -longer
    twice_rest = (total - (down << -longer)) << 1
    up = (twice_rest > unit) | (twice_rest.equals(unit) & (down % 2).equals(1))
    return down + choose(up, constant(total.tm, 1), 0)


def _correction(p: Parameters, x: Integer, y: Integer) -> Integer:
    """Look up D by the top t mantissa bits of x and of y."""
    one, below = p.hidden_one, p.mantissa_bits - p.table_bits
    row, column = (x % one) >> below, (y % one) >> below
    d = constant(x.tm, 0)
    for i, entries in enumerate(p.correction):
        for j, entry in enumerate(entries):
            d = choose(row.equals(i) & column.equals(j), entry, d)
    return d


def _exact(
    p: Parameters, a: NormalisedOperand, b: NormalisedOperand, multiply: Multiply, error: int
) -> tuple[Integer, Integer]:
    """Compute T of the exact product, rounded with an unbounded exponent, and the code rounded as a subnormal."""
    z, m = p.result, p.mantissa_bits
    x, y = (each.significand << (m - each.format.mantissa_bits) for each in (a, b))
    zeros = max(z.mantissa_bits - 2 * m, 0)  # below the product, where the result is longer
    exact = multiply(x, y) << zeros  # of [1, 4), with this many bits after the point:
    places = 2 * m + zeros
    two = exact >= 2 << places
    field = a.field + b.field - p.bias + choose(two, 1, 0)
    drop = places - z.mantissa_bits
    significand = choose(two, _rounded(exact, drop + 1, p.rounding), _rounded(exact, drop, p.rounding))
    t = (field << z.mantissa_bits) + significand - z.hidden_one + error
    if p.policy is not Policy.IEEE:
        return t, t
    # Below the smallest normal the last place stays where that has it: one rounding, with more bits to drop.
    more = choose(two, drop + 1, drop) + 1 - field
    denormal = _rounded(exact, at_most(choose(field < 1, more, 0), places + 4), p.rounding) + error
    return choose(field < 1, 0, t), denormal


def _shifted_below(z: Format, t: Integer) -> Integer:
    """Denormalise a result: shift the significand of T right by 1 - (T >> M) and round it."""
    shift = choose(t < z.hidden_one, 1 - (t >> z.mantissa_bits), 0)
    return _rounded(t % z.hidden_one + z.hidden_one, at_most(shift, z.mantissa_bits + 3), Rounding.NEAREST)


def _rounded(number: Integer, drop: Integer | int, rounding: Rounding) -> Integer:
    """Round number / 2^drop, not negative, to an integer: toward zero, or to nearest, ties to even."""
    down = number >> drop
    if rounding is Rounding.ZERO:
        return down
    twice_rest = (number - (down << drop)) << 1
    unit = constant(number.tm, 1) << drop
    up = (twice_rest > unit) | (twice_rest.equals(unit) & (down % 2).equals(1))
    return down + choose(up, 1, 0)


def _overflow(p: Parameters) -> int:
    """Return the magnitude code of a finite product above TOP."""
    z = p.result
    saturates = p.overflow is Overflow.SATURATE or p.rounding is Rounding.ZERO or z.kind is FormatKind.FINITE
    return z.top if saturates else _infinity(z)


def _infinity(z: Format) -> int:
    """Return the magnitude code of an infinite product: NaN if the format has no Inf."""
    return _nan(z) if z.infinity is None else z.infinity


def _nan(z: Format) -> int:
    """Return the magnitude code of NaN, or TOP for a format without NaN, where it is never used."""
    return z.top if z.nan is None else z.nan
