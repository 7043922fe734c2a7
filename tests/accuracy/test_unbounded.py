"""Products of numbers against the golden model of codes and against fractions."""

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from lmul.accuracy.unbounded import Cut, adder, checked_operands, cut_to_bits, cut_to_format, equation1
from lmul.golden import multiply
from lmul.golden.codes import decode
from lmul.golden.formats import E4M3, E5M2, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

RNG = np.random.default_rng(1)
VALUES = np.concatenate([RNG.standard_normal(300) * 2.0 ** RNG.integers(-9, 9, 300), [0.0, -0.0, 1, -2, 448, 1e9]])


@pytest.mark.parametrize("name", ["e4m3", "e5m2", "e5m7"])
@pytest.mark.parametrize("d", [0, 1, 3])
def test_products_are_those_of_codes(name, d):
    f = format_named(name)
    p = Parameters(f, Method.constant(d))
    x, y = RNG.integers(0, f.infinity or f.top, (2, 3000))
    normal = [np.where(side & (f.sign_bit - 1) < f.hidden_one, 0, side) for side in (x, y)]
    numbers = [decode(f, side) for side in normal]
    for products, function in ((multiply.wide_product, adder), (multiply.equation1, equation1)):
        np.testing.assert_array_equal(function(*numbers, d / f.hidden_one), products(p, *normal).value)


def test_signs_and_zeros():
    x, y = np.array([1.5, -1.5, -1.5, 0.0, -1.0, 0.0]), np.array([1.5, 1.5, -1.5, 3.0, -0.0, 0.0])
    for function in (adder, equation1):
        np.testing.assert_array_equal(function(x, y), [2, -2, 2, 0, 0, 0])


def test_carries_go_into_the_exponent():
    """xm + ym + c below 1, from 1 on, from 2 on."""
    x = np.array([1.25, 1.75, 1.9375])
    np.testing.assert_array_equal(adder(x, x, 0.25), [1.75, 2 * 1.75, 4 * (2 * 0.9375 + 0.25 - 1)])


def rounded(value, bits, cut):
    if value == 0:
        return Fraction(0)
    size, scale = abs(Fraction(value)), Fraction(1)
    while size * scale >= 2:
        scale /= 2
    while size * scale < 1:
        scale *= 2
    places = size * scale * 2**bits
    size = Fraction(int(places) if cut is Cut.TRUNCATED else round(places)) / 2**bits / scale
    return size if value > 0 else -size


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("bits", [1, 3, 10])
def test_bits_behind_the_hidden_one(cut, bits):
    values = np.concatenate([VALUES, 1 + np.arange(64) / 32])
    got = cut_to_bits(values, bits, cut)
    assert [Fraction(v) for v in got] == [rounded(v, bits, cut) for v in values]


def test_a_format_by_rounding_is_that_of_ml_dtypes():
    kept = VALUES[np.abs(VALUES) < 448]
    got = cut_to_format(kept, E4M3, Cut.ROUNDED)
    np.testing.assert_array_equal(got, kept.astype(ml_dtypes.float8_e4m3fn).astype(float))


def test_a_format_by_truncation_is_the_next_number_toward_zero():
    numbers = np.unique(np.abs(decode(E5M2, np.arange(E5M2.top + 1))))
    got = cut_to_format(VALUES, E5M2, Cut.TRUNCATED)
    expected = [max(n for n in numbers if n <= abs(v)) for v in VALUES]
    np.testing.assert_array_equal(np.abs(got), expected)
    assert (np.sign(got) * np.sign(VALUES) >= 0).all()


@pytest.mark.parametrize(
    ("value", "named"), [(np.nan, "NaN"), (np.inf, "inf"), (1e200, r"1e\+200"), (1e-200, "1e-200")], ids=str
)
def test_operands_beyond_float64s_products_are_named(value, named):
    values = np.ones((2, 3))
    values[1, 2] = value
    message = rf"^x must be zero or a number of 2\^-500 to 2\^500 in size, not {named} \(at index \[1, 2\]\)$"
    with pytest.raises(ValueError, match=message):
        checked_operands("x", values)
