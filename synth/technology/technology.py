"""Target of mapping: the generic gates, or the cells of a liberty file."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lmul.synth.technology import generic
from lmul.synth.technology.liberty_syntax import Group, write_groups
from lmul.synth.technology.liberty_units import with_plain_units
from lmul.synth.technology.netlist import REGISTER

LOGIC_SCRIPT = "+strash;ifraig;scorr;dc2;dch,-f;amap;topo"
"""ABC's commands: simplify, then cover for area (`amap`). One script for every unit, no search."""


@dataclass(frozen=True)
class Technology:
    """Cells to map to, and the Yosys commands for that.

    Parameters
    ----------
    name : str
        `generic`, or the name of the liberty file without its folder.
    files : mapping of str to str or bytes
        Files that the commands read, by their names in the working folder.
    map_registers, map_logic, read_cells, measure : tuple of str
        Commands that map registers (none where the library has no flip-flop), map the rest, read what ports the
        cells have, and write `stat.json`.
    nand2_area : float
        Area of the smallest 2-input NAND, in the unit that `measure` counts in.
    sha256 : str or None
        Hash of the liberty file as the user gave it; of several, of all one after the other.
    unused : str
        Options of Yosys that keep cells out of the logic which serve other purposes.
    """

    name: str
    files: Mapping[str, str | bytes] = field(repr=False)
    map_registers: tuple[str, ...]
    map_logic: tuple[str, ...]
    read_cells: tuple[str, ...]
    measure: tuple[str, ...]
    nand2_area: float = 1.0
    sha256: str | None = None
    unused: str = ""

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of cells and commands."""
        digest = hashlib.sha256(repr((self.name, self.flow("UNIT"), self.nand2_area)).encode())
        for name, content in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + (content if isinstance(content, bytes) else content.encode()))
        return digest.hexdigest()

    @property
    def is_generic(self) -> bool:
        """Tell whether this is `generic`: areas are transistor counts, and delays are unknown."""
        return self.sha256 is None

    def flow(self, top: str) -> list[str]:
        """List the Yosys commands from `top`.v to `netlist.json` and `stat.json`, the same for every unit."""
        return [*synthesis(top), *self.mapping]

    @property
    def mapping(self) -> list[str]:
        """List the commands of the flow after `synthesis`."""
        return [
            *self.map_registers,
            *self.map_logic,
            "opt_clean -purge",
            *self.measure,
            *self.read_cells,
            "write_json netlist.json",
        ]


def synthesis(top: str) -> list[str]:
    """List the Yosys commands at the beginning of the flow, which are the same for every technology."""
    return [f"read_verilog {top}.v", f"hierarchy -check -top {top}", f"synth -flatten -top {top}"]


GENERIC = Technology(
    "generic",
    {"cells.genlib": generic.genlib(), "cells.v": generic.declarations()},
    map_registers=(f"dfflegalize -cell {generic.REGISTER} 01", f"setattr -set {REGISTER} 1 t:{generic.REGISTER}"),
    map_logic=(f"abc -genlib cells.genlib -script {LOGIC_SCRIPT}",),
    read_cells=("read_verilog -lib cells.v",),
    measure=("tee -q -o stat.json stat -json",),
)
"""Static CMOS gates, counted in transistors."""


def liberty_technology(
    name: str, sha256: str, library: Group, registers: bool, nand2_area: float, dear: Sequence[str] = ()
) -> Technology:
    """Build the technology of a liberty file.

    Parameters
    ----------
    name : str
        Name of the file, without its folder.
    sha256 : str
        Hash of the file.
    library : Group
        The library in it. The tools get it as we have read it, not as it is spelled.
    registers : bool
        The library has a flip-flop.
    nand2_area : float
        Area of its smallest 2-input NAND in um2.
    dear : sequence of str
        Flip-flops that registers are not mapped to, since others with a gate are smaller.
    """
    unused = "".join(f" -dont_use {cell}" for cell in not_for_logic(library))
    others = "".join(f" -dont_use {cell}" for cell in dear)
    map_registers = (f"dfflibmap -liberty cells.lib{unused}{others}", f"setattr -set {REGISTER} 1 t:* t:$* %d")
    return Technology(
        name,
        {"cells.lib": write_groups(with_plain_units(library)).encode()},
        map_registers if registers else (),
        # Yosys keeps converted libraries by path and date, and would take one file for another of the same name.
        map_logic=("libcache -scl -disable", f"abc -liberty cells.lib{unused} -script {LOGIC_SCRIPT};stime"),
        read_cells=("read_liberty -lib cells.lib",),
        measure=("tee -q -o stat.json stat -json -liberty cells.lib",),
        nand2_area=nand2_area,
        sha256=sha256,
        unused=unused,
    )


def not_for_logic(library: Group) -> list[str]:
    """List the cells which look like logic but serve other purposes.

    They are found by their names in the open PDKs: power-domain isolation (`lpflow`), probes and delays (`dly`).
    """
    names = dict.fromkeys(cell.name for cell in library.all("cell"))
    return [name for name in names if re.search("__lpflow_|__probe|dly", name)]
