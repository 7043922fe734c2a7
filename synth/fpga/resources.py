# amaranth: UnusedElaboratable=no
"""Resources of units in FPGA families, by Yosys, tuned for few LUTs. The plain flow is in `plain`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys


class Family(StrEnum):
    """FPGA family."""

    ICE40 = "iCE40"
    ECP5 = "ECP5"
    ULTRASCALE = "UltraScale+"
    GOWIN = "Gowin"
    NEXUS = "Nexus"


FAMILIES = (Family.ICE40, Family.ECP5, Family.ULTRASCALE)
"""Families of the reports; docs/fpga.md has the others, too."""


@dataclass(frozen=True)
class _Synthesis:
    """Yosys command of a family, and its switches for DSP blocks, carries and area."""

    command: str
    dsp: str
    no_dsp: str
    no_carry: str
    small: str


_SYNTHESIS = {
    Family.ICE40: _Synthesis("synth_ice40", "-dsp", "", "-nocarry", "-abc9 -device hx"),
    Family.ECP5: _Synthesis("synth_ecp5", "", "-nodsp", "-noccu2", "-nowidelut"),
    Family.ULTRASCALE: _Synthesis(
        "synth_xilinx -family xcup -flatten -noiopad -noclkbuf", "", "-nodsp", "-nocarry", "-nowidelut"
    ),
    Family.GOWIN: _Synthesis("synth_gowin", "", "", "-noalu", "-nowidelut"),
    Family.NEXUS: _Synthesis("synth_nexus", "", "-nodsp", "-noccu2", "-nowidelut"),
}
_LUTS_INSIDE = {
    "CCU2C": 2,
    "CCU2": 2,
    "ALU": 1,
    "WIDEFN9": 2,
}  # LUTs inside a cell; those of other carries lie beside theirs
_CARRIES = ("SB_CARRY", "CCU2C", "CCU2", "ALU", "CARRY4", "CARRY8")
_DSPS = ("SB_MAC16", "MULT18X18D", "DSP48E2", "MULT9X9", "MULT18X18", "MULT9X9_CORE", "MULTADDALU18X18")

_NO_HURRY = "scratchpad -set abc9.D 1000000"
"""A delay goal in ps that everything meets: ABC9 then saves LUTs wherever it can."""


class Text(StrEnum):
    """Verilog text that Yosys reads: an exported file, by its style."""

    GATES = "gates"
    RTL = "rtl"
    NO_CARRY = "rtl, no carry"  # that again, for a synthesiser that may not use carry cells

    @property
    def style(self) -> Style:
        """Return the style of the file."""
        return Style.GATES if self is Text.GATES else Style.RTL


@dataclass(frozen=True)
class Resources:
    """Resources of a unit in a family.

    Parameters
    ----------
    text : Text
        Text that was read.
    luts : int
        LUTs of any size, those inside carry cells among them, and what else takes up a LUT's place.
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
    """Job: resources of a combinational unit for each text; with DSP blocks only of the style rtl.

    Parameters
    ----------
    unit : Parameters
        Parameters of the unit.
    family : Family
        FPGA family.
    dsp : bool
        DSP blocks may be used.
    """

    unit: Parameters
    family: Family
    dsp: bool = False

    @property
    def effort(self) -> float:
        """Estimate the run time; reading UltraScale+'s cell library is slow."""
        return 1000 if self.family is Family.ULTRASCALE else 300

    def run(self, technology: Technology) -> list[Resources]:
        """Synthesise each text. The cells of `technology` are not used."""
        found = [Text.RTL] if self.dsp else list(Text)
        return [resources(text, *source(self.unit, text), self.family, self.dsp) for text in found]


def source(unit: Parameters, text: Text, pipeline: int = 0) -> tuple[str, str]:
    """Write a unit's Verilog; return it and the module's name."""
    component = Multiplier(unit, pipeline, style=text.style)
    return verilog(component), component.name


def synthesis(family: Family, top: str, dsp: bool, text: Text, small: bool = False) -> str:
    """Write the Yosys command for a family; `small` optimises for LUTs, not for speed."""
    chosen = _SYNTHESIS[family]
    switches = [
        chosen.dsp if dsp else chosen.no_dsp,
        chosen.no_carry if text is Text.NO_CARRY else "",
        chosen.small if small else "",
    ]
    return " ".join([chosen.command, *filter(None, switches), "-top", top])


def resources(text: Text, content: str, top: str, family: Family, dsp: bool) -> Resources:
    """Synthesise a Verilog text for a family, and count its resources.

    Raises
    ------
    YosysError
        Yosys refuses the text.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(content)
        command = synthesis(family, top, dsp, text, small=True)
        run_yosys(["read_verilog unit.v", _NO_HURRY, command, "write_json unit.json"], folder)
        module: dict[str, Any] = json.loads((folder / "unit.json").read_text())["modules"][top]
    return counted(text, list(module["cells"].values()))


def counted(text: Text, found: Sequence[Mapping[str, Any]]) -> Resources:
    """Count the resources that cells take, as Yosys' JSON has them; cells for pins are not counted."""
    types = [str(cell["type"]) for cell in found]
    luts = sum(cell.startswith(("LUT", "SB_LUT", "INV")) for cell in types) + _lone_carries(found)
    luts += sum(types.count(cell) * count for cell, count in _LUTS_INSIDE.items())
    registers = sum(cell.startswith(("SB_DFF", "TRELLIS_FF", "FD", "DFF")) for cell in types)
    carries, dsps = (sum(map(types.count, each)) for each in (_CARRIES, _DSPS))
    return Resources(text, luts, carries, registers, dsps)


def _lone_carries(found: Sequence[Mapping[str, Any]]) -> int:
    """Count the carries of iCE40 that share no logic cell with a LUT, as nextpnr packs them.

    A LUT shares the cell if it takes the same operands and carry, or if it has at most two inputs and makes an operand
    that nothing else reads.
    """
    carries, luts = ([c["connections"] for c in found if c["type"] == kind] for kind in ("SB_CARRY", "SB_LUT4"))
    beside = {(*lut["I1"], *lut["I2"], *lut["I3"]) for lut in luts}
    read = Counter(
        bit for cell in (*carries, *luts) for pin, bits in cell.items() if pin not in ("O", "CO") for bit in bits
    )
    small = (lut["O"][0] for lut in luts if sum(type(lut[f"I{pin}"][0]) is int for pin in range(4)) <= 2)
    driven = {bit for bit in small if read[bit] == 1}
    return sum(
        (*carry["I0"], *carry["I1"], *carry["CI"]) not in beside and driven.isdisjoint(carry["I0"] + carry["I1"])
        for carry in carries
    )


def can_use_dsps(unit: Parameters) -> bool:
    """Tell whether a unit has a multiplication that could go into a DSP block."""
    return unit.method.is_exact and unit.policy is Policy.FLUSH
