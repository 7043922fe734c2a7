# amaranth: UnusedElaboratable=no
"""Place and route with nextpnr, if installed: fmax of units between registers."""

import json
import statistics
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import ports_of
from lmul.hdl.multiplier import Multiplier
from lmul.synth.fpga.few_pins import OSCILLATOR, few_pins, open_carries
from lmul.synth.fpga.resources import Family, Text, source, synthesis
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError, run_tool, tool_environment
from lmul.tools.yosys import run_yosys

SEEDS = (1, 2, 3)
"""Seeds of the placer; fmax is the median."""

DEVICES = {
    Family.ICE40: "HX8K, ct256",
    Family.ECP5: "LFE5U-45F, speed grade 6, CABGA381",
    Family.GOWIN: "GW2A-18C, speed grade C8/I7, PBGA256",
    Family.NEXUS: "LIFCL-40, speed grade 9, CABGA400",
}
"""Devices in which units are placed."""

DSP_DEVICES = (Family.ECP5,)
"""Families whose device has DSP blocks; the HX8K has none."""

_NEXTPNR = {
    Family.ICE40: ("ice40", ["--hx8k", "--package", "ct256"]),
    Family.ECP5: ("ecp5", ["--45k", "--package", "CABGA381", "--speed", "6"]),
    Family.GOWIN: (
        "himbaechel_gowin",
        ["--device", "GW2A-LV18PG256C8/I7", "--vopt", "family=GW2A-18C", "--vopt", "cst=pins"],
    ),
    Family.NEXUS: ("nexus", ["--device", "LIFCL-40-9BG400C", "--pdc", "pins"]),
}
_PINS = {
    Family.GOWIN: 'IO_LOC "clk" H11;\nIO_LOC "d" T10;\nIO_LOC "q" C13;\n',
    Family.NEXUS: "ldc_set_location -site {G13} [get_ports d]\nldc_set_location -site {E17} [get_ports q]\n",
}
"""Constraints of the families whose nextpnr wants the place of each pin, so that there should be few."""

_CLOCKS = {Family.NEXUS: OSCILLATOR}

_GOAL_MHZ = 500  # more than is reached, so that the placer does its best


@dataclass(frozen=True)
class Speed:
    """fmax in MHz after place and route: median, lowest and highest over `SEEDS`, and the text that was read."""

    text: Text
    mhz: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Fmax:
    """Job: fmax of a unit between registers.

    Parameters
    ----------
    unit : Parameters
        Parameters of the unit, policy flush.
    pipeline : int
        Register stages of the unit itself, 0 to 2.
    family : Family
        One of `DEVICES`.
    version : str
        Version of nextpnr's package, from `nextpnr_version`.
    dsp : bool
        DSP blocks may be used.
    """

    unit: Parameters
    pipeline: int
    family: Family
    version: str
    dsp: bool = False

    @property
    def effort(self) -> float:
        """Estimate the run time: three runs of nextpnr for each text, some seconds each."""
        return 1500 + 20 * self.unit.result.mantissa_bits**2

    def run(self, technology: Technology) -> list[Speed]:
        """Place and route each text. The cells of `technology` are not used."""
        found = [Text.GATES, Text.RTL] if self.pipeline else [Text.RTL] if self.dsp else list(Text)
        return [fmax(self.unit, self.pipeline, text, self.family, self.dsp) for text in found]


def nextpnr_version(family: Family) -> str | None:
    """Return the version of nextpnr's package for a family; None if it is not installed."""
    try:
        return version(f"yowasp-nextpnr-{_NEXTPNR[family][0].replace('_', '-')}")
    except PackageNotFoundError:
        return None


def missing(family: Family) -> str:
    """Write the note of a report without nextpnr."""
    return f"nextpnr for {family} is not installed: pip install 'lmul[fpga]' brings its fmax."


def fmax(unit: Parameters, pipeline: int, text: Text, family: Family, dsp: bool = False) -> Speed:
    """Measure fmax of a unit with registers before and behind it, placed and routed.

    In Gowin and Nexus the unit must be combinational.

    Raises
    ------
    ToolError
        nextpnr fails.
    """
    component = Multiplier(unit, pipeline)
    content, top = source(unit, text, pipeline)
    name, device = _NEXTPNR[family]
    program = f"import sys, yowasp_nextpnr_{name} as tool; sys.exit(tool.run_nextpnr_{name}(sys.argv[1:]))"
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(content)
        around = wrapper(component, top)
        if family in _PINS:
            around = few_pins(ports_of(component), top, _CLOCKS.get(family, ""))
        (folder / "wrapper.v").write_text(around)
        (folder / "pins").write_text(_PINS.get(family, ""))
        run_yosys(
            [
                "read_verilog unit.v",
                "read_verilog wrapper.v",
                f"{synthesis(family, 'wrapper', dsp, text)} -json unit.json",
            ],
            folder,
        )
        if family is Family.NEXUS:
            open_carries(folder / "unit.json")
        found = []
        for seed in SEEDS:
            arguments = [*device, "--json", "unit.json", "--report", "report.json", "--seed", str(seed)]
            arguments += ["--freq", str(_GOAL_MHZ), "--timing-allow-fail"]
            command = [sys.executable, "-c", program, *arguments]
            status, printed = run_tool(command, folder, tool_environment(), name=f"nextpnr for {component.name}")
            if status:
                reason = next((line for line in printed.splitlines() if "ERROR" in line), printed.strip()[-200:])
                raise ToolError(f"nextpnr stopped for {component.name} in {DEVICES[family]}: {reason.strip()}")
            clocks = json.loads((folder / "report.json").read_text())["fmax"]
            found.append(min(float(clock["achieved"]) for clock in clocks.values()))
        return Speed(text, statistics.median(found), min(found), max(found))


def wrapper(component: Multiplier, top: str) -> str:
    """Write a module with a register at every port of a unit except clock and reset."""
    ports = [port for port in ports_of(component) if port.name not in ("clk", "rst")]
    clocked = ["clk(clk)", "rst(rst)"] if component.clocked else []
    outside = ", ".join(f"{port.direction} {_width(port.width)}{port.name}" for port in ports)
    lines = [f"module wrapper (input clk, input rst, {outside});"]
    for port in ports:
        lines.append(f"  reg {_width(port.width)}{port.name}_r; wire {_width(port.width)}{port.name}_w;")
        if port.direction == "input":
            lines.append(f"  assign {port.name}_w = {port.name}_r; always @(posedge clk) {port.name}_r <= {port.name};")
        else:
            lines.append(f"  assign {port.name} = {port.name}_r; always @(posedge clk) {port.name}_r <= {port.name}_w;")
    connections = ", ".join(f".{each}" for each in [*clocked, *(f"{port.name}({port.name}_w)" for port in ports)])
    return "\n".join([*lines, f"  {top} unit ({connections});", "endmodule", ""])


def _width(bits: int) -> str:
    return f"[{bits - 1}:0] " if bits > 1 else ""
