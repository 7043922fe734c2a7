"""Rounding of floating-point numbers on their bit patterns."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Pattern = TypeVar("Pattern", NDArray[np.int64], NDArray[np.uint32])


def truncated(pattern: Pattern, drop: int) -> Pattern:
    """Clear the low `drop` bits of the patterns."""
    return pattern & ~pattern.dtype.type((1 << drop) - 1)


def rounded_to_nearest(pattern: Pattern, drop: int) -> Pattern:
    """Round the patterns of floating-point numbers to the nearest with `drop` low bits of 0, ties to even.

    A carry out of the mantissa goes into the exponent, where it belongs; it never reaches the sign of a finite number.

    Parameters
    ----------
    pattern : array of int64 or uint32
        Patterns of float64 or float32.
    drop : int
        Bits to clear, at least 1.
    """
    one = pattern.dtype.type(1)
    half = pattern.dtype.type((1 << (drop - 1)) - 1)
    return truncated(pattern + half + ((pattern >> pattern.dtype.type(drop)) & one), drop)
