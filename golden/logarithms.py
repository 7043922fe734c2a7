"""Tables of logarithms and antilogarithms, with which products are one addition, and the format of log codes.

Source: J. N. Mitchell, "Computer multiplication and division using binary logarithms", IRE Trans. Electronic Computers,
1962, which takes m for log2(1 + m) and 1 + f for 2^f; here a table serves for the first.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lmul.golden.formats import Format
from lmul.golden.types import Flags, Integers

LogTable = tuple[int, ...]

GUARD_BITS = range(5)
"""Bits G that a logarithm may have beyond the mantissa's."""

SEGMENTS = (1, 2, 4)
"""Segments that the antilog may have."""

WIDEST_MANTISSA = 10
"""Mantissa bits of the widest operands that have log codes, those of tf32."""


@lru_cache(maxsize=64)
def logarithms(mantissa_bits: int, fraction_bits: int) -> LogTable:
    """Return L[m] = round(2^F log2(1 + m / 2^M)), m = 0 .. 2^M - 1.

    Only 0 is an integer before it is rounded, and the others keep far from a half compared with float64's error, up to
    M = 10 and F = 14.
    """
    one = 1 << mantissa_bits
    exact = np.ldexp(np.log2(1 + np.arange(one) / one), fraction_bits)
    return tuple(int(n) for n in np.rint(exact))


@lru_cache(maxsize=64)
def antilogarithms(segments: int, fraction_bits: int) -> LogTable:
    """Return 2^F h(f), f = 0 .. 2^F - 1, the significands of products: 2^F + f - c(u), with u = min(f, 2^F - 1 - f).

    c is 0 for one segment and (u >> 3) + (u >> 4) for two. For four it needs no addition: the top three of the F - 1
    bits of u say which of 0, 1, 2, 3, 4, 4, 5, 5 it is, in units of 2^(F-6), rounded down.
    """
    one = 1 << fraction_bits
    f = np.arange(one)
    u = np.minimum(f, one - 1 - f)
    match segments:
        case 1:
            c = np.zeros_like(f)
        case 2:
            c = (u >> 3) + (u >> 4)
        case _:
            c = np.array([0, 1, 2, 3, 4, 4, 5, 5])[(u << 4) >> fraction_bits] << fraction_bits >> 6
    return tuple(int(n) for n in one + f - c)


def digest(table: tuple[object, ...]) -> str:
    """Return eight hexadecimal digits that name a table of the user's."""
    return hashlib.sha256(repr(table).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class LogFormat:
    """Format of the log codes of one operand, or of its normalised codes: sign | exponent | fraction.

    The magnitude of a code that is not zero is X' + (excess << F), X' = (e << F) + L[m], with the exponent field e and
    the mantissa m of the operand, normalised if it is subnormal. The excess makes all exponent fields positive, so that
    exponent field 0 is left for zero. Normalised codes, for other methods than log, have L[m] = m and F = M.

    Attributes
    ----------
    format : Format
        Format of the operand.
    fraction_bits : int
        F, which is M + G.
    table : tuple of int or None
        L of the format's own mantissas, 2^M of them, 0 to 2^F, not decreasing. None for normalised codes.
    subnormals : bool
        Subnormal operands count in full; else they are zeros.
    """

    format: Format
    fraction_bits: int
    table: LogTable | None
    subnormals: bool

    @property
    def name(self) -> str:
        """Return a name such as `e4m3_log4` with F, with a hash of a table of the user's, `_flushed` at the end.

        Or `e4m3_normalised`.
        """
        if self.table is None:
            return f"{self.format}_normalised"
        usual = self.table == logarithms(self.format.mantissa_bits, self.fraction_bits)
        own = "" if usual else f"x{digest(self.table)}"
        return f"{self.format}_log{self.fraction_bits}{own}{'' if self.subnormals else '_flushed'}"

    @property
    def excess(self) -> int:
        """Return what is added to exponent fields: M with subnormals, whose e is 1 - M at the least, else 0."""
        return self.format.mantissa_bits if self.subnormals else 0

    @property
    def highest_field(self) -> int:
        """Return the exponent field of the largest code."""
        carries = 0 if self.table is None else self.table[-1] >> self.fraction_bits
        return (1 << self.format.exponent_bits) - 1 + self.excess + carries

    @property
    def exponent_bits(self) -> int:
        """Return the bits of the exponent: those of the largest code."""
        return self.highest_field.bit_length()

    @property
    def width(self) -> int:
        """Return the bits of a log code."""
        return 1 + self.exponent_bits + self.fraction_bits

    @property
    def sign_bit(self) -> int:
        """Return the log code of -0: the sign alone."""
        return 1 << (self.width - 1)

    @property
    def lowest(self) -> int:
        """Return X' of the smallest operand that is not zero."""
        return ((1 - self.excess) << self.fraction_bits) + (0 if self.table is None else self.table[0])

    def zero(self, magnitudes: Integers) -> Flags:
        """Tell which magnitude codes count as zero."""
        return np.less(magnitudes, 1 if self.subnormals else self.format.hidden_one)

    def logarithms(self, magnitudes: Integers) -> Integers:
        """Return X' of normalised magnitude codes. That of a zero means nothing."""
        if self.table is None:
            return magnitudes
        m = self.format.mantissa_bits
        fraction = np.array(self.table, np.int64)[magnitudes & (self.format.hidden_one - 1)]
        code: Integers = ((magnitudes >> m) << self.fraction_bits) + fraction
        return code


def normalised(format: Format, magnitude: Integers) -> Integers:
    """Normalise the subnormals among magnitude codes: they get a hidden one and an exponent field <= 0.

    A zero stays 0.
    """
    subnormal = (magnitude < format.hidden_one) & (magnitude != 0)
    bits = np.frexp(magnitude.astype(np.float64))[1].astype(np.int64)
    shift = np.where(subnormal, format.mantissa_bits + 1 - bits, 0)
    # The leading one makes the exponent field 1, the exponent of subnormals. Each place shifted lowers it by 1.
    code: Integers = (magnitude << shift) - (shift << format.mantissa_bits)
    return code
