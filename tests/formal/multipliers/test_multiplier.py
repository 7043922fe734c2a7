# amaranth: UnusedElaboratable=no
"""Proofs of units, and of the same units with a mistake planted in their Verilog."""

import pytest

from lmul.formal.any_constant import AnyConstant
from lmul.formal.handshake import HOLDS, ORDER
from lmul.formal.multipliers.multiplier import prove, prove_verilog
from lmul.formal.multipliers.pipeline import prove_clocked, prove_pipelined
from lmul.golden.formats import Format, FormatKind, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.arith.exponent import shares_normaliser
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style

E4M3, BF16 = format_named("e4m3"), format_named("bf16")
PLANTED = {
    "zero leaks": (Method.LMUL, "wire keep = (x_normal & y_normal) & normal;", "wire keep = x_normal & normal;"),
    "saturation dropped": (
        Method.LMUL,
        "wire magnitude_1 = (mantissa_1 | above)",
        "wire magnitude_1 = (mantissa_1)",
    ),
    "the NaN code is not spared": (Method.LMUL, "& (~ beyond)", ""),
    "sign dropped": (Method.LMUL, "wire sign = x[7] ^ y[7];", "wire sign = x[7];"),
    "a carry lost": (
        Method.EXACT,
        "wire mantissa_1 = (x[1] ^ y[1]) ^ mantissa_carry_1;",
        "wire mantissa_1 = x[1] ^ y[1];",
    ),
}
IEEE = {
    "NaN of y leaks": (Method.LMUL, "wire nan = x_nan | y_nan;", "wire nan = x_nan;"),
    "NaN has a sign": (Method.LMUL, "(sign & (~ nan)) &", "sign &"),
    "a tie of a subnormal goes up": (
        Method.LMUL,
        "wire up = down_2_0 & (sticky_1 | down_2_1);",
        "wire up = down_2_0;",
    ),
    "a subnormal is rounded twice": (Method.EXACT, "((sticky_1 | above_0) |", "(sticky_1 |"),
    "a tie that was none": (Method.EXACT, "(down_2_1 & (~ below_0))", "down_2_1"),
    "a product rounded wrongly": (
        Method.EXACT,
        "(x_normalised_0 & (~ y_normalised_0))",
        "x_normalised_0",
    ),
    "a normaliser forgets the exponent": (Method.EXACT, "x[5] | (x_subnormal & x_minus_zeros_2)", "x[5]"),
    "far below is not zero": (Method.LMUL, "(subnormal_0 & (~ far))", "subnormal_0"),
}
CLOCKED = {
    "a stalled product is overwritten": ("if (take_2) p <=", "p <="),
    "a pair is lost": ("assign i_ready = take_2 | (~ valid_1)", "assign i_ready = 1'h1"),
    "a product comes twice": ("else if (i_ready) valid_1 <= i_valid", "else if (i_ready) valid_1 <= i_valid | valid_1"),
    "a wrong sign": ("extended <= { sign", "extended <= { ~sign"),
    "the end is not ready when it is empty": ("wire take_2 = o_ready | (~ o_valid)", "wire take_2 = ~ o_valid"),
}


RTL = {
    "zero leaks": (Parameters(E4M3), "x_normal & y_normal", "x_normal"),
    "one less in the sum": (Parameters(E4M3), " + 8'h01", ""),
    "one less in the table": (Parameters(E4M3, Method.EXACT), "64'h000e3e3e7c787000", "64'h000e3e3e7c787001"),
    "saturation dropped": (Parameters(E4M3), "above ? 7'h7e : t[6:0]", "t[6:0]"),
    "the NaN code is not spared": (Parameters(E4M3), "t[7] | (& t[6:0])", "t[7]"),
    "a tie goes up": (Parameters(BF16, Method.EXACT), "(| fraction[6:0]) | fraction[8]", "1'h1"),
    "a bit of the product": (Parameters(BF16, Method.EXACT), "* { 9'h001, y[6:0] }", "* { 9'h001, y[6:1], 1'h0 }"),
    "a normaliser counts wrongly": (Parameters(BF16, Method.EXACT, Policy.IEEE), "y_zeros_1, y_zeros_0", "2'h0"),
    "NaN has a sign": (Parameters(BF16, policy=Policy.FTZ), "sign & (~ is_nan)", "sign"),
}


def verilog(unit, folder):
    return export(unit, folder).verilog.read_text()


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
@pytest.mark.parametrize("name", ["e4m3", "e5m7"])
def test_a_unit_is_proved_and_its_control_refuted(name, method, style):
    proof = prove(Multiplier(Parameters(format_named(name), method), style=style))
    assert proof.outcome == "proved" and proof.control is not None and proof.counterexample is None


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("name", ["e4m3", "bf16", *(f"e2m{m}" for m in range(1, 11))])
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
def test_a_unit_with_subnormal_numbers_is_proved(name, method, style):
    """Every mantissa width, also where more zeros can stand above a leading one than the exponent field could count."""
    proof = prove(Multiplier(Parameters(format_named(name), method, Policy.IEEE), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", [Style.GATES])
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
@pytest.mark.parametrize("names", [("e4m3", "fp16"), ("e3m4", "fp16"), ("e2m2", "fp16"), ("fp16", "e3m4")])
def test_a_unit_of_two_formats_with_subnormal_numbers_is_proved(names, method, style):
    """In the first three, zeros that a shared normaliser counts in y reach the exponent of x, which has fewer."""
    x, y = (format_named(name) for name in names)
    proof = prove(Multiplier(Parameters(x, method, Policy.IEEE, y_format=y), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("formats", [("e5m1", "e4m3", "e5m3"), ("e2m1", "e4m3", "bf16"), ("fp16", "e8m1", "fp32")])
def test_one_of_two_operands_with_subnormal_numbers_below_exponent_0_is_proved(formats, style):
    """With one mantissa bit a subnormal number is a power of two, whose exponent field is 0 and not below."""
    x, y, z = (format_named(name) for name in formats)
    proof = prove(Multiplier(Parameters(x, policy=Policy.IEEE, y_format=y, result=z), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", [Style.GATES])
@pytest.mark.parametrize("name", [f"e5m{m}" for m in range(4, 11)])
def test_a_unit_with_one_normaliser_for_both_operands_is_proved(name, style):
    parameters = Parameters(format_named(name), policy=Policy.IEEE)
    assert shares_normaliser(parameters)
    proof = prove(Multiplier(parameters, style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", [Style.RTL])
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
@pytest.mark.parametrize("name", ["e4m3", "e5m2", "bf16"])
def test_a_unit_that_keeps_inf_and_nan_and_no_subnormal_numbers_is_proved(name, method, overflow, style):
    proof = prove(Multiplier(Parameters(format_named(name), method, Policy.FTZ, overflow), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", [Style.RTL])
@pytest.mark.parametrize("policy", [Policy.FLUSH, Policy.FTZ, Policy.IEEE])
@pytest.mark.parametrize("method", [Method.constant(3), Method.EXACT])
@pytest.mark.parametrize(("name", "result"), [("e4m3", "bf16"), ("e5m2", "e5m5"), ("e3m4", "e4m3"), ("bf16", "e4m3")])
def test_a_unit_with_a_shorter_or_longer_result_is_proved(name, result, method, policy, style):
    """e5m2 to e5m5 has all bits of the exact product; from bf16 to e4m3 a carry can go through four dropped bits."""
    proof = prove(Multiplier(Parameters(format_named(name), method, policy, result=format_named(result)), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("style", Style)
def test_a_unit_whose_product_hardly_varies_has_a_control_too(style):
    x, y, z = Format("far", 5, 1, 1, FormatKind.FINITE), None, Format("near", 2, 1, -5, FormatKind.IEEE)
    proof = prove(Multiplier(Parameters(x, y_format=y, result=z), style=style))
    assert proof.outcome == "proved" and proof.control is not None


@pytest.mark.parametrize("policy", [Policy.RAW, Policy.FLUSH])
def test_one_proof_is_about_every_constant(policy):
    proof = prove(AnyConstant(Parameters(E4M3, Method.constant(7), policy)))
    assert proof.outcome == "proved" and proof.control.d is not None


@pytest.mark.parametrize(("parameters", "right", "wrong"), RTL.values(), ids=RTL)
def test_a_planted_mistake_in_operators_is_refuted_by_operands(tmp_path, parameters, right, wrong):
    unit = Multiplier(parameters)
    text = verilog(unit, tmp_path)
    assert right in text
    proof = prove_verilog(text.replace(right, wrong, 1), unit.name, unit.parameters)
    assert proof.outcome == "refuted" and proof.counterexample.expected != proof.counterexample.got


@pytest.mark.parametrize(("method", "right", "wrong"), PLANTED.values(), ids=PLANTED)
def test_a_planted_mistake_is_refuted_by_operands(tmp_path, method, right, wrong):
    unit = Multiplier(Parameters(E4M3, method), style=Style.GATES)
    text = verilog(unit, tmp_path)
    assert right in text
    proof = prove_verilog(text.replace(right, wrong, 1), unit.name, unit.parameters)
    assert proof.outcome == "refuted" and proof.counterexample.expected != proof.counterexample.got


@pytest.mark.parametrize(("method", "right", "wrong"), IEEE.values(), ids=IEEE)
def test_a_mistake_in_a_special_case_is_refuted(tmp_path, method, right, wrong):
    unit = Multiplier(Parameters(E4M3, method, Policy.IEEE, overflow=Overflow.INF), style=Style.GATES)
    text = verilog(unit, tmp_path)
    assert right in text
    proof = prove_verilog(text.replace(right, wrong, 1), unit.name, unit.parameters)
    assert proof.outcome == "refuted" and proof.counterexample.expected != proof.counterexample.got


def test_a_wrong_adder_of_an_array_is_refuted(tmp_path):
    unit = Multiplier(Parameters(format_named("e5m6"), Method.EXACT), style=Style.GATES)
    right = "wire column_9_sum_3 = ("
    text = verilog(unit, tmp_path)
    assert right in text
    text = text.replace(right, "wire column_9_sum_3 = ~(", 1)
    assert prove_verilog(text, unit.name, unit.parameters).outcome == "refuted"


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("depth", [1, 2])
def test_a_pipelined_unit_is_proved(depth, style):
    proof = prove_pipelined(Multiplier(Parameters(E4M3), depth, style=style))
    assert proof.outcome == "proved" and {HOLDS, ORDER} <= {*proof.careless}


def test_a_pipelined_proof_without_its_control_is_void(tmp_path):
    unit = Multiplier(Parameters(E4M3), 1)
    clocked, plain = verilog(unit, tmp_path), verilog(Multiplier(unit.parameters), tmp_path)
    other = clocked.replace("if (i_ready) p <=", "if ((i_ready)) p <=")  # the same, but not found by the control
    assert prove_clocked(other, plain, unit.name, unit.parameters, 1).outcome == "void"


@pytest.mark.parametrize(("right", "wrong"), CLOCKED.values(), ids=CLOCKED)
def test_a_planted_mistake_in_the_handshake_is_found(tmp_path, right, wrong):
    unit = Multiplier(Parameters(E4M3), 2, style=Style.GATES)
    clocked, plain = verilog(unit, tmp_path), verilog(Multiplier(unit.parameters), tmp_path)
    assert right in clocked
    proof = prove_clocked(clocked.replace(right, wrong, 1), plain, unit.name, unit.parameters, 2)
    assert proof.outcome == "refuted"
