"""What a unit says about itself, with the constants of the definition written out."""

import pytest

from lmul.golden.formats import BF16, E2M1, E4M3, E5M2, Format, FormatKind
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.describe.multiplier import describe


def text(parameters, pipeline=0):
    return "\n".join(describe("unit", parameters, pipeline))


def test_the_first_line_says_name_and_format():
    assert describe("unit", Parameters(E5M2), 0)[0] == "unit: p = x * y, in codes of the format e5m2."


def test_the_fields_of_a_code_are_stated():
    assert "A code is sign | 8 exponent bits with bias 127 | 7 mantissa bits." in describe("unit", Parameters(BF16), 0)


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        (Parameters(E4M3), "Method lmul: T = X + Y - 0x37, which is the bias, 0x38, less D = 1."),
        (Parameters(BF16), "Method lmul: T = X + Y - 0x3F78, which is the bias, 0x3F80, less D = 8."),
        (
            Parameters(E4M3, Method.MITCHELL),
            "Method mitchell: T = X + Y - 0x38, which is the bias, 0x38, less D = 0.",
        ),
        (
            Parameters(E4M3, Method.constant(3)),
            "Method constant: T = X + Y - 0x35, which is the bias, 0x38, less D = 3.",
        ),
        (
            Parameters(E4M3, Method.EXACT),
            "Method exact: T is the code of the true product rounded to nearest, ties to even.",
        ),
        (
            Parameters(E4M3, Method.EXACT_RTZ),
            "Method exact_rtz: T is the code of the true product rounded toward zero.",
        ),
        (
            Parameters(E4M3, y_format=E5M2),
            "Method lmul: T = X + Y - 0x77, which is the bias, 0x78, less D = 1.",
        ),
        (
            Parameters(E2M1, result=Format("far", 8, 1, 127, FormatKind.FINITE)),
            "Method lmul: T = X + Y + 0xFB, which is D = 1 less the bias, -0xFA.",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Parameters) else "",
)
def test_the_method_is_stated_with_its_constants(parameters, line):
    assert line in describe("unit", parameters, 0)


def test_a_table_is_stated_row_by_row():
    said = text(Parameters(E4M3, Method.corrected(2)))
    assert "T = X + Y - 0x38 + D" in said
    assert "[0, 0, 0, 0] [0, 1, 1, 1] [0, 1, 1, 0] [0, 1, 0, 0]" in said


def test_flush_is_stated_with_its_thresholds():
    said = text(Parameters(E4M3))
    assert "an operand whose exponent field is 0 counts as zero" in said
    assert "T < 0x8;" in said and "0x7E, the largest number" in said
    assert "reserves for Inf or NaN are multiplied as the numbers that their bits spell" in said


def test_raw_is_stated_as_wrapping():
    said = text(Parameters(E4M3, policy=Policy.RAW))
    assert "T mod 2^7. It wraps" in said
    assert "flush" not in said


def test_operands_of_two_formats_are_stated():
    lines = describe("unit", Parameters(E4M3, y_format=E5M2), 0)
    assert lines[0] == "unit: p = x * y, x in codes of the format e4m3, y of e5m2, p of e4m3."
    assert "y is sign | 5 exponent bits with bias 15 | 2 mantissa bits." in lines
    assert any("with zeros appended up to 3 mantissa bits" in line for line in lines)


@pytest.mark.parametrize(
    ("parameters", "lines"),
    [
        (
            Parameters(E4M3, policy=Policy.IEEE),
            ["T > 0x7E gives 0x7E, the largest number.", "NaN times anything is the NaN 0x7F."],
        ),
        (Parameters(E4M3, policy=Policy.IEEE, overflow=Overflow.INF), ["T > 0x7E gives 0x7F, NaN."]),
        (
            Parameters(E5M2, policy=Policy.IEEE, overflow=Overflow.INF),
            [
                "T > 0x7B gives 0x7C, Inf.",
                "NaN times anything, and Inf times 0, is the NaN 0x7E.",
                "Inf times anything else is 0x7C.",
            ],
        ),
        (
            Parameters(E5M2, Method.EXACT_RTZ, Policy.IEEE, overflow=Overflow.INF),
            ["T > 0x7B gives 0x7B, the largest number."],
        ),
        (
            Parameters(E4M3, y_format=E5M2, policy=Policy.IEEE),
            ["Inf times anything else is the NaN 0x7F, for e4m3 has no Inf."],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Parameters) else "",
)
def test_ieee_is_stated_with_its_codes(parameters, lines):
    assert set(lines) <= set(describe("unit", parameters, 0))


def test_what_a_format_does_not_have_is_not_spoken_of():
    said = text(Parameters(E2M1, policy=Policy.IEEE, overflow=Overflow.INF))
    assert "NaN times" not in said and "Inf" not in said and "T > 0x7 gives 0x7, the largest number." in said


def test_timing_is_stated():
    assert "Combinational." in describe("unit", Parameters(E4M3), 0)
    assert "Latency 2 clock cycles, one product a cycle" in text(Parameters(E4M3), 2)
    assert "rst is synchronous" in text(Parameters(E4M3), 1)


@pytest.mark.parametrize("pipeline", [0, 2])
def test_no_line_breaks_out_of_its_comment(pipeline):
    lines = describe("unit", Parameters(BF16, Method.corrected(2)), pipeline)
    assert lines and all("\n" not in line and line == line.strip() for line in lines)
