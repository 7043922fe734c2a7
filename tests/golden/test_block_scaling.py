"""Scales of blocks and scaled dot products against fractions, one element at a time."""

from fractions import Fraction
from functools import cache

import ml_dtypes
import numpy as np
import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.block_scaling import Rule, Scaled, quantise, scaled_anchor, scaled_dot_product
from lmul.golden.codes import decode
from lmul.golden.formats import BF16, E2M1, E3M2, E3M4, E4M3, E5M2, FP32, INTEGERS, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.golden.reference import extended_code

SMALL = [E4M3, E5M2, E3M4, E2M1, E3M2, format_named("e4m2")]


def numbers(rng, rows=24, terms=12):
    """Of all sizes, each row in its own range; ties, powers of two, multiples of TOP and zeros among them."""
    values = rng.standard_t(3, size=(rows, terms)) * 2.0 ** rng.integers(-40, 40, size=(rows, 1))
    values[1::8] = np.exp2(np.round(rng.uniform(-9, 9, values[1::8].shape)))
    values[2::8] = rng.integers(-64, 64, values[2::8].shape) / 8
    values[3::8] = rng.choice([448, 464, 449, 15.5, 15.75, 57344, 6, 28, 28.5, 240], values[3::8].shape)
    values[4::8, :4] = 0
    return values


def power(exponent):
    return Fraction(2) ** exponent


def floor_log2(number):
    exponent = 0
    while power(exponent) > number:
        exponent -= 1
    while power(exponent + 1) <= number:
        exponent += 1
    return exponent


def expected_exponent(format, block, rule):
    largest = max(abs(Fraction(float(v))) for v in block)
    if largest == 0:
        return 0
    top = Fraction(float(decode(format, format.top)))
    if rule is Rule.FLOOR:
        return floor_log2(largest) - floor_log2(top)
    exponent = 200
    while largest <= top * power(exponent - 1):
        exponent -= 1
    return exponent


@cache
def sizes(format):
    return [Fraction(float(v)) for v in decode(format, np.arange(format.top + 1))]


def nearest_code(format, number):
    """By looking at all codes; ties to the even one."""
    distances = [abs(size - abs(number)) for size in sizes(format)]
    return min(range(len(distances)), key=lambda code: (distances[code], code & 1))


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("format", SMALL, ids=str)
def test_quantise_against_all_codes(format, rule):
    values = numbers(np.random.default_rng(7))
    scaled = quantise(format, values, rule, block=4)
    assert scaled.exponents.shape == (24, 3)
    for row, codes, exponents in zip(values, scaled.codes, scaled.exponents, strict=True):
        for i, exponent in enumerate(exponents):
            block = slice(4 * i, 4 * i + 4)
            assert exponent == expected_exponent(format, row[block], rule)
            for value, code in zip(row[block], codes[block], strict=True):
                magnitude = nearest_code(format, Fraction(float(value)) / power(int(exponent)))
                assert code == magnitude + (format.sign_bit if np.signbit(value) else 0)


@pytest.mark.parametrize("format", [*SMALL, BF16, FP32], ids=str)
def test_the_largest_element_saturates_under_one_rule_only(format):
    """Just above TOP: under `floor` the largest number is TOP, under `fit` it is half as large before its scale."""
    top = float(decode(format, format.top))
    values = [top * (1 + 2.0**-40), 0.0]
    floor, fit = (quantise(format, values, rule) for rule in Rule)
    assert (floor.exponents, fit.exponents) == ([0], [1])
    assert floor.codes[0] == format.top
    np.testing.assert_array_equal(quantise(format, [top, 0.0], Rule.FIT).exponents, [0])


def test_scales_by_hand():
    """OCP's rule leaves 500 as it is, and e4m3 ends at 448; 31 is multiplied by 16, and 28 is what is left of it."""
    values = [500.0, -1.0, 0.0, 0.0, 31.0, 3.0]
    floor = quantise(E4M3, values, Rule.FLOOR, block=2)
    np.testing.assert_array_equal(floor.exponents, [0, 0, -4])
    np.testing.assert_array_equal(floor.values, [448, -1, 0, 0, 28, 3])
    fit = quantise(E3M4, values, Rule.FIT, block=2)
    np.testing.assert_array_equal(fit.exponents, [6, 0, 1])
    np.testing.assert_array_equal(quantise(E3M4, values, Rule.FLOOR, block=2).exponents, [5, 0, 1])


@pytest.mark.parametrize(("largest", "floor", "fit"), [(12.0, -5, -5), (15.9, -5, -4), (16.0, -4, -4), (0.0, 0, 0)])
def test_scales_follow_ocp_and_not_a_conversion_to_e8m0(largest, floor, fit):
    """By hand, e4m3: TOP is 448, 1.75 x 2^8. A rounded logarithm would make -4 of 12, and NaN of 0."""
    block = [largest, largest / 4]
    for rule, exponent in ((Rule.FLOOR, floor), (Rule.FIT, fit)):
        found = quantise(E4M3, block, rule).exponents
        assert found.tolist() == [exponent]
        scale = np.ldexp(1.0, found).astype(ml_dtypes.float8_e8m0fnu)
        assert scale.astype(np.float64).tolist() == [2.0**exponent]  # e8m0 holds it as it is


def test_a_last_block_may_be_short_and_values_come_back():
    values = np.arange(1.0, 71.0).reshape(2, 35)
    scaled = quantise(BF16, values, Rule.FIT)
    assert scaled.exponents.shape == (2, 2)
    assert scaled.blocks.shape == (2, 2, 32)
    assert not scaled.blocks[:, 1, 3:].any()
    np.testing.assert_array_equal(scaled.values, values)


@pytest.mark.parametrize("size", [5e-324, 2.0**-1022, 1.7e308], ids=["least", "tiny", "huge"])
def test_any_float64_can_be_scaled(size):
    scaled = quantise(E4M3, [size, 0], Rule.FIT)
    assert 224 < decode(E4M3, scaled.codes)[0] <= 448
    assert scaled.values[0] == pytest.approx(size, rel=0.07)


def reference(product, window, anchor, x, y):
    """The sum of one pair of rows."""
    total = Fraction(0)
    for i in range(len(x.exponents)):
        part = Fraction(0)
        for k in range(i * x.block, min((i + 1) * x.block, len(x.codes))):
            number = true_product(product, int(x.codes[k]), int(y.codes[k]))
            if window is not None:
                unit = power(anchor - product.result.bias - window + 1)
                number = (1 if number > 0 else -1) * (abs(number) // unit) * unit
            part += number
        total += part * power(int(x.exponents[i])) * power(int(y.exponents[i]))
    return total


def true_product(product, x, y):
    (sx, x), (sy, y) = divmod(x, product.format.sign_bit), divmod(y, product.y_format.sign_bit)
    least = (1, 1) if product.subnormals else (product.format.hidden_one, product.y_format.hidden_one)
    if x < least[0] or y < least[1]:
        return Fraction(0)
    if product.method.is_full:
        left, right = decode(product.format, x, reserved=False), decode(product.y_format, y, reserved=False)
        return Fraction(float(left)) * Fraction(float(right)) * (-1 if sx != sy else 1)
    z, t = product.result, extended_code(product, x, y)
    exponent, mantissa = divmod(t, z.hidden_one)
    return (z.hidden_one + mantissa) * power(exponent - z.bias - z.mantissa_bits) * (-1 if sx != sy else 1)


PRODUCTS = [
    Parameters(E4M3),
    Parameters(E4M3, Method.EXACT),
    Parameters(E4M3, Method.ROUNDED),
    Parameters(E5M2),
    Parameters(E3M4, Method.corrected(2)),
    Parameters(E3M4, Method.EXACT, y_format=format_named("e3m3")),
    Parameters(E4M3, y_format=E3M4),
    Parameters(BF16, Method.corrected(3)),
    Parameters(BF16, Method.EXACT),
    Parameters(E4M3, subnormals=True),
    Parameters(E2M1, Method.EXACT, y_format=E4M3, subnormals=True),
    Parameters(E4M3, Method.corrected(1, ((0, 7), (7, 0)))),
    Parameters(E4M3, Method.constant(3)),
]
"""Of the last two, one has a larger exponent for codes below TOP, and the other for codes above."""


@pytest.mark.parametrize("window", [6, 12, None])
@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_dot_products_against_fractions(product, window):
    rng = np.random.default_rng(8)
    rows = rng.standard_t(3, size=(2, 6, 21)) * 2.0 ** rng.integers(-9, 9, size=(2, 6, 1))
    rows[0, 0, :8] = 0
    x, y = quantise(product.format, rows[0], Rule.FLOOR, 8), quantise(product.y_format, rows[1], Rule.FIT, 8)
    anchor = None
    if window is not None:
        anchor = scaled_anchor(DotParameters(product, Accumulator.ANCHORED, 8, window))
    computed = scaled_dot_product(product, x, y, window)
    for i in range(6):
        row = [Scaled(side.format, side.codes[i], side.exponents[i], 8) for side in (x, y)]
        assert float(reference(product, window, anchor, *row)) == pytest.approx(computed[i], rel=1e-13)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_the_anchor_is_the_least_above_all_products(product):
    """All codes of the top two exponents of both formats, one pair at a time."""
    parameters = DotParameters(product, Accumulator.ANCHORED, 8, 12)
    sides = [range(f.top + 1 - min(2 * f.hidden_one, 40), f.top + 1) for f in (product.format, product.y_format)]
    largest = max(true_product(product, x, y) for x in sides[0] for y in sides[1])
    assert scaled_anchor(parameters) == floor_log2(largest) + product.result.bias


def test_another_anchor_moves_the_window():
    x, y = quantise(E4M3, [448.0, 1.0], Rule.FIT), quantise(E4M3, [448.0, 1.0], Rule.FIT)
    product = Parameters(E4M3, Method.EXACT)
    least = scaled_anchor(DotParameters(product, Accumulator.ANCHORED, 32, 4))
    assert scaled_dot_product(product, x, y, 18) == 448**2 + 1
    assert scaled_dot_product(product, x, y, 17) == 448**2
    assert scaled_dot_product(product, x, y, 18, anchor=least + 1) == 448**2
    with pytest.raises(ValueError, match=rf"^anchor must be at least {least}, "):
        scaled_dot_product(product, x, y, 18, anchor=[least - 1])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([[1.0, np.inf]], {}, r"values must be finite, not inf \(at index \[0, 1\]\)"),
        ([np.nan], {}, r"values must be finite, not nan \(at index \[0\]\)"),
        (1.0, {}, r"values must have the shape \(\.\.\., K\), not \(\)"),
        ([1.0], {"block": 0}, "block must be an int of at least 1, not 0"),
        ([1.0], {"block": 2.0}, "block must be an int of at least 1, not 2.0"),
    ],
)
def test_what_cannot_be_quantised(values, options, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        quantise(E4M3, values, Rule.FIT, **options)


def test_a_rule_is_no_string():
    with pytest.raises(TypeError, match=r"^rule must be a Rule, not 'floor'$"):
        quantise(E4M3, [1.0], "floor")


def test_operands_must_fit():
    x, product = quantise(E4M3, np.ones(8), Rule.FIT, 4), Parameters(E4M3)
    with pytest.raises(ValueError, match=r"^formats of x and y must be e4m3 and e4m3, not e4m3 and e5m2$"):
        scaled_dot_product(product, x, quantise(E5M2, np.ones(8), Rule.FIT, 4))
    with pytest.raises(
        ValueError, match=r"^x and y must have one K and one block, not K = 8 in blocks of 4 and K = 8 in"
    ):
        scaled_dot_product(product, x, quantise(E4M3, np.ones(8), Rule.FIT, 8))
    with pytest.raises(ValueError, match=r"^anchor must be left out without a window, not 3$"):
        scaled_dot_product(product, x, x, anchor=3)
    with pytest.raises(ValueError, match=r"^exponents must be integers of the shape \(2,\), not int64 \(3,\)$"):
        Scaled(E4M3, x.codes, np.zeros(3, np.int64), 4)
    with pytest.raises(ValueError, match=r"^codes must have the shape"):
        Scaled(E4M3, 0, np.zeros(3, np.int64), 4)


def test_integers_with_a_scale_a_block():
    """MXINT8 but for where its point is: 1 and 127 steps of 2^-7 of the largest; sums in whole steps."""
    values = [[0.5, -1.0, 127 / 128, 3 / 128], [4.0, 2.0, 0.25, -8.0]]
    f = INTEGERS["int8"]
    x, y = (quantise(f, each, Rule.FLOOR, block=2) for each in values)
    assert x.exponents.tolist() == [-6, -7] and decode(f, x.codes).tolist() == [32, -64, 127, 3]
    assert scaled_dot_product(Parameters(f, Method.EXACT), x, y) == 2 - 2 + 127 / 512 - 24 / 128
    assert quantise(f, [1.99, 0.0], Rule.FLOOR).exponents.tolist() == [-6]
    assert quantise(f, [1.99, 0.0], Rule.FIT).exponents.tolist() == [-5]
