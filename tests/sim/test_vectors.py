"""Operands reach every place where multipliers go wrong, and every pair where there are few."""

import numpy as np
import pytest

from lmul.golden.formats import BF16, E2M1, E3M2, E4M3, E5M2, FP16, FP32, TF32, format_named
from lmul.sim.vectors import corner_codes, operands

WIDE = [BF16, FP16, TF32, FP32, format_named("e2m6"), format_named("e8m1")]


@pytest.mark.parametrize("f", [E2M1, E3M2, E4M3, E5M2], ids=str)
def test_up_to_8_bits_every_pair_comes_once(f):
    x, y = operands(f, pairs=1)
    size = 1 << f.width
    assert len(x) == len(y) == size**2
    assert len(np.unique(x.astype(np.int64) * size + y)) == size**2
    assert x.max() == y.max() == size - 1


@pytest.mark.parametrize("f", WIDE, ids=str)
@pytest.mark.parametrize("pairs", [1, 50_000])
def test_above_there_are_at_least_as_many_as_asked_for_and_all_are_codes(f, pairs):
    x, y = operands(f, pairs)
    assert len(x) == len(y) >= pairs
    assert x.dtype == y.dtype == np.uint32
    assert max(int(x.max()), int(y.max())) < 1 << f.width


@pytest.mark.parametrize("f", [BF16, FP16, FP32], ids=str)
def test_all_pairs_of_corners_are_among_them(f):
    x, y = operands(f, pairs=1)
    corners = corner_codes(f)
    pairs = set(zip(x.tolist(), y.tolist(), strict=True))
    assert {(int(a), int(b)) for a in corners for b in corners} <= pairs


@pytest.mark.parametrize(
    ("f", "codes"),
    [
        # zeros, the largest subnormal, the smallest normal, one, its neighbours, TOP, and what is reserved
        (BF16, [0, 1, 0x7F, 0x80, 0x3F7F, 0x3F80, 0x3F81, 0x3FC0, 0x4000, 0x7F7F, 0x7F80, 0x7FFF, 0x8000, 0xFFFF]),
        (FP32, [0, 0x7FFFFF, 0x800000, 0x3F800000, 0x3F800001, 0x7F7FFFFF, 0x7F800000, 0xFFFFFFFF, 0x80000000]),
    ],
    ids=str,
)
def test_the_corners_of_a_format(f, codes):
    assert set(codes) <= set(corner_codes(f).tolist())


@pytest.mark.parametrize("f", WIDE, ids=str)
def test_no_corner_comes_twice(f):
    corners = corner_codes(f)
    assert len(np.unique(corners)) == len(corners)


@pytest.mark.parametrize("f", [BF16, FP16, FP32], ids=str)
def test_many_products_lie_close_on_both_sides_of_either_end(f):
    """Near the smallest normal number and near TOP, judged by exponent and mantissa added as integers."""
    x, y = (codes.astype(np.int64) % (1 << f.width - 1) for codes in operands(f, 100_000))
    total = x + y - (f.bias << f.mantissa_bits)
    for edge in (f.hidden_one, f.top):
        distance = total - edge
        assert (np.abs(distance) <= 8).sum() > 10_000
        assert (np.abs(distance) <= 2 << f.mantissa_bits).sum() > 25_000
        assert min((distance[np.abs(distance) <= 8] < 0).sum(), (distance[np.abs(distance) <= 8] > 0).sum()) > 3_000


@pytest.mark.parametrize("f", [BF16, FP32], ids=str)
def test_signs_are_mixed(f):
    x, y = operands(f, 10_000)
    signs = np.stack([x, y]) >> (f.width - 1)
    assert np.abs(signs.mean(axis=1) - 0.5).max() < 0.05
    assert abs((signs[0] ^ signs[1]).mean() - 0.5) < 0.05


def test_a_seed_repeats_and_another_differs():
    first, again, other = (operands(BF16, 20_000, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first[0] != other[0]).any()
