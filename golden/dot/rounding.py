"""Rounding of floating-point accumulators and of sums that leave, on float64, bit for bit."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.codes import decode
from lmul.golden.float_bits import rounded_to_nearest
from lmul.golden.formats import Format
from lmul.golden.types import Array, Flags, Floats

NARROW = 63
"""Bits of the widest accumulator that is an int64."""

_SIGNIFICAND_BITS = 53  # of float64


@lru_cache
def limits(format: Format) -> tuple[float, float]:
    """Return the smallest normal number and the largest finite one."""
    smallest, top = decode(format, [format.hidden_one, format.top])
    return float(smallest), float(top)


def narrowed(format: Format, values: Floats) -> tuple[Floats, Flags]:
    """Round `values` once to the format, nearest even; tell where they were above TOP.

    The exponent is unbounded at first. Then values below the smallest normal number become zeros of their sign, and
    values above TOP become TOP with their sign.
    """
    smallest, top = limits(format)
    shift = _SIGNIFICAND_BITS - 1 - format.mantissa_bits
    size = np.abs(rounded_to_nearest(values.view(np.int64), shift).view(np.float64))
    above = size > top
    return np.copysign(np.where(size < smallest, 0.0, np.minimum(size, top)), values), above


def added(format: Format, sums: Floats, addends: Floats) -> tuple[Floats, Flags]:
    """Add `addends` to `sums` and round once, as `narrowed`. Both are at most TOP in size, with at most 48 bits.

    float64 has more than twice the bits of any accumulator. So its own sum serves if it is rounded to odd: to that of
    the two nearest numbers that has an odd last place. (S. Boldo and G. Melquiond, IEEE Trans. Computers 57, 2008.)
    """
    total = sums + addends
    other = total - sums
    error = (sums - (total - other)) + (addends - other)  # error of `total`, exact (D. Knuth's TwoSum)
    bits = total.view(np.int64)
    # One step away from zero or toward it.
    step = np.where((error < 0) == (total < 0), 1, -1)
    odd = bits + step * ((error != 0) & (bits & 1 == 0))
    return narrowed(format, odd.view(np.float64))


def from_integers(integers: Array, exponent: ArrayLike) -> Floats:
    """Compute `integers` 2^exponent as float64, rounded to odd if that has too few bits, for `narrowed`.

    An integer of 0 is +0.
    """
    size = np.abs(integers)
    if integers.dtype == object:
        excess = np.frompyfunc(lambda n: max(n.bit_length() - _SIGNIFICAND_BITS, 0), 1, 1)(size)
    else:
        excess = np.where(size >> _SIGNIFICAND_BITS, NARROW - _SIGNIFICAND_BITS, 0)
    kept = size >> excess
    odd = (kept | (kept << excess != size)).astype(np.float64)
    with np.errstate(over="ignore", under="ignore"):
        value: Floats = np.ldexp(np.where(integers < 0, -odd, odd), (excess + exponent).astype(np.int32))
    return value
