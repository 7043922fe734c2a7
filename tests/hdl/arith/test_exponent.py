"""How far mantissas carry into the exponent, counted over all of them."""

from fractions import Fraction
from itertools import product

import pytest

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exponent import carry_limit


def format_of(m):
    return Format(f"e4m{m}x", 4, m, 7, FormatKind.IEEE)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
@pytest.mark.parametrize("mz", [1, 2, 3, 4, 6])
def test_a_sum_carries_no_further_also_where_it_is_rounded(m, mz):
    for d in range(1 << m):
        sums = (Fraction(x + y + d, 1 << m) for x, y in product(range(1 << m), repeat=2))
        carry = max(round(s * (1 << mz)) >> mz for s in sums)  # `round` of a Fraction is to nearest, ties to even
        p = Parameters(format_of(m), Method.constant(d), result=format_of(mz))
        assert carry <= carry_limit(p) <= carry + (mz < m)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("mz", [1, 2, 3, 4, 5, 8])
def test_an_exact_product_carries_no_further(m, mz):
    most = Fraction((2 << m) - 1, 1 << m) ** 2
    rounded = Fraction(round(most / 2 * (1 << mz)), 1 << mz) * 2
    p = Parameters(format_of(m), Method.EXACT, result=format_of(mz))
    assert carry_limit(p) == (2 if rounded == 4 else 1)
