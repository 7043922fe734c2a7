"""Decoding and encoding against ml_dtypes and NumPy, whose conversions are independent of ours."""

import ml_dtypes
import numpy as np
import pytest

from lmul.golden.codes import decode, encode, reserved
from lmul.golden.formats import BF16, E2M1, E4M3, E5M2, FORMATS, INTEGERS, format_named
from lmul.golden.parameters import Policy

TYPES = {
    "e4m3": ml_dtypes.float8_e4m3fn,
    "e4m3ieee": ml_dtypes.float8_e4m3,
    "e5m2": ml_dtypes.float8_e5m2,
    "e3m4": ml_dtypes.float8_e3m4,
    "e2m1": ml_dtypes.float4_e2m1fn,
    "e2m3": ml_dtypes.float6_e2m3fn,
    "e3m2": ml_dtypes.float6_e3m2fn,
    "bf16": ml_dtypes.bfloat16,
    "fp16": np.float16,
    "fp32": np.float32,
}


def every_code(name):
    """Every code; for fp32 each exponent and sign with corner and random mantissas."""
    if name != "fp32":
        return np.arange(1 << format_named(name).width, dtype=np.uint32)
    rng = np.random.default_rng(1)
    mantissas = np.concatenate([[0, 1, 2, 0x3FFFFF, 0x400000, 0x7FFFFE, 0x7FFFFF], rng.integers(1 << 23, size=2000)])
    return (np.arange(512, dtype=np.uint32)[:, None] << 23 | mantissas.astype(np.uint32)).ravel()


def reference(name, codes):
    kind = np.dtype(TYPES[name])
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return codes.astype(f"u{kind.itemsize}").view(kind).astype(np.float64)


@pytest.mark.parametrize("name", TYPES)
def test_every_code_decodes_as_in_ml_dtypes(name):
    codes = every_code(name)
    ours, theirs = decode(format_named(name), codes), reference(name, codes)
    np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(np.signbit(ours)[~np.isnan(ours)], np.signbit(theirs)[~np.isnan(theirs)])


@pytest.mark.parametrize("name", TYPES)
def test_rounding_is_that_of_ml_dtypes(name):
    """Random and halfway values, from far below the smallest subnormal to TOP."""
    f, kind = format_named(name), np.dtype(TYPES[name])
    rng = np.random.default_rng(2)
    codes = rng.integers(0, f.top, size=200_000, dtype=np.uint32)
    low, high = decode(f, codes), decode(f, codes + 1)
    for values in (low + (high - low) * rng.random(low.shape), (low + high) / 2, low * 2.0**-f.mantissa_bits):
        # Float32 is as far as ml_dtypes converts without rounding twice.
        source = values if name == "fp32" else values.astype(np.float32)
        source = np.where(rng.random(low.shape) < 0.5, -source, source)
        expected = source.astype(kind).view(f"u{kind.itemsize}").astype(np.uint32)
        np.testing.assert_array_equal(encode(f, source), expected)


@pytest.mark.parametrize("f", FORMATS.values(), ids=str)
def test_every_number_encodes_to_its_own_code(f):
    codes = every_code("fp32") if f.name == "fp32" else np.arange(1 << f.width, dtype=np.uint32)
    codes = codes[(codes & (f.sign_bit - 1)) <= f.top]
    np.testing.assert_array_equal(encode(f, decode(f, codes)), codes)


@pytest.mark.parametrize("f", FORMATS.values(), ids=str)
def test_what_lies_beyond_top_saturates(f):
    top = float(decode(f, f.top))
    values = [np.inf, -np.inf, top * 1.001, -top * 1.5, top * 2.0**600, np.nextafter(top, np.inf)]
    codes = encode(f, values)
    np.testing.assert_array_equal(codes, [f.top, f.top | f.sign_bit, f.top, f.top | f.sign_bit, f.top, f.top])


def test_reserved_codes_spell_numbers_on_request():
    assert decode(E4M3, 0x7F, reserved=False) == 480.0
    assert decode(E5M2, 0xFC, reserved=False) == -65536.0


@pytest.mark.parametrize(
    "kind", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16, ml_dtypes.float8_e5m2, np.int32]
)
def test_any_type_that_float64_holds_is_accepted(kind):
    values = np.array([0, 1, -2, 3], kind)
    np.testing.assert_array_equal(decode(BF16, encode(BF16, values)), [0, 1, -2, 3])


def test_nan_is_refused_with_its_index():
    with pytest.raises(ValueError, match=r"^values must be numbers, not NaN \(at index \[1, 0\]\): e4m3 has no code"):
        encode(E4M3, [[1.0, 2.0], [np.nan, np.nan]])


def test_under_ieee_what_is_no_number_keeps_its_code_where_there_is_one():
    values = [np.inf, -np.inf, np.nan, -np.nan, 1e9, -1e9, 1.0]
    np.testing.assert_array_equal(encode(E5M2, values, Policy.IEEE), [0x7C, 0xFC, 0x7E, 0x7E, 0x7B, 0xFB, 0x3C])
    np.testing.assert_array_equal(encode(E4M3, values, Policy.IEEE), [0x7E, 0xFE, 0x7F, 0x7F, 0x7E, 0xFE, 0x38])
    infinite = [np.inf, -np.inf, 1e9]
    np.testing.assert_array_equal(encode(E2M1, infinite, Policy.IEEE), [7, 15, 7])
    with pytest.raises(ValueError, match=r"^values must be numbers, not NaN \(at index \[1\]\): e2m1 has no code"):
        encode(E2M1, [1.0, np.nan], Policy.IEEE)


@pytest.mark.parametrize("name", ["e4m3", "e4m3ieee", "e5m2", "e3m4", "e2m3", "bf16", "fp16"])
def test_under_ieee_every_code_but_other_nans_encodes_to_itself(name):
    f = format_named(name)
    codes = every_code(name)
    magnitudes = codes & (f.sign_bit - 1)
    expected = np.where(np.isnan(decode(f, codes)), f.nan or 0, codes)
    assert (expected != codes).sum() == (magnitudes > f.top).sum() - (0 if f.infinity is None else 2) - (
        f.nan is not None
    )
    np.testing.assert_array_equal(encode(f, decode(f, codes), Policy.IEEE), expected)


@pytest.mark.parametrize("values", [np.array([1j]), np.array(["1"]), np.zeros(1, np.longdouble)])
def test_types_that_would_round_twice_are_refused(values):
    with pytest.raises(TypeError, match=r"^values must be .*, not "):
        encode(E4M3, values)


def test_integers_that_float64_does_not_hold_are_refused():
    with pytest.raises(ValueError, match=r"^values must be integers up to 2\^53"):
        encode(BF16, np.array([2**53 + 1]))


def test_codes_must_fit():
    with pytest.raises(ValueError, match=r"^codes must be codes of 8 bits \(e4m3\), not 256$"):
        decode(E4M3, [3, 256])
    with pytest.raises(TypeError, match=r"^codes must be integer codes, not float64$"):
        decode(E4M3, [1.0])


@pytest.mark.parametrize("f", INTEGERS.values(), ids=str)
def test_every_integer_comes_back(f):
    codes = np.arange(1 << f.width)
    values = decode(f, codes)
    assert np.flatnonzero(np.isnan(values)).tolist() == np.flatnonzero(reserved(f, codes)).tolist() == [f.sign_bit]
    numbers = [*range(f.sign_bit), *range(1 - f.sign_bit, 0)]
    used = codes[codes != f.sign_bit]
    assert values[used].tolist() == numbers
    np.testing.assert_array_equal(encode(f, numbers), used)
    # As units read it.
    assert decode(f, f.sign_bit, reserved=False) == 0


def test_integers_are_rounded_to_even_and_saturate():
    values = [0.5, 1.5, -2.5, -0.4, 126.5, 127.6, -1e300, np.inf]
    assert decode(INTEGERS["int8"], encode(INTEGERS["int8"], values)).tolist() == [0, 2, -2, 0, 126, 127, -127, 127]
