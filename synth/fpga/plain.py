"""LUTs of units by the plain flow of an FPGA family: what a user of Yosys gets from an exported file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters
from lmul.hdl.style import Style
from lmul.synth.fpga.resources import Family, Text, counted, source
from lmul.synth.fpga.zero_only import NAME, zero_only
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

PLAIN = {
    Family.ICE40: "synth_ice40",
    Family.ECP5: "synth_ecp5 -nodsp",
    Family.ULTRASCALE: "synth_xilinx -family xcup -nodsp",
    Family.GOWIN: "synth_gowin",
    Family.NEXUS: "synth_nexus -nodsp",
}
"""Yosys command of each family, with no switch but the one that keeps products out of DSP blocks.

Without it, and with -dsp in iCE40, products go into them. Yosys has none for Gowin, where they always do.
"""

_TEXTS = (Text.RTL, Text.GATES)

_WIDE = re.compile(r"PFUMX|L6MUX21|MUXF[789]|WIDEFN9|MUX2_LUT[5678]")


@dataclass(frozen=True)
class PlainResources:
    """Resources of a unit by the plain flow.

    Parameters
    ----------
    style : Style
        Style of the exported file.
    luts : int
        LUTs, counted as in `Resources`; wide multiplexers are not among them.
    multiplexers : int
        Wide multiplexers, each 1: PFUMX and L6MUX21 of ECP5, MUXF7, MUXF8 and MUXF9 of UltraScale+, MUX2_LUT5 to
        MUX2_LUT8 of Gowin, WIDEFN9 of Nexus, whose two LUTs are counted. They take up no other LUT, but each ties
        the two LUTs or multiplexers that it chooses between to one place. iCE40 has none.
    carries, dsps : int
        Carry cells and DSP blocks.
    """

    style: Style
    luts: int
    multiplexers: int
    carries: int
    dsps: int = 0


@dataclass(frozen=True)
class PlainCost:
    """Job: resources of a combinational unit by the plain flow, as it is exported in each style.

    Parameters
    ----------
    unit : Parameters
        Parameters of the unit.
    family : Family
        FPGA family.
    """

    unit: Parameters
    family: Family

    @property
    def effort(self) -> float:
        """Estimate the run time."""
        return _effort(self.family)

    def run(self, technology: Technology) -> list[PlainResources]:
        """Synthesise each file. The cells of `technology` are not used."""
        return [plain_resources(text.style, *source(self.unit, text), self.family) for text in _TEXTS]


@dataclass(frozen=True)
class PlainZeroOnly:
    """Job: resources of the unit of `zero_only` by the plain flow.

    Parameters
    ----------
    format : Format
        Format of operands and product.
    family : Family
        FPGA family.
    """

    format: Format
    family: Family

    @property
    def effort(self) -> float:
        """Estimate the run time, as for other units."""
        return _effort(self.family)

    def run(self, technology: Technology) -> list[PlainResources]:
        """Synthesise the exported sum with its detector. The cells of `technology` are not used."""
        # Made one module before, like every exported unit: synth_xilinx does not map across modules.
        one_module = [f"hierarchy -top {NAME}", "flatten"]
        return [
            plain_resources(text.style, zero_only(self.format, text), NAME, self.family, one_module) for text in _TEXTS
        ]


def _effort(family: Family) -> float:
    return 400 if family is Family.ULTRASCALE else 100  # reading UltraScale+'s cell library is slow


def plain_resources(
    style: Style, content: str, top: str, family: Family, before: Sequence[str] = (), dsp: bool = False
) -> PlainResources:
    """Synthesise a Verilog text as a user would, and count its resources.

    Parameters
    ----------
    style : Style
        Style of the text.
    content, top : str
        Verilog, and the name of its module.
    family : Family
        FPGA family.
    before : sequence of str
        Yosys commands before the flow.
    dsp : bool
        DSP blocks may be used.

    Raises
    ------
    YosysError
        Yosys refuses the text.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(content)
        flow = PLAIN[family].replace(" -nodsp", "") if dsp else PLAIN[family]
        flow += " -dsp" if dsp and family is Family.ICE40 else ""
        run_yosys(["read_verilog unit.v", *before, f"{flow} -top {top}", "write_json unit.json"], folder)
        cells = list(json.loads((folder / "unit.json").read_text())["modules"][top]["cells"].values())
    found = counted(Text.GATES, cells)
    multiplexers = sum(bool(_WIDE.fullmatch(cell["type"])) for cell in cells)
    return PlainResources(style, found.luts, multiplexers, found.carries, found.dsps)
