"""Products of arrays of codes, bit for bit those of the hardware.

Arrays of any shape, broadcast as NumPy does. Codes are those of `codes.encode`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.codes import Codes
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.golden.significands import OperandCodes, Pair
from lmul.golden.types import Flags, Floats, Integers


@dataclass(frozen=True)
class WideProduct:
    """Products before any rounding to a format: (-1)^negative significand 2^exponent.

    Attributes
    ----------
    negative : array of bool
        Sign of x xor sign of y, for zeros too.
    significand : array of int64
        M + 1 bits for the adder family and the rounded product, 2M + 2 for the full one, 2M for integers; 0 for a
        zero. M is the result's.
    exponent : array of int64
        Power of two that one unit of the significand is worth.
    """

    negative: Flags
    significand: Integers
    exponent: Integers

    @property
    def zero(self) -> Flags:
        """Tell where the product is zero."""
        return np.equal(self.significand, 0)

    @property
    def value(self) -> Floats:
        """Convert the products to float64, exactly for all formats."""
        magnitude = np.ldexp(self.significand.astype(np.float64), self.exponent.astype(np.int32))
        signed: Floats = np.copysign(magnitude, np.where(self.negative, -1.0, 1.0))
        return signed


def extended_code(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> Integers:
    """Compute T for each pair of codes: the product's magnitude code in the result format, without bounds.

    Codes that a format reserves are read as the numbers that their bits spell, and so are those with exponent
    field 0, except that subnormals are normalised first where they count. T of a zero means nothing.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of its format.
    """
    if parameters.is_integer:
        raise ValueError(f"formats must be floating-point ones to have T, not {parameters.format}")
    left, right = _operands(parameters, x, y)
    return Pair.of(parameters, left, right).extended_code()


def multiply(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> Codes:
    """Multiply pairs of codes; return the codes of the products.

    Parameters
    ----------
    parameters : Parameters
        Formats, method and policy.
    x, y : array of int
        Codes of `parameters.format` and of `parameters.y_format`, broadcast against each other.

    Returns
    -------
    array of uint32
        Codes of `parameters.result`.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of its format, or only dot products have the method.
    """
    parameters.check_multiplier()
    z = parameters.result
    left, right = _operands(parameters, x, y)
    pair = Pair.of(parameters, left, right)
    negative = left.negative ^ right.negative
    if parameters.policy is Policy.RAW:
        magnitude = pair.extended_code() & (z.sign_bit - 1)
    elif parameters.policy is Policy.FLUSH:
        t = pair.extended_code()
        magnitude = np.where(left.flushed | right.flushed | (t < z.hidden_one), 0, np.minimum(t, z.top))
    else:
        if parameters.policy is Policy.FTZ:
            t, zero = pair.extended_code(), left.flushed | right.flushed
            number = np.where(t < z.hidden_one, 0, t)
        else:
            number, zero = pair.gradual_code(), left.zero | right.zero
        magnitude, nan = _with_specials(parameters, left, right, zero, number)
        negative &= ~nan
    return (magnitude | np.where(negative, z.sign_bit, 0)).astype(np.uint32)


def wide_product(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> WideProduct:
    """Compute the products that a dot product adds: no clamp, no saturation; operands are flushed, or normalised.

    Parameters
    ----------
    parameters : Parameters
        Formats and method, of a dot product: `exact` gives the full product. The policy plays no part here.
    x, y : array of int
        Codes of `parameters.format` and of `parameters.y_format`, broadcast against each other.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of its format.
    """
    z = parameters.result
    left, right = _operands(parameters, x, y)
    zero = _counts_as_zero(parameters, left, right)
    if parameters.is_integer:
        product = left.magnitude * right.magnitude
        return _wide(left, right, zero, product, np.zeros_like(product))
    pair = Pair.of(parameters, left, right)
    if parameters.method.is_full:
        return _wide(left, right, zero, pair.full_significand, pair.exponent - z.bias - 2 * parameters.mantissa_bits)
    t = pair.extended_code()
    fraction = t & (z.hidden_one - 1)
    log = parameters.log_formats is not None
    significand = (
        np.take(parameters.method.antilogarithms(z.mantissa_bits), fraction) if log else z.hidden_one + fraction
    )
    return _wide(left, right, zero, significand, (t >> z.mantissa_bits) - z.bias - z.mantissa_bits)


def equation1(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> WideProduct:
    """Compute the paper's equation 1, (1 + xm + ym + D / 2^M) 2^(xe + ye), which differs from the adder.

    With s = xm + ym + D / 2^M they agree for s < 1. For s >= 1 the adder carries into the exponent and gives 2s,
    equation 1 gives 1 + s. Operands are those of a dot product. Source: arXiv 2410.00907.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of its format, or the method has no single D.
    """
    z = parameters.result
    if parameters.offset is None or parameters.log_formats is not None:
        raise ValueError(f"method must have one constant D for equation 1, not {parameters.method.name!r}")
    left, right = _operands(parameters, x, y)
    pair = Pair.of(parameters, left, right)
    mx, my = pair.mantissas
    significand = parameters.hidden_one + mx + my + parameters.correction[0][0]
    zero = _counts_as_zero(parameters, left, right)
    return _wide(left, right, zero, significand, pair.exponent - z.bias - parameters.mantissa_bits)


def _operands(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> tuple[OperandCodes, OperandCodes]:
    return OperandCodes.of("x", parameters.format, x), OperandCodes.of("y", parameters.y_format, y)


def _counts_as_zero(parameters: Parameters, x: OperandCodes, y: OperandCodes) -> Flags:
    """Tell where a dot product takes an operand as zero."""
    return x.zero | y.zero if parameters.subnormals else x.flushed | y.flushed


def _wide(x: OperandCodes, y: OperandCodes, zero: Flags, significand: Integers, exponent: Integers) -> WideProduct:
    return WideProduct(x.negative ^ y.negative, np.where(zero, 0, significand), exponent)


def _with_specials(
    parameters: Parameters, x: OperandCodes, y: OperandCodes, zero: Flags, magnitude: Integers
) -> tuple[Integers, Flags]:
    """Insert NaN, Inf and, where an operand counts as one, zero into magnitude codes; tell where they are NaN."""
    z = parameters.result
    infinite, nan = x.infinite | y.infinite, x.nan | y.nan
    nan |= zero & infinite
    above = ~zero & (magnitude > z.top)
    magnitude = np.where(zero, 0, np.where(above, z.top, magnitude))
    if parameters.overflow is Overflow.INF and parameters.rounding is Rounding.NEAREST:
        infinite |= above
    if z.infinity is not None:
        magnitude = np.where(infinite, z.infinity, magnitude)
    elif z.nan is not None:
        nan |= infinite
    if z.nan is not None:
        magnitude = np.where(nan, z.nan, magnitude)
    else:
        nan = np.zeros_like(nan)
    return magnitude, nan
