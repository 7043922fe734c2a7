# amaranth: UnusedElaboratable=no
"""What an attention head does around its products, with exact ones in place of the array's."""

from types import SimpleNamespace

import numpy as np
import pytest

from lmul.accuracy.model.attention import Head
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode, encode
from lmul.golden.formats import BF16, E4M3
from lmul.golden.parameters import Parameters
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim import attention
from lmul.sim.matmul import Product


@pytest.fixture
def made(monkeypatch):
    """The operands of each product, which is made exactly of the operands as encoded."""
    made = []

    def matmul_rtl(unit, a, b, folder, anchor=None, done=None):
        f = unit.dot.product.format
        made.append((a, b))
        done(1)
        offered = SimpleNamespace(offered=a.shape[0] * a.shape[1] * a.shape[2] * b.shape[2])
        return Product(decode(f, encode(f, a)) @ decode(f, encode(f, b)), np.zeros(1, bool), offered)

    monkeypatch.setattr(attention, "matmul_rtl", matmul_rtl)
    return made


def heads(lengths, rng):
    return [Head(*rng.standard_normal((3, n, 8)).astype(np.float32) * 30) for n in lengths]


def unit(f):
    return SystolicArray(DotParameters(Parameters(f), Accumulator.FP32), 2, 2)


def test_with_exact_products_only_the_rounding_of_operands_is_left(made, tmp_path):
    attended = attention.attention_rtl(unit(BF16), heads([3, 7, 5], np.random.default_rng(2)), tmp_path)
    assert 0 < attended.error < 0.1
    assert attended.useful == 2 * 8 * (9 + 49 + 25)


def test_what_fills_up_shorter_sentences_gets_no_weight(made, tmp_path):
    attention.attention_rtl(unit(E4M3), heads([2, 4], np.random.default_rng(3)), tmp_path)
    weights = made[1][0]
    assert not weights[0, 2:].any() and not weights[0, :, 2:].any()
    np.testing.assert_allclose(weights[0, :2].sum(-1), weights[1].sum(-1)[:2])


def test_scales_are_powers_of_two_that_use_the_format_up(made, tmp_path):
    given = heads([4], np.random.default_rng(4))
    attention.attention_rtl(unit(E4M3), given, tmp_path)
    scaled = made[0][0]
    assert 224 < np.abs(scaled).max() <= 448
    assert np.log2((scaled / given[0].query)[0, 0, 0]) % 1 == 0
