# amaranth: UnusedElaboratable=no
"""The exported Verilog against the golden model, and the bench against Verilog that is wrong."""

import re

import numpy as np
import pytest
from support.cases import all_variants, few_variants, formats_up_to, small_formats

from lmul.golden.formats import BF16, E2M1, E2M3, E2M5, E3M2, E3M4, E4M3, E5M2, FP16, FP32, TF32, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.export import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.sim.multiplier import verify_all, verify_pairs

MIXED = [
    (E4M3, E5M2),
    (E2M5, E2M1, format_named("e4m5")),
    (E5M2, E3M4),
    (BF16, E4M3),
    (FP16, BF16),
    (E4M3, E4M3, BF16),
    (E5M2, E5M2, format_named("e5m5")),
    (E3M4, E3M4, E5M2),
    (BF16, BF16, E4M3),
]

SATURATING = {
    p
    for f in small_formats()
    for p in all_variants(f)
    if p.policy is Policy.FTZ and p.overflow is Overflow.SATURATE and p.method is not Method.EXACT
}
"""Units that are built of what the others have; proofs cover them."""

COMBINATIONAL = [
    *(Multiplier(p) for f in (E4M3,) for p in all_variants(f) if p not in SATURATING),
    *(Multiplier(p) for f in small_formats() if f != E4M3 for p in few_variants(f)),
    *(Multiplier(Parameters(f, Method.EXACT)) for f in formats_up_to(8) if f not in small_formats()),
    *(Multiplier(p) for f in (BF16, FP16, FP32) for p in few_variants(f)),
    *(Multiplier(Parameters(TF32, method)) for method in (Method.LMUL, Method.EXACT)),
    *(Multiplier(p) for formats in MIXED for p in few_variants(*formats)),
]

GATES = [
    *(Multiplier(p, style=Style.GATES) for f in small_formats() for p in few_variants(f)),
    *(Multiplier(p, style=Style.GATES) for f in (BF16, FP16) for p in few_variants(f)),
    *(Multiplier(p, style=Style.GATES) for formats in MIXED for p in few_variants(*formats)),
]
"""Of the other style one of each kind of circuit; proofs cover the rest."""

INF = {"policy": Policy.IEEE, "overflow": Overflow.INF}
PIPELINED = [
    Multiplier(Parameters(E4M3), 1),
    Multiplier(Parameters(E3M2, policy=Policy.RAW), 2),
    Multiplier(Parameters(E2M3, Method.EXACT), 1),
    Multiplier(Parameters(BF16, Method.corrected(2)), 2),
    Multiplier(Parameters(E3M2, policy=Policy.IEEE), 1),
    Multiplier(Parameters(BF16, Method.EXACT, **INF), 2),
    Multiplier(Parameters(E4M3, Method.EXACT, Policy.FTZ, Overflow.INF, result=BF16), 2),
    Multiplier(Parameters(BF16, Method.MITCHELL, Policy.FTZ, result=E4M3), 1),
    Multiplier(Parameters(E5M2, Method.EXACT, y_format=E2M3, **INF), 1),
]


@pytest.mark.parametrize(
    "units", [pytest.param(COMBINATIONAL, id="rtl"), pytest.param(GATES, id="gates", marks=pytest.mark.complete)]
)
def test_every_product_of_every_combinational_unit(tmp_path, units):
    """All variants of e4m3 over all pairs, and one of each kind of circuit for others and for two formats.

    The rest of them is in test_complete.py.
    """
    checked = verify_all(units, tmp_path, pairs=1 << 17)
    assert [c.name for c in checked] == [unit.name for unit in units]
    assert [c for c in checked if not c.passed or c.mismatches] == []
    for c, unit in zip(checked, units, strict=True):
        bits = unit.parameters.format.width + unit.parameters.y_format.width
        assert c.products == 1 << bits if bits <= 16 else c.products >= 1 << 17


def test_pipelined_units_whatever_stalls(tmp_path):
    checked = verify_all(PIPELINED, tmp_path, pairs=1 << 14)
    assert [(c.name, c.complaint, c.mismatches) for c in checked] == [(unit.name, "", 0) for unit in PIPELINED]
    for c, unit in zip(checked, PIPELINED, strict=True):
        bits = unit.parameters.format.width + unit.parameters.y_format.width
        assert c.products == 1 << bits if bits <= 16 else c.products >= 1 << 14


def test_given_pairs_come_back_in_their_order(tmp_path):
    x, y = np.arange(300, dtype=np.uint32) % 256, np.full(300, 0x38, np.uint32)
    checked = verify_pairs(Multiplier(Parameters(E4M3, Method.EXACT)), tmp_path, (x, y))
    assert checked.passed and checked.products == 300
    # 1.0 times a normal number or a zero is itself; subnormal numbers are flushed, and NaN's code saturates.
    expected = np.where((x & 0x78) == 0, x & 0x80, x - ((x & 0x7F) == 0x7F))
    np.testing.assert_array_equal(checked.codes, expected)


def _planted(monkeypatch, defects):
    """Let the export write Verilog with a defect: by unit, a pattern and what replaces it."""

    def export_with_defects(unit, folder):
        exported = verilog.export(unit, folder)
        if unit in defects:
            wrong, count = re.subn(*defects[unit], exported.verilog.read_text())
            assert count == 1
            exported.verilog.write_text(wrong)
        return exported

    monkeypatch.setattr("lmul.sim.multiplier.export", export_with_defects)


def test_wrong_products_are_found(tmp_path, monkeypatch):
    sound, mixed, wide, nan, offset, saturation, sign, flush = units = [
        Multiplier(Parameters(E4M3, Method.constant(5))),
        Multiplier(Parameters(E4M3, y_format=E5M2)),
        Multiplier(Parameters(E4M3, Method.EXACT, y_format=BF16)),
        Multiplier(Parameters(E4M3, Method.EXACT, Policy.IEEE)),
        Multiplier(Parameters(E4M3)),
        Multiplier(Parameters(E4M3, Method.MITCHELL)),
        Multiplier(Parameters(E4M3, Method.EXACT)),
        Multiplier(Parameters(E2M1)),
    ]
    defects = {
        offset: (r"( \+ 8'h01);", ";"),
        saturation: (r"(wire above = ).*;", r"\g<1>1'b0;"),
        sign: (r"(wire sign = ).*;", r"\g<1>1'b0;"),
        flush: (r"(wire x_normal = ).*;", r"\g<1>1'b1;"),
        mixed: (r"(wire sign = ).*;", r"\g<1>x[7];"),
        wide: (r"(wire sign = ).*;", r"\g<1>y[15];"),
        nan: (r"(wire is_nan = ).*;", r"\g<1>1'b0;"),
    }
    _planted(monkeypatch, defects)
    checked = dict(zip(units, verify_all(units, tmp_path), strict=True))
    assert checked.pop(sound).passed
    assert all(c.mismatches > 0 and not c.passed for c in checked.values())
    assert checked[sign].mismatches == 1 << 15
    assert re.fullmatch(r"x 0x00, y 0x80: expected 0x80, got 0x00", checked[sign].complaint)


def test_broken_streams_are_found(tmp_path, monkeypatch):
    sound, overrun, withdrawn, repeated, stuck, survivor, reluctant = units = [
        Multiplier(Parameters(E2M3, method, policy), 1)
        for method, policy in [
            (Method.LMUL, Policy.FLUSH),
            (Method.LMUL, Policy.RAW),
            (Method.MITCHELL, Policy.FLUSH),
            (Method.MITCHELL, Policy.RAW),
            (Method.EXACT, Policy.FLUSH),
        ]
    ] + [Multiplier(Parameters(E2M3, Method.corrected(t)), t) for t in (1, 2)]
    defects = {
        overrun: (r"if \(i_ready\) p <=", "p <="),
        withdrawn: (r"else if \(i_ready\) o_valid", "else o_valid"),
        repeated: (r"o_valid <= i_valid", "o_valid <= i_valid | o_valid"),
        survivor: (r"if \(rst\) o_valid <= 1'h0;", "if (rst) o_valid <= o_valid;"),
        stuck: (r"o_valid <= i_valid", "o_valid <= 1'b0"),
        reluctant: (r"(assign i_ready = take_2).*;", r"\1;"),  # the first rank does not fill while the second stalls
    }
    _planted(monkeypatch, defects)
    checked = dict(zip(units, verify_all(units, tmp_path), strict=True))
    assert checked[sound].passed and checked[sound].products == 1 << 12
    assert checked[overrun].complaint.startswith("a product changed while it waited")
    assert checked[withdrawn].complaint.startswith("a product that was not taken was withdrawn")
    assert checked[repeated].complaint.startswith("a product came out for which no operands went in")
    assert checked[survivor].complaint.startswith("a product came out for which no operands went in")
    assert checked[stuck].complaint.startswith("nothing moved for 2000 cycles")
    assert checked[reluctant].complaint.startswith("operands were refused while there was room")
