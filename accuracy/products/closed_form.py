"""Expected error of a product in closed form, with all mantissas equally likely.

x = 1 + i / 2^m with i = 0 .. 2^m - 1 equally likely; y likewise and independent. Both are truncated to k bits. Errors
are product minus true product, for exponents of 0. For other exponents they are 2^(xe + ye) times as large, and so are
their expectations, since mantissas do not depend on exponents. docs/accuracy.md has the derivation. The assumption and
the names f1 and f2 are those of arXiv 2410.00907, whose errors have the opposite sign.
"""

from fractions import Fraction
from math import comb


def truncation(m: int, k: int) -> Fraction:
    """Compute -f1(m, k): the expected error of the exact product of the truncated operands."""
    _checked(m, k)
    return _mean_significand(k) ** 2 - _mean_significand(m) ** 2


def by_equation1(m: int, k: int, d: int) -> Fraction:
    """Compute -f2(m, k): the expected error of the paper's equation 1 on truncated operands, with the constant d / 2^k.

    It lacks the product of the mantissas and has the constant.
    """
    _checked(m, k)
    return truncation(m, k) - (_mean_significand(k) - 1) ** 2 + Fraction(d, 1 << k)


def by_adder(m: int, k: int, d: int) -> Fraction:
    """Compute the expected error of the adder on truncated operands, with the constant d / 2^k, 0 <= d < 2^k."""
    _checked(m, k)
    if not 0 <= d < 1 << k:
        raise ValueError(f"d must be 0 to {(1 << k) - 1} for {k} bits, not {d!r}")
    n = 1 << k
    return by_equation1(m, k, d) + Fraction(comb(n + d, 3), n**3)


def _mean_significand(bits: int) -> Fraction:
    """Return the mean significand: 3/2 less half a last place."""
    return Fraction(3, 2) - Fraction(1, 2 << bits)


def _checked(m: int, k: int) -> None:
    if not 0 < k <= m:
        raise ValueError(f"k must be 1 to m = {m}, not {k!r}")
