"""Rivals written for these tests, whose deviations are known beforehand."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lmul.accuracy.products.mean_error import mean_relative_error
from lmul.golden.formats import BF16, E4M3, E5M2, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.rivals import rival_jobs, rival_section
from lmul.synth.rivals.check import CLASSES, RivalDifference, checked, operands
from lmul.synth.rivals.source import Source, read_rival
from lmul.synth.technology.technology import GENERIC
from lmul.tools.process import LimitError
from lmul.tools.yosys import YosysError

_EXACT = """
module exact (input [7:0] x, y, output [7:0] p);
  wire zero = x[6:3] == 0 || y[6:3] == 0;
  wire [7:0] full = {4'b0, 1'b1, x[2:0]} * {4'b0, 1'b1, y[2:0]};
  wire [7:0] n = full[7] ? full : full << 1;
  wire [4:0] r = {1'b0, n[7:4]} + (n[3] & (n[2:0] != 0 | n[4]));
  wire signed [7:0] e = $signed({4'b0, x[6:3]}) + $signed({4'b0, y[6:3]}) - 8'sd7
    + $signed({7'b0, full[7]}) + $signed({7'b0, r[4]});
  wire [6:0] t = e < 1 || zero ? 0 : e > 15 || {e[3:0], r[2:0]} == 7'h7F ? 7'h7E : {e[3:0], r[2:0]};
  assign p = {x[7] ^ y[7], t};
endmodule
"""
_PLANTED = "wire [6:0] t = {x[6:0], y[6:0]} == {7'h3B, 7'h3C} ? 7'h41 :"
_LMUL = """
module adder (input [7:0] a, b, output [7:0] product);
  wire [8:0] t = a[6:0] + b[6:0];
  wire none = a[6:3] == 0 | b[6:3] == 0 | t < 9'h3F;
  wire [6:0] low = t - 9'h37;
  assign product = {a[7] ^ b[7], none ? 7'd0 : low};
endmodule
"""
_PACKAGE = """
package fp8;
  typedef struct packed { logic sign; logic [3:0] exponent; logic [2:0] mantissa; } code_t;
  function automatic logic tiny(code_t c); return c.exponent == 0; endfunction
endpackage
"""
_STRUCTS = """
module mul import fp8::*; (input code_t x, input code_t y, input logic [1:0] mode, output code_t p, output logic any);
  logic [6:0] t;
  always_comb begin
    t = {x.exponent, x.mantissa} + {y.exponent, y.mantissa} - 7'h37;
    p.sign = x.sign ^ y.sign;
    {p.exponent, p.mantissa} = mode == 2 ? t : '0;
    any = tiny(x) | tiny(y);
  end
endmodule
"""
_TALKATIVE = """
(* keep_hierarchy *) module offset (input [8:0] t, output [6:0] low);
  assign low = t - 9'h37;
  always @* begin
    assert (t < 9'h1FF);
    if (t == 3) $write("three");
  end
endmodule
""" + _LMUL.replace("\nmodule", '\n(* keep_hierarchy = "yes" *) module').replace(
    "wire [6:0] low = t - 9'h37;",
    """wire [6:0] low;
  (* keep *) offset inner (t, low);
  (* keep *) reg [7:0] earlier;
  initial $display("begin");
  always @(posedge a[0]) begin
    earlier <= b;
    assume (earlier != 3);
    $display("%d", b);
  end
  cover property (product == 1);""",
)


def _source(folder: Path, top: str, *texts: str, **others: tuple) -> Source:
    files = []
    for i, text in enumerate(texts):
        files.append(folder / f"file {i}.sv")
        files[-1].write_text(text)
    return Source("r", tuple(files), top, **others)


def _checked(folder: Path, top: str, *texts: str, f: Format = E4M3, **others: tuple):
    return checked(read_rival(_source(folder, top, *texts, **others), f))


def test_an_exact_multiplier(tmp_path: Path) -> None:
    found = _checked(tmp_path, "exact", _EXACT)
    assert (found.parameters, found.differing) == (Parameters(E4M3, Method.EXACT), {})
    assert found.sentence == "exact flush in all 65,536 pairs"
    assert found.mean_error == pytest.approx(0.0190, abs=5e-5)  # the definition's table says .0190


@pytest.mark.parametrize("method", [Method.EXACT, Method.LMUL, Method.MITCHELL])
def test_the_mean_error_is_that_of_our_unit(tmp_path: Path, method: Method) -> None:
    """Above 8 bits, where operands are random and some have few mantissa bits on purpose, it is over other pairs."""
    unit = Parameters(BF16, method)
    found = _checked(tmp_path, unit.name, verilog(Multiplier(unit)), f=BF16)
    assert found.parameters == unit and not found.total
    assert found.mean_error == mean_relative_error(unit)
    others = {"exact": 0.001397, "lmul": 0.02654, "mitchell": 0.03849}  # over random pairs
    assert found.mean_error == pytest.approx(others[method.name], rel=1e-3)


@pytest.mark.parametrize("policy", [Policy.FTZ, Policy.IEEE])
@pytest.mark.parametrize("overflow", Overflow)
def test_units_that_keep_nan_and_inf_are_told_apart_by_their_subnormal_numbers(
    tmp_path: Path, policy: Policy, overflow: Overflow
) -> None:
    unit = Parameters(E5M2, Method.EXACT, policy, overflow)
    assert _checked(tmp_path, unit.name, verilog(Multiplier(unit)), f=E5M2).sentence == (
        f"exact {policy} {overflow} in all 65,536 pairs"
    )


def test_a_rival_with_a_longer_result(tmp_path: Path) -> None:
    unit = Parameters(E4M3, Method.EXACT, Policy.FTZ, Overflow.INF, result=BF16)
    rival = read_rival(_source(tmp_path, unit.name, verilog(Multiplier(unit))), E4M3, BF16)
    found = checked(rival)
    assert rival.format_name == "e4m3 to bf16" and found.parameters == unit and not found.total
    assert found.mean_error == 0  # every product of two numbers of e4m3 is a bf16


@pytest.mark.parametrize("slang", ["", "typedef struct packed {{ logic [3:0] e; }} unused;\n"])
def test_parameters_and_folders_of_includes(tmp_path: Path, slang: str) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "offset.vh").write_text("7'h37")
    text = f"""{slang.format()}
module adder #(parameter OFFSET = 0, parameter USED = 0) (input [7:0] x, y, output [7:0] p);
  wire [6:0] low = x[6:0] + y[6:0] - (USED ? OFFSET : `include "offset.vh" );
  assign p = {{x[7] ^ y[7], low}};
endmodule
"""
    source = _source(tmp_path, "adder", text, include=(tmp_path / "inc",))
    assert checked(read_rival(source, E4M3)).sentence == "lmul raw in all 65,536 pairs"
    mitchell = replace(source, parameters=(("USED", 1), ("OFFSET", 0x38)))
    assert checked(read_rival(mitchell, E4M3)).sentence == "mitchell raw in all 65,536 pairs"


@pytest.mark.parametrize("slang", ["", "typedef struct packed { logic [3:0] e; } unused;\n"])
@pytest.mark.parametrize(
    "other", ["", "module other #(parameter OFFSET = 1) (input a, output b); assign b = a; endmodule\n"]
)
def test_a_parameter_that_the_module_has_not_is_refused(tmp_path: Path, slang: str, other: str) -> None:
    text = f"""{slang}{other}
module adder #(parameter OFF = 7'h37) (input [7:0] x, y, output [7:0] p);
  wire [6:0] low = x[6:0] + y[6:0] - OFF;
  assign p = {{x[7] ^ y[7], low}};
endmodule
"""
    source = _source(tmp_path, "adder", text, parameters=(("OFFSET", 0),))
    with pytest.raises(ValueError, match=r"^rival r: adder must have the parameter OFFSET, which it has not$"):
        read_rival(source, E4M3)


def test_a_planted_defect_is_found(tmp_path: Path) -> None:
    found = _checked(tmp_path, "exact", _EXACT.replace("wire [6:0] t =", _PLANTED))
    assert found.differing == {"ordinary": 4}  # all signs
    assert found.sentence == "exact flush except 4 of all 65,536 pairs: 4 ordinary"
    assert found.example == RivalDifference(0x3B, 0x3C, 0x41, 0x40)  # 1.375 x 1.5 is a tie: 2.0625, which is 2


def test_what_does_not_saturate_differs_where_products_are_too_large(tmp_path: Path) -> None:
    found = _checked(tmp_path, "adder", _LMUL)
    normal, nan = range(8, 0x7F), 0x7F
    above = sum(x + y - 0x37 > 0x7E for x in normal for y in normal)
    with_nan = sum(x + y - 0x37 > 0x7E for x in range(8, 0x80) for y in range(8, 0x80) if nan in (x, y))
    assert found.parameters == Parameters(E4M3)
    assert found.differing == {"Inf or NaN operands": 4 * with_nan, "overflow": 4 * above}
    assert sum(found.sizes.values()) == found.pairs == 65536 and found.sizes["overflow"] == 4 * above


def test_packages_structs_and_other_ports(tmp_path: Path) -> None:
    found = _checked(tmp_path, "mul", _PACKAGE, _STRUCTS, constants=(("mode", 2),))
    assert found.sentence == "lmul raw in all 65,536 pairs"
    assert _checked(tmp_path, "mul", _PACKAGE, _STRUCTS, constants=(("mode", 1),)).total > 0


@pytest.mark.parametrize("slang", ["", "  implied: assert property (@(posedge a[0]) b[0] |-> ##1 b[1]);\nendmodule"])
def test_what_is_no_hardware_is_dropped(tmp_path: Path, slang: str) -> None:
    text = _TALKATIVE if not slang else slang.join(_TALKATIVE.rsplit("endmodule", 1))
    found = read_rival(_source(tmp_path, "adder", text), E4M3)
    assert found.verilog.count("endmodule") == 2
    assert checked(found) == _checked(tmp_path, "adder", _LMUL)


@pytest.mark.parametrize("package", ["", _PACKAGE])
def test_includes_lie_beside_the_file(tmp_path: Path, package: str) -> None:
    (tmp_path / "bias.vh").write_text("`define OFFSET 9'h37\n")
    text = package + '`include "bias.vh"\n' + _LMUL.replace("9'h37", "`OFFSET") + ("import fp8::*;" if package else "")
    assert "module rival_inner" in read_rival(_source(tmp_path, "adder", text), E4M3).verilog


def test_a_wide_format_is_compared_at_random_and_at_edges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.rivals.check.RANDOM_PAIRS", 1 << 14)
    unit = Multiplier(Parameters(BF16, policy=Policy.IEEE))
    found = _checked(tmp_path, unit.name, verilog(unit), f=BF16)
    assert found.sentence.startswith("lmul ieee saturate in 17,060 pairs")
    assert not found.all_pairs and all(found.sizes[name] for name in CLASSES[:5])


def test_operands_of_a_wide_format_meet_ties() -> None:
    x, y = (codes[:1000].astype(int) & 127 | 128 for codes in operands(BF16))
    products = x * y
    assert ((products & 127 == 64) & (products < 1 << 15)).sum() > 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            _EXACT.replace("p);", "p, input clk);"),
            "two inputs of 8 bits for e4m3, an output of 8 for e4m3 and",
        ),
        (_EXACT.replace("[7:0] x, y,", "[6:0] x, y,"), "not the ports input x of 7, input y of 7, output p of 8"),
        (
            _EXACT.replace("assign p", "reg q; always @(posedge x[0]) q <= y; assign p[0] = q; assign p"),
            "be combinational",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^rival r: exact must .*{re.escape(message)}"):
        read_rival(_source(tmp_path, "exact", text), E4M3)


def test_a_loop_of_gates_is_refused(tmp_path: Path) -> None:
    text = _EXACT.replace("assign p", "wire q, o; assign q = ~(x[0] & o), o = ~(x[1] & q); assign p[7] = q; assign p")
    with pytest.raises(ValueError, match=r"^rival r must be combinational, not with a loop of gates$"):
        _checked(tmp_path, "exact", text.replace("x[7] ^ y[7], t", "t").replace("assign p = {t}", "assign p[6:0] = t"))


@pytest.mark.parametrize(
    ("old", "new", "net"),
    [
        ("x[7] ^ y[7]", "sign", "is used but has no driver"),
        ("assign p", "assign p[0] = x[0]; assign p", "multiple conflicting drivers"),
    ],
)
def test_drivers_are_checked(tmp_path: Path, old: str, new: str, net: str) -> None:
    with pytest.raises(ValueError, match=rf"^rival r: exact must drive every bit that it uses once, not: .*{net}"):
        read_rival(_source(tmp_path, "exact", _EXACT.replace(old, new)), E4M3)


def test_a_rival_that_is_no_multiplier_is_called_so(tmp_path: Path) -> None:
    found = _checked(tmp_path, "exact", "module exact(input [7:0] x, y, output [7:0] p); assign p = 3; endmodule")
    assert found.name.startswith("none known, nearest ") and found.sentence.startswith("none known, nearest ")


def test_errors_of_files(tmp_path: Path) -> None:
    with pytest.raises(YosysError, match=r"^rival r \(file 0.sv\): Yosys stopped: file 0.sv:3: expected expression$"):
        read_rival(_source(tmp_path, "exact", _EXACT.replace("== 0 ||", "== ||")), E4M3)
    with pytest.raises(YosysError, match=r"^rival r \(file 0.sv\): Yosys stopped: 'other' is not a valid"):
        read_rival(_source(tmp_path, "other", _EXACT), E4M3)
    with pytest.raises(FileNotFoundError):
        read_rival(Source("r", (tmp_path / "none.v",), "exact"), E4M3)


def test_our_corrected_unit_as_a_rival_costs_what_it_costs(tmp_path: Path) -> None:
    """What stands beside it has no table."""
    unit = Multiplier(Parameters(E4M3, Method.corrected(2)))
    [job] = rival_jobs([read_rival(_source(tmp_path, unit.name, verilog(unit)), E4M3)])
    outcome = job.run(GENERIC)
    assert outcome.deviation.sentence == "corrected2 flush in all 65,536 pairs"
    assert outcome.lmul.cost.nand2 < outcome.rival.cost.nand2 < outcome.exact.cost.nand2


def test_the_section(tmp_path: Path) -> None:
    rival = read_rival(_source(tmp_path, "adder", _LMUL), E4M3)
    measured = Measured(GENERIC)
    [job] = rival_jobs([rival])
    measured.learn(job, job.run(GENERIC))
    section = rival_section(measured, [rival])
    [record] = section.records
    assert record["computes"] == "lmul flush"
    assert record["lmul_saved"] == 1 - record["lmul_nand2"] / record["nand2"]
    assert section.notes[0].startswith("r: lmul flush except ")
    assert "65,536" in section.notes[0] and "For instance 0x" in section.notes[0]


def test_a_rival_that_is_not_read_in_time_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.rivals.source.RIVAL_SECONDS", 0.001)
    (tmp_path / "late.v").write_text(_LMUL)
    said = r"^rival mine \(late\.v\): Yosys did not end within 0\.001 seconds; LMUL_TIMEOUT=.*$"
    with pytest.raises(LimitError, match=said):
        read_rival(Source("mine", (tmp_path / "late.v",), "adder"), E4M3)
