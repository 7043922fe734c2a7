"""Place and route by nextpnr, from the yowasp-nextpnr packages, and the clock frequency that comes of it."""

import json
import re
import statistics
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lmul.hdl.files import scratch_folder
from lmul.hdl.process import ToolError, run_tool, tool_environment
from lmul.hdl.verilog import Port
from lmul.synth.fpga import Family

SEEDS = (1, 2, 3)
"""Of placements, whose median counts."""

TIMED = "timed"
"""The module that `registered` writes."""

_TARGET_MHZ = 500
"""More than anything reaches, so that nextpnr does not stop early."""


class Device(Enum):
    """A device of a family, in the package and speed grade that is measured."""

    HX8K = "iCE40 hx8k"
    ECP5_45K = "ECP5 45k, grade 6"

    @property
    def family(self) -> Family:
        """Whose cells it has."""
        return Family.ICE40 if self is Device.HX8K else Family.ECP5

    @property
    def package(self) -> str:
        """The Python package of its nextpnr, which is also the name of the module, with underscores."""
        return f"yowasp-nextpnr-{self.family.lower()}"

    @property
    def version(self) -> str | None:
        """The version of that package; None where it is not installed."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None

    @property
    def _arguments(self) -> list[str]:
        if self is Device.HX8K:
            return ["--hx8k", "--package", "ct256"]
        return ["--45k", "--package", "CABGA381", "--speed", "6"]

    def command(self, *arguments: str) -> list[str]:
        """What runs nextpnr for this device."""
        name = f"run_nextpnr_{self.family.lower()}"
        start = f"import sys; from {self.package.replace('-', '_')} import {name}; sys.exit({name}(sys.argv[1:]))"
        return [sys.executable, "-c", start, *self._arguments, *arguments]


@dataclass(frozen=True)
class Placed:
    """A placed and routed design.

    Parameters
    ----------
    fmax_mhz : float
        Highest clock frequency from register to register: the median of the seeds.
    lowest_mhz, highest_mhz : float
        That of the worst and of the best seed.
    cells : int
        Logic cells (iCE40) or LUTs with their carries (ECP5) in use, those of the registers at the ports included.
    """

    fmax_mhz: float
    lowest_mhz: float
    highest_mhz: float
    cells: int


def registered(top: str, ports: Iterable[Port]) -> str:
    """A module `timed` that has a register at every port of the module `top` but its clock, so that fmax is its own."""
    declared, registers, moves, links = ["input clk"], [], [], []
    for port in ports:
        name, bits = port.name, f"[{port.width - 1}:0]"
        if name == "clk":
            links.append(".clk(clk)")
            continue
        declared.append(f"{port.direction} {bits} {name}")
        links.append(f".{name}({'held' if port.direction == 'input' else 'found'}_{name})")
        registers.append(f"reg {bits} held_{name};")
        if port.direction == "input":
            moves.append(f"held_{name} <= {name};")
        else:
            registers.append(f"wire {bits} found_{name}; assign {name} = held_{name};")
            moves.append(f"held_{name} <= found_{name};")
    lines = [f"module {TIMED} ({', '.join(declared)});", *registers, "always @(posedge clk) begin", *moves, "end"]
    return "\n".join([*lines, f"{top} unit ({', '.join(links)});", "endmodule", ""])


def place(netlist: str, device: Device, name: str, seeds: Sequence[int] = SEEDS) -> Placed:
    """Place and route a netlist, once a seed, with its ports wherever nextpnr puts them.

    Parameters
    ----------
    netlist : str
        Yosys' JSON of a module with one clock, mapped to the device's family.
    device : Device
        Where to.
    name : str
        What errors call it.
    seeds : sequence of int
        Of the placement.

    Raises
    ------
    ToolError
        nextpnr is missing or failed, as where the netlist does not fit.
    """
    if device.version is None:
        raise ToolError(missing_line([device]))
    with scratch_folder() as folder:
        (folder / "netlist.json").write_text(netlist)
        reports = [_placed(folder, device, name, seed) for seed in seeds]
    found = sorted(next(iter(report["fmax"].values()))["achieved"] for report in reports)
    used = reports[0]["utilization"]["ICESTORM_LC" if device is Device.HX8K else "TRELLIS_COMB"]["used"]
    return Placed(statistics.median(found), found[0], found[-1], used)


def _placed(folder: Path, device: Device, name: str, seed: int) -> dict[str, Any]:
    options = ["--seed", str(seed), "--freq", str(_TARGET_MHZ), "--timing-allow-fail", "-q"]
    command = device.command("--json", "netlist.json", "--report", "report.json", *options)
    status, printed = run_tool(command, folder, tool_environment())
    if status:
        errors = re.findall(r"^ERROR: (.*)$", printed, re.MULTILINE)
        reason = errors[0] if errors else f"exit status {status}: {printed.strip()[-200:]}"
        raise ToolError(f"nextpnr stopped for {name} on {device.value}: {reason.strip()}")
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    if not report["fmax"]:
        raise ToolError(f"nextpnr stopped for {name} on {device.value}: it found no path from register to register")
    return report


def missing_line(devices: Iterable[Device]) -> str:
    """What is missing for some devices, and how to get it."""
    packages = ", ".join(device.package for device in devices)
    return f"fmax needs {packages}, which is not installed: pip install 'lmul[fpga]'"
