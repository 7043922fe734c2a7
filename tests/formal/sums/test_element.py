"""Elements are proved with their registers, and planted defects refuted."""

import re

import pytest

from lmul.formal.sums.element import ELEMENTS, prove_element, prove_element_verilog
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY
LOG = DotParameters(Parameters(E3M4, Method.log(1)), Accumulator.ANCHORED, 64, 12)
DOTS = [LOG, DotParameters(Parameters(E4M3), depth=16), DotParameters(Parameters(BF16), Accumulator.ANCHORED, 1, 5)]


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("dataflow", Dataflow)
@pytest.mark.parametrize("lanes", [1, 2])
@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_what_an_element_does_is_proved(dot, lanes, dataflow, style):
    proof = prove_element(dot, dataflow, lanes, style)
    assert (proof.outcome, proof.wrong, proof.refuted) == ("proved", (), True)


DEFECTS = {
    "x does not stand still": (OS, r"if \(enable\) (x_out <= x;)", r"\1", "x_out takes x or holds"),
    "an idle lane works": (OS, r"\.idle\(idle\)", ".idle(rst)", "lane_0 is idle when it must be"),
    "the end is forgotten": (OS, r"(clear = ).*;", r"\1rst;", "total takes what lanes add"),
    "a flag is lost": (OS, r"saturated <= .*;", "saturated <= saturated_0;", "the flag is kept"),
    "a result does not wait": (
        OS,
        r"else if \(\| \{ below_term, below_term_2 \}\) (held)",
        r"else \1",
        "own result waits",
    ),
    "the result of another": (OS, r"below <= below_term_2 \?", "below <= below_term ?", "results drain in order"),
    "words are swapped with any x": (WS, r"if \(.*\) (word_in_use <=)", r"if (enable) \1", "word_in_use takes"),
    "words fall through": (WS, r"if \(.*\) (word_out <=)", r"if (enable) \1", "word_out takes word or holds"),
    "the lane of a later x": (WS, r"\.x\(x_out\)", ".x(x)", "lane_0 multiplies its part of x_out"),
    "a sum loses its flag": (WS, r"sum_out <= \{ .*?, ", "sum_out <= { saturated_0, ", "sum_out takes"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_an_element_is_refuted(what):
    dataflow, pattern, replacement, said = DEFECTS[what]
    element = ELEMENTS[dataflow](LOG, 1)
    wrong, count = re.subn(pattern, replacement, verilog(element))
    assert count == 1, (pattern, count, verilog(element))
    proof = prove_element_verilog(wrong, element.name, "wrong", LOG, dataflow, 1)
    assert proof.outcome == "refuted" and any(said in claim for claim in proof.wrong), proof
