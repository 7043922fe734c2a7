# amaranth: UnusedElaboratable=no
"""Operands reach every place where multipliers go wrong, and every pair where there are few."""

import numpy as np
import pytest
from support.cases import mixed_formats

from lmul.golden.codes import decode
from lmul.golden.formats import BF16, E2M1, E3M2, E4M3, E5M2, FP16, FP32, TF32, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import extended_code, multiply
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.multiplier import Multiplier
from lmul.sim.multiplier import chosen_operands
from lmul.sim.stimulus.vectors import corner_codes, operands

WIDE = [BF16, FP16, TF32, FP32, format_named("e2m6"), format_named("e8m1")]
MIXED = [formats for formats in mixed_formats() if formats[0].width + formats[1].width > 16]


def of(x, y=None, z=None):
    p = Parameters(x, y_format=y, result=z)
    return p.format, p.y_format, p.result


def ieee(formats, method, **others):
    x, y, z = formats
    return Parameters(x, method, Policy.IEEE, y_format=y, result=z, **others)


def named(formats):
    return "_".join(map(str, formats)) if isinstance(formats, tuple) else str(formats)


def sizes(formats, pairs, **others):
    return (codes & (f.sign_bit - 1) for f, codes in zip(formats, operands(formats, pairs, **others), strict=False))


@pytest.mark.parametrize(
    "formats",
    [of(E2M1), of(E3M2), of(E4M3), of(E5M2), of(E4M3, E5M2), of(E2M1, E4M3), of(E3M2, format_named("e4m5"))],
    ids=named,
)
def test_up_to_16_bits_every_pair_comes_once(formats):
    x, y = operands(formats, pairs=1)
    rows, columns = (1 << f.width for f in formats[:2])
    assert len(x) == len(y) == rows * columns
    assert len(np.unique(x.astype(np.int64) * columns + y)) == rows * columns
    assert (x.max(), y.max()) == (rows - 1, columns - 1)


@pytest.mark.parametrize("formats", [*map(of, WIDE), *(of(*each) for each in MIXED)], ids=named)
@pytest.mark.parametrize("pairs", [1, 50_000])
def test_above_there_are_at_least_as_many_as_asked_for_and_all_are_codes(formats, pairs):
    x, y = operands(formats, pairs)
    assert len(x) == len(y) >= pairs
    assert x.dtype == y.dtype == np.uint32
    assert int(x.max()) < 1 << formats[0].width and int(y.max()) < 1 << formats[1].width


@pytest.mark.parametrize("formats", [of(BF16), of(FP16), of(FP32), of(BF16, E4M3)], ids=named)
def test_all_pairs_of_corners_are_among_them(formats):
    x, y = operands(formats, pairs=1)
    pairs = set(zip(x.tolist(), y.tolist(), strict=True))
    corners = [corner_codes(f).tolist() for f in formats[:2]]
    assert {(a, b) for a in corners[0] for b in corners[1]} <= pairs


@pytest.mark.parametrize(
    ("f", "codes"),
    [
        # zeros, the largest subnormal, the smallest normal, one, its neighbours, TOP, Inf, NaN of several payloads
        (
            BF16,
            [
                0,
                1,
                0x7F,
                0x80,
                0x3F7F,
                0x3F80,
                0x3F81,
                0x3FC0,
                0x4000,
                0x7F7F,
                0x7F80,
                0x7F81,
                0x7FC0,
                0x7FFF,
                0x8000,
                0xFFFF,
            ],
        ),
        (FP32, [0, 0x7FFFFF, 0x800000, 0x3F800000, 0x3F800001, 0x7F7FFFFF, 0x7F800000, 0xFFFFFFFF, 0x80000000]),
    ],
    ids=str,
)
def test_the_corners_of_a_format(f, codes):
    assert set(codes) <= set(corner_codes(f).tolist())


@pytest.mark.parametrize("f", [BF16, FP16, FP32, E4M3, E2M1], ids=str)
def test_subnormals_of_every_length_are_corners(f):
    corners = set(corner_codes(f).tolist())
    for bit in range(f.mantissa_bits):
        assert {1 << bit, (2 << bit) - 1, f.sign_bit | 1 << bit} <= corners


@pytest.mark.parametrize("f", WIDE, ids=str)
def test_no_corner_comes_twice(f):
    corners = corner_codes(f)
    assert len(np.unique(corners)) == len(corners)


@pytest.mark.parametrize("formats", [of(BF16), of(FP16), of(FP32), of(FP16, BF16), of(BF16, FP16)], ids=named)
def test_many_products_lie_close_on_both_sides_of_either_end(formats):
    """Near the smallest normal number and near TOP, judged by codes added as integers, subnormals normalised."""
    z = formats[2]
    t = extended_code(ieee(formats, Method.MITCHELL), *operands(formats, 200_000))
    for edge in (z.hidden_one, z.top):
        distance = t - edge
        assert (np.abs(distance) <= 8).sum() > 4_000
        assert (np.abs(distance) <= 2 * z.hidden_one).sum() > 25_000
        assert min((distance[np.abs(distance) <= 8] < 0).sum(), (distance[np.abs(distance) <= 8] > 0).sum()) > 1_500


@pytest.mark.parametrize("formats", [of(BF16), of(FP32), of(FP16, BF16)], ids=named)
def test_an_offset_moves_what_is_close(formats):
    z, lmul = formats[2], ieee(formats, Method.LMUL)
    pairs = operands(formats, 200_000, offsets=(lmul.correction[0][0],))
    for edge in (z.hidden_one, z.top):
        assert (np.abs(extended_code(lmul, *pairs) - edge) <= 8).sum() > 4_000


@pytest.mark.parametrize("formats", [of(BF16), of(FP16), of(FP32), of(FP16, BF16), of(BF16, E4M3)], ids=named)
def test_exact_products_lie_on_every_way_of_rounding(formats):
    """Halfway to a normal number and to a subnormal of each length, and just beside; just beyond what saturates."""
    z = formats[2]
    pairs = operands(formats, 200_000)
    nearest, zero, mitchell = (
        ieee(formats, Method.EXACT),
        ieee(formats, Method.EXACT_RTZ),
        ieee(formats, Method.MITCHELL),
    )
    with np.errstate(invalid="ignore"):  # Inf times zero
        true = np.abs(decode(formats[0], pairs[0]) * decode(formats[1], pairs[1]))
    low = multiply(zero, *pairs) & (z.sign_bit - 1)
    inside = np.flatnonzero((low < z.top) & (true > 0))
    below, above = decode(z, low[inside]), decode(z, low[inside] + 1)
    tie = true[inside] == (below + above) / 2
    for length in range(1, z.mantissa_bits + 1):
        at = low[inside] >> (length - 1) == 1  # subnormals of this many bits
        assert tie[at].sum() > 20 and (~tie[at]).sum() > 20
    assert tie[low[inside] >= z.hidden_one].sum() > 1_000
    assert (tie & (low[inside] == 0)).sum() > 20
    # Results below every subnormal, a long way down, for the adder as well.
    t = extended_code(mitchell, *pairs)
    spread = np.histogram(t, np.arange(-(z.mantissa_bits + 3), 2) * z.hidden_one)[0]
    assert spread.min() > 500
    assert (multiply(nearest, *pairs) & (z.sign_bit - 1) != low).any()


@pytest.mark.parametrize("formats", [of(BF16), of(FP16), of(FP32), of(BF16, FP16)], ids=named)
def test_subnormals_meet_large_numbers_from_either_side(formats):
    x, y = sizes(formats, 200_000)
    p = ieee(formats, Method.EXACT)
    product = multiply(p, *operands(formats, 200_000)) & (p.result.sign_bit - 1)
    for own, other, g, h in ((x, y, *formats[:2]), (y, x, *formats[1::-1])):
        meets = (own > 0) & (own < g.hidden_one) & (other >= h.hidden_one)
        assert (meets & (product >= p.result.hidden_one) & (product < p.result.top)).sum() > 500
        assert (meets & (product > 0) & (product < p.result.hidden_one)).sum() > 500


@pytest.mark.parametrize("formats", [of(BF16), of(FP32), of(E4M3, BF16)], ids=named)
def test_signs_are_mixed(formats):
    x, y = operands(formats, 10_000)
    signs = np.stack([x >> (formats[0].width - 1), y >> (formats[1].width - 1)])
    assert np.abs(signs.mean(axis=1) - 0.5).max() < 0.05
    assert abs((signs[0] ^ signs[1]).mean() - 0.5) < 0.05


def test_a_seed_repeats_and_another_differs():
    first, again, other = (operands(of(BF16), 20_000, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first[0] != other[0]).any()


def test_as_many_pairs_as_there_are_are_all_of_them():
    wide = of(format_named("e3m4"), format_named("e3m5"))
    x, y = operands(wide, 1 << 17)
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == len(x) == 1 << 17
    assert len(operands(wide, (1 << 17) - 1)[0]) != 1 << 17


def test_a_seed_gives_other_pairs_and_the_same_corners():
    units = [Multiplier(Parameters(BF16))]
    (a, _), (b, _), (c, _) = (chosen_operands(units, 50_000, seed) for seed in (0, 1, 1))
    corners = len(corner_codes(BF16)) ** 2
    assert (a[:corners] == b[:corners]).all() and (b == c).all() and (a[corners:] != b[corners:]).any()
