"""`--verilog`: files of the user's in place of exports, simulated and proved."""

import gzip
import os
import re

import pytest
from support.tiny_library import TINY

from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.open_liberty import open_liberty

UNIT = ("multiplier", "--format", "e4m3")
BOTH = ("verify", "prove")
NAME = "lmul_e4m3_flush"
EXPECTED = r"x 0x\w+, y 0x\w+: expected 0x\w+, got 0x\w+"
BY_HAND = """\
`timescale 1ns/1ps
module adder #(parameter W = 8) (input [W-1:0] a, b, output [W-1:0] s);
  assign #1 s = a + b; // top
endmodule
module top (input [7:0] y, x, output logic [7:0] p);
  logic [8:0] t, s;
  adder #(.W(9)) \\top_1 (.a({2'b0, x[6:0]}), .b({2'b0, y[6:0]}), .s(s));
  always_comb begin
    t = s - 9'h37;
    p[7] = x[7] ^ y[7];
    if (x[6:3] == 0 || y[6:3] == 0 || $signed(t) < 8) p[6:0] = 0;
    else if (t > 9'h7e) p[6:0] = 7'h7e;
    else p[6:0] = t[6:0];
  end
endmodule
"""


@pytest.fixture(scope="module")
def texts():
    return {stages: verilog(Multiplier(Parameters(format_named("e4m3")), stages)) for stages in (0, 1, 2)}


def one_bit_edited(text):
    """The text with D of another bit."""
    edited, count = re.subn("8'h01;", "8'h03;", text)
    assert count == 1
    return edited


@pytest.mark.parametrize("stages", [0, 2])
@pytest.mark.parametrize("command", BOTH)
def test_an_export_passes_and_a_bit_edited_in_it_is_found(lmul, workplace, texts, command, stages):
    unit = (*UNIT, "--pipeline", stages)
    (workplace / "own.v").write_text(texts[stages])
    passed = lmul(command, *unit, "--verilog", "own.v")
    assert (passed.code, passed.err) == (None, "")
    name = f"{NAME}_p{stages}" if stages else NAME
    said = "65,536 products compared, 0 mismatches" if command == "verify" else "proved, for all operands"
    assert passed.out.startswith(f"Verilog of own.v: {name}\n{name}: {said}")
    (workplace / "own.v").write_text(one_bit_edited(texts[stages]))
    found = lmul(command, *unit, "--verilog", "own.v")
    assert found.code == 1 and found.err == ""
    kind = "first mismatch" if command == "verify" else "counterexample"
    assert re.search(rf"^{kind}: {EXPECTED}$", found.out, re.MULTILINE)
    assert "proved" not in found.out.split("(")[0]
    assert list((workplace / "tmp").iterdir()) == []


@pytest.mark.parametrize("command", BOTH)
def test_a_unit_of_ones_own_is_accepted_whatever_its_modules_are_called(lmul, workplace, command):
    """By hand: L-Mul with its D in the constant, with a delay, and names that the bench has, too."""
    (workplace / "own.v").write_text(BY_HAND)
    passed = lmul(command, *UNIT, "--verilog", "own.v")
    assert (passed.code, passed.err) == (None, "")
    assert passed.out.startswith("Verilog of own.v: top\n")
    (workplace / "own.v").write_text(BY_HAND.replace("9'h7e)", "9'h7f)"))
    assert lmul(command, *UNIT, "--verilog", "own.v").code == 1


@pytest.fixture(scope="module")
def netlists(texts, tmp_path_factory):
    """Netlists of the exports, mapped by Yosys and ABC to the cells of a library."""
    path = tmp_path_factory.mktemp("cells") / "tiny.lib"
    path.write_text(TINY)
    technology = open_liberty(path)
    names = {0: NAME, 2: f"{NAME}_p2"}
    return {stages: map_module(texts[stages], name, technology).netlist for stages, name in names.items()}


@pytest.mark.complete
@pytest.mark.parametrize("stages", [0, 2])
@pytest.mark.parametrize("command", BOTH)
def test_a_netlist_with_its_library_is_accepted_and_a_wrong_cell_is_found(lmul, workplace, netlists, command, stages):
    unit = (*UNIT, "--pipeline", stages)
    (workplace / "net.v").write_text(netlists[stages])
    (workplace / "tiny.lib.gz").write_bytes(gzip.compress(TINY.encode()))
    passed = lmul(command, *unit, "--verilog", "net.v,tiny.lib.gz")
    assert (passed.code, passed.err) == (None, "")
    places = list(re.finditer(r"\bNAND2\b", netlists[stages]))
    place = places[len(places) // 2]
    (workplace / "net.v").write_text(f"{netlists[stages][: place.start()]}NOR2{netlists[stages][place.end() :]}")
    found = lmul(command, *unit, "--verilog", "net.v", "--verilog", "tiny.lib.gz")
    assert found.code == 1 and found.err == ""


def test_cells_may_be_a_second_file_of_verilog(lmul, workplace, netlists):
    cells = {"INV": "~A", "BUF": "A", "NAND2": "~(A & B)", "NOR2": "~(A | B)", "XOR2": "A ^ B", "AOI21": "~(A & B | C)"}
    modules = (
        f"module {cell} (input {', '.join(pin for pin in 'ABC' if pin in f)}, output Y); assign Y = {f}; endmodule\n"
        for cell, f in cells.items()
    )
    (workplace / "cells.v").write_text("".join(modules))
    (workplace / "net.v").write_text(netlists[0])
    assert lmul("prove", *UNIT, "--verilog", "net.v,cells.v").code is None
    missing = lmul("prove", *UNIT, "--verilog", "net.v")
    assert missing.code == 2 and re.fullmatch(r"lmul: net.v: .*net\.v:\d+: unknown module '\w+'\n", missing.err)


def test_a_product_that_does_not_wait_is_refuted(lmul, workplace, texts):
    careless, count = re.subn(r"if \(\w+\) p <=", "p <=", texts[1])
    assert count == 1
    (workplace / "own.v").write_text(careless)
    refuted = lmul("prove", *UNIT, "--pipeline", 1, "--verilog", "own.v")
    assert refuted.code == 1
    assert "refuted (after a reset, a product that waits changes or goes" in refuted.out
    simulated = lmul("verify", *UNIT, "--pipeline", 1, "--verilog", "own.v")
    assert simulated.code == 1 and "a product changed while it waited" in simulated.out


def test_a_register_that_is_there_twice_is_one_for_the_proof(lmul, workplace, texts):
    """As in a netlist whose flip-flop has outputs Q and QN."""
    text = texts[1].replace("assign i_ready = o_ready | (~ o_valid);", "reg held; assign i_ready = o_ready | (~ held);")
    old = re.search(r"  always @\(posedge clk\)\n    if \(rst\) o_valid .*\n.*\n", text)[0]
    twice = "wire next = ~rst & (i_ready ? i_valid : o_valid);"
    twice += "".join(f"  always @(posedge clk) {name} <= next;\n" for name in ("o_valid", "held"))
    (workplace / "own.v").write_text(text.replace(old, twice))
    proved = lmul("prove", *UNIT, "--pipeline", 1, "--verilog", "own.v")
    assert (proved.code, proved.err) == (None, "") and ": proved, for all operands and however" in proved.out


def test_a_pipeline_with_other_names_is_neither_proved_nor_refuted(lmul, workplace, texts):
    (workplace / "own.v").write_text(re.sub(r"\bvalid_1\b", "busy", texts[2]))
    unknown = lmul("prove", *UNIT, "--pipeline", 2, "--verilog", "own.v")
    assert unknown.code == 1 and "unknown (no wire valid_1" in unknown.out
    assert unknown.out.endswith("`lmul verify multiplier`, with the same options, compares products\n")


def test_an_exact_netlist_too_wide_for_the_solver_is_compared_with_our_export(lmul, workplace, tmp_path):
    parameters = Parameters(format_named("bf16"), Method.EXACT)
    (workplace / "tiny.lib").write_text(TINY)
    netlist = map_module(verilog(Multiplier(parameters)), parameters.name, open_liberty(workplace / "tiny.lib")).netlist
    (workplace / "net.v").write_text(netlist)
    unit = ("multiplier", "--format", "bf16", "--method", "exact", "--verilog", "net.v,tiny.lib")
    proved = lmul("prove", *unit)
    assert (proved.code, proved.err) == (None, "") and "equal to our export net by net" in proved.out
    places = list(re.finditer(r"\bNAND2\b", netlist))
    place = places[len(places) // 2]
    (workplace / "net.v").write_text(f"{netlist[: place.start()]}NOR2{netlist[place.end() :]}")
    refuted = lmul("prove", *unit)
    assert refuted.code == 1 and re.search(rf"^counterexample: {EXPECTED}$", refuted.out, re.MULTILINE)


@pytest.mark.complete
@pytest.mark.parametrize(
    ("unit", "edit"),
    [
        (("dot", "--lanes", "2", "--format", "e4m3", "--depth", "16"), ("8'hf1;", "8'hf3;")),
        (("array", "--rows", "2", "--cols", "2", "--format", "e4m3", "--depth", "16"), ("8'hf1;", "8'hf3;")),
    ],
    ids=["dot", "array"],
)
def test_units_of_sums_are_simulated_from_a_file_too(lmul, workplace, unit, edit):
    paths = lmul("verilog", *unit, "-o", "out").out.split()
    text = (workplace / paths[0]).read_text()
    edited = text.replace(*edit, 1)
    assert text != edited
    assert lmul("verify", *unit, "--verilog", paths[0]).code is None
    (workplace / "own.v").write_text(edited)
    found = lmul("verify", *unit, "--verilog", "own.v")
    assert found.code == 1 and "\nfirst complaint: " in found.out


@pytest.mark.parametrize(
    ("stages", "change", "message"),
    [
        (
            0,
            ("wire [7:0] p", "reg [7:0] p", "assign p =", "always @* if (x[0]) p ="),
            "must have no latch, to be proved",
        ),
        (0, ("wire [7:0] p", "reg [7:0] p", "assign p =", "always @(posedge x[0]) p ="), "must have no register, .*"),
        (0, ("assign p =", "wire [7:0] q = q ^ x; assign p = q ^"), "must have no loop of logic, to be proved"),
        (1, ("clk)\n    if (rst)", "clk or posedge rst)\n    if (rst)"), ".* not an asynchronous reset"),
        (1, ("@(posedge clk)", "@(negedge clk)"), ".*"),
    ],
    ids=["latch", "register", "loop", "asynchronous", "falling"],
)
def test_what_no_proof_is_about_is_told_in_one_line(lmul, workplace, texts, stages, change, message):
    text = texts[stages]
    for old, new in zip(change[::2], change[1::2], strict=True):
        text = text.replace(old, new)
    (workplace / "own.v").write_text(text)
    outcome = lmul("prove", *UNIT, "--pipeline", stages, "--verilog", "own.v")
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(f"lmul: .*{NAME}.* {message}\n", outcome.err), outcome.err


_OTHER = "module other (input a, output b);\n  assign b = a;\nendmodule\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("[7:0] p", "[8:0] p"),
            f"own.v: {NAME} must have the ports of {NAME}, but p is an output of 9 and not of 8 bits",
        ),
        (("wire [7:0] y,", "wire [7:0] y, input en, output [1:0] f,"), r"own.v: .*, but en is one more, f is one more"),
        (("output wire [7:0] p", "inout wire [7:0] p"), "own.v: .*, but p is an inout and not an output"),
        (("assign p =", "assign p"), r"own\.v: .*own\.v:\d+: .*"),
        (("endmodule", f"endmodule\n{_OTHER}"), None),
        (
            (f"module {NAME}", f"{_OTHER}module mine"),
            "own.v must have one module that no other instantiates, or --top must name it, not mine, other",
        ),
        (("wire sign", 'initial $readmemh("x", t); wire sign'), r"--verilog: own.v must not use \$readmemh: .*"),
        (("  wire sign", "`systemc_header\n  wire sign"), "own.v must not use `systemc_header: .*"),
        (("  wire sign", '`include "other.v"\n  wire sign'), "--verilog must name all that is read, other.v too, .*"),
        (
            ("assign p = { sign", "assign p[6:0] = { sign"),
            f"own.v: {NAME} must drive every bit that it uses once, not: .*",
        ),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_file_is_told_in_one_line(lmul, workplace, texts, change, message):
    assert change[0] in texts[0]
    (workplace / "own.v").write_text(texts[0].replace(*change))
    (workplace / "other.v").write_text("wire other;")
    outcome = lmul("verify", *UNIT, "--verilog", "own.v")
    if message is None:
        assert outcome.code is None  # the unit's name is among the tops
        return
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(f"lmul: (?:{message})\n", outcome.err), outcome.err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--verilog", "none.v"), "none.v: No such file or directory"),
        (("--verilog", "folder"), "folder: Is a directory"),
        (("--verilog", "fifo"), "fifo must be a regular file, not a FIFO"),
        (("--verilog", "own.v,fifo"), "fifo must be a regular file, not a FIFO"),
        (("--verilog", "own.v,none.lib"), "none.lib: No such file or directory"),
        (("--verilog", "own.v,"), "--verilog must name files between commas, not 'own.v,'"),
        (("--verilog", "tiny.lib"), "--verilog must name a file of Verilog, not tiny.lib alone"),
        (("--verilog", "own.v,own.lib"), r"own.lib must be a liberty file, plain or gzip, .*"),
        (("--verilog", "empty.v"), "empty.v must have one module .*, not none"),
        (("--verilog", "own.v", "--top", "none"), "own.v: .*'none'.*"),
        (("--verilog", "own.v", "--top", "a; shell ls"), "--top must be the name of a module, not 'a; shell ls'"),
        (("--top", "own"), "--top must be given with --verilog"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_told_in_one_line(lmul, workplace, texts, given, message):
    (workplace / "own.v").write_text(texts[0])
    (workplace / "own.lib").write_text(texts[0])
    (workplace / "tiny.lib").write_text(TINY)
    (workplace / "empty.v").write_text("")
    (workplace / "folder").mkdir()
    os.mkfifo(workplace / "fifo")
    outcome = lmul("prove", *UNIT, *given)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(f"lmul: {message}\n", outcome.err), outcome.err
