"""LUTs that a user of Yosys gets from exported files, without a switch of ours."""

from typing import Any

import pytest

from lmul.golden.formats import BF16, E2M1, E4M3, FP32, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.style import Style
from lmul.synth.fpga.plain import PlainCost, PlainResources, PlainZeroOnly, plain_resources
from lmul.synth.fpga.resources import Family, Resources, Text, source
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.fpga import Fpgas, fpga_jobs
from lmul.synth.report.full.fpga_plain import plain_jobs, plain_section
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import GENERIC


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        # Cells by type that these three commands left of the exported file of gates:
        (Family.ICE40, PlainResources(Style.GATES, 42, 0, 0)),  # synth_ice40: SB_LUT4
        (Family.ECP5, PlainResources(Style.GATES, 108, 45 + 28, 0)),  # synth_ecp5 -nodsp: LUT4, PFUMX and L6MUX21
        # synth_xilinx -family xcup -nodsp: LUT2 to LUT6, MUXF7 and MUXF8; its pins do not count
        (Family.ULTRASCALE, PlainResources(Style.GATES, 9 + 4 + 7 + 11 + 5, 2 + 1, 0)),
    ],
)
def test_no_switch_of_ours(family: Family, expected: PlainResources) -> None:
    rtl, gates = PlainCost(Parameters(E4M3), family).run(GENERIC)
    assert gates == expected
    assert rtl.style is Style.RTL and rtl.luts <= _BEHAVIOURAL[E4M3][family]


_BEHAVIOURAL = {
    E4M3: {Family.ICE40: 35, Family.ECP5: 25 + 2 * 12, Family.ULTRASCALE: 27},
    BF16: {Family.ICE40: 70, Family.ECP5: 51 + 2 * 23, Family.ULTRASCALE: 59},
    FP32: {Family.ECP5: 99 + 2 * 39},
}
"""LUTs, with those inside carry cells, of ten lines of Verilog that say x + y - C and compare with the limits."""


@pytest.mark.parametrize(("f", "family"), [(BF16, Family.ICE40), (BF16, Family.ECP5), (FP32, Family.ECP5)])
def test_lmul_is_no_larger_than_what_is_written_by_hand(f: Format, family: Family) -> None:
    assert plain_resources(Style.RTL, *source(Parameters(f), Text.RTL), family).luts <= _BEHAVIOURAL[f][family]


def test_carry_cells_count() -> None:
    adder = "module sum (input [7:0] x, y, output [7:0] p); assign p = x + y; endmodule"
    assert plain_resources(Style.RTL, adder, "sum", Family.ECP5) == PlainResources(Style.RTL, 2 * 4, 0, 4)


def test_dsp_blocks_count_where_they_may_be_used() -> None:
    product = "module product (input [15:0] x, y, output [31:0] p); assign p = x * y; endmodule"
    for family in (Family.ICE40, Family.ECP5, Family.ULTRASCALE, Family.NEXUS):
        assert plain_resources(Style.RTL, product, "product", family, dsp=True).dsps == 1
    assert plain_resources(Style.RTL, product, "product", Family.ECP5).dsps == 0


def test_zero_only_is_mapped_as_one_module() -> None:
    _, gates = PlainZeroOnly(E4M3, Family.ULTRASCALE).run(GENERIC)
    assert gates == PlainResources(Style.GATES, 20, 0, 0)


def test_what_is_saved_is_of_the_plain_flow_and_its_table_stands_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.report.full.fpga_speed.nextpnr_version", lambda family: None)
    measured = Measured(GENERIC)
    job: Any
    for job in plain_jobs((E4M3,)):
        few = isinstance(job, PlainCost) and job.unit.method is Method.EXACT
        more = PlainResources(Style.RTL, 200, 0, 0)
        measured.learn(job, [more, PlainResources(Style.GATES, 80 if few else 100, 7, 0)])
    section = plain_section(measured, (E4M3,))
    rows = {record["method"]: record for record in section.records}
    assert list(rows) == ["lmul zero only", "lmul raw", "lmul", "corrected2", "exact"]
    assert (rows["lmul"]["ECP5_luts"], rows["lmul"]["ECP5_multiplexers"]) == (100, 7)
    assert rows["lmul"]["ECP5_style"] == "gates"
    assert rows["lmul"]["ECP5_saved"] == pytest.approx(1 - 100 / 80)
    assert rows["exact"]["ECP5_saved"] is None and rows["lmul raw"]["ECP5_saved"] is None
    assert rows["lmul"]["iCE40_multiplexers"] is None
    for job in fpga_jobs((E4M3,)):
        measured.learn(job, [Resources(Text.GATES, 30, 0, 0, 0)])
    setting = Setting([measured], (E4M3,))
    planned = [job for _, jobs in Fpgas().plan(setting) for job in jobs]
    assert set(plain_jobs((E4M3,))) | set(fpga_jobs((E4M3,))) <= set(planned)
    first, second, *_ = Fpgas().sections(setting)
    assert (first.key, second.key) == ("fpga_plain", "fpga")


def test_formats_that_no_table_has_get_none():
    assert Fpgas().sections(Setting([Measured(GENERIC)], (E2M1,))) == []
