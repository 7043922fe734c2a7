"""Reader of the user's own Verilog for a unit of ours: an edited export, a netlist with its cells, another design.

Its ports are those of the exported unit. Nothing is read but the files that are named.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmul.hdl.export.verilog import Port
from lmul.synth.mapping.open_liberty import functions_of
from lmul.synth.rivals.files import copy_files
from lmul.synth.rivals.source import DRIVERS, NO_HARDWARE
from lmul.synth.technology.cell_models import cell_modules
from lmul.tools.files import check_regular, scratch_folder
from lmul.tools.limits import RIVAL_SECONDS
from lmul.tools.process import LimitError
from lmul.tools.yosys import YosysError, run_yosys

_LIBERTY = (".lib", ".lib.gz", ".liberty", ".liberty.gz")
_LARGEST = 1 << 28
_CELLS = "cells_of_liberty.v"
_FOREIGN = re.compile(r"`(?:systemc_\w+|verilator_config|verilog)\b")
"""Directives with which Verilator takes C++ or settings from a file."""

_LATCH = re.compile(r"latch|\$sr$|_SR_", re.IGNORECASE)
_ASYNCHRONOUS = re.compile(r"\$(adff|aldff|dffsr)|_(DFF|ALDFF|DFFSR)E?_[PN]{2,}.*_$")
_REGISTER = re.compile(r"ff", re.IGNORECASE)

_ONE_REGISTER = (
    "setattr -unset init w:*",
    "setattr -set init 1'0 w:*",
    "opt_merge",
    "setattr -unset init w:*",
    "opt_clean",
)
"""Make one of two registers of a bit that take the same at every edge, as in a cell with Q and QN.

They are equal after the first edge, and nothing is claimed of what comes before a reset. Yosys does so only for equal
initial values, which are then dropped.
"""


@dataclass(frozen=True)
class OwnUnit:
    """The user's Verilog for a unit.

    Parameters
    ----------
    shown : str
        Names of the files and of the module, for messages.
    module : str
        Name of the module.
    texts : dict of str to bytes
        Files to simulate, by name, in order: the user's, and the cells of liberty files as modules.
    flat : str
        One module of the exported unit's name, written by Yosys; empty if it was not asked for.
    """

    shown: str
    module: str
    texts: dict[str, bytes] = field(repr=False)
    flat: str = field(repr=False, default="")


def read_own_unit(
    files: Sequence[Path], top: str | None, name: str, ports: Sequence[Port], flat: bool = False
) -> OwnUnit:
    """Read the user's files, find the module, and compare its ports with those of the exported unit.

    Parameters
    ----------
    files : sequence of Path
        Verilog or SystemVerilog, read in this order, and liberty files of cells.
    top : str or None
        Name of the module. Without it: the only one that no other instantiates, or that of the name `name`.
    name : str
        Name of the exported unit.
    ports : sequence of Port
        Its ports.
    flat : bool
        Flatten the module too, for proofs.

    Raises
    ------
    ValueError
        The module is not clear, its ports are others, or a file includes or reads what is not named.
    YosysError, LimitError
        Yosys cannot read the files, or not within `RIVAL_SECONDS`.
    OSError
        A file cannot be read.
    """
    for path in files:
        if check_regular(path).stat().st_size > _LARGEST:
            raise ValueError(f"{path} must have at most {_LARGEST >> 20} MiB")
    liberty = [path for path in files if path.name.endswith(_LIBERTY)]
    verilog = [path for path in files if path not in liberty]
    shown = ", ".join(path.name for path in files)
    if not verilog:
        raise ValueError(f"--verilog must name a file of Verilog, not {shown} alone")
    with scratch_folder() as folder:
        copies, names = copy_files("--verilog", verilog, folder)
        if foreign := [given for copy, given in names.items() if copy not in copies]:
            raise ValueError(f"--verilog must name all that is read, {foreign[0]} too, which is included")
        texts = {copy: (folder / copy).read_bytes() for copy in copies}
        for copy, content in texts.items():
            if found := _FOREIGN.search(content.decode("latin-1")):
                raise ValueError(f"{names[copy]} must not use {found[0]}: nothing is read but Verilog")
        if cells := _used_cells(liberty, texts):
            texts[_CELLS] = cells
            (folder / _CELLS).write_bytes(cells)
        try:
            chosen = top or _top(folder, list(texts), shown, name)
            module, log, text = _elaborated(folder, list(texts), chosen, name, flat)
        except YosysError as error:
            told = str(error).split(" (ignore with")[0]  # which is an option of slang's
            for copy, given in names.items():
                told = told.replace(copy, given)
            raise YosysError(f"{shown}: {told}") from None
        except LimitError as error:
            raise LimitError(f"{shown}: {error}") from None
    _check_ports(f"{shown}: {chosen}", name, module["ports"], ports)
    if flat:
        _check_state(f"{shown}: {chosen}", module["cells"], "clk" in {port.name for port in ports}, log)
    if warnings := DRIVERS.findall(log):
        raise ValueError(f"{shown}: {chosen} must drive every bit that it uses once, not: {warnings[0]}")
    return OwnUnit(f"{shown}: {chosen}", chosen, texts, text)


def _used_cells(liberty: Sequence[Path], texts: dict[str, bytes]) -> bytes:
    """Write the modules of the cells whose names are in the texts."""
    if not liberty:
        return b""
    words = {word for text in texts.values() for word in re.findall(r"[\w$.\[\]]+", text.decode("latin-1"))}
    modules = cell_modules(functions_of(*liberty))
    return "".join(text for cell, text in modules.items() if cell.removeprefix("\\") in words).encode()


def _read(folder: Path, names: Sequence[str], top: str | None, commands: Sequence[str]) -> str:
    """Read files with Yosys' own reader, or else with slang, and go on with `commands`; return the log."""
    files = " ".join(names)
    hierarchy = [] if top is None else [f"hierarchy -check -top {top}"]
    try:
        return run_yosys([f"read_verilog -sv {files}", *hierarchy, *commands], folder, RIVAL_SECONDS)
    except YosysError:
        slang = f"read_slang --ignore-assertions{'' if top is None else f' --top {top}'} {files}"
        return run_yosys([slang, *hierarchy, *commands], folder, RIVAL_SECONDS)


def _top(folder: Path, names: Sequence[str], shown: str, name: str) -> str:
    """Find the module that no other instantiates."""
    _read(folder, names, None, ["proc", "write_json all.json"])
    modules: dict[str, Any] = json.loads((folder / "all.json").read_text())["modules"]
    used = {cell["type"] for module in modules.values() for cell in module["cells"].values()}
    tops = sorted(module for module in modules if module not in used and not module.startswith("$"))
    if len(tops) > 1 and name in tops:
        return name
    if len(tops) != 1:
        found = f"{', '.join(tops[:5])}{' and others' if tops[5:] else ''}" if tops else "none"
        raise ValueError(f"{shown} must have one module that no other instantiates, or --top must name it, not {found}")
    return tops[0]


def _elaborated(folder: Path, names: Sequence[str], top: str, name: str, flat: bool) -> tuple[dict[str, Any], str, str]:
    """Read the module; return its JSON, the log and, if it is asked for, the flattened text."""
    if not re.fullmatch(r"[A-Za-z_][\w$]*", top):
        raise ValueError(f"--top must be the name of a module, not {top!r}")
    commands = ["proc", *NO_HARDWARE, *(["flatten"] if flat else []), "opt_clean", "check"]
    if flat:
        commands += [*_ONE_REGISTER, *([f"rename {top} {name}"] if top != name else []), "write_verilog -noattr own.v"]
    log = _read(folder, names, top, [*commands, "write_json own.json"])
    modules: dict[str, Any] = json.loads((folder / "own.json").read_text())["modules"]
    return modules[name if flat else top], log, (folder / "own.v").read_text() if flat else ""


def _check_state(what: str, cells: dict[str, Any], clocked: bool, log: str) -> None:
    """Raise ValueError for what a proof does not know: latches, asynchronous resets, loops of logic."""
    kinds = {cell["type"] for cell in cells.values()}
    if any(map(_LATCH.search, kinds)):
        raise ValueError(f"{what} must have no latch, to be proved")
    if not clocked and any(map(_REGISTER.search, kinds)):
        raise ValueError(f"{what} must have no register, as the unit has no clock")
    if any(map(_ASYNCHRONOUS.search, kinds)):
        raise ValueError(f"{what} must have registers that clk alone changes, to be proved, not an asynchronous reset")
    if "found logic loop" in log:
        raise ValueError(f"{what} must have no loop of logic, to be proved")


def _check_ports(what: str, name: str, found: dict[str, Any], ports: Sequence[Port]) -> None:
    """Raise ValueError with all that differs between the ports."""
    wanted = {port.name: f"{port.direction} of {port.width}" for port in ports}
    given = {port: f"{each['direction']} of {len(each['bits'])}" for port, each in found.items()}
    differences = [f"{port} is missing" for port in wanted if port not in given]
    differences += [f"{port} is one more" for port in given if port not in wanted]
    differences += [
        f"{port} is an {given[port]} and not of {kind.split()[-1]} bits"
        if given[port].split()[0] == kind.split()[0]
        else f"{port} is an {given[port].split()[0]} and not an {kind.split()[0]}"
        for port, kind in wanted.items()
        if port in given and given[port] != kind
    ]
    if differences:
        raise ValueError(f"{what} must have the ports of {name}, but {', '.join(differences)}")
