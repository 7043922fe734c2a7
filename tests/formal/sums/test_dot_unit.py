"""Dot-product units are proved around their lanes, and planted defects refuted."""

import re
from functools import cache

import pytest
from support.dots import scaled_unit

from lmul.formal.sums.dot_unit import prove_unit, prove_unit_verilog
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E2M1, E4M3, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

UNIT = scaled_unit(Parameters(E4M3), 1)


UNITS = [
    DotProduct(DotParameters(Parameters(E4M3, Method.log(1)), Accumulator.ANCHORED, 64, 12), 5, Style.GATES),
    DotProduct(DotParameters(Parameters(E2M1, Method.EXACT), depth=64), 16),
    DotProduct(DotParameters(Parameters(format_named("int8"), Method.EXACT), depth=64), 2),
    scaled_unit(Parameters(E2M1, Method.log(1)), 3),
]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_what_a_unit_does_is_proved(unit):
    proof = prove_unit(unit)
    assert (proof.outcome, proof.wrong, proof.refuted) == ("proved", (), True)


@cache
def exported():
    return verilog(UNIT)


DEFECTS = {
    "another bias": (r"12'h0fe", "12'h0ff", "the anchor of words"),
    "half a bias": (r"12'h0fe", "12'h07f", "the anchor of words"),
    "a sum of scales that wraps": (
        r"\{ 2'h0, \{ 1'h0, x_scale \} \+ \{ 1'h0, y_scale \} \}",
        "{ 3'h0, x_scale + y_scale }",
        "the anchor of words",
    ),
    "the scale of x twice": (r"\{ 1'h0, y_scale \}", "{ 1'h0, x_scale }", "the anchor of words"),
    "NaN of x alone": (r"(scale_nan <= \(& x_scale\)) \| \(& y_scale\)", r"\1", "words know whether"),
    "NaN of unused words": (r"if \(load\) (scale_nan <=)", r"\1", "words know whether"),
    "NaN that is lost": (r"(sum_nan <= ).*(\(step & scale_nan\);)", r"\1\2", "a sum is flagged for words"),
    "NaN that is not told": (
        r"(reserved_term_2), \(& x_scale\) \| \(& y_scale\)",
        r"\1",
        "reserved is set by its cause",
    ),
    "the code of y is told only when it is used": (
        r"(reserved_term = )load",
        r"\1step",
        "reserved is set by its cause",
    ),
    "a saturated sum is not told": (r"\(o_valid & o_ready\) & sum_saturated", "1'h0", "saturated is set by its cause"),
    "x does not wait": (r"(x_ready = loaded)[^;]*;", r"\1;", "x is taken where"),
    "words do not wait": (r"(y_ready = )[^;]*;", r"\1x_release;", "y is taken where"),
    "words are lost": (r"else if \(y_ready\) (loaded <=)", r"else \1", "words stay until they are released"),
    "a sum begins with any beat": (r"(running <= )~ x_last;", r"\g<1>1'h0;", "a sum begins behind a last beat"),
    "valid glitches": (r"else if \([^;]*\) (o_valid <= )", r"else \1", "a sum is there behind its last beat"),
    "the sum goes on": (r"(fresh = step & )[^;]*;", r"\1running;", "the sum of a beat is"),
    "words of the next beat": (
        r"if \(load\)\n( *)if \(word_0_zero",
        r"if (y_valid)\n\1if (word_0_zero",
        "words are as",
    ),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_a_unit_is_refuted(what):
    pattern, replacement, said = DEFECTS[what]
    wrong, count = re.subn(pattern, replacement, exported())
    assert count == 1, (pattern, count, exported())
    proof = prove_unit_verilog(wrong, UNIT, 20).proof("wrong", 0)
    assert proof.outcome == "refuted" and any(claim.startswith(said) for claim in proof.wrong), proof
