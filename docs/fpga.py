"""Measure exported multipliers in FPGAs by plain flows, and write docs/fpga.md: `make fpga` runs this."""

import os
from dataclasses import dataclass
from pathlib import Path

from lmul.golden.formats import BF16, E4M3, FP32, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.fpga.place import DEVICES, fmax, nextpnr_version
from lmul.synth.fpga.plain import PLAIN, plain_resources
from lmul.synth.fpga.resources import Family, Text, source
from lmul.tools.parallel import on_all_cores

UNITS = [(f, Method.LMUL) for f in (E4M3, BF16, FP32)] + [(f, Method.EXACT) for f in (E4M3, BF16)]
TEXTS = (Text.RTL, Text.GATES)

HEAD = """\
# In FPGAs, by plain flows

Written by `make fpga`. Exported files, policy flush, given to Yosys by the commands below and to nextpnr, with no
other switch. LUTs of all sizes count 1, and those inside carry cells count, too: two for a CCU2C, a CCU2 or
a WIDEFN9, one for an ALU of Gowin. What follows a + are wide multiplexers, which take up no other LUT. Behind "dsp" the
same with DSP blocks, and their number; for Gowin Yosys has no switch to keep products out of them.

"""

MHZ = """\
MHz: median of three seeds of nextpnr between registers, without DSP blocks where there is a switch, in {devices}.
In Gowin and Nexus, where nextpnr wants a place for every pin, the registers of the inputs are one shift register, and
those of the outputs another with an exclusive-or before each, so that these figures are lower than for a register
at each port; Nexus' clock is the oscillator inside. nextpnr 0.11.1 refuses what `synth_nexus`
of Yosys 0.70 makes of any +: a constant 0 drives the first carry input
([script](../findings/nexus_carry.sh)). It is taken off in between; `-noccu2` does without carry cells."""


@dataclass(frozen=True)
class Cell:
    """Cell of the table."""

    format: Format
    method: Method
    text: Text
    family: Family
    what: str

    def measured(self) -> str:
        """Measure it."""
        unit = Parameters(self.format, self.method)
        if self.what == "MHz":
            if nextpnr_version(self.family) is None:
                return ""
            speed = fmax(unit, 0, self.text, self.family)
            return f"{speed.mhz:.0f}"
        dsp = self.what == "dsp"
        found = plain_resources(self.text.style, *source(unit, self.text), self.family, dsp=dsp)
        wide = f" + {found.multiplexers}" if found.multiplexers else ""
        blocks = f", {found.dsps}" if found.dsps else ""
        if dsp:
            return f"; dsp {found.luts}{wide}{blocks}" if blocks else ""
        return f"{'dsp ' if blocks else ''}{found.luts}{wide}{blocks}"


def measured(cell: Cell) -> str:
    """Measure a cell of the table."""
    return cell.measured()


def cells() -> list[Cell]:
    """List the cells."""
    listed = []
    for f, method in UNITS:
        for text in TEXTS:
            for family in Family:
                listed.append(Cell(f, method, text, family, "luts"))
                if method.is_exact and text is Text.RTL and family is not Family.GOWIN:
                    listed.append(Cell(f, method, text, family, "dsp"))
            listed += [Cell(f, method, text, family, "MHz") for family in DEVICES]
    return listed


def table(found: dict[Cell, str]) -> str:
    """Write the table."""
    placed = [family for family in DEVICES if nextpnr_version(family) is not None]
    heads = [*map(str, Family), *(f"{family}, MHz" for family in placed)]
    lines = [f"| unit | style | {' | '.join(heads)} |", f"|---|---|{'---:|' * len(heads)}"]
    for f, method in UNITS:
        for text in TEXTS:
            row = [
                found[Cell(f, method, text, family, "luts")] + found.get(Cell(f, method, text, family, "dsp"), "")
                for family in Family
            ]
            row += [found[Cell(f, method, text, family, "MHz")] for family in placed]
            lines.append(f"| {method} {f} | {text.style} | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and write the page."""
    listed = cells()
    found = dict(zip(listed, on_all_cores(measured, listed, lambda cell: cell.format.mantissa_bits), strict=True))
    flows = "\n".join(f"- {family}: `{command}`" for family, command in PLAIN.items())
    devices = "; ".join(f"{family} {device}" for family, device in DEVICES.items())
    speeds = f"\n{MHZ.format(devices=devices)}\n" if any(map(nextpnr_version, DEVICES)) else ""
    page = Path(os.environ.get("OUT", "docs/fpga.md"))
    page.write_text(f"{HEAD}{flows}\n\n{table(found)}{speeds}")


if __name__ == "__main__":
    main()
