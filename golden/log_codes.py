"""Conversion of codes to log codes, or to codes with normalised subnormals."""

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.codes import checked_codes
from lmul.golden.logarithms import LogFormat, normalised
from lmul.golden.types import Array


def log_codes(format: LogFormat, codes: ArrayLike) -> Array:
    """Convert codes to log codes, as an array does where operands enter, and as stored weights can be kept.

    Parameters
    ----------
    format : LogFormat
        Format of the log codes, such as `Parameters.log_formats` has them.
    codes : array of int, any shape
        Codes of `format.format`; those that it reserves for Inf and NaN are taken as numbers.

    Returns
    -------
    array of uint32, or of uint64 for words of more than 32 bits, those of fp32
        Log codes in the shape of `codes`. A zero keeps its sign.

    Raises
    ------
    TypeError, ValueError
        They are no codes of the format.
    """
    array = checked_codes("codes", format.format, codes).astype(np.int64)
    magnitude = array & (format.format.sign_bit - 1)
    moved = format.logarithms(normalised(format.format, magnitude)) + (format.excess << format.fraction_bits)
    sign = np.where(array & format.format.sign_bit, format.sign_bit, 0)
    words = np.where(format.zero(magnitude), 0, moved) | sign
    return words.astype(np.uint32 if format.width <= 32 else np.uint64)
