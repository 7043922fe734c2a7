"""Products against numbers that were had another way, and against what is known by hand."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from lmul.golden.codes import decode, encode
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import equation1, extended_code, multiply, wide_product
from lmul.golden.parameters import Parameters, Policy


@pytest.mark.parametrize("f", [E4M3, E5M2, E3M4, BF16, FP16, FP32], ids=str)
def test_exact_is_the_encoding_of_the_true_product(f):
    """Through float64, which holds the products, wherever operands and result are normal numbers."""
    rng = np.random.default_rng(4)
    x, y = (rng.integers(f.hidden_one, f.top + 1, size=100_000) for _ in "xy")
    product = decode(f, x) * decode(f, y)
    normal = np.abs(product) >= decode(f, f.hidden_one)
    assert normal.mean() > 0.3
    ours = multiply(Parameters(f, Method.EXACT), x, y)
    np.testing.assert_array_equal(ours[normal], encode(f, product)[normal])


@pytest.mark.parametrize(
    ("f", "method", "error"),
    [
        # From the table of mean errors that others can recompute: 5.24 %, 3.78 %, 1.90 %, 2.25 %, 1.4 %, 0.76 %.
        (E4M3, Method.LMUL, 0.0524),
        (E4M3, Method.MITCHELL, 0.0378),
        (E4M3, Method.EXACT, 0.0190),
        (E4M3, Method.corrected(2), 0.0225),
        (BF16, Method.LMUL, 0.0266),
        (BF16, Method.corrected(2), 0.0143),
        (BF16, Method.corrected(3), 0.0076),
    ],
)
def test_mean_relative_errors(f, method, error):
    parameters = Parameters(f, method.narrow)
    codes = (f.bias << f.mantissa_bits) + np.arange(f.hidden_one)
    product = wide_product(parameters, codes[:, None], codes).value
    true = wide_product(Parameters(f, Method.EXACT), codes[:, None], codes).value
    assert np.abs(product / true - 1).mean() == pytest.approx(error, abs=5e-5)


def test_the_full_product_is_exact():
    rng = np.random.default_rng(5)
    x, y = (rng.integers(1 << 32, size=1000, dtype=np.uint32) for _ in "xy")
    wide = wide_product(Parameters(FP32, Method.EXACT), x, y)
    for i in range(1000):
        a, b = (Fraction(float(decode(FP32, np.uint32(v), reserved=False))) for v in (x[i], y[i]))
        flushed = min(x[i] & 0x7FFFFFFF, y[i] & 0x7FFFFFFF) < FP32.hidden_one
        value = Fraction(int(wide.significand[i])) * Fraction(2) ** int(wide.exponent[i])
        assert (-value if wide.negative[i] else value) == (0 if flushed else a * b)


def test_the_wide_product_of_the_adder_is_its_extended_code():
    f, parameters = E4M3, Parameters(E4M3)
    x, y = np.arange(f.hidden_one, 128)[:, None], np.arange(f.hidden_one, 128)
    wide, t = wide_product(parameters, x, y), extended_code(parameters, x, y)
    assert (wide.exponent == (t >> 3) - 7 - 3).all() and (wide.significand == 8 + t % 8).all()
    assert t.min() < 0 and t.max() > 127


def test_the_wide_product_is_of_flushed_operands_under_every_policy():
    x, y = np.arange(256)[:, None], np.arange(256)
    for method in (Method.LMUL, Method.EXACT):
        flush, ieee = (wide_product(Parameters(E4M3, method, policy), x, y) for policy in (Policy.FLUSH, Policy.IEEE))
        np.testing.assert_array_equal(flush.value, ieee.value)
    first, second = (equation1(Parameters(E4M3, policy=policy), x, y) for policy in (Policy.RAW, Policy.IEEE))
    np.testing.assert_array_equal(first.value, second.value)


@pytest.mark.parametrize("names", [("e4m3", "e5m2"), ("bf16", "e4m3"), ("e5m2", "e3m4"), ("fp16", "bf16")])
def test_the_wide_product_of_two_formats_is_the_number(names):
    """Full and exact; rounded, it is the nearest number of M + 1 bits; the sum is its extended code."""
    x_format, y_format = map(format_named, names)
    rng = np.random.default_rng(8)
    x, y = (rng.integers(1 << f.width, size=10_000) for f in (x_format, y_format))
    p = Parameters(x_format, Method.EXACT, y_format=y_format)
    true = decode(x_format, x, reserved=False) * decode(y_format, y, reserved=False)
    normal = ((x % x_format.sign_bit) >= x_format.hidden_one) & ((y % y_format.sign_bit) >= y_format.hidden_one)
    np.testing.assert_array_equal(wide_product(p, x, y).value[normal], true[normal])
    assert (wide_product(p, x, y).zero == ~normal).all()
    significand, exponent = np.frexp(true)
    bits = p.result.mantissa_bits + 1
    nearest = np.ldexp(np.rint(np.ldexp(significand, bits)), exponent - bits)
    np.testing.assert_array_equal(wide_product(replace(p, method=Method.ROUNDED), x, y).value[normal], nearest[normal])
    cut = np.ldexp(np.trunc(np.ldexp(significand, bits)), exponent - bits)
    toward_zero = wide_product(replace(p, method=Method.ROUNDED_RTZ), x, y)
    np.testing.assert_array_equal(toward_zero.value[normal], cut[normal])
    mitchell = Parameters(x_format, Method.MITCHELL, y_format=y_format)
    wide, t, z = wide_product(mitchell, x, y), extended_code(mitchell, x, y), p.result
    value = np.ldexp(z.hidden_one + t % z.hidden_one, (t >> z.mantissa_bits) - z.bias - z.mantissa_bits)
    np.testing.assert_array_equal(np.abs(wide.value[normal]), value[normal])


def test_a_flushed_operand_gives_a_signed_wide_zero():
    wide = wide_product(Parameters(E4M3), [0x87, 0x40], [0x40, 0x07])
    assert wide.zero.all() and list(wide.negative) == [True, False]
    assert list(np.signbit(wide.value)) == [True, False]


def test_equation_1_agrees_with_the_adder_below_two_and_lies_below_it_above():
    x, y = 0x38 + np.arange(8)[:, None], 0x38 + np.arange(8)
    adder, paper = wide_product(Parameters(E4M3), x, y).value, equation1(Parameters(E4M3), x, y).value
    s = (np.arange(8)[:, None] + np.arange(8) + 1) / 8
    np.testing.assert_array_equal(paper, 1 + s)
    np.testing.assert_array_equal(adder, np.where(s < 1, 1 + s, 2 * s))


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(E4M3),
        Parameters(BF16),
        Parameters(E5M2, Method.MITCHELL),
        Parameters(E3M4, Method.constant(5)),
    ],
    ids=lambda p: p.name,
)
def test_equation_1_is_that_of_the_paper(parameters):
    f, d = parameters.format, parameters.correction[0][0]
    rng = np.random.default_rng(6)
    x, y = (rng.integers(1 << f.width, size=500) for _ in "xy")
    product = equation1(parameters, x, y)
    for i in range(500):
        (xe, xm), (ye, ym) = (divmod(int(v) % f.sign_bit, f.hidden_one) for v in (x[i], y[i]))
        value = (1 + Fraction(xm + ym + d, f.hidden_one)) * Fraction(2) ** (xe + ye - 2 * f.bias)
        expected = 0 if xe == 0 or ye == 0 else value
        assert Fraction(int(product.significand[i])) * Fraction(2) ** int(product.exponent[i]) == expected
        assert product.negative[i] == ((int(x[i]) ^ int(y[i])) >= f.sign_bit)


def test_equation_1_needs_one_constant():
    with pytest.raises(ValueError, match=r"^method must have one constant D for equation 1, not 'exact'$"):
        equation1(Parameters(E4M3, Method.EXACT), 0x38, 0x38)


def test_the_edges_of_flush():
    """By hand, e4m3: 0x37 is the offset, 0x08 the smallest normal, 0x7E the largest number."""
    flush, raw = Parameters(E4M3), Parameters(E4M3, policy=Policy.RAW)
    pairs = {
        (0x07, 0x7E): 0x00,  # a subnormal operand counts as zero
        (0x87, 0x7E): 0x80,  # and keeps the sign
        (0x20, 0x1E): 0x00,  # T = 0x07: below the smallest normal
        (0x20, 0x1F): 0x08,  # T = 0x08
        (0x5A, 0x5B): 0x7E,  # T = 0x7E
        (0x5B, 0x5B): 0x7E,  # T = 0x7F saturates
        (0xFF, 0x7F): 0xFE,  # the NaN code is the number its bits spell
    }
    x, y = np.array(list(pairs)).T
    np.testing.assert_array_equal(multiply(flush, x, y), list(pairs.values()))
    np.testing.assert_array_equal(multiply(raw, [0x7F, 0x00], [0x7F, 0x80]), [0x47, 0xC9])


def test_operands_are_checked():
    with pytest.raises(ValueError, match=r"^y must be codes of 8 bits \(e4m3\), not -1$"):
        multiply(Parameters(E4M3), 0, [-1])
