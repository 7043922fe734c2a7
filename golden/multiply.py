"""Products of arrays of codes, bit for bit what the hardware gives.

Arrays of any shape, broadcast as NumPy does. Codes are those of `codes.encode`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.golden.codes import Codes, checked_codes
from lmul.golden.parameters import Method, Parameters, Policy

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class WideProduct:
    """Products before any narrowing: (-1)^negative significand 2^exponent.

    Attributes
    ----------
    negative : array of bool
        Sign of x xor sign of y, for zeros too.
    significand : array of int64
        M + 1 bits for the adder family and the rounded product, 2M + 2 for the full one; 0 for a zero.
    exponent : array of int64
        Power of two that one unit of the significand is worth.
    """

    negative: NDArray[np.bool_]
    significand: Integers
    exponent: Integers

    @property
    def zero(self) -> NDArray[np.bool_]:
        """Where the product is zero."""
        return np.equal(self.significand, 0)

    @property
    def value(self) -> NDArray[np.float64]:
        """The products as float64, exact for every format there is."""
        magnitude = np.ldexp(self.significand.astype(np.float64), self.exponent.astype(np.int32))
        signed: NDArray[np.float64] = np.copysign(magnitude, np.where(self.negative, -1.0, 1.0))
        return signed


@dataclass(frozen=True)
class _Operands:
    """Magnitude codes of both operands, and what is read off them."""

    parameters: Parameters
    x: Integers
    y: Integers
    negative: NDArray[np.bool_]

    @classmethod
    def of(cls, parameters: Parameters, x: ArrayLike, y: ArrayLike) -> "_Operands":
        f = parameters.format
        codes_x, codes_y = checked_codes("x", f, x), checked_codes("y", f, y)
        negative = ((codes_x ^ codes_y) & f.sign_bit) != 0
        wide_x, wide_y = np.broadcast_arrays(codes_x.astype(np.int64), codes_y.astype(np.int64))
        return cls(parameters, wide_x & (f.sign_bit - 1), wide_y & (f.sign_bit - 1), negative)

    @property
    def mantissas(self) -> tuple[Integers, Integers]:
        mask = self.parameters.format.hidden_one - 1
        return self.x & mask, self.y & mask

    @property
    def full_significand(self) -> Integers:
        """(2^M + mx) (2^M + my), at most 48 bits."""
        one = self.parameters.format.hidden_one
        mx, my = self.mantissas
        return (one + mx) * (one + my)

    @property
    def flushed(self) -> NDArray[np.bool_]:
        """Where an operand has exponent field 0, which flush reads as zero."""
        one = self.parameters.format.hidden_one
        return (self.x < one) | (self.y < one)

    @property
    def exponent(self) -> Integers:
        """Exponent field of the product of two normal operands whose significands give one below 2."""
        m = self.parameters.format.mantissa_bits
        return (self.x >> m) + (self.y >> m) - self.parameters.format.bias

    def extended_code(self) -> Integers:
        """T of the method."""
        f = self.parameters.format
        if self.parameters.method is Method.EXACT:
            return self._rounded()
        d = np.array(self.parameters.correction, np.int64)
        shift = f.mantissa_bits - (self.parameters.table_bits or 0)
        mx, my = self.mantissas
        t: Integers = self.x + self.y - (f.bias << f.mantissa_bits) + d[mx >> shift, my >> shift]
        return t

    def _rounded(self) -> Integers:
        m = self.parameters.format.mantissa_bits
        full = self.full_significand
        shift = m + (full >> (2 * m + 1))  # one more where the product of significands is 2 or above
        half_less_one = (1 << (shift - 1)) - 1
        significand: Integers = (full + half_less_one + ((full >> shift) & 1)) >> shift
        return ((self.exponent + shift - m - 1) << m) + significand


def extended_code(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> Integers:
    """T of each pair of codes: the product's magnitude code without bounds, operands read as normal numbers.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of the format.
    """
    return _Operands.of(parameters, x, y).extended_code()


def multiply(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> Codes:
    """The code of the product of each pair of codes.

    Parameters
    ----------
    parameters : Parameters
        Format, method and policy.
    x, y : array of int
        Codes of the format, broadcast against each other.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of the format.
    """
    f = parameters.format
    operands = _Operands.of(parameters, x, y)
    t = operands.extended_code()
    if parameters.policy is Policy.RAW:
        magnitude = t & (f.sign_bit - 1)
    else:
        magnitude = np.where(operands.flushed | (t < f.hidden_one), 0, np.minimum(t, f.top))
    return (magnitude | np.where(operands.negative, f.sign_bit, 0)).astype(np.uint32)


def wide_product(parameters: Parameters, x: ArrayLike, y: ArrayLike, rounded: bool = False) -> WideProduct:
    """The products that a dot product adds: no clamp and no saturation; operands are flushed.

    Parameters
    ----------
    parameters : Parameters
        Format and method; its policy plays no part here.
    x, y : array of int
        Codes of the format, broadcast against each other.
    rounded : bool
        For the method exact: the product rounded to M + 1 significant bits instead of the full one.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of the format.
    """
    f = parameters.format
    operands = _Operands.of(parameters, x, y)
    if parameters.method is Method.EXACT and not rounded:
        significand = operands.full_significand
        exponent = operands.exponent - f.bias - 2 * f.mantissa_bits
    else:
        t = operands.extended_code()
        significand = f.hidden_one + (t & (f.hidden_one - 1))
        exponent = (t >> f.mantissa_bits) - f.bias - f.mantissa_bits
    return WideProduct(operands.negative, np.where(operands.flushed, 0, significand), exponent)


def equation1(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> WideProduct:
    """The paper's equation 1, (1 + xm + ym + D / 2^M) 2^(xe + ye), which is not what the adder computes.

    With s = xm + ym + D / 2^M they agree for s < 1; for s >= 1 the adder carries into the exponent and
    gives 2s where this gives 1 + s. Operands are flushed. Source: arXiv 2410.00907.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of the format, or the method has no single D.
    """
    f = parameters.format
    if parameters.offset is None:
        raise ValueError(f"method must have one constant D for equation 1, not {parameters.method_name!r}")
    operands = _Operands.of(parameters, x, y)
    significand = f.hidden_one + sum(operands.mantissas) + parameters.correction[0][0]
    exponent = operands.exponent - f.bias - f.mantissa_bits
    return WideProduct(operands.negative, np.where(operands.flushed, 0, significand), exponent)
