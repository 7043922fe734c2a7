# amaranth: UnusedElaboratable=no
"""Arrays in Verilog against the golden model, and the bench against Verilog that is wrong."""

import re

from support.arrays import DEPTH, OS, WS, array

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E3M2, E3M4, E4M3, E5M2, FP16, FP32, INTEGERS, TF32
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.export import verilog
from lmul.sim.array import verify_arrays

# Pairs of shape, accumulator, dataflow, method, format and lanes, most of them once. The rest: test_complete_arrays.py.
ARRAYS = [
    array(Parameters(E4M3), 1, 1, OS, accumulator=Accumulator.FP32),
    array(Parameters(E2M1, Method.corrected(1)), 6, 7, WS),
    array(Parameters(BF16, Method.EXACT), 2, 3, OS, window=16),
    array(Parameters(BF16), 2, 3, WS, lanes=2, window=20),
    array(Parameters(E4M3, Method.corrected(2)), 3, 2, OS, lanes=2, window=8),
    array(Parameters(E4M3, Method.MITCHELL), 2, 3, WS, accumulator=Accumulator.E4M3),
    array(Parameters(E3M2, Method.ROUNDED), 2, 4, OS, lanes=2),
    array(Parameters(E5M2, Method.EXACT), 2, 2, WS, accumulator=Accumulator.FP16),
    array(Parameters(BF16), 3, 2, OS, accumulator=Accumulator.BF16),
    array(Parameters(E5M2, Method.constant(5), y_format=E4M3), 1, 5, WS, lanes=3, window=2),
    array(Parameters(E4M3), 1, 4, OS, lanes=3, window=12),
    array(Parameters(FP16, Method.ROUNDED), 2, 3, WS, window=24),
    array(Parameters(E4M3, Method.log(1, 4)), 2, 3, OS, lanes=2, window=12),
    array(Parameters(E3M4, Method.log(0)), 3, 2, WS),
    array(Parameters(E4M3, Method.log(2, 2, 5), y_format=E5M2), 2, 2, WS, accumulator=Accumulator.FP32),
    array(Parameters(BF16, Method.log(0, 4), subnormals=False), 1, 2, OS, accumulator=Accumulator.BF16),
    array(Parameters(E5M2, subnormals=True), 2, 3, OS, accumulator=Accumulator.BF16),
    array(Parameters(E4M3, Method.EXACT, subnormals=True), 2, 2, WS, lanes=2, window=12),
    array(Parameters(INTEGERS["int5"], Method.EXACT), 2, 3, WS, lanes=2),
    SystolicArray(DotParameters(Parameters(INTEGERS["int8"], Method.EXACT), depth=DEPTH, output=BF16), 2, 2),
    SystolicArray(DotParameters(Parameters(E4M3, Method.log(1, 4)), depth=DEPTH, converted="y"), 2, 3, 1, WS),
    SystolicArray(DotParameters(Parameters(E5M2, Method.ROUNDED, subnormals=True), depth=DEPTH, converted="x"), 2, 2),
    AxiStreamArray(array(Parameters(FP32, y_format=TF32), 1, 2, WS, window=6)),
]
"""The last has elements of four bytes and of three, which may be kept in part."""


def waits(unit):
    return min(2, unit.array.rows) if isinstance(unit, AxiStreamArray) else 0


def test_every_sum_of_every_array(tmp_path):
    checked = verify_arrays(ARRAYS, tmp_path)
    assert [(c.name, c.complaint, c.mismatches) for c in checked] == [(unit.name, "", 0) for unit in ARRAYS]
    assert all(c.sums > 50 for c in checked)
    # A tile follows a tile without a pause where it is long enough. Register slices take up to two beats before words
    # are in, and no more than a pass has rows.
    assert all(c.steps > 0 for c in checked)
    assert [c.span - c.steps for c in checked] == [waits(unit) for unit in ARRAYS]


def _planted(monkeypatch, defects):
    """Let the export write Verilog with a defect: by unit, a pattern and what replaces it."""

    def export_with_defects(unit, folder):
        exported = verilog.export(unit, folder)
        if unit in defects:
            wrong, count = re.subn(*defects[unit], exported.verilog.read_text(), flags=re.MULTILINE)
            assert count == 1, defects[unit]
            exported.verilog.write_text(wrong)
        return exported

    monkeypatch.setattr("lmul.sim.array.export", export_with_defects)


STALLS, REFUSED, SUM = "a beat changed while it waited", "nothing moved for 2000 cycles", "sum ["
DEFECTS = [
    # The last column's operands a step early, and the last column's sums.
    (OS, r"(o = \{) after_2, after_1\[8:0\]", r"\1 after_1[17:9], after_1[8:0]", SUM),
    (WS, r"(o = \{ i\[38:26\], after_1\[12:0\],) after_2", r"\1 after_1[25:13]", SUM),
    # Registers that do not stand still.
    (OS, r"if \(enable\) (x_out <= x;)", r"\1", SUM),
    (OS, r"if \(enable\) (after_2 <= after_1\[25:13\];)", r"\1", STALLS),
    (OS, r"((?:assign|wire.*) idle = ).*;", r"\1(~ valid_out) | rst;", SUM),
    (WS, r"if \(enable\) (sum_out <=)", r"\1", STALLS),
    (WS, r"else if \(enable\) (swap_out <=)", r"else \1", SUM),
    # The end of a tile is lost, or moved.
    (OS, r"(\.last\()a_last\)", r"\g<1>1'b0)", REFUSED),
    (OS, r"if \(rst\) c_last <= 1'h0;", "if (rst) c_last <= c_last;", "c_last was not where it should be"),
    (WS, r"(if \(enable\) last <= \{ last\[3:0\],) a_last", r"\1 1'b0", "c_last was not where it should be"),
    (OS, r"((?:assign|wire.*) free = ).*;", r"\1enable;", ""),
    # A bubble between tiles.
    (OS, r"((?:assign|wire.*) free = enable & ).*;", r"\1 (~ busy);", "steps were refused in"),
    # Flags.
    (OS, r"else if \([^;]*\)\s+reserved <= [^;]*;", "", "flags framing, saturated, reserved were 0"),
    (WS, r"else if \([^;]*\)\s+framing <= [^;]*;", "", "flags framing, saturated, reserved were 0"),
    (WS, r"((?:assign|wire.*) c_saturated = ).*;", r"\g<1>1'b0;", "c_saturated was not where it should be"),
    (WS, r"else if \(step\) first <= a_last;", "", ""),
    # Something is left over from before the reset.
    (WS, r"if \(rst\) valid <= 5'h00;\n    else if", "if", ""),
    # The last row is one too early, or too late.
    (OS, r"(else if \(leaves\) c_last <= )c_last \? .*;", r"\g<1>1'h1;", "c_last was not where it should be"),
    (WS, r"assign c_last = last\[4\];", "assign c_last = last[3];", "c_last was not where it should be"),
    # A bit of the fraction below those of the format.
    ("log", r"\{ 1'h1, sum\[3:0\], 1'h0 \}", "{ 1'h1, sum[3:1], 2'h0 }", SUM),
    # An operand of a sum is taken for the larger one, where both are nearly equal.
    ("fp32", r"\{ accumulate_t\[2:0\], 20'h00000 \} > start", "{ accumulate_t[2:0], 20'h04000 } > start", SUM),
    # Elements of two bytes that are not kept, or kept in part.
    ("axi", r"\(& a_beat\[17:16\]\) \? (a_beat\[15:0\]) : 16'h0000", r"\1", SUM),
    ("axi", r"& b_beat\[17:16\]", "b_beat[16]", SUM),
]


def _to_spoil(where, depth):
    """A small array by dataflow; or one with log words, float sums, or AXI and elements of two bytes."""
    if where == "axi":
        return AxiStreamArray(array(Parameters(BF16), 1, 1, OS, window=6, depth=depth))
    if where == "fp32":
        return array(Parameters(E4M3), 1, 1, OS, accumulator=Accumulator.FP32, depth=depth)
    if where == "log":
        return array(Parameters(E4M3, Method.log(1)), 1, 1, OS, window=6, depth=depth)
    return array(Parameters(E4M3), 2, 3, where, window=6, depth=depth)


def test_defects_are_found(tmp_path, monkeypatch):
    units = [_to_spoil(where, 17 + i) for i, (where, *_) in enumerate(DEFECTS)]
    _planted(monkeypatch, {unit: defect[1:3] for unit, defect in zip(units, DEFECTS, strict=True)})
    checked = verify_arrays(units, tmp_path)
    found = [(c.complaint, expected) for c, (*_, expected) in zip(checked, DEFECTS, strict=True)]
    assert [each for each in found if not each[0] or not each[0].startswith(each[1])] == []
