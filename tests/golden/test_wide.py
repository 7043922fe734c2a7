"""Sums of wide products in float64, against the definition."""

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.golden.wide import wide_matmul


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(E4M3),
        Parameters(E5M2, Method.ROUNDED, y_format=E4M3),
        Parameters(BF16),
        Parameters(BF16, Method.EXACT),
        Parameters(BF16, Method.corrected(1), y_format=E4M3),
    ],
    ids=str,
)
def test_sums_are_those_of_the_products(parameters, monkeypatch):
    monkeypatch.setattr("lmul.golden.wide._NUMBERS", 3000)
    rng = np.random.default_rng(1)
    a = rng.integers(1 << parameters.format.width, size=(2, 1, 3, 9))
    b = rng.integers(1 << parameters.y_format.width, size=(2, 9, 4))
    dot = DotParameters(parameters, Accumulator.FP32)
    got = wide_matmul(parameters, a, b)
    assert got.shape == (2, 2, 3, 4) and got.dtype == np.float64
    for i, j, m, n in np.ndindex(2, 2, 3, 4):
        products = [reference.wide_product(dot, int(x), int(y)) for x, y in zip(a[i, 0, m], b[j, :, n], strict=True)]
        largest = float(max(map(abs, products)))
        assert got[i, j, m, n] == pytest.approx(float(sum(products)), rel=0, abs=1e-14 * largest)
