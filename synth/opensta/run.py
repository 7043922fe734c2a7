"""Delays and power of a mapped netlist by OpenSTA, if installed."""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lmul.synth.technology.drive_and_load import Surroundings
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError, run_tool, tool_environment

MISSING = (
    "OpenSTA is not installed: there is no `sta` on PATH. To have its figures here: apt-get install opensta (Debian)."
)
"""Note of a report without OpenSTA."""

_PERIOD_PS = 10_000  # of the clock that paths are held against; slacks have seven digits
_NOMINAL = (
    rb"\1 operating_conditions(nominal) { process : 1; temperature : 25; voltage : \2; }"
    rb" default_operating_conditions : nominal;"
)
_DEFAULT = re.compile(rb"^default_operating_conditions : [^;]*;\n", re.MULTILINE)
_CONDITIONS = re.compile(rb'^operating_conditions \(("[^"]*")\) \{$', re.MULTILINE)


class OpenStaError(ToolError):
    """Absence or failure of OpenSTA; the message is the line in which it says why."""


def opensta_version() -> str | None:
    """Return the version of `sta` on PATH; None if there is none or it is another program."""
    program = shutil.which("sta", path=tool_environment()["PATH"])
    return None if program is None else _version_of(program)


@cache
def _version_of(program: str) -> str | None:
    status, printed = run_tool([program, "-version"], Path(), tool_environment())
    version = re.fullmatch(r"\s*(\d+\.\d+\S*)\s*", printed)
    return version[1] if version and not status else None


@dataclass(frozen=True)
class Timing:
    """Longest paths of a module in ps; None if there are none.

    Parameters
    ----------
    through : float or None
        Path from inputs to outputs, without a register.
    into : float or None
        Path from inputs to registers, with set-up time.
    between : float or None
        Path from registers to registers, from clock edge to set-up time.
    out : float or None
        Path from registers to outputs.
    """

    through: float | None
    into: float | None
    between: float | None
    out: float | None


@dataclass(frozen=True)
class Power:
    """Energy of a cycle in fJ, of all cells: power times the clock period, without leakage.

    Parameters
    ----------
    internal : dict of str to float
        Internal energy of each cell, by its name.
    switching : float
        Energy of all nets that cells drive.
    activities : dict of str to float
        Transitions in a cycle of each output pin, by CELL/PIN.
    """

    internal: dict[str, float]
    switching: float
    activities: dict[str, float]


def run_opensta(script: Sequence[str], files: Mapping[str, str | bytes]) -> list[str]:
    """Run Tcl commands in a folder with some files; return the printed lines.

    Raises
    ------
    OpenStaError
        OpenSTA is not installed, a command failed, or it warns of a SPEF file, whose wires it then leaves out.
    """
    if opensta_version() is None:
        raise OpenStaError(MISSING)
    with scratch_folder() as folder:
        for name, content in {**files, "script.tcl": "\n".join(script)}.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        command = ["sta", "-no_init", "-no_splash", "-exit", "script.tcl"]
        status, printed = run_tool(command, folder, tool_environment())
    # After either it goes on, and ends with status 0.
    errors = re.findall(r"^(?:Error: |Warning: (?=\S+\.spef\b))(.*)$", printed, re.MULTILINE)
    if status or errors:
        raise OpenStaError(f"OpenSTA stopped: {errors[0] if errors else f'exit status {status}'}")
    return printed.splitlines()


def timing(
    netlist: str, top: str, technology: Technology, around: Surroundings | None = None, spef: str | None = None
) -> Timing:
    """Measure the longest paths of a mapped module.

    Parameters
    ----------
    netlist, top : str
        Verilog of cells, and the module's name.
    technology : Technology
        The liberty file that it is mapped to.
    around : Surroundings or None
        Drivers of inputs and loads of outputs; without them inputs change at once and outputs drive nothing.
    spef : str or None
        What its wires have, as SPEF; without it there are no wires.

    Raises
    ------
    OpenStaError
        OpenSTA is not installed or refuses the netlist.
    """
    clocked = re.search(r"^\s*input clk;", netlist, re.MULTILINE) is not None
    driven = around and [
        f"set_driving_cell -lib_cell {around.driver} [all_inputs]",
        f"set_load {around.load:g} [all_outputs]",
    ]
    registers = {True: ("[all_registers -clock_pins]", "[all_registers -data_pins]"), False: ("", "")}[clocked]
    ends = {
        "through": ("[all_inputs]", "[all_outputs]"),
        "into": ("[all_inputs]", registers[1]),
        "between": registers,
        "out": (registers[0], "[all_outputs]"),
    }
    lines = run_opensta(
        [
            *_linked(top),
            *(["read_spef wires.spef"] if spef else []),
            f"create_clock -name clock -period {_PERIOD_PS}" + (" [get_ports clk]" if clocked else ""),
            *(["set_false_path -from [get_ports rst]"] if clocked else []),
            "set_input_delay 0 -clock clock [all_inputs]",
            "set_output_delay 0 -clock clock [all_outputs]",
            *(driven or []),
            *(_slack(name, *each) for name, each in ends.items() if all(each)),
        ],
        {**_files(netlist, technology), **({"wires.spef": spef} if spef else {})},
    )
    slacks = dict(re.findall(r"^slack (\w+) (\S+)$", "\n".join(lines), re.MULTILINE))
    return Timing(**{name: _PERIOD_PS - float(slacks[name]) if name in slacks else None for name in ends})


def _slack(name: str, start: str, end: str) -> str:
    paths = f"set paths [find_timing_paths -from {start} -to {end}]"
    return f'{paths}\nif {{[llength $paths]}} {{puts "slack {name} [get_property [lindex $paths 0] slack]"}}'


def power(netlist: str, top: str, technology: Technology, activity: float) -> Power:
    """Measure the power of a combinational module whose inputs have one activity and are 1 half of the time.

    Parameters
    ----------
    netlist, top, technology
        As for `timing`; outputs drive nothing.
    activity : float
        Transitions of an input in a cycle. OpenSTA propagates them as if the inputs of each gate were independent.

    Raises
    ------
    OpenStaError
        OpenSTA is not installed or refuses the netlist.
    """
    lines = run_opensta(
        [
            *_linked(top),
            "create_clock -name clock -period 1000",  # 1 ns: a microwatt is a femtojoule a cycle
            "set_input_delay 0 -clock clock [all_inputs]",
            f"set_power_activity -input -activity {activity:g} -duty 0.5",
            "report_power -instances [get_cells *] -digits 9",
            "foreach pin [get_pins *] {",
            '  if {[get_property $pin direction] == "output"} {',
            '    puts "activity [get_property $pin full_name] [get_property $pin activity]"',
            "  }",
            "}",
        ],
        _files(netlist, technology),
    )
    cells = [line.split() for line in lines if re.fullmatch(r"(\s+\S*\d\S*){4}\s+\S+", line)]
    found = [line.split() for line in lines if line.startswith("activity ")]
    if not cells or not found:
        raise OpenStaError("OpenSTA stopped: it printed no power")
    return Power(
        {name: float(internal) * 1e6 for internal, _, _, _, name in cells},  # from watts
        sum(float(switching) * 1e6 for _, switching, _, _, _ in cells),
        {pin: float(density) * 1e-9 for _, pin, density, *_ in found},  # from transitions per second
    )


def _linked(top: str) -> list[str]:
    return [
        "read_liberty cells.lib",
        "read_verilog netlist.v",
        f"link_design {top}",
        "set_cmd_units -time ps -capacitance fF -power W",
    ]


def _files(netlist: str, technology: Technology) -> dict[str, str | bytes]:
    cells = technology.files["cells.lib"]
    text = cells if isinstance(cells, bytes) else cells.encode()
    # Or OpenSTA would guess wires by the number of pins, as the file tells it to.
    text = re.sub(rb"^\s*default_wire_load(_selection)?\s*:[^;]*;", b"", text, flags=re.MULTILINE)
    if default := _DEFAULT.search(text):
        text = _last(_DEFAULT.sub(b"", text), default[0])
    else:  # without which it takes the voltage for 0
        text, given = re.subn(rb"(\bnom_voltage\s*:\s*([\d.]+)\s*;)", _NOMINAL, text, count=1)
        if not given and (conditions := _CONDITIONS.search(text)):
            text = _last(text, b"default_operating_conditions : %s;\n" % conditions[1])
    return {"cells.lib": text, "netlist.v": netlist}


def _last(text: bytes, attribute: bytes) -> bytes:
    """Put an attribute at the end of the library: OpenSTA takes a default only after the group that it names."""
    return text.rstrip().removesuffix(b"}") + attribute + b"}\n"
