"""What units take in FPGA families, and how fast they run there."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.parallel import PINS, transposed

from lmul.formal.gates import Gates
from lmul.golden.formats import E2M1, E4M3, FP16
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.fpga import place
from lmul.synth.fpga.place import Fmax, Speed, fmax, missing, nextpnr_version
from lmul.synth.fpga.resources import FAMILIES, Family, FpgaCost, Resources, Text, can_use_dsps, resources, source
from lmul.synth.fpga.zero_only import NAME, ZeroOnly, zero_only
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.fpga import fpga_jobs, fpga_section
from lmul.synth.report.full.fpga_plain import fpga_units
from lmul.synth.report.full.fpga_speed import speed_jobs, speed_section
from lmul.synth.technology.technology import GENERIC
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError
from lmul.tools.yosys import run_yosys

_ADDER = "module sum (input clk, input [7:0] x, y, output reg [7:0] p); always @(posedge clk) p <= x + y; endmodule"
_PRODUCT = "module product (input [{0}:0] x, y, output [31:0] p); assign p = x * y; endmodule"


def test_an_adder_of_eight_bits() -> None:
    ice40, ecp5 = (resources(Text.RTL, _ADDER, "sum", family, False) for family in (Family.ICE40, Family.ECP5))
    assert (ice40.registers, ecp5.registers, ice40.dsps, ecp5.dsps) == (8, 8, 0, 0)
    assert ice40.luts == 8 and ice40.carries in (6, 7, 8)
    assert ecp5.luts == 2 * ecp5.carries == 8


def test_a_product_goes_into_a_dsp_block_if_it_may() -> None:
    for family in (Family.ICE40, Family.ECP5):
        within, without = (
            resources(Text.RTL, _PRODUCT.format(top), "product", family, dsp) for top, dsp in ((15, 1), (4, 0))
        )
        assert (within.dsps, without.dsps) == (1, 0) and within.luts < 20 < without.luts


def test_only_exact_units_have_something_for_dsp_blocks() -> None:
    exact = Parameters(FP16, Method.EXACT)
    assert can_use_dsps(exact) and not can_use_dsps(Parameters(FP16))


def test_the_fewest_luts_count_for_both() -> None:
    measured = Measured(GENERIC)
    job: Any
    for job in fpga_jobs((E4M3,)):
        zero_only = isinstance(job, ZeroOnly)
        method = "zero only" if zero_only else job.unit.method.name
        luts = {"lmul": (42, 35, 36), "exact": (45, 59, 63), "zero only": (40, 41, 39)}.get(method, (50, 50, 50))
        dsps = 0 if zero_only else int(job.dsp)
        measured.learn(job, [Resources(text, n, 3, 0, dsps) for text, n in zip(Text, luts, strict=True)])
    rows = {record["method"]: record for record in fpga_section(measured, (E4M3,)).records}
    lmul, exact = rows["lmul"], rows["exact"]
    assert (lmul["iCE40_luts"], lmul["iCE40_verdict"]) == (35, "rtl")
    assert (exact["iCE40_luts"], exact["iCE40_verdict"]) == (45, "gates")
    assert lmul["iCE40_saved"] == pytest.approx(1 - 35 / 45) and exact["iCE40_saved"] is None
    assert exact["ECP5_dsps"] == 1 and lmul["ECP5_dsps"] is None
    assert rows["lmul raw"]["ECP5_saved"] is None  # nothing exact wraps
    bare = rows["lmul zero only"]
    assert (bare["ECP5_luts"], bare["ECP5_verdict"], bare["ECP5_saved"]) == (39, "rtl, no carry", None)


def test_every_family_and_unit_once() -> None:
    jobs: list[Any] = list(fpga_jobs())
    assert len(jobs) == len(set(jobs))
    assert {job.family for job in jobs} == set(FAMILIES)
    assert all(group[-1].method.is_exact for group in fpga_units())


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.report.full.fpga_speed.nextpnr_version", lambda family: None)
    assert speed_jobs() == []
    section = speed_section(Measured(GENERIC))
    assert section.records == [] and section.notes == [missing(family) for family in (Family.ICE40, Family.ECP5)]
    assert "pip install 'lmul[fpga]'" in section.notes[0]


def _nextpnr(monkeypatch: pytest.MonkeyPatch, achieved: Sequence[float]) -> None:
    """A stand-in that reports these frequencies, one a run; none means that it fails."""
    left = list(achieved)

    def run(command: Sequence[str], folder: Path, environment: dict[str, str], name: str) -> tuple[int, str]:
        if not left:
            return 1, "Info: packing\nERROR: Unable to place cell 'x'"
        assert (
            name == "nextpnr for lmul_e2m1_flush"
            and "--timing-allow-fail" in command
            and (folder / "unit.json").exists()
        )
        report = {"fmax": {"clk": {"achieved": left.pop(0), "constraint": 500}}}
        (folder / "report.json").write_text(json.dumps(report))
        return 0, ""

    monkeypatch.setattr(place, "run_tool", run)


def test_fmax_is_the_median_of_the_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    _nextpnr(monkeypatch, [300, 100, 200])
    assert fmax(Parameters(E2M1), 0, Text.RTL, Family.ECP5) == Speed(Text.RTL, 200, 100, 300)


def test_the_fastest_text_counts_and_the_spread_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.report.full.fpga_speed.nextpnr_version", lambda family: "1.2")
    measured = Measured(GENERIC)
    job: Any
    for job in speed_jobs((E4M3,)):
        mhz = 100 + 50 * job.pipeline - 60 * job.dsp
        measured.learn(
            job, [Speed(Text.GATES, mhz, mhz, mhz), Speed(Text.NO_CARRY, mhz + 10, mhz + 10, 1.25 * (mhz + 10))]
        )
    section = speed_section(measured, (E4M3,))
    lmul, exact = section.records
    assert [lmul[f"iCE40_{pipeline}"] for pipeline in range(3)] == [110, 160, 210]
    assert lmul["iCE40_0_verdict"] == "rtl, no carry"
    assert (exact["ECP5_dsp"], lmul["ECP5_dsp"], exact["iCE40_dsp"]) == (50, None, None)  # the HX8K has no DSP blocks
    assert "nextpnr 1.2" in section.notes[0] and "up to 25 %" in section.notes[0]
    assert [lmul[f"ECP5_2_{key}"] for key in ("lowest", "highest", "spread")] == [210, 262.5, pytest.approx(0.25)]


def test_a_unit_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _nextpnr(monkeypatch, [])
    said = r"^nextpnr stopped for lmul_e2m1_flush_p1 in HX8K, ct256: ERROR: Unable to place cell 'x'$"
    with pytest.raises(ToolError, match=said):
        fmax(Parameters(E2M1), 1, Text.GATES, Family.ICE40)


@pytest.mark.skipif(nextpnr_version(Family.ICE40) is None, reason=missing(Family.ICE40))
def test_nextpnr_itself() -> None:
    version = nextpnr_version(Family.ICE40)
    assert version is not None
    found = Fmax(Parameters(E2M1), 1, Family.ICE40, version).run(GENERIC)
    assert [each.text for each in found] == [Text.GATES] and 20 < found[0].mhz < 1000


def test_a_job_counts_every_text() -> None:
    found = FpgaCost(Parameters(E2M1, Method.EXACT), Family.ICE40).run(GENERIC)
    assert [each.text for each in found] == list(Text) and all(0 < each.luts < 40 for each in found)


def test_with_dsp_blocks_only_the_text_counts_that_has_a_product() -> None:
    found = FpgaCost(Parameters(E2M1, Method.EXACT), Family.ICE40, dsp=True).run(GENERIC)
    assert [each.text for each in found] == [Text.RTL]


def test_what_is_told_not_to_use_carries_uses_none() -> None:
    for family in (Family.ICE40, Family.ECP5):
        found = resources(Text.NO_CARRY, _ADDER, "sum", family, False)
        assert found.carries == 0 and 8 < found.luts < 30


def test_carries_beside_no_lut_count() -> None:
    text = "module less (input [7:0] x, y, output p); assign p = {0}; endmodule"
    # nextpnr packs an inverter with each of the eight carries; and a LUT takes the last one out.
    inverted = resources(Text.RTL, text.format("x < y"), "less", Family.ICE40, False)
    assert (inverted.carries, inverted.luts) == (8, 8 + 1)
    # A LUT of four inputs has no place beside a carry.
    alone = """module alone (input [3:0] x, y, z, w, v, output p);
      wire [4:0] sum = {1'b0, x} + {1'b0, (y & z) ^ (w | v)};
      assign p = sum[4];
    endmodule"""
    found = resources(Text.RTL, alone, "alone", Family.ICE40, False)
    assert (found.carries, found.luts) == (4, 4 + 4)


def test_the_bare_sum_with_operators_is_the_raw_unit() -> None:
    raw = Parameters(E4M3, policy=Policy.RAW)
    x, y, products = _of_all_pairs(*source(raw, Text.RTL))
    assert products == multiply(raw, x, y).tolist()


@pytest.mark.parametrize("text", Text)
def test_zero_only_over_all_pairs(text: Text) -> None:
    x, y, products = _of_all_pairs(zero_only(E4M3, text), NAME)
    # C of e4m3 is 0x37; nothing but zeros is looked at, so that the sum wraps.
    sums = [(a % 128 + b % 128 - 0x37) % 128 if a % 128 and b % 128 else 0 for a, b in zip(x, y, strict=True)]
    signs = [a // 128 ^ b // 128 for a, b in zip(x, y, strict=True)]
    assert products == [128 * sign + low for sign, low in zip(signs, sums, strict=True)]


def _of_all_pairs(text: str, top: str) -> tuple[list[int], list[int], list[int]]:
    """All pairs of 8-bit codes, and what a module makes of them."""
    with scratch_folder() as folder:
        (folder / "sum.v").write_text(text)
        commands = [
            "read_verilog sum.v",
            f"hierarchy -top {top}",
            "proc",
            "flatten -noscopeinfo",
            "techmap",
            "simplemap",
            "opt_clean",
            "check -assert",
        ]
        run_yosys([*commands, "write_json sum.json"], folder)
        module = json.loads((folder / "sum.json").read_text())["modules"][top]
    pins = [(cell["type"], cell["connections"]) for cell in module["cells"].values()]
    drivers = {at["Y"][0]: (kind, [at[pin][0] for pin in PINS[kind]]) for kind, at in pins}
    bits = {name: port["bits"] for name, port in module["ports"].items()}
    x, y = (codes.ravel() for codes in np.meshgrid(np.arange(256), np.arange(256)))
    known = dict(zip([*bits["x"], *bits["y"]], [*transposed(x, 8), *transposed(y, 8)], strict=True))
    values = Gates(bits, drivers).values(bits["p"], known, (1 << len(x)) - 1)
    return x.tolist(), y.tolist(), transposed(values, len(x))
