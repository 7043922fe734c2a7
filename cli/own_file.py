"""Options --verilog and --top: the user's own file in place of an export."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from lmul.cli.options import with_options
from lmul.hdl.export.verilog import ExportableUnit, ports_of
from lmul.sim.own_files import OwnFiles
from lmul.synth.rivals.own_unit import OwnUnit, read_own_unit

_OPTIONS: list[Callable[..., Any]] = [
    click.option(
        "--verilog",
        "verilog_names",
        multiple=True,
        metavar="FILE[,FILE]",
        help="Your own Verilog with the ports of the exported unit: an edited export, a netlist, another design. "
        "Repeatable: cells of a netlist are a second file, Verilog or liberty (.lib, .lib.gz).",
    ),
    click.option(
        "--top",
        metavar="NAME",
        help="Your module. Without it: the only one that no other instantiates, or that of the exported unit's name.",
    ),
]


def own_file_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --verilog and --top to a command, for `own_unit`."""
    return with_options(_OPTIONS, command)


def own_unit(unit: ExportableUnit, verilog_names: Sequence[str], top: str | None, flat: bool = False) -> OwnUnit | None:
    """Read the files that --verilog names; return None without it.

    Raises
    ------
    ValueError, ToolError, OSError
        As `read_own_unit`; or --top is given alone.
    """
    if not verilog_names:
        if top is not None:
            raise ValueError("--top must be given with --verilog")
        return None
    names = [name for given in verilog_names for name in given.split(",")]
    if not all(names):
        raise ValueError(f"--verilog must name files between commas, not {','.join(verilog_names)!r}")
    return read_own_unit([Path(name) for name in names], top, unit.name, ports_of(unit), flat)


def own_files(own: OwnUnit | None) -> OwnFiles | None:
    """Return the files to simulate, and say which they are."""
    if own is None:
        return None
    print(f"Verilog of {own.shown}")
    return OwnFiles(own.module, own.texts)
