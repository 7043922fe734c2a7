"""Lanes and converters are proved for all operands, and planted defects refuted."""

import re

import pytest

from lmul.formal.lane_list import parts, prove_all_parts
from lmul.formal.lane_tables import lane_files
from lmul.formal.proved_parts import ProvedConverter, ProvedLane
from lmul.formal.sums.lane import prove_converter_verilog, prove_lane, prove_lane_verilog, prove_parts
from lmul.formal.sums.loaded_lane import LoadedLane
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, format_named
from lmul.golden.logarithms import LogFormat
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.converter import LogConverter, converters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style


def anchored(product, window=12):
    return DotParameters(product, Accumulator.ANCHORED, 64, window)


LOG = anchored(Parameters(E3M4, Method.log(1, 4)))
LMUL = anchored(Parameters(E4M3))
DOTS = [
    LMUL,
    LOG,
    DotParameters(Parameters(E4M3, Method.corrected(2), y_format=E5M2)),
    anchored(Parameters(E4M3, Method.EXACT), 5),
    DotParameters(Parameters(E3M4, Method.ROUNDED)),
    anchored(Parameters(BF16)),
    anchored(Parameters(format_named("fp16"), Method.EXACT)),
    DotParameters(Parameters(E2M1, Method.log(2, 2, d=3))),
    # No operand is as small as 2^(1 - bias): the fixed accumulator has no place for such a product.
    DotParameters(Parameters(E2M1, Method.log(1, table=(4, 4)), subnormals=False)),
    anchored(Parameters(E4M3, Method.EXACT, subnormals=True)),
    DotParameters(Parameters(E3M4, Method.ROUNDED, y_format=E4M3, subnormals=True)),
    DotParameters(Parameters(E5M2, Method.corrected(1), subnormals=True), depth=16),
    DotParameters(Parameters(format_named("int6"), Method.EXACT)),
    DotParameters(Parameters(E2M1), Accumulator.ANCHORED, 64, 4, scaled=True),
]


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_what_a_lane_adds_is_proved(dot, style):
    proofs = prove_parts(dot, style)
    assert [proof.outcome for proof in proofs] == ["proved"] * (1 + len(converters(dot)))


def changed(text, pattern, replacement):
    wrong, count = re.subn(pattern, replacement, text)
    assert count == 1, (pattern, count, text)
    return wrong


LANE_DEFECTS = {
    "dropped guard bit": (LOG, r"(2'h0, )x\[8:0\]", r"\g<1>x[8:1], 1'h0"),
    "place": (LMUL, r"(shifted_term) >> (shifted_term_2)", r"\1 >> {\2[3:1], 1'h0}"),
    "anchor": (LMUL, r"\+ 12'hfc1\)", "+ 12'hfc0)"),
    "saturated flag": (LMUL, r"(assign saturated = ).*;", r"\g<1>1'h0;"),
    "saturated number": (LMUL, r"(flipped = sign) \^ saturated", r"\1"),
    "zero of x": (LMUL, r"(nothing = )zero \| idle", r"\1idle"),
    "zero of y": (LMUL, r"\(y_zero \| (\(.*?\))\) \?", r"\1 ?"),
    "idle": (LMUL, r"(nothing = zero) \| idle", r"\1"),
    "sign": (LMUL, r"(product_sign = x\[7\]) \^ word\[8\]", r"\1"),
}


@pytest.mark.parametrize("what", LANE_DEFECTS)
def test_a_defect_of_a_lane_is_refuted(what):
    dot, *defect = LANE_DEFECTS[what]
    lane = LoadedLane(dot)
    proof = prove_lane_verilog(changed(verilog(lane), *defect), lane.name, dot)
    found = proof.counterexample
    assert proof.outcome == "refuted" and found is not None
    # The flag alone may be wrong.
    assert what == "saturated flag" or found.expected != found.got


CONVERTER_DEFECTS = {
    "table entry": (r"(log2_0_table = 16'h)e3e6", r"\1e3e7"),
    "lost subnormal": (r"\(\| code\[6:0\]\)", "normal"),
    "normalised by a place too few": (r"x_by_2\[2:0\] : .*;", "x_by_2[2:0] : x_by_2[2:0];"),
}


@pytest.mark.parametrize("what", CONVERTER_DEFECTS)
def test_a_defect_of_a_converter_is_refuted(what):
    converter, *_ = converters(LOG)
    text = changed(verilog(converter), *CONVERTER_DEFECTS[what])
    proof = prove_converter_verilog(text, converter)
    assert proof.outcome == "refuted" and proof.counterexample is not None


class WithoutExcess(LogFormat):
    """Log format whose smallest subnormal operand has the word of a zero."""

    excess = 0  # not 1, M of e2m1


def test_a_layout_without_room_for_the_smallest_operand_is_refuted():
    converter = LogConverter(WithoutExcess(E2M1, 2, (0, 2), True))
    assert prove_converter_verilog(verilog(converter), converter).outcome == "refuted"


def test_a_limit_of_time_leaves_it_unknown():
    proof = prove_lane(anchored(Parameters(BF16, Method.EXACT)), seconds=0.0)
    assert proof.holds is None and proof.outcome == "void" and proof.counterexample is None


def test_the_list_has_each_converter_once_and_both_styles():
    chosen = parts(["e4m3"], [], ["int4"], [(1, 1)])
    assert sum(isinstance(part, ProvedConverter) for part in chosen) == 8
    lanes = [part for part in chosen if isinstance(part, ProvedLane)]
    assert {part.style for part in lanes} == set(Style) and len(lanes) == len(set(lanes))
    methods = {part.dot.method.kind.value for part in lanes}
    assert methods == {"lmul", "mitchell", "constant", "corrected", "log", "exact", "rounded"}


def test_tables_of_a_small_list():
    chosen = parts(["e2m1"], [], ["int4"], [(1, 1)])[::17]
    proofs = prove_all_parts(chosen)
    files = lane_files(chosen, proofs, 1.0, 2)
    assert f"{len(chosen)} parts: {len(chosen)} proved" in files["lanes.md"] and "all proved" in files["lanes.md"]
