"""Units in the cells of FPGAs: Yosys' own flows for iCE40, ECP5 and UltraScale+, and what is counted."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmul.hdl.files import scratch_folder
from lmul.hdl.yosys import run_yosys


class Family(StrEnum):
    """Devices with one kind of cells."""

    ICE40 = "iCE40"
    ECP5 = "ECP5"
    ULTRASCALE = "UltraScale+"


class Aim(StrEnum):
    """What mapping to LUTs is for."""

    LUTS = "luts"
    SPEED = "speed"


@dataclass(frozen=True)
class _Flow:
    """A family's flow: the command, its switches, and the cells by what they are."""

    command: str
    with_dsp: str
    without_dsp: str
    without_carry: str
    narrow: str
    luts: Mapping[str, int]
    carry: str
    muxes: tuple[str, ...]
    registers: str
    dsp: str


_FLOWS = {
    # ABC9 for iCE40 has to be asked for; the others use it anyway.
    Family.ICE40: _Flow(
        "synth_ice40 -device hx -abc9",
        with_dsp="-dsp",
        without_dsp="",
        without_carry="-nocarry",
        narrow="",
        luts={"SB_LUT4": 1},
        carry="SB_CARRY",
        muxes=(),
        registers="SB_DFF",
        dsp="SB_MAC16",
    ),
    # A CCU2C is two LUTs with the carry between them.
    Family.ECP5: _Flow(
        "synth_ecp5",
        with_dsp="",
        without_dsp="-nodsp",
        without_carry="-noccu2",
        narrow="-nowidelut",
        luts={"LUT4": 1, "CCU2C": 2},
        carry="CCU2C",
        muxes=("PFUMX", "L6MUX21"),
        registers="TRELLIS_FF",
        dsp="MULT18X18D",
    ),
    # Buffers at the ports belong to a chip, not to a unit. An inverter that no LUT has taken in needs one.
    Family.ULTRASCALE: _Flow(
        "synth_xilinx -family xcup -flatten -noiopad -noclkbuf",
        with_dsp="",
        without_dsp="-nodsp",
        without_carry="-nocarry",
        narrow="-nowidelut",
        luts={**{f"LUT{inputs}": 1 for inputs in range(1, 7)}, "INV": 1},
        carry="CARRY4",
        muxes=("MUXF7", "MUXF8", "MUXF9"),
        registers="FD",
        dsp="DSP48E2",
    ),
}

_ABUNDANT_PS = 10**6
"""A delay target that everything meets, so that ABC9 recovers area wherever it can."""


@dataclass(frozen=True)
class Fabric:
    """What a module takes of an FPGA, before placement.

    Parameters
    ----------
    luts : int
        iCE40: LUT4, and carries that no LUT goes with, since each of these fills a logic cell too. ECP5: LUT4, a CCU2C
        being two. UltraScale+: LUT1 to LUT6, a LUT6 that could hold two smaller ones being one, and inverters.
    carries : int
        SB_CARRY (one bit), CCU2C (two) or CARRY4 (four).
    muxes : int
        Multiplexers that join LUTs: PFUMX and L6MUX21, MUXF7 to MUXF9.
    registers, dsps : int
        Flip-flops and multiplier blocks.
    """

    luts: int
    carries: int
    muxes: int
    registers: int
    dsps: int


@dataclass(frozen=True)
class Synthesised:
    """A module in the cells of a family, and its netlist as Yosys' JSON."""

    fabric: Fabric
    netlist: str


def synthesise_fpga(
    verilog: str, top: str, family: Family, aim: Aim = Aim.LUTS, dsp: bool = False, carry: bool = True
) -> Synthesised:
    """Map the module `top` of a Verilog text to a family.

    Parameters
    ----------
    verilog : str
        The text.
    top : str
        Name of the module.
    family : Family
        What is mapped to.
    aim : Aim
        `luts`: no delay target and no multiplexers that join LUTs, so that LUTs alone tell the area. `speed`: the flow
        as Yosys has it.
    dsp, carry : bool
        Whether multiplications may become multiplier blocks, and additions carry chains.

    Raises
    ------
    YosysError
        Yosys refuses the text.
    """
    flow = _FLOWS[family]
    switches = [flow.with_dsp if dsp else flow.without_dsp, "" if carry else flow.without_carry]
    relaxed = []
    if aim is Aim.LUTS:
        switches.append(flow.narrow)
        relaxed = [f"scratchpad -set abc9.D {_ABUNDANT_PS}"]
    command = " ".join([flow.command, *filter(None, switches), "-top", top])
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        run_yosys(["read_verilog unit.v", *relaxed, command, "write_json netlist.json"], folder)
        text = (folder / "netlist.json").read_text()
    return Synthesised(_fabric(json.loads(text)["modules"][top], flow), text)


def _fabric(module: dict[str, Any], flow: _Flow) -> Fabric:
    cells = Counter[str](cell["type"] for cell in module["cells"].values())
    return Fabric(
        luts=sum(cells[cell] * count for cell, count in flow.luts.items()) + _lone_carries(module),
        carries=cells[flow.carry],
        muxes=sum(cells[cell] for cell in flow.muxes),
        registers=sum(count for cell, count in cells.items() if cell.startswith(flow.registers)),
        dsps=cells[flow.dsp],
    )


def _lone_carries(module: dict[str, Any]) -> int:
    """Carries of iCE40 that share no logic cell with a LUT, which would have to take the same operands and carry."""
    carries = [cell["connections"] for cell in module["cells"].values() if cell["type"] == "SB_CARRY"]
    luts = [cell["connections"] for cell in module["cells"].values() if cell["type"] == "SB_LUT4"]
    fitting = {(str(lut["I1"]), str(lut["I2"]), str(lut["I3"])) for lut in luts}
    return sum((str(carry["I0"]), str(carry["I1"]), str(carry["CI"])) not in fitting for carry in carries)
