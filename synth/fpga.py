# amaranth: UnusedElaboratable=no
"""FPGA families: what Yosys makes of a unit there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.files import scratch_folder
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import verilog
from lmul.hdl.yosys import run_yosys
from lmul.synth.behaviour import NAME, behaviour
from lmul.synth.technology import Technology


class Family(StrEnum):
    """A family of devices."""

    ICE40 = "iCE40"
    ECP5 = "ECP5"
    ULTRASCALE = "UltraScale+"


@dataclass(frozen=True)
class _Synthesis:
    """Yosys' command, what it is told to use DSP blocks or not to, and the cells that count as what."""

    command: str
    dsp: str
    no_dsp: str
    carries: tuple[str, ...]
    dsps: tuple[str, ...]


_SYNTHESIS = {
    Family.ICE40: _Synthesis("synth_ice40", "-dsp", "", ("SB_CARRY",), ("SB_MAC16",)),
    Family.ECP5: _Synthesis("synth_ecp5 -nowidelut", "", "-nodsp", ("CCU2C",), ("MULT18X18D",)),
    Family.ULTRASCALE: _Synthesis(
        "synth_xilinx -family xcup -flatten -noiopad -noclkbuf -nowidelut",
        "",
        "-nodsp",
        ("CARRY4", "CARRY8"),
        ("DSP48E2",),
    ),
}
_CARRY_LUTS = {"CCU2C": 2}  # an ECP5 carry cell takes up two LUTs; the others lie beside theirs


class Text(StrEnum):
    """What Yosys reads."""

    EXPORTED = "exported"  # the unit as it is written for users, its carry chains spelled out
    OPERATORS = "operators"  # the same arithmetic as + and *


@dataclass(frozen=True)
class Resources:
    """What a unit takes in a family.

    Parameters
    ----------
    text : Text
        What was read.
    luts : int
        LUTs of any size, those inside carry cells among them.
    carries, registers, dsps : int
        Carry cells, flip-flops, DSP blocks.
    """

    text: Text
    luts: int
    carries: int
    registers: int
    dsps: int


@dataclass(frozen=True)
class FpgaCost:
    """A job: what a combinational unit takes, from both texts where there are two.

    Parameters
    ----------
    unit : Parameters
        What it computes.
    family : Family
        Where.
    dsp : bool
        Whether DSP blocks may be used.
    """

    unit: Parameters
    family: Family
    dsp: bool = False

    @property
    def effort(self) -> float:
        """The cell library of UltraScale+ is long to read."""
        return 1000 if self.family is Family.ULTRASCALE else 300

    def run(self, technology: Technology) -> list[Resources]:
        """Synthesise each text; the cells of `technology` play no part."""
        return [resources(text, *source(self.unit, text), self.family, self.dsp) for text in texts(self.unit)]


def texts(unit: Parameters) -> list[Text]:
    """The texts that there are for a unit."""
    return list(Text) if unit.policy is Policy.FLUSH else [Text.EXPORTED]


def source(unit: Parameters, text: Text) -> tuple[str, str]:
    """A unit's Verilog, and the name of its module."""
    if text is Text.OPERATORS:
        return behaviour(unit), NAME
    return verilog(Multiplier(unit)), unit.name


def synthesis(family: Family, top: str, dsp: bool) -> str:
    """Yosys' command for a family."""
    chosen = _SYNTHESIS[family]
    return f"{chosen.command} {chosen.dsp if dsp else chosen.no_dsp} -top {top}"


def resources(text: Text, content: str, top: str, family: Family, dsp: bool) -> Resources:
    """Synthesise a Verilog text for a family, and count.

    Raises
    ------
    YosysError
        Yosys refuses the text.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(content)
        run_yosys(["read_verilog unit.v", synthesis(family, top, dsp), "tee -q -o stat.json stat -json"], folder)
        return _counted(text, cells(folder), family)


def cells(folder: Path) -> Mapping[str, int]:
    """How many cells there are of each type, from `stat.json`."""
    found: dict[str, int] = json.loads((folder / "stat.json").read_text())["design"]["num_cells_by_type"]
    return found


def _counted(text: Text, found: Mapping[str, int], family: Family) -> Resources:
    names = _SYNTHESIS[family]
    luts = sum(count for cell, count in found.items() if cell.startswith(("LUT", "SB_LUT")))
    luts += sum(found.get(cell, 0) * count for cell, count in _CARRY_LUTS.items())
    registers = sum(count for cell, count in found.items() if cell.startswith(("SB_DFF", "TRELLIS_FF", "FD")))
    carries, dsps = (sum(found.get(cell, 0) for cell in each) for each in (names.carries, names.dsps))
    return Resources(text, luts, carries, registers, dsps)


def can_use_dsps(unit: Parameters) -> bool:
    """Whether there is a multiplication in it that could go into a DSP block."""
    return unit.method is Method.EXACT and unit.policy is Policy.FLUSH
