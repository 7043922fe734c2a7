"""Conversion between numbers and codes, for arrays of any shape."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.golden.formats import Format
from lmul.golden.parameters import Policy
from lmul.golden.types import Flags, Floats

Codes = NDArray[np.uint32]
"""Codes of a format, one an element, in the low bits."""

_EXACT_INTEGER = 1 << 53  # float64 holds every integer up to here


def checked_codes(what: str, format: Format, codes: ArrayLike) -> Codes:
    """Check codes and return them as Codes.

    Raises
    ------
    TypeError
        They are not integers.
    ValueError
        One of them does not fit the format's width.
    """
    array = np.asarray(codes)
    if array.dtype.kind not in "ui" and array.size:
        raise TypeError(f"{what} must be integer codes, not {array.dtype}")
    wrong = (array < 0) | (array >= 1 << format.width)
    if wrong.any():
        raise ValueError(f"{what} must be codes of {format.width} bits ({format}), not {array[wrong].flat[0]}")
    return array.astype(np.uint32)


def reserved(format: Format, codes: ArrayLike) -> Flags:
    """Tell which codes the format reserves for Inf and NaN, which flush reads as numbers; of integers, -2^(n - 1).

    Raises
    ------
    TypeError, ValueError
        See `checked_codes`.
    """
    array = checked_codes("codes", format, codes)
    if format.is_integer:
        return np.equal(array, format.sign_bit)
    above: Flags = (array & (format.sign_bit - 1)) > format.top
    return above


def sign_magnitude(format: Format, codes: Codes) -> Codes:
    """Return codes with the sign on top of the magnitude; those of integers change, -2^(n - 1) to a negative zero."""
    if not format.is_integer:
        return codes
    negative, mask = (codes & np.uint32(format.sign_bit)) != 0, np.uint32(format.sign_bit - 1)
    return np.where(negative, (~codes + np.uint32(1)) & mask | np.uint32(format.sign_bit), codes)


def decode(format: Format, codes: ArrayLike, reserved: bool = True) -> Floats:
    """Decode codes to float64, exactly.

    Parameters
    ----------
    format : Format
        Format of the codes.
    codes : array of int, any shape
        1 + E + M bits each.
    reserved : bool
        Codes that the format reserves mean Inf and NaN. If false, they mean the numbers that
        their bits spell, which is how the policy flush reads them; of integers, the reserved code then is a zero.

    Raises
    ------
    TypeError, ValueError
        See `checked_codes`.
    """
    array = sign_magnitude(format, checked_codes("codes", format, codes))
    magnitude = (array & (format.sign_bit - 1)).astype(np.int64)
    exponent = magnitude >> format.mantissa_bits
    mantissa = magnitude & (format.hidden_one - 1)
    significand = np.where(exponent > 0, mantissa + format.hidden_one, mantissa)
    scale = np.maximum(exponent, 1) - format.bias - format.mantissa_bits
    value = np.ldexp(significand.astype(np.float64), scale.astype(np.int32))
    if reserved:
        unused = array == format.sign_bit if format.is_integer else magnitude > format.top
        value = np.where(unused, np.nan, value)
        if format.infinity is not None:
            value = np.where(magnitude == format.infinity, np.inf, value)
    signed: Floats = np.copysign(value, np.where(array & format.sign_bit, -1.0, 1.0))
    return signed


def encode(format: Format, values: ArrayLike, policy: Policy = Policy.FLUSH) -> Codes:
    """Encode values to the nearest codes, as operands of units with a policy.

    Each is rounded once from the source value, to nearest, ties to even. Beyond TOP it becomes +-TOP. Below the
    smallest normal number it becomes a subnormal code, which flush units read as zero.

    Parameters
    ----------
    format : Format
        Format of the codes.
    values : array, any shape
        Numbers of a floating-point type up to float64 (ml_dtypes' included), or integers up to 2^53.
    policy : Policy
        Under raw and flush no code means Inf or NaN: Inf becomes TOP. Under ieee and ftz they keep their codes where
        the format has them (NaN the one that results have, without its sign), and Inf becomes TOP where it has none.

    Returns
    -------
    array of uint32
        Codes in the shape of `values`.

    Raises
    ------
    TypeError
        The type of the values is not one of these.
    ValueError
        A value is NaN and no code means that. The message names its index.
    """
    exact = as_float64(np.asarray(values))
    nan = np.isnan(exact)
    kept = policy.has_special_values
    if nan.any() and not (kept and format.nan is not None):
        index = [int(i) for i in np.argwhere(nan)[0]]
        raise ValueError(f"values must be numbers, not NaN (at index {index}): {format} has no code for it here")
    size = np.where(nan, 0.0, np.abs(exact))
    finite = np.where(np.isinf(size), 0.0, size)
    exponent = np.where(finite > 0, np.maximum(np.frexp(finite)[1] - 1 + format.bias, 1), 1)
    if format.is_integer:  # they have the exponent of subnormal numbers, and nothing near the top is to overflow here
        finite, exponent = np.minimum(finite, format.sign_bit), np.ones_like(exponent)
    steps = np.rint(np.ldexp(finite, format.bias + format.mantissa_bits - exponent))
    # A significand of 2^M steps and more carries the hidden one into the exponent field.
    code = steps.astype(np.int64) + ((exponent.astype(np.int64) - 1) << format.mantissa_bits)
    infinity = format.infinity if kept and format.infinity is not None else format.top
    code = np.where(np.isinf(size), infinity, np.minimum(code, format.top))
    if format.is_integer:
        code = np.where(np.signbit(exact), -code, code) & ((1 << format.width) - 1)
        return code.astype(np.uint32)
    code = np.where(nan, format.nan or 0, code | np.where(np.signbit(exact), format.sign_bit, 0))
    return code.astype(np.uint32)


def as_float64(values: NDArray[Any]) -> Floats:
    """Convert values to float64; raise an error if that would change any.

    Raises
    ------
    TypeError, ValueError
        See `encode`; NaN is accepted.
    """
    if values.dtype.kind in "iu":
        if values.size and max(abs(int(values.min())), abs(int(values.max()))) > _EXACT_INTEGER:
            raise ValueError(f"values must be integers up to 2^53 in size, not {values.min()} to {values.max()}")
    elif values.dtype.kind != "f" and not np.can_cast(values.dtype, np.float64, "safe"):
        raise TypeError(f"values must be floating-point numbers or integers, not {values.dtype}")
    elif values.dtype.itemsize > 8:
        raise TypeError(f"values must be of a type that float64 holds exactly, not {values.dtype}")
    with np.errstate(invalid="ignore"):  # a signalling NaN is reported by the caller, with its index
        return values.astype(np.float64)
