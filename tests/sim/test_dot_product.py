# amaranth: UnusedElaboratable=no
"""Dot products in Verilog against the golden model, and the bench against Verilog that is wrong."""

import re

import pytest
from support.dots import CORRECTED, MIXED, scaled_unit, unit

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import BF16, E2M1, E3M2, E3M4, E4M3, INTEGERS
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export import verilog
from lmul.hdl.style import Style
from lmul.sim.dot_product import verify_dot_products

# Of every kind one. All pairs of lanes, accumulators, methods and formats: test_complete_dot_products.py.
UNITS = [
    unit(Parameters(E4M3), 4, 12),
    unit(Parameters(E2M1), 16, 12),
    unit(Parameters(E4M3, **CORRECTED), 1),
    unit(Parameters(E4M3, Method.EXACT), 1),
    unit(Parameters(E2M1, Method.EXACT), 4, 3),
    unit(Parameters(E4M3, **MIXED), 2),
    unit(Parameters(E4M3, Method.ROUNDED, **MIXED), 1, 12),
    unit(Parameters(E4M3, **CORRECTED, **MIXED), 4, 12),
    unit(Parameters(BF16), 1, 12, depth=1000),
    unit(Parameters(BF16, Method.EXACT), 1, 12),
    unit(Parameters(BF16, Method.ROUNDED, y_format=E4M3), 3, 20, depth=7),
    unit(Parameters(E2M1, Method.MITCHELL), 1, depth=1),
    unit(Parameters(E4M3, Method.log(1)), 4, 12),
    unit(Parameters(E3M4, Method.log(1, 2, -3)), 2),
    unit(Parameters(BF16, Method.log(0, 4), y_format=E4M3), 1, 12),
    unit(Parameters(E4M3, Method.log(0), subnormals=False), 3),
    unit(Parameters(E4M3, subnormals=True), 2, 12),
    unit(Parameters(E3M2, Method.EXACT, subnormals=True), 4),
    unit(Parameters(E4M3, Method.ROUNDED, **MIXED, subnormals=True), 3),
    unit(Parameters(E4M3, **CORRECTED, y_format=E2M1, subnormals=True), 1),
    DotProduct(DotParameters(Parameters(E3M4, Method.log(2, 4)), depth=48), 4, Style.GATES),
    DotProduct(DotParameters(Parameters(E4M3, Method.EXACT, subnormals=True), depth=48), 4, Style.GATES),
    unit(Parameters(INTEGERS["int8"], Method.EXACT), 4),
    scaled_unit(Parameters(E4M3, subnormals=True), 4),
    scaled_unit(Parameters(BF16, Method.log(0, 2), y_format=E4M3), 2, converted="y"),
    unit(Parameters(INTEGERS["int4"], Method.EXACT, y_format=INTEGERS["int6"]), 3, depth=10),
    DotProduct(DotParameters(Parameters(INTEGERS["int7"], Method.EXACT), depth=48), 2, Style.GATES),
    DotProduct(DotParameters(Parameters(E4M3, Method.log(1), **MIXED), depth=64, converted="y"), 3),
    DotProduct(DotParameters(Parameters(E4M3, subnormals=True), depth=64, converted="xy"), 2),
]


STALLS, REFUSED, SUM = "a sum that was not taken was withdrawn", "nothing moved for 2000 cycles", "sum"
LEFT_OVER = "after a reset in the middle something else came out than after another"
DEFECTS = {
    "a sum that waits does not stall": (r"(assign x_ready = ).*;", r"\1loaded;", STALLS),
    "a sum stays for a cycle only": (r"else if \(.*\) (o_valid <=)", r"else \1", STALLS),
    "sums cannot follow each other": (r"(assign x_ready = ).*;", r"\1loaded & ~o_valid;", "beats of x were refused in"),
    "words are never released": (r"((?:assign|wire.*) y_ready = ).*;", r"\1~loaded;", REFUSED),
    "words are always released": (r"((?:assign|wire.*) y_ready = .*step) & x_release\);", r"\1);", REFUSED),
    "words that are released stay": (
        r"else if \(y_ready\) loaded <= y_valid;",
        "else if (load) loaded <= 1'b1;",
        LEFT_OVER,
    ),
    "words are loaded a beat late": (
        r"wire load = (.*);",
        r"reg late; always @(posedge clk) late <= \1; wire load = late;",
        SUM,
    ),
    "a sum goes on from the one before": (r"((?:assign|wire.*) start = ).*;", r"\1sum;", SUM),
    "a sum is one beat": (r"((?:assign|wire.*) start = ).*;", r"\1fresh | step ? 0 : sum;", SUM),
    "what is not valid is added": (r"\.idle\(~ step\)", ".idle(1'b0)", "a sum changed while it waited"),
    "lanes are exchanged": (r"\.x\(x\[3:0\]\)", ".x(x[7:4])", SUM),
    "half a sum is left over from before a reset": (
        r"if \(rst\) running <= 1'h0;\n    else if",
        "if",
        LEFT_OVER,
    ),
    "words are left over from before a reset": (r"if \(rst\) loaded <= 1'h0;\n    else if", "if", ""),
    "a sum is left over from before a reset": (
        r"if \(rst\) o_valid <= 1'h0;\n    else if",
        "if",
        LEFT_OVER,
    ),
    "a sum is never flagged": (r"(sum_saturated <= ).*;", r"\g<1>1'b0;", "sum_saturated of sum"),
    "a flag outlasts its sum": (r"\(sum_saturated & \(~ fresh\)\)", "sum_saturated", "sum_saturated of sum"),
    "a scale is lost": (r"(block_anchor_term = .*)y_scale", r"\g<1>8'd127", SUM),
    "a scale that is NaN is not flagged": (r"(sum_nan <= ).*;", r"\g<1>1'b0;", "sum_nan of sum"),
    "a scale that is NaN is not reserved": (
        r"else if \(.*\) reserved <= .*;",
        "",
        "flags saturated, reserved were ",
    ),
    "saturated is not kept": (r"else if \(.*\) saturated <= .*;", "", "flags saturated, reserved were 0"),
    "reserved is not kept": (r"else if \(.*\) reserved <= .*;", "", "flags saturated, reserved were "),
    "reserved words are missed without a step": (
        r"load & (\(y[^)]*\))",
        r"load & step & \1",
        "flags saturated, reserved were ",
    ),
    "reserved words are missed until they are used": (
        r"(  always @\(posedge clk\)\n    if \(rst\) reserved <= .*\n.*)load & (\(y[^)]*\))",
        r"  reg odd = 0; always @(posedge clk) if (load) odd <= \2;\n\1step & odd",
        "flags saturated, reserved were ",
    ),
}


def _to_spoil(what, number):
    """A small unit: of two lanes, or of a format that reserves codes, where the defect needs that."""
    if "scale" in what:
        return scaled_unit(Parameters(E2M1), 1, depth=17 + number)
    return unit(Parameters(E4M3 if "reserved" in what else E2M1), 2 if "lanes" in what else 1, 6, depth=17 + number)


DEFECTIVE = {what: _to_spoil(what, i) for i, what in enumerate(DEFECTS)}


def _export(unit, folder):
    """Write Verilog, with a defect if there is one of this unit."""
    exported = verilog.export(unit, folder)
    for what, other in DEFECTIVE.items():
        if other is unit:
            wrong, count = re.subn(*DEFECTS[what][:2], exported.verilog.read_text())
            assert count, what
            exported.verilog.write_text(wrong)
    return exported


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What came of all units, in one build."""
    units = [*UNITS, *DEFECTIVE.values()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lmul.sim.dot_product.export", _export)
        outcome = verify_dot_products(units, tmp_path_factory.mktemp("dots"))
    return dict(zip(units, outcome, strict=True))


def test_every_sum_of_every_unit(checked):
    of_units = [checked[unit] for unit in UNITS]
    assert [(c.name, c.complaint, c.mismatches) for c in of_units] == [(unit.name, "", 0) for unit in UNITS]
    assert all(c.sums > 1000 for c in of_units)
    # A beat a cycle, whether words are kept or replaced.
    assert all(c.steps == c.span > 4000 for c in of_units)


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_is_found(checked, what):
    complaint = checked[DEFECTIVE[what]].complaint
    assert complaint and complaint.startswith(DEFECTS[what][2])
