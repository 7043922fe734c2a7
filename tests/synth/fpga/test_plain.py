"""LUTs that a user of Yosys gets from exported files, without a switch of ours."""

from typing import Any

import pytest

from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.fpga.plain import PlainCost, PlainResources, PlainZeroOnly, plain_resources
from lmul.synth.fpga.resources import Family, Resources, Text
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.fpga import fpga_jobs, fpga_section
from lmul.synth.technology.technology import GENERIC


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        # Cells by type that these three commands left of the exported file:
        (Family.ICE40, PlainResources(42, 0, 0)),  # synth_ice40: SB_LUT4
        (Family.ECP5, PlainResources(108, 45 + 28, 0)),  # synth_ecp5 -nodsp: LUT4, PFUMX and L6MUX21
        # synth_xilinx -family xcup -nodsp: LUT2 to LUT6, MUXF7 and MUXF8; its pins do not count
        (Family.ULTRASCALE, PlainResources(9 + 4 + 7 + 11 + 5, 2 + 1, 0)),
    ],
)
def test_no_switch_of_ours(family: Family, expected: PlainResources) -> None:
    assert PlainCost(Parameters(E4M3), family).run(GENERIC) == expected


def test_carry_cells_count() -> None:
    adder = "module sum (input [7:0] x, y, output [7:0] p); assign p = x + y; endmodule"
    assert plain_resources(adder, "sum", Family.ECP5) == PlainResources(2 * 4, 0, 4)


def test_zero_only_is_mapped_as_one_module() -> None:
    assert PlainZeroOnly(E4M3, Family.ULTRASCALE).run(GENERIC) == PlainResources(20, 0, 0)


def test_the_plain_flow_stands_first() -> None:
    measured = Measured(GENERIC)
    job: Any
    for job in fpga_jobs((E4M3,)):
        if isinstance(job, PlainCost | PlainZeroOnly):
            few = isinstance(job, PlainCost) and job.unit.method is Method.EXACT
            measured.learn(job, PlainResources(80 if few else 100, 7, 0))
        else:
            measured.learn(job, [Resources(Text.EXPORTED, 30, 0, 0, 0)])
    section = fpga_section(measured, (E4M3,))
    rows = {record["method"]: record for record in section.records}
    assert (rows["lmul"]["ECP5_plain_luts"], rows["lmul"]["ECP5_plain_multiplexers"]) == (100, 7)
    assert rows["lmul"]["ECP5_plain_saved"] == pytest.approx(1 - 100 / 80) and rows["exact"]["ECP5_plain_saved"] is None
    assert rows["lmul"]["iCE40_plain_multiplexers"] is None and rows["lmul zero only"]["iCE40_plain_luts"] == 100
    keys = [key for key in section.columns if key.endswith("_luts") and "dsp" not in key]
    assert keys == [f"{family}{flow}_luts" for flow in ("_plain", "") for family in Family]
