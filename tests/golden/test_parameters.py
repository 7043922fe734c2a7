import pytest

from lmul.golden.formats import BF16, E4M3, E5M2, FP16, FP32, format_named
from lmul.golden.parameters import Method, Parameters, Policy, paper_constant

TABLE = ((0, 1), (1, 0))


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (Parameters(E4M3), "lmul_e4m3_flush"),
        (Parameters(BF16, Method.EXACT), "exact_bf16_flush"),
        (Parameters(E4M3, Method.MITCHELL, Policy.RAW), "mitchell_e4m3_raw"),
        (Parameters(E4M3, Method.CONSTANT, constant=3), "constant3_e4m3_flush"),
        (Parameters(E4M3, Method.CONSTANT, constant=0), "constant0_e4m3_flush"),
        (Parameters(E4M3, Method.CORRECTED, table_bits=2), "corrected2_e4m3_flush"),
        (Parameters(E4M3, Method.CORRECTED, table_bits=1, table=TABLE), "corrected1xa0e10c7a_e4m3_flush"),
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
    ("arguments", "message"),
    [
        ({"policy": Policy.RAW, "method": Method.EXACT}, "policy of the method exact must be flush, not 'raw'"),
        ({"method": Method.CONSTANT}, "constant must be 0 to 7 for e4m3, not None"),
        ({"method": Method.CONSTANT, "constant": 8}, "constant must be 0 to 7 for e4m3, not 8"),
        ({"method": Method.CONSTANT, "constant": -1}, "constant must be 0 to 7 for e4m3, not -1"),
        ({"constant": 1}, "constant must be left out unless the method is constant, not 1"),
        ({"method": Method.CORRECTED}, "table_bits must be 1 to 3 for e4m3, not None"),
        ({"method": Method.CORRECTED, "table_bits": 4}, "table_bits must be 1 to 3 for e4m3, not 4"),
        ({"table_bits": 2}, "table_bits must be left out unless the method is corrected, not 2"),
        (
            {"method": Method.CORRECTED, "table_bits": 2, "table": TABLE},
            r"table must be 4 x 4 for table_bits 2, not ",
        ),
        (
            {"method": Method.CORRECTED, "table_bits": 1, "table": ((0, 9), (0, 0))},
            "entry of the table must be 0 to 7 for e4m3, not 9",
        ),
    ],
)
def test_combinations_that_do_not_exist_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        Parameters(E4M3, **arguments)


def test_table_bits_are_bounded_by_the_mantissa():
    with pytest.raises(ValueError, match=r"^table_bits must be 1 to 1 for e4m1, not 2$"):
        Parameters(format_named("e4m1"), Method.CORRECTED, table_bits=2)


@pytest.mark.parametrize(("what", "value"), [("method", "lmul"), ("policy", "flush"), ("format", "e4m3")])
def test_plain_strings_are_refused(what, value):
    with pytest.raises(TypeError, match=f"^{what} must be a .*, not '{value}'$"):
        Parameters(**{"format": E4M3, what: value})


def test_the_exact_method_has_no_table():
    with pytest.raises(ValueError, match=r"^method must be one of the adder family, not 'exact'$"):
        _ = Parameters(E4M3, Method.EXACT).correction
