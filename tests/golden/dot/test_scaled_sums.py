"""Sums of block-scaled operands in one accumulator, against fractions and against what is known by hand."""

from fractions import Fraction

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.block_scaling import Rule, quantise
from lmul.golden.dot.scaled_sums import encode_e8m0, scaled_sums
from lmul.golden.formats import E2M1, E3M4, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters


def dot(product, window=12, depth=64):
    return DotParameters(product, Accumulator.ANCHORED, depth, window)


@pytest.mark.parametrize(
    "product",
    [
        Parameters(E4M3),
        Parameters(E4M3, Method.EXACT, subnormals=True),
        Parameters(E3M4, Method.log(1, 2)),
        Parameters(E2M1, Method.ROUNDED, y_format=E4M3, subnormals=True),
    ],
    ids=lambda product: product.name,
)
def test_every_product_is_cut_where_its_scales_put_it(product):
    p, rng = dot(product), np.random.default_rng(3)
    x = rng.integers(1 << product.format.width, size=(20, 4, 8))
    y = rng.integers(1 << product.y_format.width, size=(20, 4, 8))
    scales = rng.integers(120, 135, size=(2, 20, 4))
    anchors = rng.integers(p.lowest_exponent, p.highest_exponent + 12, size=20)
    sums, nan = scaled_sums(p, x, y, *scales, anchors, saturate=True)
    assert not nan.any() and sums.saturated.any() and not sums.saturated.all()
    for i in range(20):
        unit, total, above = Fraction(2) ** p.anchored_lsb(int(anchors[i])), 0, False
        for b, k in np.ndindex(4, 8):
            scale = Fraction(2) ** int(scales[:, i, b].sum() - 254)
            value = reference.wide_product(p, int(x[i, b, k]), int(y[i, b, k])) * scale
            size = abs(value) // unit
            above |= size >= 1 << 12
            total += min(size, (1 << 12) - 1) * (1 if value > 0 else -1)
        assert (sums.codes[i], sums.saturated[i]) == (total, above)


@pytest.mark.parametrize("rule", Rule)
def test_a_wide_window_holds_the_sum_of_mx(rule):
    """Exact products of OCP's elements and scales: NumPy's dot product of the numbers that they stand for."""
    rng = np.random.default_rng(4)
    rows = rng.standard_t(3, size=(2, 5, 64))
    x, y = (quantise(E2M1, each, rule, 32) for each in rows)
    p = dot(Parameters(E2M1, Method.EXACT, subnormals=True), 40)
    scales = (encode_e8m0(each.exponents) for each in (x, y))
    anchor = p.highest_exponent + int((x.exponents + y.exponents).max()) + 1
    sums, _ = scaled_sums(p, x.blocks, y.blocks, *scales, anchor)
    np.testing.assert_array_equal(sums.values(p, anchor), (x.values * y.values).sum(axis=-1))


def test_a_scale_that_is_nan_is_told():
    p, one = dot(Parameters(E4M3)), np.full((3, 2, 4), 0x38)
    scales = np.full((3, 2), 127)
    scales[1, 1] = 255
    sums, nan = scaled_sums(p, one, one, scales, 127, 40, saturate=True)
    assert nan.tolist() == [False, True, False]
    # NaN counts as 2^128.
    assert sums.saturated.tolist() == [False, True, False]


def test_powers_of_two_have_codes():
    assert encode_e8m0([-127, 0, 127]).tolist() == [0, 127, 254]
    with pytest.raises(ValueError, match=r"^exponents must be -127 to 127 for e8m0, not 128$"):
        encode_e8m0([0, 128])
    with pytest.raises(TypeError, match=r"^exponents must be integers, not float64$"):
        encode_e8m0([0.5])


@pytest.mark.parametrize(
    ("parameters", "scale", "error", "message"),
    [
        (DotParameters(Parameters(E4M3)), 127, ValueError, "accumulator must be anchored, without an output, .*"),
        (dot(Parameters(E4M3), depth=7), 127, ValueError, "K must be 1 to 7 over all blocks, not 8"),
        (dot(Parameters(E4M3)), 256, ValueError, "x_scales must be codes of e8m0, 0 to 255, not 256"),
        (dot(Parameters(E4M3)), 127.0, TypeError, "x_scales must be integer codes, not float64"),
    ],
)
def test_what_cannot_be_summed(parameters, scale, error, message):
    one = np.full((2, 4), 0x38)
    with pytest.raises(error, match=f"^{message}$"):
        scaled_sums(parameters, one, one, [scale, scale], [127, 127], 10)


@pytest.mark.parametrize(
    ("shape", "scales", "anchor", "error", "message"),
    [
        ((4,), [127], 10, ValueError, r"shapes of x and y must be \(\.\.\., B, K\), not \(4,\) and \(4,\)"),
        ((0, 4), [127], 10, ValueError, "K must be 1 to 64 over all blocks, not 0"),
        ((2, 4), [127] * 3, 10, ValueError, r"x_scales must broadcast to the blocks, \(2,\), not \(3,\)"),
        ((2, 4), [127] * 2, None, ValueError, "anchor must be given for the accumulator anchored, not None"),
        ((2, 4), [127] * 2, 10.0, TypeError, "anchor must be an integer, not 10.0"),
        ((2, 4), [0] * 2, 3000, ValueError, "anchor must be -2047 to 2047, not 3000"),
    ],
)
def test_arguments_that_do_not_fit_are_named(shape, scales, anchor, error, message):
    one = np.full(shape, 0x38)
    with pytest.raises(error, match=f"^{message}$"):
        scaled_sums(dot(Parameters(E4M3)), one, one, scales, 127, anchor)


def test_scales_may_move_an_anchor_beyond_its_range():
    p, one = dot(Parameters(E4M3)), np.full((1, 4), 0x38)
    assert scaled_sums(p, one, one, [0], [0], 2000)[0].codes == 0
    assert scaled_sums(p, one, one, [254], [254], -2000, saturate=True)[0].codes == 4 * 4095


def test_the_least_number_of_a_type_has_no_code():
    with pytest.raises(ValueError, match=r"^exponents must be -127 to 127 for e8m0, not -128$"):
        encode_e8m0(np.array([-128], np.int8))
