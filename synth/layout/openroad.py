"""The same unit through OpenROAD, where its user has one: a script, and the figures that it prints.

No OpenROAD was at hand when this was written: the script was never run.
"""

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from lmul.synth.layout.job import Setup
from lmul.synth.layout.wiring import Wiring
from lmul.synth.technology.drive_and_load import surroundings
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError, run_tool, tool_environment

_PERIOD_PS = 10_000  # that slacks count from
_MARK = "lmul:"  # before each figure that the script prints


@dataclass(frozen=True)
class OpenRoad:
    """Figures of OpenROAD: length of wires in um, longest path in ps, area of cells in um2; None where it told none."""

    um: float | None
    delay_ps: float | None
    cell_um2: float | None


def script(wiring: Wiring, top: str, technology: Technology, setup: Setup, lefs: Sequence[str]) -> list[str]:
    """Write the Tcl commands: floorplan, placement, clock tree, global routing, parasitics, timing.

    They read `lefs`, cells.lib and unit.v in the working folder.
    """
    around = surroundings(technology)
    vertical, horizontal = setup.lef.wires
    clocked = "clk" in wiring.ports
    each = f"-resistance {setup.wire.resistance:g} -capacitance {setup.wire.capacitance:g}"
    utilisation = 100 * setup.utilisation
    tree = ["clock_tree_synthesis", "detailed_placement"] if clocked else []
    return [
        *(f"read_lef {name}" for name in lefs),
        "read_liberty cells.lib",
        "read_verilog unit.v",
        f"link_design {top}",
        "set_cmd_units -time ps -capacitance fF -resistance ohm -distance um",
        f"create_clock -name clock -period {_PERIOD_PS}" + (" [get_ports clk]" if clocked else ""),
        *(["set_false_path -from [get_ports rst]"] if "rst" in wiring.ports else []),
        "set_input_delay 0 -clock clock [all_inputs]",
        "set_output_delay 0 -clock clock [all_outputs]",
        f"set_driving_cell -lib_cell {around.driver} [all_inputs]",
        f"set_load {around.load:g} [all_outputs]",
        f"initialize_floorplan -site {setup.lef.site} -utilization {utilisation:g} -aspect_ratio 1 -core_space 0",
        "make_tracks",
        *(f"set_layer_rc -layer {layer.name} {each}" for layer in setup.lef.layers),  # that routed wires have
        f"set_wire_rc -signal {each}",
        f"set_wire_rc -clock {each}",
        f"place_pins -hor_layers {horizontal.name} -ver_layers {vertical.name}",
        f"global_placement -density {min(setup.utilisation + 0.1, 1):g}",
        "detailed_placement",
        *tree,
        "global_route",
        "estimate_parasitics -global_routing",
        f'puts "{_MARK} delay [expr {_PERIOD_PS} - [worst_slack -max]]"',
        "report_wire_length -global_route -net * -file wires.csv",
        "report_design_area",
        "report_power",
        "write_def openroad.def",
        "exit",
    ]


def found(printed: str, wires: str) -> OpenRoad:
    """Read the figures from what OpenROAD printed, and from its table of nets with their routed lengths."""
    delay = re.search(rf"^{_MARK} delay ([-\d.eE+]+)", printed, re.MULTILINE)
    area = re.search(r"^Design area ([\d.]+) u", printed, re.MULTILINE)
    lengths = [float(length) for length in re.findall(r"^grt: \S+ ([\d.]+)", wires, re.MULTILINE)]
    return OpenRoad(
        sum(lengths) if lengths else None, float(delay[1]) if delay else None, float(area[1]) if area else None
    )


def openroad_command(text: str) -> list[str]:
    """Split a command that runs OpenROAD into words.

    Raises
    ------
    ValueError
        Its program is not on PATH, or a quotation has no end.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"--openroad must be a command that runs OpenROAD, not {text!r}: {error}") from error
    if not words or shutil.which(words[0], path=tool_environment()["PATH"]) is None:
        raise ValueError(f"--openroad must be a command that runs OpenROAD, not {text!r}: no such program on PATH")
    return words


def run_openroad(
    command: str, wiring: Wiring, top: str, technology: Technology, setup: Setup
) -> tuple[OpenRoad, dict[str, bytes]]:
    """Run OpenROAD on a unit; return its figures, and its script and DEF by name.

    Parameters
    ----------
    command : str
        Program with its arguments, such as `openroad` or that of a container; it gets `-exit script.tcl`, in a folder
        with all files, whose path stands for each `{}` in it.
    wiring, top, technology, setup
        Netlist, its name, and what it is placed with.

    Raises
    ------
    ToolError, ValueError
        It stopped, or there is no such program.
    """
    words = openroad_command(command)
    lefs = [f"{place}.lef" for place in range(len(setup.lef.texts))]
    texts = dict(zip(lefs, setup.lef.texts, strict=True))
    texts |= {
        "unit.v": wiring.verilog(top),
        "script.tcl": "\n".join(script(wiring, top, technology, setup, lefs)) + "\n",
    }
    with scratch_folder() as folder:
        for name, content in {**technology.files, **texts}.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        status, printed = run_tool(
            [*(word.replace("{}", str(folder)) for word in words), "-exit", "script.tcl"], folder, tool_environment()
        )
        table = folder / "wires.csv"
        wires = table.read_text() if table.exists() else ""
        kept = {"script.tcl": f"{top}.openroad.tcl", "openroad.def": f"{top}.openroad.def"}
        files = {name: (folder / own).read_bytes() for own, name in kept.items() if (folder / own).exists()}
    errors = re.findall(r"^\[ERROR ([^\n]*)", printed, re.MULTILINE)
    if status or errors:
        raise ToolError(f"OpenROAD stopped: {errors[0] if errors else f'exit status {status}'}")
    return found(printed, wires), files
