"""Exact products under the policy ieee against the conversions of ml_dtypes and NumPy, and its edges by hand."""

import ml_dtypes
import numpy as np
import pytest

from lmul.golden.codes import decode
from lmul.golden.formats import BF16, E2M1, E2M5, E4M3, E5M2, FP16, FP32, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import extended_code, multiply
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.sim.stimulus.vectors import operands

NARROW = {
    "e4m3": ml_dtypes.float8_e4m3fn,
    "e4m3ieee": ml_dtypes.float8_e4m3,
    "e5m2": ml_dtypes.float8_e5m2,
    "e3m4": ml_dtypes.float8_e3m4,
    "e2m1": ml_dtypes.float4_e2m1fn,
    "e2m3": ml_dtypes.float6_e2m3fn,
    "e3m2": ml_dtypes.float6_e3m2fn,
}
WIDE = {"bf16": ml_dtypes.bfloat16, "fp16": np.float16, "fp32": np.float32}


def ieee(f, method=Method.EXACT, overflow=Overflow.INF, **others):
    return Parameters(f, method, Policy.IEEE, overflow=overflow, **others)


def every_code(f):
    return np.arange(1 << f.width, dtype=np.uint32)


def numbers(kind, codes, wide):
    return codes.astype(f"u{np.dtype(kind).itemsize}").view(kind).astype(wide)


def codes_of(kind, numbers):
    return numbers.astype(kind).view(f"u{np.dtype(kind).itemsize}").astype(np.uint32)


def assert_same_products(p, x, y, theirs):
    """Bit for bit; of NaN we have one, and any of theirs will do."""
    z = p.result
    their_nan = (theirs & (z.sign_bit - 1)) > (z.top if z.infinity is None else z.infinity)
    np.testing.assert_array_equal(multiply(p, x, y), np.where(their_nan, z.nan or 0, theirs))


@pytest.mark.parametrize("name", NARROW)
def test_every_pair_up_to_8_bits_is_that_of_ml_dtypes(name):
    """Float32 holds their products, so that the conversion rounds once."""
    f, kind = format_named(name), NARROW[name]
    x, y = (side.ravel() for side in np.meshgrid(every_code(f), every_code(f)))
    with np.errstate(invalid="ignore"):
        product = numbers(kind, x, np.float32) * numbers(kind, y, np.float32)
        assert_same_products(ieee(f), x, y, codes_of(kind, product))


@pytest.mark.parametrize(
    "names",
    [
        ("e4m3", "e5m2", "e4m3"),
        ("e5m2", "e4m3", "e4m3ieee"),
        ("e3m4", "e4m3", "e3m4"),
        ("e5m2", "e3m4", "e3m4"),
        ("e2m1", "e2m3", "e2m3"),
        ("e3m2", "e5m2", "e5m2"),
    ],
    ids="_".join,
)
def test_every_pair_of_two_formats_is_that_of_ml_dtypes(names):
    kinds = [NARROW[name] for name in names]
    x_format, y_format, z = map(format_named, names)
    p = ieee(x_format, y_format=y_format, result=z)
    x, y = (side.ravel() for side in np.meshgrid(*(every_code(f) for f in (x_format, y_format))))
    with np.errstate(invalid="ignore"):
        product = numbers(kinds[0], x, np.float32) * numbers(kinds[1], y, np.float32)
        assert_same_products(p, x, y, codes_of(kinds[2], product))


@pytest.mark.parametrize("name", WIDE)
def test_ten_million_pairs_are_those_of_ml_dtypes_and_numpy(name):
    """In parts that fit a cache; every other one has its products near the edges and between two results."""
    f, kind = format_named(name), WIDE[name]
    rng = np.random.default_rng(9)
    for part in range(40):
        x, y = (rng.integers(1 << f.width, size=250_000, dtype=np.uint32) for _ in "xy")
        if part % 2:
            x, y = (side[-250_000:] for side in operands((f, f, f), 320_000, seed=part))
        with np.errstate(invalid="ignore", over="ignore", under="ignore"):
            product = numbers(kind, x, np.float64) * numbers(kind, y, np.float64)
            if f == BF16:
                product = rounded_to_odd(product)  # ml_dtypes has no conversion from float64 that rounds once
            assert_same_products(ieee(f), x, y, codes_of(kind, product))


def rounded_to_odd(values):
    """To float32, with the last bit set where something was lost: then rounding again is as good as rounding once."""
    near = values.astype(np.float32)
    too_large, lost = np.abs(near) > np.abs(values), (near != values) & ~np.isnan(values)
    return np.where(np.isnan(near), 0x7FC00000, (near.view(np.uint32) - too_large) | lost).astype(np.uint32).view("f4")


@pytest.mark.parametrize("f", [E4M3, E5M2, BF16, FP16, FP32, E2M5], ids=str)
def test_rounding_toward_zero_gives_the_largest_code_not_above_the_product(f):
    x, y = (side[-100_000:] for side in operands((f, f, f), 150_000))
    finite = np.maximum(x & (f.sign_bit - 1), y & (f.sign_bit - 1)) <= f.top
    x, y = x[finite], y[finite]
    codes = multiply(ieee(f, Method.EXACT_RTZ), x, y)
    size, product = codes & (f.sign_bit - 1), np.abs(decode(f, x) * decode(f, y))
    assert size.max() == f.top and (decode(f, size) <= product).all()
    inner = size < f.top
    assert (decode(f, size[inner] + 1) > product[inner]).all()
    np.testing.assert_array_equal(codes >> (f.width - 1), (x ^ y) >> (f.width - 1))


def test_the_edges_of_e4m3_by_hand():
    """0x7F is NaN, 0x7E the largest number, 0x07 the largest subnormal, 0x37 the offset of lmul, 0x38 is one."""
    pairs = {
        (0x7F, 0x00): 0x7F,  # NaN, also with a zero,
        (0xFF, 0x38): 0x7F,  # and without its sign
        (0x80, 0x7E): 0x80,  # a zero has one
        (0x5A, 0x5B): 0x7E,  # T = 0x7E is TOP
        (0x5B, 0x5B): 0x7E,  # T = 0x7F saturates
        (0x5B, 0xDB): 0xFE,
        (0x01, 0x38): 0x01,  # as (2^-9) 1: T = -0x10 + 0x38 - 0x37 = -0x0F, 9/8 of 2^-9, rounds to it
        (0x04, 0x38): 0x04,  # T = 0 + 0x38 - 0x37 = 1: 9/8 of 2^-7, halfway between 4 and 5 of 2^-9, and 4 is even
        (0x0F, 0x30): 0x08,  # T = 0x08: the smallest normal number
        (0x0E, 0x30): 0x08,  # T = 0x07: 15/8 of 2^-7 is halfway between 7 and 8 of 2^-9, and 8 is even
        (0x01, 0x01): 0x00,
    }
    x, y = np.array(list(pairs)).T
    expected = np.array(list(pairs.values()))
    np.testing.assert_array_equal(multiply(ieee(E4M3, Method.LMUL, Overflow.SATURATE), x, y), expected)
    overflowing = multiply(ieee(E4M3, Method.LMUL), [0x5B, 0x5B, 0x5A], [0x5B, 0xDB, 0xDB])
    np.testing.assert_array_equal(overflowing, [0x7F, 0x7F, 0xFE])


def test_the_edges_of_e5m2_by_hand():
    """0x7C is Inf, 0x7E the NaN of results, 0x7B the largest number, 0x3C is one."""
    pairs = {
        (0x7C, 0x3C): 0x7C,
        (0xFC, 0x01): 0xFC,  # Inf times a subnormal
        (0xFC, 0xFC): 0x7C,
        (0x7C, 0x80): 0x7E,  # Inf times zero
        (0x80, 0xFC): 0x7E,
        (0xFD, 0x3C): 0x7E,  # another NaN becomes this one
        (0x7C, 0x7F): 0x7E,
        (0x7B, 0x40): 0x7C,  # beyond TOP
        (0x7B, 0xC0): 0xFC,
        (0x7B, 0x3C): 0x7B,
    }
    x, y = np.array(list(pairs)).T
    expected = np.array(list(pairs.values()))
    np.testing.assert_array_equal(multiply(ieee(E5M2), x, y), expected)
    beyond = [(0x7B, 0x40), (0x7B, 0xC0)]
    saturated = [pairs[pair] - (pair in beyond) for pair in pairs]
    for parameters in (ieee(E5M2, overflow=Overflow.SATURATE), ieee(E5M2, Method.EXACT_RTZ)):
        np.testing.assert_array_equal(multiply(parameters, x, y), saturated)


def test_infinity_becomes_nan_where_the_product_has_none():
    p = ieee(E5M2, y_format=E4M3, result=format_named("e4m3"))
    np.testing.assert_array_equal(multiply(p, [0x7C, 0xFC, 0xFC, 0x7B], [0x38, 0x01, 0x00, 0xB8]), 0x7F)
    q = ieee(E5M2, overflow=Overflow.SATURATE, y_format=E4M3, result=E4M3)
    np.testing.assert_array_equal(multiply(q, [0x7C, 0x7B, 0x3C], [0x38, 0xB8, 0x38]), [0x7F, 0xFE, 0x38])


def test_formats_of_numbers_only_saturate_whatever_is_asked_for():
    for overflow in Overflow:
        np.testing.assert_array_equal(multiply(ieee(E2M1, overflow=overflow), [7, 7, 3], [7, 15, 4]), [7, 15, 5])


def test_a_subnormal_product_rounds_up_into_the_first_normal():
    """(1 - 2^-M) 2^-k is nearer to 2^-k, by both methods, and the smallest normal number for the right k."""
    for f in (E4M3, BF16, FP16, FP32):
        one = f.bias << f.mantissa_bits
        codes = (one - 1, f.hidden_one)  # just below 1, and the smallest normal number
        for method in (Method.EXACT, Method.MITCHELL):
            assert multiply(ieee(f, method), *codes) == f.hidden_one
        assert multiply(ieee(f, Method.EXACT_RTZ), *codes) == f.hidden_one - 1


@pytest.mark.parametrize(
    ("x", "y", "z"),
    [("e4m3", "e4m3", "bf16"), ("e4m3", "e5m2", "fp16"), ("e5m2", "e5m2", "fp32"), ("e3m4", "e3m4", "e5m2")],
)
def test_every_product_in_a_format_of_another_width_is_that_of_ml_dtypes(x, y, z):
    """Float32 holds the products, so that the conversion rounds once."""
    kinds = NARROW | WIDE
    x_format, y_format = format_named(x), format_named(y)
    a, b = (side.ravel() for side in np.meshgrid(every_code(x_format), every_code(y_format)))
    with np.errstate(invalid="ignore", over="ignore"):
        product = numbers(kinds[x], a, np.float32) * numbers(kinds[y], b, np.float32)
        assert_same_products(
            ieee(x_format, y_format=y_format, result=format_named(z)), a, b, codes_of(kinds[z], product)
        )


def test_a_bf16_product_in_fp32_is_exact():
    x, y = operands((BF16, BF16, FP32), 200_000)
    with np.errstate(invalid="ignore", over="ignore"):
        product = numbers(WIDE["bf16"], x, np.float32) * numbers(WIDE["bf16"], y, np.float32)
    assert_same_products(ieee(BF16, result=FP32), x, y, product.view(np.uint32))


@pytest.mark.parametrize("method", [Method.LMUL, Method.MITCHELL, Method.EXACT])
@pytest.mark.parametrize("overflow", Overflow)
def test_ftz_is_ieee_but_for_subnormal_numbers(method, overflow):
    f = E5M2
    x, y = (side.ravel() for side in np.meshgrid(every_code(f), every_code(f)))
    flushed = [np.where((side & 0x7F) < f.hidden_one, side & 0x80, side) for side in (x, y)]
    expected = multiply(ieee(f, method, overflow), *flushed)
    below = (expected & 0x7F) < f.hidden_one
    expected = np.where(below, expected & 0x80, expected)
    ours = multiply(Parameters(f, method, Policy.FTZ, overflow), x, y)
    # What only rounds up to the smallest normal number as a subnormal one, with fewer bits, is zero: T decides.
    rounded_up = (expected & 0x7F == f.hidden_one) & (ours & 0x7F == 0)
    assert rounded_up.any() and (extended_code(ieee(f, method), *flushed)[rounded_up] < f.hidden_one).all()
    np.testing.assert_array_equal(ours[~rounded_up], expected[~rounded_up])


def test_ftz_by_hand():
    """Inf 0x7C, NaN 0x7E, the smallest normal number 0x04, subnormal ones 0x01 to 0x03, TOP 0x7B, 1.0 0x3C of e5m2."""
    p = Parameters(E5M2, policy=Policy.FTZ, overflow=Overflow.INF)
    cases = {
        (0x7C, 0x03): 0x7E,  # Inf times a subnormal number
        (0x7C, 0x84): 0xFC,
        (0x03, 0xBC): 0x80,  # a subnormal operand is a zero with a sign
        (0x7D, 0x01): 0x7E,
        (0x7B, 0x7B): 0x7C,
        (0x04, 0x38): 0x00,  # half the smallest normal number, times 1.125, which L-Mul makes of 1
        (0x04, 0xBC): 0x85,
    }
    assert {pair: int(multiply(p, *pair)) for pair in cases} == cases
    assert int(multiply(Parameters(E5M2, policy=Policy.FTZ), 0x7B, 0x7B)) == 0x7B
    assert int(multiply(Parameters(E4M3, policy=Policy.FTZ, overflow=Overflow.INF), 0x7E, 0xFE)) == 0x7F


def test_a_sum_is_rounded_to_a_shorter_result_with_its_carry():
    """L-Mul's T of 1.1111111 x 1.0 in bf16 is 0x4007, twice 1 + 7/128; in e4m3 it is rounded at 1/8 of that."""
    p = Parameters(BF16, result=E4M3)
    assert int(multiply(Parameters(BF16), 0x3FFF, 0x3F80)) == 0x4007
    assert int(multiply(p, 0x3FFF, 0x3F80)) == 0x40
    assert int(multiply(Parameters(BF16, Method.MITCHELL, result=E4M3), 0x3FFF, 0x3F80)) == 0x40  # 1.9921875: a carry
    halfway = Parameters(BF16, Method.MITCHELL, result=E4M3)
    assert [int(multiply(halfway, 0x3F80 + m, 0x3F80)) for m in (8, 24, 23, 25)] == [0x38, 0x3A, 0x39, 0x3A]
