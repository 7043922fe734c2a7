# amaranth: UnusedElaboratable=no
"""Sums of what many lanes put out are proved by arithmetic, and planted defects are not."""

import re
from functools import cache

import pytest

from lmul.formal.sums.lane_sum import sum_of_lanes
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E2M1
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

DOTS = [DotParameters(Parameters(E2M1), Accumulator.ANCHORED, 256, 3), DotParameters(Parameters(E2M1, Method.EXACT))]


@cache
def exported(dot, lanes, style):
    return verilog(DotProduct(dot, lanes, style, "unit"))


def found(text, dot, lanes, error=0):
    outputs = [(f"lane_{i}.addend", f"lane_{i}.sign") for i in range(lanes)]
    start = [("start", i) for i in range(dot.width)]
    return sum_of_lanes(text, "unit", outputs, start, error, [("unit", "lane_*")])


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("lanes", [1, 2, 3, 5, 16])
@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_the_sum_of_any_lanes_is_proved(dot, lanes, style):
    text = exported(dot, lanes, style)
    wires = found(text, dot, lanes)
    assert wires is not None and len(wires) == dot.width
    assert found(text, dot, lanes, error=1) is None and found(text, dot, lanes, error=1 << dot.width - 1) is None
    if lanes > 1:  # all of them, and no other
        assert found(text, dot, lanes - 1) is None


DEFECTS = {
    "a sum that wraps": (Style.RTL, r"\{ \w+\[4\], (\w+) \} \+ \{ \w+\[4\], (\w+) \}", r"{ 1'h0, \1 } + { 1'h0, \2 }"),
    "a carry of another lane": (Style.RTL, r"(sum <= .* )sign_4", r"\1sign_3"),
    "an addend twice": (Style.RTL, r", addend_1 \}", ", addend_0 }"),
    "a sign that is not extended": (Style.RTL, r"\{ sign_0, sign_0, addend_0", "{ 1'h0, sign_0, addend_0"),
    "a half adder for a full one": (Style.GATES, r"(wire column_1_sum_1 = \(.*?\)) \^ \w+;", r"\1;"),
    "a carry in another column": (Style.GATES, r"(wire column_2_sum_1 = .*)column_1_carry_1;", r"\1column_1_sum_0;"),
    "a wrong carry": (Style.GATES, r"(wire column_2_carry_1 = .*?)\|", r"\1&"),
    "a sign that is not counted": (Style.GATES, r"(wire count_column_0_sum_0 = .*?) \^ \w+;", r"\1;"),
    "a count that is not inverted": (Style.GATES, r"\(~ (count_column_0_sum_1)\) \^", r"(\1) ^"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_a_sum_is_not_proved(what):
    style, pattern, replacement = DEFECTS[what]
    dot, text = DOTS[0], exported(DOTS[0], 5, style)
    wrong, count = re.subn(pattern, replacement, text, flags=re.DOTALL if style is Style.GATES else 0)
    assert count >= 1, (pattern, text)
    assert found(text, dot, 5) is not None and found(wrong, dot, 5) is None


def test_wires_that_are_not_there_are_no_sum():
    text = exported(DOTS[0], 2, Style.RTL)
    assert found(text, DOTS[0], 2) is not None and found(text.replace("start", "begin_"), DOTS[0], 2) is None
