import pytest

from lmul.golden.formats import BF16, E2M1, E2M3, E2M5, E4M3, E5M2, FP16, FP32, INTEGERS, format_named
from lmul.golden.methods import Method, MethodKind, paper_constant
from lmul.golden.multiply import extended_code, multiply
from lmul.golden.parameters import Overflow, Parameters, Policy

TABLE = ((0, 1), (1, 0))


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (Parameters(E4M3), "lmul_e4m3_flush"),
        (Parameters(BF16, Method.EXACT), "exact_bf16_flush"),
        (Parameters(E4M3, Method.MITCHELL, Policy.RAW), "mitchell_e4m3_raw"),
        (Parameters(E4M3, Method.constant(3)), "constant3_e4m3_flush"),
        (Parameters(E4M3, Method.constant(0)), "constant0_e4m3_flush"),
        (Parameters(E4M3, Method.corrected(2)), "corrected2_e4m3_flush"),
        (Parameters(E4M3, Method.corrected(1, TABLE)), "corrected1xa0e10c7a_e4m3_flush"),
        (Parameters(E4M3, policy=Policy.IEEE), "lmul_e4m3_ieee_saturate"),
        (Parameters(E4M3, policy=Policy.IEEE, overflow=Overflow.INF), "lmul_e4m3_ieee_inf"),
        (Parameters(BF16, Method.EXACT_RTZ), "exact_rtz_bf16_flush"),
        (Parameters(E4M3, y_format=E4M3), "lmul_e4m3_flush"),
        (Parameters(E4M3, y_format=E5M2), "lmul_e4m3_e5m2_flush"),
        (Parameters(E4M3, y_format=E5M2, result=E4M3), "lmul_e4m3_e5m2_flush"),
        (Parameters(E4M3, y_format=E5M2, result=format_named("e5m3")), "lmul_e4m3_e5m2_to_e5m3_flush"),
        (Parameters(E4M3, result=format_named("e5m3")), "lmul_e4m3_e4m3_to_e5m3_flush"),
        (Parameters(E4M3, result=BF16), "lmul_e4m3_e4m3_to_bf16_flush"),
        (Parameters(E4M3, policy=Policy.FTZ), "lmul_e4m3_ftz_saturate"),
        (Parameters(E4M3, Method.EXACT, Policy.FTZ, Overflow.INF), "exact_e4m3_ftz_inf"),
    ],
)
def test_names_carry_every_parameter_that_is_not_a_default(parameters, name):
    assert parameters.name == name


def test_the_offsets_of_the_definition():
    offsets = {f.name: Parameters(f).offset for f in (E4M3, E5M2, FP16, BF16, FP32)}
    assert offsets == {"e4m3": 0x37, "e5m2": 0x3B, "fp16": 0x3BC0, "bf16": 0x3F78, "fp32": 0x3F780000}


def test_the_constant_of_the_paper():
    assert [paper_constant(m) for m in range(1, 8)] == [1, 1, 1, 2, 2, 4, 8]


@pytest.mark.parametrize(
    ("x", "y", "name", "bias"),
    [
        ("e4m3", "e5m2", "e4m3", 15),
        ("e5m2", "e4m3", "e5m3", 7),
        ("bf16", "e4m3", "bf16", 7),
        ("e4m3", "bf16", "e4m7fn", 127),
        ("e2m1", "e2m5", "e2m5", 1),
        ("e4m2", "e5m3", "e4m3ieee", 15),
        ("e8m1", "e5m10", "tf32", 15),
    ],
)
def test_the_product_of_two_formats_has_the_wider_mantissa_and_the_rest_of_x(x, y, name, bias):
    p = Parameters(format_named(x), y_format=format_named(y))
    assert (p.result.name, p.bias) == (name, bias)
    assert (p.result.exponent_bits, p.result.bias, p.result.kind) == (
        p.format.exponent_bits,
        p.format.bias,
        p.format.kind,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"policy": Policy.RAW, "method": Method.EXACT},
            "policy of the method exact must be flush, ftz or ieee, not 'raw'",
        ),
        ({"overflow": Overflow.INF}, "overflow must be left out unless the policy is ieee or ftz, not "),
        ({"policy": Policy.IEEE, "method": Method.ROUNDED}, "policy of the method rounded must be flush, not 'ieee'"),
        (
            {"policy": Policy.IEEE, "result": E2M3},
            "result must have a NaN under the policy ieee, for e4m3 times e4m3 can be one, not e2m3",
        ),
        (
            {"policy": Policy.FTZ, "result": E2M3},
            "result must have a NaN under the policy ftz, for e4m3 times e4m3 can be one, not e2m3",
        ),
        (
            {"method": Method.constant(8), "y_format": E5M2, "result": BF16},
            "constant must be 0 to 7 for e4m3 times e5m2, not 8",
        ),
        ({"method": Method(MethodKind.CONSTANT)}, "constant must be 0 to 7 for e4m3, not None"),
        ({"method": Method.constant(8)}, "constant must be 0 to 7 for e4m3, not 8"),
        ({"method": Method.constant(-1)}, "constant must be 0 to 7 for e4m3, not -1"),
        ({"method": Method(MethodKind.CORRECTED)}, "table_bits must be 1 to 3 for e4m3, not None"),
        ({"method": Method.corrected(4)}, "table_bits must be 1 to 3 for e4m3, not 4"),
        (
            {"method": Method.corrected(2, TABLE)},
            r"table must be 4 x 4 for table_bits 2, not ",
        ),
        (
            {"method": Method.corrected(1, ((0, 9), (0, 0)))},
            "entry of the table must be 0 to 7 for e4m3, not 9",
        ),
    ],
)
def test_combinations_that_do_not_exist_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Parameters(E4M3, **arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"method": Method.EXACT, "policy": Policy.IEEE, "subnormals": True},
            "subnormals must be left out unless the policy is flush, not True",
        ),
        ({"format": FP32}, r"operands of the method log must have at most 10 mantissa bits, not 23 \(fp32\)"),
        (
            {"result": E4M3},
            r"result of the method log must have 4 mantissa bits, those of the logarithms, not 3 \(e4m3\)",
        ),
        ({"method": Method.log(1, 1, 16)}, "d must be -15 to 15 for e4m3, not 16"),
        ({"method": Method.log(1, 1, -16)}, "d must be -15 to 15 for e4m3, not -16"),
        ({"method": Method.log(1, table=(0, 1))}, "log_table must have 8 entries for e4m3, not 2"),
        (
            {"method": Method.log(0, table=(0, 1, 2, 3, 4, 4, 7, 6))},
            "log_table must not decrease, and be 0 to 8, not 7, 6",
        ),
        ({"method": Method.log(0, table=(*range(7), 9))}, "log_table must not decrease, and be 0 to 8, not 6, 9"),
        ({"policy": Policy.IEEE}, "policy of the method log1 must be flush, not 'ieee'"),
    ],
)
def test_logarithms_that_do_not_fit_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Parameters(**{"format": E4M3, "method": Method.log(1), **arguments})


def test_log_has_names_of_formats_and_more_mantissa_bits():
    plain, mixed = Parameters(E4M3, Method.log(1)), Parameters(E4M3, Method.log(2), y_format=E5M2, subnormals=False)
    assert (plain.name, mixed.name) == ("log1_e4m3_flush", "log2_e4m3_e5m2_flushed_flush")
    assert (plain.result.name, plain.mantissa_bits, mixed.mantissa_bits) == ("e4m4fn", 4, 5)
    assert plain.subnormals and not mixed.subnormals and not Parameters(E4M3).subnormals
    assert Parameters(E4M3).log_formats is None
    with pytest.raises(TypeError, match=r"^subnormals must be a bool, not 1$"):
        Parameters(E4M3, Method.log(1), subnormals=1)


def test_table_bits_are_bounded_by_the_mantissa():
    with pytest.raises(ValueError, match=r"^table_bits must be 1 to 1 for e4m1, not 2$"):
        Parameters(format_named("e4m1"), Method.corrected(2))


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("method", "lmul"),
        ("policy", "flush"),
        ("format", "e4m3"),
        ("y_format", "e4m3"),
        ("result", "e4m3"),
    ],
)
def test_plain_strings_are_refused(what, value):
    with pytest.raises(TypeError, match=f"^{what} must be a .*, not '{value}'$"):
        Parameters(**{"format": E4M3, what: value})


def test_formats_without_nan_have_the_policy_ieee_too():
    assert Parameters(E2M1, policy=Policy.IEEE, y_format=E2M5).result == E2M5


def test_the_exact_method_has_no_table():
    with pytest.raises(ValueError, match=r"^method must be one of the adder family, not 'exact'$"):
        _ = Parameters(E4M3, Method.EXACT).correction


def test_a_multiplier_has_no_method_of_dot_products():
    message = "method of a multiplier must be one of lmul, .*, exact, not 'rounded'"
    with pytest.raises(ValueError, match=f"^{message}$"):
        multiply(Parameters(E4M3, Method.ROUNDED), 0x38, 0x38)
    with pytest.raises(ValueError, match=f"^{message}$"):
        Parameters(E4M3, Method.ROUNDED).check_multiplier()


def test_a_multiplier_counts_subnormals_under_ieee_alone():
    p = Parameters(E4M3, subnormals=True)
    assert p.name == "lmul_e4m3_subnormals_flush"
    message = "subnormals must be left out for a multiplier by itself, whose policy ieee has them, not True"
    with pytest.raises(ValueError, match=f"^{message}$"):
        multiply(p, 0x38, 0x38)


def test_formats_of_words_that_are_multiplied():
    log, exact = Parameters(E4M3, Method.log(1)), Parameters(E4M3, Method.EXACT, y_format=E2M1, subnormals=True)
    assert log.entry_formats == log.log_formats and Parameters(E4M3).entry_formats is None
    # Exponent fields of e4m3 go from -2 to 15 and of e2m1 from 0 to 3, each with its excess 1 to 18 and 1 to 4.
    assert [(f.name, f.width, f.highest_field) for f in exact.entry_formats] == [
        ("e4m3_normalised", 9, 18),
        ("e2m1_normalised", 5, 4),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "method of integers must be exact, not lmul"),
        ({"method": Method.ROUNDED}, "method of integers must be exact, not rounded"),
        ({"method": Method.EXACT, "policy": Policy.FTZ}, "policy of integers must be flush, not 'ftz'"),
        ({"method": Method.EXACT, "subnormals": True}, "subnormals must be left out for integers, not True"),
        (
            {"method": Method.EXACT, "y_format": E4M3},
            "y_format must be of integers, as another format is, not e4m3",
        ),
        (
            {"method": Method.EXACT, "result": BF16},
            "result must be of integers, as another format is, not bf16",
        ),
    ],
)
def test_integers_are_multiplied_exactly(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Parameters(INTEGERS["int8"], **arguments)


def test_integers_are_of_dot_products_alone():
    p = Parameters(INTEGERS["int5"], Method.EXACT, y_format=INTEGERS["int8"])
    assert (p.result.name, p.format_name) == ("int8", "int5_int8")
    with pytest.raises(ValueError, match=r"^format of a multiplier must be a floating-point one, not int5$"):
        multiply(p, 1, 1)
    with pytest.raises(ValueError, match=r"^formats must be floating-point ones to have T, not int5$"):
        extended_code(p, 1, 1)
