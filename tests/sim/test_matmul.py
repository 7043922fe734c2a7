# amaranth: UnusedElaboratable=no
"""Products of matrices by arrays: values, figures, and what is refused."""

import re

import numpy as np
import pytest
from support.arrays import OS, WS, array

from lmul.golden.codes import decode, encode
from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export import verilog
from lmul.sim.array import shape_of
from lmul.sim.matmul import matmul_rtl, total_macs
from lmul.sim.stimulus.tiling import CHUNK, Tiling

EXACT = Parameters(E4M3, Method.EXACT)


def _numbers(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape)


def _exact(a, b):
    """The product of what is left of the numbers: subnormal ones are zeros."""
    x, y = (decode(E4M3, np.where(c & 0x78, c, 0)) for c in (encode(E4M3, a), encode(E4M3, b)))
    return x @ y


def test_product_of_any_size_and_the_same_build_for_the_next(tmp_path):
    unit = array(EXACT, 3, 4, OS, lanes=2, depth=256)
    a, b = _numbers(200, 129), _numbers(129, 70)
    progress = []
    product = matmul_rtl(unit, a, b, tmp_path, done=progress.append)
    np.testing.assert_array_equal(product.values, _exact(a, b))
    o = product.outcome
    assert o.passed and o.mismatches == 0 and o.sums >= 200 * 70 and not o.reserved and not o.saturated
    assert o.steps == 67 * 18 * 65 and o.steps > 2 * CHUNK  # several chunks
    assert o.useful == 200 * 129 * 70 and o.offered == o.steps * 24 == total_macs(unit, 200, 129, 70)
    assert o.steps == o.span <= o.cycles < 1.1 * o.steps
    assert progress == sorted(progress)
    built = (tmp_path / "build" / "top").stat().st_mtime_ns
    codes = encode(E4M3, _numbers(2, 5)), encode(E4M3, _numbers(5, 1))
    product = matmul_rtl(unit, *codes, tmp_path)
    np.testing.assert_array_equal(product.values, _exact(_numbers(2, 5), _numbers(5, 1)))
    assert (tmp_path / "build" / "top").stat().st_mtime_ns == built


def test_weights_stay_and_tiles_have_anchors_of_their_own(tmp_path):
    unit = array(EXACT, 3, 4, WS, window=30, depth=64)
    a, b = _numbers(130, 40), _numbers(40, 9) * 2.0 ** np.arange(-4, 5)
    product = matmul_rtl(unit, a, b, tmp_path)
    np.testing.assert_array_equal(product.values, _exact(a, b))
    assert product.outcome.passed and not product.saturated.any()
    product = matmul_rtl(unit, a, b, tmp_path, anchor=6)
    assert product.outcome.passed and product.outcome.saturated and product.saturated.any()


def test_a_wrong_sum_is_told(tmp_path, monkeypatch):
    def export_with_defect(unit, folder):
        exported = verilog.export(unit, folder)
        wrong, count = re.subn(r"assign sign = .*;", "assign sign = 1'b0;", exported.verilog.read_text())
        assert count == 1
        exported.verilog.write_text(wrong)
        return exported

    monkeypatch.setattr("lmul.sim.matmul.export", export_with_defect)
    outcome = matmul_rtl(array(EXACT, 1, 2, OS), _numbers(3, 4), _numbers(4, 3), tmp_path).outcome
    assert not outcome.passed and outcome.mismatches > 0
    assert re.fullmatch(r"sum \[\d, \d\] of tile \d \(K = 4\) was -?\d+, expected -?\d+", outcome.complaint)


def test_what_cannot_be_multiplied(tmp_path):
    unit, good = array(EXACT, 2, 2, OS), np.ones((4, 4))
    nan = good.copy()
    nan[1, 2] = np.nan
    for a, b, problem in (
        (nan, good, r"a: values must be numbers, not NaN \(at index \[1, 2\]\)"),
        (good, np.ones((3, 4)), "a and b must be of M x K and K x N numbers, not of 4 x 4 and 3 x 4"),
        (good, np.ones(4), "b must be a matrix or a batch of them, not an array of 1 dimensions"),
        (np.ones((2, 65)), np.ones((65, 2)), "K must be 1 to 64, the array's depth, not 65"),
        (np.zeros((0, 4)), good, "not of 0 x 4 and 4 x 4"),
        (good.astype(int) * 256, good, "a must be codes of 8 bits"),
    ):
        with pytest.raises(ValueError, match=problem):
            matmul_rtl(unit, a, b, tmp_path)
    with pytest.raises(ValueError, match="anchor must be left out"):
        matmul_rtl(unit, good, good, tmp_path, anchor=3)
    with pytest.raises(TypeError, match="a: values must be floating-point numbers"):
        matmul_rtl(unit, good.astype(complex), good, tmp_path)


def test_tiles_cover_a_product():
    for dataflow, m, k, n in ((OS, 5, 7, 9), (WS, 100, 7, 9), (WS, 20000, 3, 9)):
        tiling = Tiling.of(shape_of(array(EXACT, 3, 4, dataflow)), (2, m, k), (2, k, n))
        covered = np.zeros((2, m, n), int)
        for s, i, j in tiling.starts:
            covered[s, i : i + tiling.rows, j : j + 4] += 1
        assert (covered == 1).all()
        assert tiling.macs >= 2 * m * k * n
