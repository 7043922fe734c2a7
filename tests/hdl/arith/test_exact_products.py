# amaranth: UnusedElaboratable=no
"""Every form of a product of significands, against the product of Python integers."""

import random
from itertools import product

import pytest

from lmul.hdl.arith.exact_products import Form, product_of
from lmul.hdl.arith.mantissa import significand_product

_FORMS = [form for form in Form if form is not Form.OPERATOR_BOOTH]  # which differs in what Yosys makes of it


@pytest.mark.parametrize("form", _FORMS[1:])
@pytest.mark.parametrize("m", [1, 2, 4])
def test_all_products(evaluate, form, m):
    vectors = list(product(range(1 << m), repeat=2))
    found = evaluate([m, m], lambda module, x, y: significand_product(module, x, y, form), vectors)
    assert found == [((1 << m) + x) * ((1 << m) + y) for x, y in vectors]


@pytest.mark.parametrize("form", _FORMS[1:])
@pytest.mark.parametrize(("m", "count"), [(5, 40), (7, 10), (10, 5), (23, 2)])
def test_random_products_and_ends(evaluate, form, m, count):
    rng = random.Random(m)
    vectors = [(rng.randrange(1 << m), rng.randrange(1 << m)) for _ in range(count)]
    vectors += [(0, 0), ((1 << m) - 1, (1 << m) - 1)]
    found = evaluate([m, m], lambda module, x, y: significand_product(module, x, y, form), vectors)
    assert found == [((1 << m) + x) * ((1 << m) + y) for x, y in vectors]


@pytest.mark.parametrize("form", _FORMS[1:])
def test_without_hidden_ones(evaluate, form):
    vectors = list(product(range(16), repeat=2))
    found = evaluate([4, 4], lambda module, x, y: product_of(module, form, x, y), vectors)
    assert found == [x * y for x, y in vectors]
