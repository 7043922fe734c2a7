"""Steps of floating-point accumulators are proved for all operands and sums, and planted defects refuted."""

import itertools
import re
from functools import cache

import pytest

from lmul.formal.sums.floating_step import StepClaim, prove_step
from lmul.formal.sums.lane import prove_loaded_verilog
from lmul.formal.sums.loaded_lane import LoadedLane
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

E3M2 = format_named("e3m2")
NARROW = DotParameters(Parameters(E4M3), Accumulator.E4M3)
DOTS = [
    NARROW,
    DotParameters(Parameters(E4M3, Method.EXACT), Accumulator.E4M3),
    # All sums are multiples of the smallest product's last place, which a step need not hold otherwise.
    DotParameters(Parameters(E3M2), Accumulator.E4M3),
    DotParameters(Parameters(E2M1, Method.log(1, 2)), Accumulator.E4M3),
    DotParameters(Parameters(E2M1, subnormals=True), Accumulator.FP16),
]


@pytest.mark.parametrize(("dot", "style"), list(zip(DOTS, itertools.cycle(Style), strict=False)))
def test_what_a_step_makes_of_a_sum_is_proved(dot, style):
    assert prove_step(dot, style).outcome == "proved"


def test_a_product_of_significands_that_is_too_wide_for_the_solver_is_proved_apart():
    assert prove_step(DotParameters(Parameters(BF16, Method.EXACT), Accumulator.E4M3), Style.GATES).outcome == "proved"


@cache
def exported():
    return verilog(LoadedLane(NARROW))


def changed(text, pattern, replacement):
    wrong, count = re.subn(pattern, replacement, text)
    assert count == 1, (pattern, count, text)
    return wrong


DEFECTS = {
    "a lost sticky bit": (
        r"accumulate_up = (accumulate_up_1\[2\] & \(\(\()accumulate_sticky \| ",
        r"accumulate_up = \1",
    ),
    "no saturation of sums": (r"(wire above = ).*;", r"\g<1>1'h0;"),
    "a lost flag of products": (r"(assign saturated = above) \| .*;", r"\1;"),
    "no saturation of products": (r"(wire accumulate_product_above = )[^;]*;", r"\g<1>1'h0;"),
    "the sign of a cancelled sum": (r"accumulate_up_1\[6\] &(\s+\(accumulate_product_larger)", r"\1"),
    "the sign of a held zero": (r"\(start\[7\] & accumulate_product_zero\) \| ", ""),
    "the sign of the smaller": (
        r"(accumulate_product_larger) \? (\(accumulate_product_sign.*?\)\)) : start\[7\]",
        r"\2",
    ),
    "a small product": (r"(accumulate_product_zero = \(accumulate_zero \| idle\))[^;]*;", r"\1;"),
    "a small sum": (r"(accumulate_keep = accumulate_up_1\[6\])[^;]*;", r"\1;"),
    "idle": (r"\(accumulate_zero \| idle\)", "accumulate_zero"),
    "ties up": (r"(accumulate_up = accumulate_up_1\[2\]) & [^;]*;", r"\1;"),
    "rounded twice": (
        r"(accumulate_up = )([^;]*);",
        r"\1(\2) | (accumulate_up_1[3] & accumulate_up_1[1]);",
    ),
    "a borrow of what was shifted out": (r"accumulate_subtract & \(~ accumulate_sticky\)", "accumulate_subtract"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_a_step_is_refuted(what):
    proof = prove_loaded_verilog(changed(exported(), *DEFECTS[what]), f"{NARROW.name}_step", NARROW, StepClaim)
    assert proof.outcome == "refuted"
    assert re.fullmatch(r"start 0x.* idle 0x[01]: -?\d+( / 2\^\d+)? exactly, .*", str(proof.counterexample))
