"""Names, widths and ranges of accumulators against all the products there are."""

import numpy as np
import pytest

from lmul.golden.accumulators import NARROW_FLOATING, Accumulator, AccumulatorKind, DotParameters
from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, FP16, FP32, INTEGERS, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import wide_product
from lmul.golden.parameters import Parameters, Policy

FORMATS = [
    *((f, f) for f in map(format_named, ("e2m1", "e2m3", "e3m2", "e2m5", "e4m3", "e5m2", "e3m4", "e4m1"))),
    *((format_named(x), format_named(y)) for x, y in (("e4m3", "e5m2"), ("e2m1", "e2m5"), ("e3m1", "e4m3"))),
    (E5M2, E2M1),
]
LOPSIDED = ((0, 0, 0, 7), (0, 7, 0, 0), (0, 0, 7, 0), (7, 0, 0, 0))


def products_of(x, y):
    """Every kind of product of two formats."""
    first = Parameters(x, y_format=y)
    m = first.result.mantissa_bits
    yield first
    yield Parameters(x, Method.MITCHELL, y_format=y)
    yield Parameters(x, Method.constant(first.result.hidden_one - 1), y_format=y)
    for t in range(1, min(m, 3) + 1):
        yield Parameters(x, Method.corrected(t), y_format=y)
    if m >= 3:
        yield Parameters(x, Method.corrected(2, LOPSIDED), y_format=y)
    yield Parameters(x, Method.EXACT, y_format=y)
    yield Parameters(x, Method.ROUNDED, y_format=y)
    yield Parameters(x, Method.ROUNDED_RTZ, y_format=y)
    # With eight fraction bits the antilog of two segments falls where its top bits change.
    for method in (Method.log(0), Method.log(1, 4, -1), Method.log(4, 2), Method.log(2, 1, 3)):
        yield Parameters(x, method, y_format=y)
    yield Parameters(x, Method.log(4, 2), y_format=y, subnormals=False)
    yield Parameters(x, Method.log(1, table=(1, *[1 << (m + 1)] * ((1 << m) - 1))), y_format=y)


@pytest.mark.parametrize("formats", FORMATS, ids=lambda formats: "_".join(map(str, formats)))
def test_ranges_are_those_of_all_products(formats):
    x, y = (np.arange(1 << f.width) for f in formats)
    for p in products_of(*formats):
        product = wide_product(p, x[:, None], y)
        significand, exponent = product.significand[~product.zero], product.exponent[~product.zero]
        kept = DotParameters(p, Accumulator.FIXED, 1)
        # One unit is the last place of the smallest product, and the width what the largest takes, with a sign.
        assert exponent.min() == kept.lsb
        size = significand.astype(object) << (exponent - kept.lsb).astype(object)
        for depth in (1, 2, 3, 1000, 1024, 1 << 20):
            largest = depth * int(size.max())
            width = DotParameters(p, Accumulator.FIXED, depth).width
            assert 1 << (width - 2) <= largest < 1 << (width - 1)
        fields = exponent + p.result.bias + p.result.mantissa_bits * (2 if kept.full else 1)
        assert (kept.lowest_exponent, kept.highest_exponent) == (fields.min(), fields.max())


def test_widths_by_hand():
    """e4m3 goes from 2^-6 to 480, the number that the bits of its NaN spell."""
    lmul = DotParameters(Parameters(E4M3))
    exact = DotParameters(Parameters(E4M3, Method.EXACT))
    assert (lmul.lsb, exact.lsb) == (-15, -18)
    # For 480 times 480 lmul gives 0x7F + 0x7F - 0x37 = 0xC7, which is 15/8 2^17.
    assert lmul.width == 1 + ((15 << 17 - 3 + 15) * 1024).bit_length() == 44
    assert exact.width == 1 + ((480 * 480 << 18) * 1024).bit_length() == 47
    anchored = DotParameters(Parameters(BF16), Accumulator.ANCHORED, 100, window=12)
    assert (anchored.width, anchored.anchored_lsb(130)) == (1 + 12 + 7, 130 - 127 - 11)
    assert DotParameters(Parameters(BF16), Accumulator.ANCHORED, 128, window=12).width == 1 + 12 + 7
    assert DotParameters(Parameters(BF16), Accumulator.ANCHORED, 1, window=12).width == 1 + 12
    assert DotParameters(Parameters(BF16), Accumulator.FP32).width == 32


@pytest.mark.parametrize(
    ("parameters", "name", "width"),
    [
        (DotParameters(Parameters(E4M3)), "lmul_e4m3_fixed_k1024", 44),
        (DotParameters(Parameters(E4M3), Accumulator.FP32), "lmul_e4m3_fp32", 32),
        (
            DotParameters(Parameters(BF16, Method.EXACT), Accumulator.ANCHORED, 64, 12, output=BF16),
            "exact_bf16_anchored12_k64_to_bf16",
            16,
        ),
        (
            DotParameters(Parameters(E4M3, Method.ROUNDED, y_format=E5M2), depth=8, output=FP16),
            "rounded_e4m3_e5m2_fixed_k8_to_fp16",
            16,
        ),
        (
            DotParameters(Parameters(FP16, Method.ROUNDED_RTZ), Accumulator.BF16),
            "rounded_rtz_fp16_bf16",
            16,
        ),
        (DotParameters(Parameters(E3M4, Method.corrected(2)), Accumulator.E4M3), "corrected2_e3m4_e4m3", 8),
    ],
)
def test_names_carry_every_parameter_that_matters(parameters, name, width):
    assert (parameters.name, parameters.output_width) == (name, width)


@pytest.mark.parametrize(
    ("parameters", "arguments", "message"),
    [
        (
            Parameters(FP32),
            {},
            "accumulator fixed must be at most 128 bits wide, not the 545 bits that lmul fp32 with K = 1024 needs",
        ),
        (
            Parameters(BF16, Method.ROUNDED),
            {"depth": 1},
            "accumulator fixed must be at most 128 bits wide, not the 518 bits that rounded bf16 with K = 1 needs",
        ),
        (Parameters(E4M3), {"output": INTEGERS["int8"]}, "output must be a floating-point format, not int8"),
        (Parameters(E4M3), {"depth": 0}, "depth must be 1 to 1048576, not 0"),
        (Parameters(E4M3), {"depth": 1048577}, "depth must be 1 to 1048576, not 1048577"),
        (Parameters(E4M3, policy=Policy.RAW), {}, "policy of a dot product must be flush, not 'raw'"),
        (Parameters(E4M3, policy=Policy.IEEE), {}, "policy of a dot product must be flush, not 'ieee'"),
        (
            Parameters(E4M3, Method.EXACT_RTZ),
            {},
            "rounding must be left out unless the product is rounded, not 'zero'",
        ),
        (Parameters(E4M3), {"window": 8}, r"window must be left out unless the accumulator is anchored, not 8 \(fixed"),
        (Parameters(E4M3), {"accumulator": Accumulator.ANCHORED}, "window must be 2 to 64 bits, not None"),
        (Parameters(E4M3), {"accumulator": Accumulator.ANCHORED, "window": 1}, "window must be 2 to 64 bits, not 1"),
        (Parameters(E4M3), {"accumulator": Accumulator.ANCHORED, "window": 65}, "window must be 2 to 64 bits, not 65"),
    ],
)
def test_combinations_that_do_not_exist_are_refused(parameters, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        DotParameters(parameters, **arguments)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("product", E4M3),
        ("accumulator", "fixed"),
        ("depth", 4.0),
        ("depth", True),
        ("window", 8.0),
        ("output", "bf16"),
    ],
)
def test_arguments_of_other_types_are_refused(what, value):
    arguments = {"product": Parameters(E4M3), "accumulator": Accumulator.ANCHORED, "window": 8, what: value}
    with pytest.raises(TypeError, match=f"^{what} must be .*, not "):
        DotParameters(**arguments)


def test_only_the_accumulator_has_its_lsb():
    with pytest.raises(ValueError, match=r"^accumulator must be fixed to have one LSB, not 'fp32'$"):
        _ = DotParameters(Parameters(E4M3), Accumulator.FP32).lsb
    with pytest.raises(ValueError, match=r"^accumulator must be anchored to have an anchor, not 'fixed'$"):
        DotParameters(Parameters(E4M3)).anchored_lsb(7)


def test_kinds_and_formats_of_accumulators():
    integers = {a: a.kind for a in Accumulator if a.kind.is_integer}
    assert integers == {
        Accumulator.FIXED: AccumulatorKind.FIXED,
        Accumulator.ANCHORED: AccumulatorKind.ANCHORED,
    }
    assert [a for a in Accumulator if a.kind.has_anchor] == [Accumulator.ANCHORED]
    assert all(a.floating_format is None for a in integers)
    floating = [a for a in Accumulator if a not in integers]
    assert [a.floating_format.name for a in floating] == [a.value for a in floating]
    assert {Accumulator.FP32, *NARROW_FLOATING} == set(floating)


def test_what_an_accumulator_does_not_have_is_refused():
    fixed, fp32 = DotParameters(Parameters(E4M3)), DotParameters(Parameters(E4M3), Accumulator.FP32)
    with pytest.raises(ValueError, match=r"^accumulator must be a floating-point format to have one, not 'fixed'$"):
        _ = fixed.float_format
    with pytest.raises(ValueError, match=r"^accumulator must be anchored to have a window, not 'fp32'$"):
        _ = fp32.window_bits
    assert (fp32.float_format, fp32.format, fixed.format) == (FP32, FP32, None)


def test_operands_that_come_in_converted():
    log = Parameters(E4M3, Method.log(1), y_format=E5M2)
    dot = DotParameters(log, converted="y")
    assert dot.name == "log1_e4m3_e5m2_converted_y_fixed_k1024"
    assert dot.port_formats == (E4M3, log.log_formats[1])
    assert DotParameters(log).port_formats == (E4M3, E5M2)
    with pytest.raises(ValueError, match=r"^converted must be x, y, xy or left out, not 'yx'$"):
        DotParameters(log, converted="yx")
    message = "converted must be left out unless the method is log or subnormals count, not 'x'"
    with pytest.raises(ValueError, match=f"^{message}$"):
        DotParameters(Parameters(E4M3), converted="x")


def test_integers_have_one_accumulator():
    with pytest.raises(ValueError, match=r"^accumulator of integers must be fixed, not 'fp32'$"):
        DotParameters(Parameters(INTEGERS["int8"], Method.EXACT), Accumulator.FP32)
    dot = DotParameters(Parameters(INTEGERS["int8"], Method.EXACT), depth=32)
    assert (dot.name, dot.width, dot.lsb) == ("exact_int8_fixed_k32", 20, 0)


def test_scales_move_an_anchor():
    dot = DotParameters(Parameters(E4M3), Accumulator.ANCHORED, window=12, scaled=True)
    assert dot.name == "lmul_e4m3_anchored12_scaled_k1024"
    with pytest.raises(
        ValueError, match=r"^scaled must be left out unless the accumulator is anchored, not with fixed$"
    ):
        DotParameters(Parameters(E4M3), scaled=True)
    with pytest.raises(TypeError, match=r"^scaled must be a bool, not 1$"):
        DotParameters(Parameters(E4M3), Accumulator.ANCHORED, window=12, scaled=1)
