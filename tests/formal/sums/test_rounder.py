"""Rounders of sums are proved for all sums, and planted defects refuted."""

import re

import pytest

from lmul.formal.sums.rounder import prove_rounder, prove_rounder_verilog
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3, FP16, FP32
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.rounder import Rounder
from lmul.hdl.export.verilog import verilog


def rounded(accumulator, output, x=E4M3, **others):
    return DotParameters(Parameters(x, Method.EXACT), accumulator, 64, output=output, **others)


FIXED = rounded(Accumulator.FIXED, BF16)
FLOATING = rounded(Accumulator.BF16, E4M3)
DOTS = [
    FIXED,
    FLOATING,
    rounded(Accumulator.FIXED, E4M3),
    rounded(Accumulator.FIXED, FP32, E2M1),
    rounded(Accumulator.E4M3, FP16),
    rounded(Accumulator.FP32, E2M1),
]


@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_what_a_rounder_makes_of_a_sum_is_proved(dot):
    assert prove_rounder(dot).outcome == "proved"


# Bit 0 is set by no number: only the least one, a power of two, has all 43 bits.
DEFECTS = {
    "the last bit of a long integer is not in the sticky bit": (FIXED, r" \| up_1\[1\]\)", ")"),
    "rounded twice": (FIXED, r"(output_up = )([^;]*);", r"\1(\2) | (~ up_1[34] & up_1[33] & up_1[35]);"),
    "ties up": (FIXED, r"(output_up = up_1\[34\]) & [^;]*;", r"\1;"),
    "negative zero": (FLOATING, r"(assign code = \{ sum\[15\]) & sum_some", r"\1"),
    "no saturation": (FLOATING, r"(assign saturated = )[^;]*;", r"\g<1>1'h0;"),
    "subnormal sums": (FLOATING, r"(output_keep = sum_some)[^;]*;", r"\1;"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_a_rounder_is_refuted(what):
    dot, pattern, replacement = DEFECTS[what]
    rounder = Rounder(dot)
    wrong, count = re.subn(pattern, replacement, verilog(rounder), flags=re.DOTALL)
    assert count == 1, (pattern, count, verilog(rounder))
    proof = prove_rounder_verilog(wrong, rounder.name, dot)
    assert proof.outcome == "refuted" and proof.counterexample is not None


def test_sums_without_an_output_format_are_refused():
    dot = DotParameters(Parameters(E4M3))
    with pytest.raises(ValueError, match=r"^output must be a format for a rounder, not None$"):
        prove_rounder_verilog("", "rounder", dot)
