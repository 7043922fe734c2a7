# amaranth: UnusedElaboratable=no
"""Arrays are proved as a whole, module by module, and planted defects refuted by the proof of the module."""

import re
from functools import cache

import pytest

from lmul.formal.arrays.whole import array_proofs, dot_proofs
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style
from lmul.tools.yosys import YosysError

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY
SMALL = DotParameters(Parameters(E2M1), depth=16)
LOG = DotParameters(Parameters(E2M1, Method.log(1)), Accumulator.ANCHORED, 16, 6)
ROUNDED = DotParameters(Parameters(E2M1, Method.EXACT), Accumulator.E4M3, output=E2M1)
WIDE = DotParameters(Parameters(BF16), Accumulator.ANCHORED, 16, 8)


def axi(dot, dataflow, shape=(3, 2), lanes=1, sums=4, style=Style.RTL):
    others = {"sums": sums} if dataflow is WS else {}
    return AxiStreamArray(SystolicArray(dot, *shape, lanes, dataflow, style=style, **others), "top")


ARRAYS = [
    axi(SMALL, OS),
    axi(SMALL, WS),
    axi(LOG, OS, (2, 3), lanes=2, style=Style.GATES),
    axi(LOG, WS, (1, 1), lanes=2, sums=1),
    axi(ROUNDED, OS, (1, 3)),
    axi(ROUNDED, WS, (3, 1), sums=2),
    axi(SMALL, OS, (7, 5)),
    axi(SMALL, WS, (5, 6)),
]


@pytest.mark.parametrize("top", ARRAYS, ids=lambda top: top.array.name)
def test_an_array_is_proved(top):
    proofs = [(what, prove()) for what, prove in array_proofs(top)]
    assert [(what, proof.outcome, proof.wrong) for what, proof in proofs if proof.outcome != "proved"] == []
    told = " ".join(what for what, _ in proofs)
    for part in ("product", "element", "row is", "grid is", "around the grid", "register slice", "tkeep"):
        assert part in told
    # Of larger grids the structure is proved alone.
    assert ("operands of a step meet" in told) == (top.array.rows * top.array.columns <= 16)


def test_a_unit_of_dot_products_is_proved():
    unit = DotProduct(LOG, 3)
    assert {prove().outcome for _, prove in dot_proofs(unit)} == {"proved"}


DEFECTS = {
    "a skew that loses a step": (
        SMALL,
        OS,
        (6, 2),
        r"(assign o = \{ i\[23:20\], )after_1\[3:0\], after_2\[3:0\]",
        r"\1after_1[3:0], after_1[3:0]",
        "each field of x",
    ),
    "a skew that does not wait": (
        SMALL,
        OS,
        (3, 2),
        r"if \(enable\) after_2 <= after_1\[7:4\];",
        "after_2 <= after_1[7:4];",
        "each field of x",
    ),
    "flags that a reset leaves": (SMALL, OS, (3, 2), r"if \(rst\) after_2 <= 2'h0;\s*else ", "", "each field of flags"),
    "an element that takes x of another": (SMALL, OS, (3, 2), r"\.x\(x_1\)", ".x(x)", "a row is"),
    "a row that takes words of another": (SMALL, OS, (3, 2), r"\.y\(y_out_1\)", ".y(y_out_2)", "the grid is"),
    "rows that are one too few": (
        SMALL,
        OS,
        (3, 2),
        r"sums_left <= drain\[1\] \? 2'h2",
        "sums_left <= drain[1] ? 2'h1",
        "the counter",
    ),
    "tiles that follow too fast": (
        SMALL,
        OS,
        (3, 2),
        r"(busy_term_4 = busy_term \? )2'h2",
        r"\g<1>2'h1",
        "around the grid",
    ),
    "last is off by one": (SMALL, OS, (3, 2), r"(c_last = row == )2'h2", r"\g<1>2'h1", "around the grid"),
    "valid glitches": (SMALL, OS, (3, 2), r"\.sums_valid\(c_valid\)", ".sums_valid(there)", "around the grid"),
    "framing is not told": (SMALL, OS, (3, 2), r"(framing <= 1'h1;)", "framing <= framing;", "around the grid"),
    "a flag is lost": (LOG, OS, (2, 2), r"leaves & c_saturated", "leaves & c_last", "around the grid"),
    "bytes that are not kept count": (SMALL, OS, (3, 2), r"a_beat\[24\] \? (a_beat\[3:0\]) : 4'h0", r"\1", "tkeep"),
    "tkeep of the first byte": (WIDE, OS, (1, 1), r"& a_beat\[17:16\]", "a_beat[16]", "tkeep"),
    "the last of b is that of a": (SMALL, OS, (3, 2), r"\.b_last\(b_beat\[\d+\]\)", ".b_last(a_beat[27])", "tkeep"),
    "a slice that loses a beat": (SMALL, OS, (3, 2), r"(spare <= i;)", "spare <= spare;", "register slice"),
    "words move too far": (
        SMALL,
        WS,
        (3, 2),
        r"load & \(\(begins \? 2'h0 : words_loaded\) >= 2'h2\)",
        "load",
        "around the grid",
    ),
    "a pass begins too early": (SMALL, WS, (3, 2), r"(full = words_loaded == )2'h3", r"\g<1>2'h2", "around the grid"),
    "sums are read too late": (SMALL, WS, (3, 2), r"partial\[out_of__addr\]", "partial[into__addr]", "the memory"),
    "sums that stay have half the place": (SMALL, WS, (3, 2), r"partial \[3:0\]", "partial [1:0]", "the memory"),
    "words are counted without a beat of b": (
        SMALL,
        WS,
        (3, 2),
        r"(words_loaded\) \+ \{ 1'h0, )load",
        r"\1load | (b_ready & a_valid & ~begins)",
        "around the grid",
    ),
    "a reset says that there are words": (SMALL, WS, (3, 2), r"words_loaded <= 2'h0", "words_loaded <= 2'h3", "around"),
    "words go on to be used where b is late": (
        SMALL,
        WS,
        (3, 2),
        r"(row <= )a_last(.*first <= )a_last;",
        r"\1(a_last & (a_more | again | b_valid))\2a_last & (a_more | again | b_valid);",
        "around the grid",
    ),
    "sums that stay are not all written": (
        SMALL,
        WS,
        (3, 2),
        r"if \(arrives\)(\s*partial)",
        r"if (arrives & ~a[0])\1",
        "the memory",
    ),
    "a grid that no reset clears": (
        SMALL,
        OS,
        (3, 2),
        r"(top_grid grid \([^;]*\.rst\()rst",
        r"\g<1>1'h0",
        "what is in",
    ),
    "a grid of another edge": (SMALL, WS, (3, 2), r"(top_grid grid \(\s*\.clk\()", r"\1~", "what is in"),
    "a slice of another edge": (SMALL, OS, (3, 2), r"(slice_b \(\s*\.clk\()", r"\1~", "what is in"),
    "a lane with a parameter": (
        SMALL,
        WS,
        (3, 2),
        r"module top_lane \((.*)sum\[3:1\](.*)top_lane lane_0",
        r"module top_lane #(parameter TOP = 3) (\1sum[TOP:1]\2top_lane #(.TOP(2)) lane_0",
        "what is in",
    ),
    "sums are there with the first column": (
        SMALL,
        OS,
        (1, 3),
        r"wire \[1:0\] drain;(.*)\{ sums_valid, drain\[1:0\] \}(.*)\{ sums_valid, drain\[1:0\] \}",
        r"wire [2:0] drain; assign sums_valid = drain[0];\1drain\2drain",
        "the counter",
    ),
    "sums are counted twice": (
        SMALL,
        WS,
        (3, 2),
        r"(sums_waiting \+ \{ 2'h0, arrives \})",
        "(sums_waiting + { 1'h0, arrives, 1'h0 })",
        "around",
    ),
    "sums that stay are not taken": (SMALL, WS, (3, 2), r"if \(!takes\)", "if (first)", "around the grid"),
    "reserved codes of b are not told": (
        DotParameters(Parameters(E4M3), depth=16),
        WS,
        (1, 1),
        r"load & \(b\[6:0\] > 7'h7e\)",
        "1'h0",
        "around",
    ),
}


@cache
def exported(dot, dataflow, shape):
    top = axi(dot, dataflow, shape)
    return top, verilog(top)


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_an_array_is_refuted(what):
    dot, dataflow, shape, pattern, replacement, said = DEFECTS[what]
    top, text = exported(dot, dataflow, shape)
    wrong, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
    if what == "valid glitches":
        wrong = wrong.replace(
            "  wire enable =", "  wire there;\n  assign c_valid = there & ~a_valid;\n  wire enable =", 1
        )
    assert count >= 1, (pattern, text)
    chosen = [(part, prove) for part, prove in array_proofs(top, wrong) if said in part]
    assert "refuted" in {prove().outcome for _, prove in chosen}


@pytest.mark.parametrize(
    ("dot", "instance"),
    [
        (SMALL, "lane lane_0"),
        (ROUNDED, "step step"),
        (ROUNDED, "rounder rounder_1"),
        (LOG, "to_e2m1_log2 b_converter_1"),
        (LOG, "array core"),
        (LOG, "grid grid"),
    ],
)
def test_an_instance_of_a_module_that_nobody_proves_is_refuted(dot, instance):
    top, text = exported(dot, OS, (1, 3))
    kind, name = instance.split()
    (module,) = re.findall(rf"module top_{kind} .*?endmodule\n", text, re.DOTALL)
    wrong = text.replace(f"top_{instance} ", f"other {name} ") + module.replace(f"top_{kind} ", "other ")
    wrong = wrong.replace(f"other {name} ", f"top_{kind} beside ();\n  other {name} ")
    chosen = [prove() for part, prove in array_proofs(top, wrong) if "what is in" in part]
    assert [proof.wrong for proof in chosen if proof.outcome != "proved"] == [
        (f"{name} must be a top_{kind}, not other",)
    ]


def test_a_wire_that_two_instances_drive_is_refused():
    top, text = exported(SMALL, OS, (6, 4))
    wrong = text.replace("  top_row row_0 (", "  assign y_out_2 = 24'h0;\n  top_row row_0 (")
    with pytest.raises(YosysError, match="check -assert"):
        list(array_proofs(top, wrong))
