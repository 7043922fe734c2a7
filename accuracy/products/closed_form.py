"""What the error of a product is expected to be, in closed form, where all mantissas are equally likely.

x = 1 + i / 2^m with i = 0 .. 2^m - 1 equally likely, y alike and independent; both are cut to k bits by dropping low
bits. The errors are product minus true product, for exponents of 0: that of other exponents is 2^(xe + ye) times this,
and so is its expectation, since mantissas do not depend on exponents. Derived in docs/accuracy.md. The assumption, and
the names f1 and f2, are those of arXiv 2410.00907, whose errors have the opposite sign.
"""

from fractions import Fraction
from math import comb


def truncation(m: int, k: int) -> Fraction:
    """-f1(m, k): of the exact product of the cut operands."""
    _checked(m, k)
    return _mean_significand(k) ** 2 - _mean_significand(m) ** 2


def by_equation1(m: int, k: int, d: int) -> Fraction:
    """-f2(m, k): of the paper's equation 1 on the cut operands, with the constant d / 2^k.

    It lacks the product of the mantissas and has the constant.
    """
    _checked(m, k)
    return truncation(m, k) - (_mean_significand(k) - 1) ** 2 + Fraction(d, 1 << k)


def by_adder(m: int, k: int, d: int) -> Fraction:
    """Of what the adder makes of the cut operands, with the constant d / 2^k, 0 <= d < 2^k."""
    _checked(m, k)
    if not 0 <= d < 1 << k:
        raise ValueError(f"d must be 0 to {(1 << k) - 1} for {k} bits, not {d!r}")
    n = 1 << k
    return by_equation1(m, k, d) + Fraction(comb(n + d, 3), n**3)


def _mean_significand(bits: int) -> Fraction:
    """3/2 but for half a last place."""
    return Fraction(3, 2) - Fraction(1, 2 << bits)


def _checked(m: int, k: int) -> None:
    if not 0 < k <= m:
        raise ValueError(f"k must be 1 to m = {m}, not {k!r}")
