"""Products of numbers instead of codes: the methods with a real constant, on operands cut to so many mantissa bits.

Exponents are float64's, so that nothing overflows, underflows or is subnormal; what a format does at its ends stays
out, unless operands are cut to a format.
"""

from enum import StrEnum

import numpy as np

from lmul.golden.codes import decode, encode
from lmul.golden.float_bits import rounded_to_nearest, truncated
from lmul.golden.formats import Format
from lmul.golden.types import Floats

MOST_BITS = 52
"""Mantissa bits of a float64."""

EXPONENTS = range(-500, 501)
"""Of operands: their products, too, are then normal numbers."""

_MANTISSA = np.int64((1 << MOST_BITS) - 1)
_ONE = np.float64(1).view(np.int64)


class Cut(StrEnum):
    """How an operand comes to fewer bits."""

    TRUNCATED = "truncated"  # the low bits are dropped
    ROUNDED = "rounded"  # to nearest, ties to even


def checked_operands(what: str, values: Floats) -> Floats:
    """Operands of this module's functions.

    Raises
    ------
    ValueError
        One of them is not finite, or its exponent is not in `EXPONENTS`. The message names its index.
    """
    size = np.abs(values)
    wrong = ~((size == 0) | ((size >= 2.0 ** EXPONENTS[0]) & (size < 2.0 ** EXPONENTS[-1])))
    if wrong.any():
        index = [int(i) for i in np.argwhere(wrong)[0]]
        value = values[tuple(index)]
        named = "NaN" if np.isnan(value) else str(value)
        limits = f"2^{EXPONENTS[0]} to 2^{EXPONENTS[-1]}"
        raise ValueError(f"{what} must be zero or a number of {limits} in size, not {named} (at index {index})")
    return values


def cut_to_bits(values: Floats, bits: int, cut: Cut) -> Floats:
    """Numbers with `bits` bits behind the hidden one, 0 to 51."""
    low = MOST_BITS - bits
    pattern = values.view(np.int64)
    kept = rounded_to_nearest(pattern, low) if cut is Cut.ROUNDED else truncated(pattern, low)
    return kept.view(np.float64)


def cut_to_format(values: Floats, format: Format, cut: Cut) -> Floats:
    """Numbers of a format, subnormal ones among them; what is above TOP becomes TOP."""
    codes = encode(format, values)
    if cut is Cut.TRUNCATED:
        # Codes of one sign are in the order of their size: one less is the next smaller number.
        codes = codes - (np.abs(decode(format, codes)) > np.abs(values)).astype(np.uint32)
    return decode(format, codes)


def largest_scale(values: Floats, format: Format) -> int:
    """The exponent of the largest power of two by which no value gets above TOP."""
    largest, top = float(np.abs(values).max()), float(decode(format, format.top))
    exponent = int(np.frexp(top)[1] - np.frexp(largest)[1])
    return exponent - bool(np.ldexp(largest, exponent) > top)


def adder(x: Floats, y: Floats, constant: float = 0.0) -> Floats:
    """What one integer addition makes of x and y: for s from 0 to 1, from 1 to 2, and from 2 on, 1 + s, 2 s, 4 (s - 1).

    s = xm + ym + `constant`, which is 0 to 1: 2^-l for the paper's L-Mul, 0 for Mitchell's; all times 2^(xe + ye).
    A float64 is its own logarithm here: its pattern is that of a magnitude code with 52 mantissa bits.
    """
    offset = np.int64(round(constant * (1 << MOST_BITS))) - _ONE
    pattern = np.abs(x).view(np.int64) + np.abs(y).view(np.int64) + offset
    return _signed(x, y, np.where((x == 0) | (y == 0), 0, pattern).view(np.float64))


def equation1(x: Floats, y: Floats, constant: float = 0.0) -> Floats:
    """The paper's equation 1, (1 + xm + ym + `constant`) 2^(xe + ye), which is not what its adder computes."""
    mantissas, exponents = np.zeros(1), np.zeros(1, np.int64)
    for pattern in (np.abs(x).view(np.int64), np.abs(y).view(np.int64)):
        mantissas = mantissas + (pattern & _MANTISSA) / 2.0**MOST_BITS
        exponents = exponents + ((pattern - _ONE) >> MOST_BITS)
    magnitude = np.ldexp(1 + mantissas + constant, exponents.astype(np.int32))
    return _signed(x, y, np.where((x == 0) | (y == 0), 0.0, magnitude))


def _signed(x: Floats, y: Floats, magnitude: Floats) -> Floats:
    return np.where((x < 0) != (y < 0), -magnitude, magnitude)
