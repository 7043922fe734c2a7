"""Flow from Verilog to area, depth and delay, the same for every module."""

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lmul.synth.technology.generic import TRANSISTORS, TRANSISTORS_PER_NAND2
from lmul.synth.technology.netlist import Netlist
from lmul.synth.technology.technology import GENERIC, Technology, synthesis
from lmul.tools.cache import remembered
from lmul.tools.files import scratch_folder
from lmul.tools.session import NoContext
from lmul.tools.yosys import YosysError, run_yosys


@dataclass(frozen=True)
class Cost:
    """Area, depth and delay of a mapped module.

    Parameters
    ----------
    cells : dict of str to int
        Cells by type.
    nand2 : float
        Area in NAND2 equivalents: over the area of the technology's smallest 2-input NAND.
    depth : int
        Cells on the longest combinational path, inverters included.
    transistors : int or None
        Estimated transistors: those of the module mapped to the technology `generic`.
    area_um2 : float or None
        Sum of the cells' areas, in the liberty file's unit (um2 by convention); no wires, no utilisation.
    delay_ps : float or None
        Longest combinational path by ABC's `stime` on the liberty file's tables: cells and the pins that they drive,
        no wires, no resizing, and neither clock-to-output nor set-up time of registers. 0 where there is no logic.
    """

    cells: dict[str, int]
    nand2: float
    depth: int
    transistors: int | None = None
    area_um2: float | None = None
    delay_ps: float | None = None

    @property
    def cell_count(self) -> int:
        """Count the cells of all types."""
        return sum(self.cells.values())

    def with_transistors(self, count: int | None) -> "Cost":
        """Return the cost with the transistors of the module mapped to `generic`."""
        return replace(self, transistors=count)


@dataclass(frozen=True)
class Mapped:
    """Module mapped to cells.

    Parameters
    ----------
    cost : Cost
        Cost, without the transistor count for technologies other than `generic`.
    netlist : str
        The cells that were measured, as Verilog.
    module : dict
        Netlist as the module's object in Yosys' JSON.
    """

    cost: Cost
    netlist: str
    module: dict[str, Any]


def synthesise(verilog: str, top: str, technology: Technology) -> Cost:
    """Map the module `top` of a Verilog text and measure it.

    Raises
    ------
    ValueError
        The technology lacks a kind of cell that the module needs.
    YosysError
        Yosys refuses the text.
    """
    cost = map_module(verilog, top, technology).cost
    return cost if technology.is_generic else replace(cost, transistors=synthesise(verilog, top, GENERIC).transistors)


def map_module(verilog: str, top: str, technology: Technology) -> Mapped:
    """Map the module `top` of a Verilog text; it is mapped once and remembered.

    Raises
    ------
    ValueError
        The technology lacks a kind of cell that the module needs.
    YosysError
        Yosys refuses the text.
    """
    return _Module(verilog, top).mapped(technology)


@dataclass(frozen=True)
class _Module:
    """Module `top` of a Verilog text. Designs that are written alike share what is remembered of it."""

    verilog: str
    top: str

    def mapped(self, technology: Technology) -> Mapped:
        return remembered(self, technology, Mapped, lambda: self._map(technology))

    def _logic(self) -> str:
        """Return the module before it is mapped, as RTLIL; all technologies share it."""
        return remembered(self, NoContext(), str, self._synthesise)

    def _synthesise(self) -> str:
        with scratch_folder() as folder:
            (folder / f"{self.top}.v").write_text(self.verilog, "utf-8")
            run_yosys([*synthesis(self.top), "write_rtlil logic.il"], folder)
            return (folder / "logic.il").read_text("utf-8")

    def _map(self, technology: Technology) -> Mapped:
        with scratch_folder() as folder:
            for file, content in {**technology.files, "logic.il": self._logic()}.items():
                (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
            log = run_yosys(["read_rtlil logic.il", *technology.mapping, "write_verilog -noattr netlist.v"], folder)
            module: dict[str, Any] = json.loads((folder / "netlist.json").read_text())["modules"][self.top]
            measured: dict[str, Any] = json.loads((folder / "stat.json").read_text())["design"]
            text = (folder / "netlist.v").read_text()
        return Mapped(_cost(Netlist(module), measured, log, self.top, technology), text, module)


def _cost(netlist: Netlist, measured: dict[str, Any], log: str, top: str, technology: Technology) -> Cost:
    cells = netlist.cells
    known = TRANSISTORS if technology.is_generic else [cell for cell in cells if not cell.startswith("$")]
    unmapped = [cell for cell in cells if cell not in known]
    if any("DFF" in cell for cell in unmapped):
        raise ValueError(f"{technology.name} must have a flip-flop, which {top} needs")
    if unmapped:
        raise ValueError(f"{technology.name} must have cells for {', '.join(unmapped)}, which {top} needs")
    depth = netlist.depth
    if technology.is_generic:
        transistors = sum(TRANSISTORS[cell] * count for cell, count in cells.items())
        return Cost(cells, transistors / TRANSISTORS_PER_NAND2, depth, transistors=transistors)
    area = float(measured.get("area", 0))  # left out where it is 0
    return Cost(cells, area / technology.nand2_area, depth, area_um2=area, delay_ps=_delay(log) if depth else 0.0)


def _delay(log: str) -> float:
    delays = re.findall(r"^ABC: .*\bDelay = *([\d.]+) ps", log, re.MULTILINE)
    if not delays:
        raise YosysError("Yosys stopped: ABC printed no delay")
    return max(float(delay) for delay in delays)


def yosys_version() -> str:
    """Return the version of Yosys, as in `0.70 (git sha1 28ba3cb92)`."""
    match = re.search(r"Yosys (\d\S*)(?: \((git sha1 \w+))?", run_yosys(["stat -json"], Path()))
    if match is None:
        raise YosysError("Yosys stopped: it did not print its version")
    return match[1] if match[2] is None else f"{match[1]} ({match[2]})"
