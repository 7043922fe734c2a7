"""Scales of blocks are proved in exported dot-product units, and planted defects refuted."""

import re
from functools import cache

import pytest
from support.dots import scaled_unit

from lmul.formal.block_scales import prove_block_scales, prove_block_scales_verilog
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import E2M1, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

UNIT = scaled_unit(Parameters(E4M3), 1)


@pytest.mark.parametrize(
    ("product", "style"), [(Parameters(E2M1, Method.log(1)), Style.GATES), (Parameters(E4M3, Method.EXACT), Style.RTL)]
)
def test_what_scales_do_is_proved(product, style):
    unit = DotProduct(scaled_unit(product, 3).dot, 3, style)
    proof = prove_block_scales(unit)
    assert (proof.outcome, proof.wrong, proof.refuted) == ("proved", (), True)


@cache
def exported():
    return verilog(UNIT)


DEFECTS = {
    "another bias": (r"12'h0fe", "12'h0ff", "the anchor"),
    "half a bias": (r"12'h0fe", "12'h07f", "the anchor"),
    "a sum of scales that wraps": (
        r"\{ 2'h0, \{ 1'h0, x_scale \} \+ \{ 1'h0, y_scale \} \}",
        "{ 3'h0, x_scale + y_scale }",
        "the anchor",
    ),
    "the scale of x twice": (r"\{ 1'h0, y_scale \}", "{ 1'h0, x_scale }", "the anchor"),
    "NaN of x alone": (r"(scale_nan <= \(& x_scale\)) \| \(& y_scale\)", r"\1", "scales of words"),
    "NaN of unused words": (r"if \(load\) (scale_nan <=)", r"\1", "scales of words"),
    "NaN that is lost": (r"(sum_nan <= ).*(\(step & scale_nan\);)", r"\1\2", "sum_nan is kept"),
    "NaN that is not told": (r"(reserved_term_2), \(& x_scale\) \| \(& y_scale\)", r"\1", "reserved is set"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_defect_of_scales_is_refuted(what):
    pattern, replacement, said = DEFECTS[what]
    wrong, count = re.subn(pattern, replacement, exported())
    assert count == 1, (pattern, count, exported())
    proof = prove_block_scales_verilog(wrong, UNIT.name, UNIT.dot)
    assert proof.outcome == "refuted" and any(claim.startswith(said) for claim in proof.wrong), proof


def test_a_unit_without_scales_is_refused():
    with pytest.raises(ValueError, match=r"^a dot product must be scaled for a proof of its scales, not lmul_e4m3_.*$"):
        prove_block_scales_verilog("", "unit", DotParameters(Parameters(E4M3)))
