"""Closed forms against sums over all pairs of mantissas, in fractions."""

from fractions import Fraction
from itertools import product

import pytest

from lmul.accuracy.products.closed_form import by_adder, by_equation1, truncation


def adder(s):
    exponent = int(s)
    return (1 + s - exponent) * 2**exponent


def counted(m, k, method):
    """Mean of what `method` makes of the top k bits of both mantissas, less the true product."""
    total = Fraction(0)
    for i, j in product(range(1 << m), repeat=2):
        x, y = (Fraction(mantissa >> (m - k), 1 << k) for mantissa in (i, j))
        total += method(x, y) - (1 + Fraction(i, 1 << m)) * (1 + Fraction(j, 1 << m))
    return total / 4**m


@pytest.mark.parametrize(("m", "k"), [(1, 1), (4, 1), (4, 3), (5, 4), (5, 5)])
def test_expectations(m, k):
    assert truncation(m, k) == counted(m, k, lambda x, y: (1 + x) * (1 + y))
    for d in {0, 1, (1 << k) // 2, (1 << k) - 1}:
        c = Fraction(d, 1 << k)
        assert by_equation1(m, k, d) == counted(m, k, lambda x, y, c=c: 1 + x + y + c)
        assert by_adder(m, k, d) == counted(m, k, lambda x, y, c=c: adder(x + y + c))


@pytest.mark.parametrize("k", [0, 5, -1])
def test_bits_that_there_are_not(k):
    with pytest.raises(ValueError, match=rf"^k must be 1 to m = 4, not {k}$"):
        truncation(4, k)


def test_a_constant_of_one_and_more():
    with pytest.raises(ValueError, match=r"^d must be 0 to 7 for 3 bits, not 8$"):
        by_adder(4, 3, 8)
