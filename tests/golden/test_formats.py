import ml_dtypes
import numpy as np
import pytest

from lmul.golden.codes import decode
from lmul.golden.formats import E4M3, E5M2, FORMATS, INTEGERS, Format, FormatKind, format_named

TOPS = {
    "e4m3": 0x7E,
    "e5m2": 0x7B,
    "e3m4": 0x6F,
    "e2m1": 0x7,
    "e2m3": 0x1F,
    "e3m2": 0x1F,
    "e2m5": 0x7F,
    "bf16": 0x7F7F,
    "fp16": 0x7BFF,
    "tf32": 0x3FBFF,
    "fp32": 0x7F7FFFFF,
}


def test_the_largest_finite_codes():
    assert {f.name: f.top for f in FORMATS.values()} == TOPS


def test_special_codes():
    assert (E4M3.infinity, E4M3.nan) == (None, 0x7F)
    assert (E5M2.infinity, E5M2.nan) == (0x7C, 0x7E)
    assert (FORMATS["e2m5"].infinity, FORMATS["e2m5"].nan) == (None, None)


def test_a_name_of_the_table_wins_and_the_suffix_forces_the_kind():
    assert format_named("e4m3") is E4M3
    assert format_named("e4m3ieee") == Format("e4m3ieee", 4, 3, 7, FormatKind.IEEE)
    assert format_named("e6m9") == Format("e6m9", 6, 9, 31, FormatKind.IEEE)


@pytest.mark.parametrize(
    ("name", "bits", "found"),
    [
        ("e4m3", 2, "e4m2fn"),
        ("e3m4", 2, "e3m2ieee"),
        ("e2m3", 1, "e2m1"),
        ("e2m3", 2, "e2m2finite"),
        ("bf16", 10, "tf32"),
    ],
)
def test_other_mantissas_leave_the_rest(name, bits, found):
    own, other = format_named(name), format_named(name).with_mantissa(bits)
    assert (other.name, other.mantissa_bits) == (found, bits)
    assert (other.exponent_bits, other.bias, other.kind) == (own.exponent_bits, own.bias, own.kind)
    assert other.with_mantissa(own.mantissa_bits) == own and own.with_mantissa(own.mantissa_bits).name == name


def test_equality_is_of_the_arithmetic():
    assert format_named("e8m7") == FORMATS["bf16"]
    assert str(format_named("e8m7")) == "e8m7"


@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2", "float8_e4m3", "float8_e3m4", "bfloat16", "float16"])
def test_names_of_other_packages_mean_the_same_numbers(name):
    """Every finite number of the type is one of the format, and the largest is the largest."""
    f = format_named(name)
    kind = np.dtype(getattr(ml_dtypes, name, name))
    with np.errstate(invalid="ignore"):  # of signalling NaN
        values = np.arange(1 << f.width).astype(f"u{kind.itemsize}").view(kind).astype(np.float64)
    np.testing.assert_array_equal(decode(f, np.arange(1 << f.width)), values)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("E4M3", "e4m3"),
        ("e4m3fn", "e4m3"),
        ("e2m1finite", "e2m1"),
        ("float32", "fp32"),
        ("float6_e3m2fn", "e3m2"),
        ("BF16", "bf16"),
        ("e4m2fn", "e4m2fn"),
        ("e5m2ieee", "e5m2ieee"),
    ],
)
def test_names_that_people_type_and_tables_print(name, found):
    assert format_named(name).name == found


@pytest.mark.parametrize("format", FORMATS.values(), ids=str)
def test_the_name_of_every_narrower_format_is_a_name(format):
    for bits in range(1, format.mantissa_bits):
        other = format.with_mantissa(bits)
        assert format_named(other.name) == other


@pytest.mark.parametrize(("name", "found"), [("fp8", "e4m3 or e5m2"), ("float6", "e2m3 or e3m2")])
def test_a_name_of_several_formats_is_answered_with_theirs(name, found):
    with pytest.raises(ValueError, match=rf"^format must be {found} where it has [68] bits, not '{name}'$"):
        format_named(name)


@pytest.mark.parametrize("name", ["float8", "e4m3fnuz", "float8_e5m2fnuz", "", "e4m3 ", "e04m3", "e4m-3", "int9"])
def test_names_that_mean_no_format_are_refused(name):
    with pytest.raises(ValueError, match=rf"^format must .*, not '{name}'$"):
        format_named(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [("e4m0", "mantissa bits .* 1 to 23, not 0"), ("e9m3", "2 to 8, not 9"), ("e0m3", "2 to 8, not 0")],
)
def test_widths_out_of_range_are_refused(name, message):
    with pytest.raises(ValueError, match=rf"{message} \(format '{name}'\)$"):
        format_named(name)


def test_integers_have_no_exponent():
    f = format_named("INT8")
    assert (f.width, f.exponent_bits, f.mantissa_bits, f.top, f.has_reserved) == (8, 0, 7, 127, True)
    assert [each.width for each in INTEGERS.values()] == [4, 5, 6, 7, 8]
    with pytest.raises(ValueError, match=r"^exponent bits of a format must be 0 to 0, not 2$"):
        Format("wrong", 2, 7, -6, FormatKind.INTEGER)
    with pytest.raises(ValueError, match=r"^mantissa bits of a format must be 3 to 7, not 8$"):
        Format("int9", 0, 8, -7, FormatKind.INTEGER)
    with pytest.raises(ValueError, match=r"^bias of a format must be -6 to -6, not 0$"):
        Format("wrong", 0, 7, 0, FormatKind.INTEGER)
