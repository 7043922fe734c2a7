"""What units take in FPGA families, and how fast they run there."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lmul.golden.formats import E2M1, E4M3, FP16
from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.process import ToolError
from lmul.synth import place
from lmul.synth.fpga import Family, FpgaCost, Resources, Text, can_use_dsps, resources, texts
from lmul.synth.fpga_rows import fpga_jobs, fpga_section, fpga_units, speed_jobs, speed_section
from lmul.synth.measurement import Measured
from lmul.synth.place import Fmax, fmax, missing, nextpnr_version
from lmul.synth.technology import GENERIC

_ADDER = "module sum (input clk, input [7:0] x, y, output reg [7:0] p); always @(posedge clk) p <= x + y; endmodule"
_PRODUCT = "module product (input [{0}:0] x, y, output [31:0] p); assign p = x * y; endmodule"


def test_an_adder_of_eight_bits() -> None:
    ice40, ecp5 = (resources(Text.OPERATORS, _ADDER, "sum", family, False) for family in (Family.ICE40, Family.ECP5))
    assert (ice40.registers, ecp5.registers, ice40.dsps, ecp5.dsps) == (8, 8, 0, 0)
    assert ice40.luts == 8 and ice40.carries in (6, 7, 8)
    assert ecp5.luts == 2 * ecp5.carries == 8


def test_a_product_goes_into_a_dsp_block_if_it_may() -> None:
    for family in (Family.ICE40, Family.ECP5):
        within, without = (
            resources(Text.OPERATORS, _PRODUCT.format(top), "product", family, dsp) for top, dsp in ((15, 1), (4, 0))
        )
        assert (within.dsps, without.dsps) == (1, 0) and within.luts < 20 < without.luts


def test_only_exact_units_have_something_for_dsp_blocks() -> None:
    exact = Parameters(FP16, Method.EXACT)
    assert can_use_dsps(exact) and not can_use_dsps(Parameters(FP16))
    raw = Parameters(E4M3, policy=Policy.RAW)
    assert texts(raw) == [Text.EXPORTED] and texts(exact) == list(Text)


def test_the_fewest_luts_count_for_both() -> None:
    measured = Measured(GENERIC)
    for job in fpga_jobs((E4M3,)):
        luts = {"lmul": (42, 35), "exact": (45, 59)}.get(job.unit.method, (50, 50))
        measured.learn(job, [Resources(text, n, 3, 0, int(job.dsp)) for text, n in zip(Text, luts, strict=True)])
    rows = {record["method"]: record for record in fpga_section(measured, (E4M3,)).records}
    lmul, exact = rows["lmul"], rows["exact"]
    assert (lmul["iCE40_luts"], lmul["iCE40_verdict"]) == (35, "operators")
    assert (exact["iCE40_luts"], exact["iCE40_verdict"]) == (45, "exported")
    assert lmul["iCE40_saved"] == pytest.approx(1 - 35 / 45) and exact["iCE40_saved"] is None
    assert exact["ECP5_dsps"] == 1 and lmul["ECP5_dsps"] is None and "lmul raw" in rows


def test_every_family_and_unit_once() -> None:
    jobs = fpga_jobs()
    assert len(jobs) == len(set(jobs))
    assert {job.family for job in jobs} == set(Family)
    assert all(group[-1].method is Method.EXACT for group in fpga_units())


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.fpga_rows.nextpnr_version", lambda family: None)
    assert speed_jobs() == []
    section = speed_section(Measured(GENERIC))
    assert section.records == [] and section.notes == [missing(family) for family in (Family.ICE40, Family.ECP5)]
    assert "pip install 'lmul[fpga]'" in section.notes[0]


def _nextpnr(monkeypatch: pytest.MonkeyPatch, achieved: Sequence[float]) -> None:
    """A stand-in that reports these frequencies, one a run; none means that it fails."""
    left = list(achieved)

    def run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
        if not left:
            return 1, "Info: packing\nERROR: Unable to place cell 'x'"
        assert "--timing-allow-fail" in command and (folder / "unit.json").exists()
        report = {"fmax": {"clk": {"achieved": left.pop(0), "constraint": 500}}}
        (folder / "report.json").write_text(json.dumps(report))
        return 0, ""

    monkeypatch.setattr(place, "run_tool", run)


def test_fmax_is_the_median_of_the_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    _nextpnr(monkeypatch, [300, 100, 200])
    assert fmax(Parameters(E2M1), 0, Text.OPERATORS, Family.ECP5) == 200


def test_a_unit_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _nextpnr(monkeypatch, [])
    said = r"^nextpnr stopped for lmul_e2m1_flush_p1 in HX8K, ct256: ERROR: Unable to place cell 'x'$"
    with pytest.raises(ToolError, match=said):
        fmax(Parameters(E2M1), 1, Text.EXPORTED, Family.ICE40)


@pytest.mark.skipif(nextpnr_version(Family.ICE40) is None, reason=missing(Family.ICE40))
def test_nextpnr_itself() -> None:
    version = nextpnr_version(Family.ICE40)
    assert version is not None
    found = Fmax(Parameters(E2M1), 1, Family.ICE40, version).run(GENERIC)
    assert [each.text for each in found] == [Text.EXPORTED] and 20 < found[0].mhz < 1000


def test_a_job_counts_both_texts() -> None:
    found = FpgaCost(Parameters(E2M1, Method.EXACT), Family.ICE40).run(GENERIC)
    assert [each.text for each in found] == list(Text) and all(0 < each.luts < 40 for each in found)
