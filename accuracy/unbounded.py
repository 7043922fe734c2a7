"""Products of numbers instead of codes: methods with a real constant, on operands cut to mantissa bits or a format.

Exponents are float64's, so nothing overflows, underflows or is subnormal. The limits of a format have no effect, unless
operands are cut to a format.
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
"""Exponents of operands; their products are then normal numbers, too."""

_MANTISSA = np.int64((1 << MOST_BITS) - 1)
_ONE = np.float64(1).view(np.int64)


class Cut(StrEnum):
    """Reduction of an operand to fewer bits."""

    TRUNCATED = "truncated"  # the low bits are dropped
    ROUNDED = "rounded"  # to nearest, ties to even


def checked_operands(what: str, values: Floats) -> Floats:
    """Check operands of this module's functions, and return them.

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
    """Cut numbers to `bits` bits after the hidden one, 0 to 51."""
    low = MOST_BITS - bits
    pattern = values.view(np.int64)
    kept = rounded_to_nearest(pattern, low) if cut is Cut.ROUNDED else truncated(pattern, low)
    return kept.view(np.float64)


def cut_to_format(values: Floats, format: Format, cut: Cut) -> Floats:
    """Cut numbers to a format, with subnormal ones; above TOP they become TOP."""
    codes = encode(format, values)
    if cut is Cut.TRUNCATED:
        # Codes of one sign are in the order of their size: one less is the next smaller number.
        codes = codes - (np.abs(decode(format, codes)) > np.abs(values)).astype(np.uint32)
    return decode(format, codes)


def largest_scale(values: Floats, format: Format) -> int:
    """Return the exponent of the largest power of two that leaves no value above TOP."""
    largest, top = float(np.abs(values).max()), float(decode(format, format.top))
    exponent = int(np.frexp(top)[1] - np.frexp(largest)[1])
    return exponent - bool(np.ldexp(largest, exponent) > top)


def adder(x: Floats, y: Floats, constant: float = 0.0) -> Floats:
    """Multiply x and y by one integer addition.

    With s = xm + ym + `constant` the product is 2^(xe + ye) times 1 + s for s below 1, 2 s below 2, and 4 (s - 1) from
    2 on. The constant is 0 to 1: 2^-l for the paper's L-Mul, 0 for Mitchell's method. A float64 serves as its own
    logarithm: its pattern is a magnitude code with 52 mantissa bits.
    """
    offset = np.int64(round(constant * (1 << MOST_BITS))) - _ONE
    pattern = np.abs(x).view(np.int64) + np.abs(y).view(np.int64) + offset
    return _signed(x, y, np.where((x == 0) | (y == 0), 0, pattern).view(np.float64))


def equation1(x: Floats, y: Floats, constant: float = 0.0) -> Floats:
    """Compute the paper's equation 1, (1 + xm + ym + `constant`) 2^(xe + ye), which differs from its adder."""
    mantissas, exponents = np.zeros(1), np.zeros(1, np.int64)
    for pattern in (np.abs(x).view(np.int64), np.abs(y).view(np.int64)):
        mantissas = mantissas + (pattern & _MANTISSA) / 2.0**MOST_BITS
        exponents = exponents + ((pattern - _ONE) >> MOST_BITS)
    magnitude = np.ldexp(1 + mantissas + constant, exponents.astype(np.int32))
    return _signed(x, y, np.where((x == 0) | (y == 0), 0.0, magnitude))


def _signed(x: Floats, y: Floats, magnitude: Floats) -> Floats:
    return np.where((x < 0) != (y < 0), -magnitude, magnitude)
