"""Significands and exponents of operands, and T of a product."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.codes import checked_codes, sign_magnitude
from lmul.golden.formats import Format
from lmul.golden.logarithms import normalised
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters, Policy
from lmul.golden.types import Flags, Integers


@dataclass(frozen=True)
class OperandCodes:
    """Signs and magnitude codes of one operand.

    Attributes
    ----------
    format : Format
        Format of the codes.
    negative : array of bool
        Signs.
    magnitude : array of int64
        Magnitude codes.
    """

    format: Format
    negative: Flags
    magnitude: Integers

    @classmethod
    def of(cls, what: str, format: Format, codes: ArrayLike) -> "OperandCodes":
        """Split codes into signs and magnitude codes.

        Raises
        ------
        TypeError, ValueError
            They are no codes of the format; the message names them `what`.
        """
        array = sign_magnitude(format, checked_codes(what, format, codes)).astype(np.int64)
        return cls(format, (array & format.sign_bit) != 0, array & (format.sign_bit - 1))

    @property
    def flushed(self) -> Flags:
        """Tell where the exponent field is 0, which flush reads as zero; an integer only if it is one."""
        if self.format.is_integer:
            return self.zero
        return np.less(self.magnitude, self.format.hidden_one)

    @property
    def zero(self) -> Flags:
        """Tell where the operand is zero."""
        return np.equal(self.magnitude, 0)

    @property
    def infinite(self) -> Flags:
        """Tell where the operand is Inf."""
        if self.format.infinity is None:
            return np.zeros(self.magnitude.shape, bool)
        return np.equal(self.magnitude, self.format.infinity)

    @property
    def nan(self) -> Flags:
        """Tell where the operand is NaN."""
        return (self.magnitude > self.format.top) & ~self.infinite

    @property
    def normalised(self) -> Integers:
        """Return magnitude codes with subnormals normalised, as by `logarithms.normalised`."""
        return normalised(self.format, self.magnitude)


@dataclass(frozen=True)
class Pair:
    """Magnitude codes of both operands with the M mantissa bits of the wider one; of the method log X' and Y'.

    x and y broadcast against each other; values that need only one of them are not broadcast.
    """

    parameters: Parameters
    x: Integers
    y: Integers

    @classmethod
    def of(cls, parameters: Parameters, x: OperandCodes, y: OperandCodes) -> "Pair":
        """Align two operands to M mantissa bits. Subnormals that count are normalised, others get a hidden one."""
        if parameters.log_formats is not None:
            return cls(
                parameters,
                *(f.logarithms(each.normalised) for f, each in zip(parameters.log_formats, (x, y), strict=True)),
            )
        m = parameters.mantissa_bits
        normalised = parameters.subnormals or parameters.policy is Policy.IEEE
        aligned = (
            (each.normalised if normalised else each.magnitude) << (m - each.format.mantissa_bits) for each in (x, y)
        )
        return cls(parameters, *aligned)

    @property
    def mantissas(self) -> tuple[Integers, Integers]:
        mask = self.parameters.hidden_one - 1
        return self.x & mask, self.y & mask

    @property
    def exponent(self) -> Integers:
        """Return the exponent field of the product for a product of significands below 2."""
        m = self.parameters.mantissa_bits
        exponent: Integers = (self.x >> m) + (self.y >> m) - self.parameters.bias
        return exponent

    @cached_property
    def full_significand(self) -> Integers:
        """Return (2^M + mx) (2^M + my), at most 48 bits."""
        one = self.parameters.hidden_one
        mx, my = self.mantissas
        return (one + mx) * (one + my)

    @property
    def carry(self) -> Integers:
        """Return 1 if the product of the significands is at least 2, else 0."""
        return self.full_significand >> (2 * self.parameters.mantissa_bits + 1)

    @property
    def excess(self) -> Integers:
        """Return the bits by which the full significand is longer than the result's; negative if it is shorter."""
        return 2 * self.parameters.mantissa_bits - self.parameters.result.mantissa_bits + self.carry

    def extended_code(self) -> Integers:
        """Compute T of the method in the result's mantissa bits: formed so by exact, converted by the adder family."""
        p, m = self.parameters, self.parameters.mantissa_bits
        if p.method.is_exact:
            significand = _shifted(self.full_significand, self.excess, p.rounding)
            # A significand that was rounded up to 2^(M+1) carries into the exponent by itself.
            return ((self.exponent + self.carry - 1) << p.result.mantissa_bits) + significand
        d = np.array(p.correction, np.int64)
        shift = m - p.table_bits
        mx, my = self.mantissas
        t: Integers = self.x + self.y - (p.bias << m) + d[mx >> shift, my >> shift]
        return _shifted(t, np.full_like(t, m - p.result.mantissa_bits), Rounding.NEAREST)

    def gradual_code(self) -> Integers:
        """Compute the magnitude codes of the product, with subnormals and without an upper bound."""
        p, m = self.parameters, self.parameters.result.mantissa_bits
        if p.method.is_exact:
            significand, exponent, excess = self.full_significand, self.exponent + self.carry, self.excess
        else:
            t = self.extended_code()
            significand, exponent = p.result.hidden_one + (t & (p.result.hidden_one - 1)), t >> m
            excess = np.zeros_like(t)
        # A shift of M + 2 places beyond the excess already leaves nothing of any significand.
        shift = excess + np.clip(1 - exponent, 0, m + 2)
        below: Integers = (np.maximum(exponent, 1) - 1) << m
        return below + _shifted(significand, shift, p.rounding)


def _shifted(number: Integers, shift: Integers, rounding: Rounding) -> Integers:
    """Compute `number` / 2^`shift`, rounded, for shifts up to 61. A negative shift is to the left."""
    number, shift = number << np.maximum(-shift, 0), np.maximum(shift, 0)
    floor: Integers = number >> shift
    if rounding is Rounding.ZERO:
        return floor
    one = np.left_shift(1, shift)
    rest = number & (one - 1)
    # Above half, or at half and odd.
    up: Integers = floor + (2 * rest + (floor & 1) > one)
    return up
