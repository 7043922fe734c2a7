"""Reader of a user's multiplier, which brings it to the form in which units are measured."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmul.golden.formats import Format
from lmul.synth.rivals.files import copy_files
from lmul.tools.files import scratch_folder
from lmul.tools.limits import RIVAL_SECONDS
from lmul.tools.process import LimitError
from lmul.tools.yosys import YosysError, run_yosys

TOP = "rival"
"""The module in a rival's text. Its ports are x, y and p."""

_INNER = "rival_inner"
_REGISTER = re.compile(r"dff|dlatch|\$ff|_FF|\$sr\b|_SR_|memwr", re.IGNORECASE)

DRIVERS = re.compile(r"^Warning: (.*(?:no driver|multiple conflicting drivers).*?):?$", re.MULTILINE)
"""Warnings of Yosys' `check` about nets without one driver, which mapping would treat as don't-cares."""

NO_HARDWARE = (
    "chformal -remove",
    "delete */t:$print",
    "setattr -mod -unset keep -unset keep_hierarchy",
    "setattr -unset keep -unset keep_hierarchy",
)
"""Drop assertions and what is printed, and what would keep modules apart or registers that no output depends on."""


@dataclass(frozen=True)
class Source:
    """Files, module and ports of a rival.

    Parameters
    ----------
    name : str
        Name in tables.
    files : tuple of Path
        Verilog or SystemVerilog, read in this order. Includes are looked for beside them and below, in the folders
        `include`, and nowhere else; data files are not read: what would read one is refused.
    top : str
        Name of the module.
    ports : tuple of str
        Ports for x, y and the product; empty if direction and width identify them.
    constants : tuple of (str, int)
        Other inputs, such as a rounding mode, and their values.
    parameters : tuple of (str, int)
        Parameters of the module, and their values. Others have their defaults.
    include : tuple of Path
        Folders for included files.
    """

    name: str
    files: tuple[Path, ...]
    top: str
    ports: tuple[str, ...] = ()
    constants: tuple[tuple[str, int], ...] = ()
    parameters: tuple[tuple[str, int], ...] = ()
    include: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Rival:
    """Combinational multiplier of two codes of a format that is not ours.

    Parameters
    ----------
    name : str
        Name in tables.
    format, result : Format
        Formats of both operands, and of the product.
    sha256 : str
        Hash of `verilog`.
    verilog : str
        One text, written by Yosys: the module `rival` with the ports x, y and p, and the user's below it, flattened.
    """

    name: str
    format: Format
    result: Format
    sha256: str
    verilog: str = field(repr=False)

    @property
    def format_name(self) -> str:
        """Name the formats, as in `e4m3` or `e4m3 to bf16`."""
        return self.format.name if self.result == self.format else f"{self.format} to {self.result}"


def read_rival(source: Source, f: Format, result: Format | None = None) -> Rival:
    """Read a rival's files. Assertions, output statements and attributes that keep hierarchy or nets are dropped.

    Both operands have the format `f`; so has the product, unless `result` is its format.

    Yosys' own reader is tried first, as for all units; then slang, which knows packages and structs.

    Raises
    ------
    ValueError
        The files read others than `rival_files` allows; the module is not combinational, or has a bit without a driver
        or with several, or which of its ports are meant is not clear; the message says which it has.
    YosysError
        Neither reader takes the files.
    LimitError
        A reader met a limit; that of time is `RIVAL_SECONDS`.
    OSError
        A file cannot be read.
    """
    with scratch_folder() as folder:
        copies, names = copy_files(f"rival {source.name}", source.files, folder, source.include)
        try:
            _check_parameters(source, folder)
            module, warnings = _elaborated(folder, " ".join(copies), source.top, source.parameters)
        except YosysError as error:
            if unknown := re.search(r"object for defparam `(\w+)[`']", str(error)):
                raise ValueError(_lacks(source, unknown[1])) from None
            told = str(error).split(" (ignore with")[0]  # which is an option of slang's
            for name, user_name in names.items():
                told = told.replace(name, user_name)
            raise YosysError(f"{_named(source)}: {told}") from None
        except LimitError as error:
            raise LimitError(f"{_named(source)}: {error}") from None
        inner = (folder / "rival.v").read_text()
    what = f"rival {source.name}: {source.top}"
    registers = sum(bool(_REGISTER.search(cell["type"])) for cell in module["cells"].values())
    if registers:
        raise ValueError(f"{what} must be combinational, not with registers or latches (it has {registers})")
    if warnings:
        raise ValueError(f"{what} must drive every bit that it uses once, not: {warnings[0]}")
    z = result or f
    text = _wrapper(what, source, f, z, module["ports"]) + inner
    return Rival(source.name, f, z, hashlib.sha256(text.encode()).hexdigest(), text)


def _named(source: Source) -> str:
    return f"rival {source.name} ({', '.join(path.name for path in source.files)})"


def _check_parameters(source: Source, folder: Path) -> None:
    """Raise ValueError for a parameter that no file declares; slang would not say so."""
    texts = [
        re.sub(r"//[^\n]*|/\*.*?\*/", " ", path.read_text("latin-1"), flags=re.DOTALL) for path in folder.iterdir()
    ]
    for name, _ in source.parameters:
        if not any(re.search(rf"\bparameter\b[^;]*?\b{name}\s*=", text) for text in texts):
            raise ValueError(_lacks(source, name))


def _lacks(source: Source, parameter: str) -> str:
    return f"rival {source.name}: {source.top} must have the parameter {parameter}, which it has not"


def _elaborated(
    folder: Path, names: str, top: str, parameters: Sequence[tuple[str, int]]
) -> tuple[dict[str, Any], list[str]]:
    """Flatten the module and write rival.v; return its JSON and the warnings about its drivers."""
    set_in_yosys = "".join(f" -chparam {name} {value}" for name, value in parameters)
    set_in_slang = "".join(f" -G {name}={value}" for name, value in parameters)
    commands = [
        "proc",
        *NO_HARDWARE,
        "flatten",
        "opt_clean",
        "check",
        f"rename {top} {_INNER}",
        "write_json rival.json",
        "write_verilog -noattr rival.v",
    ]
    try:
        hierarchy = [f"hierarchy -check -top {top}{set_in_yosys}", *([f"rename -top {top}"] if parameters else [])]
        log = run_yosys([f"read_verilog -sv {names}", *hierarchy, *commands], folder, RIVAL_SECONDS)
    except YosysError as error:
        if "for defparam" in str(error):  # slang would take the module without that parameter
            raise
        slang = f"read_slang --ignore-assertions --top {top}{set_in_slang} {names}"
        log = run_yosys([slang, f"hierarchy -check -top {top}", *commands], folder, RIVAL_SECONDS)
    module: dict[str, Any] = json.loads((folder / "rival.json").read_text())["modules"][_INNER]
    return module, DRIVERS.findall(log)


def _wrapper(what: str, source: Source, f: Format, z: Format, ports: Mapping[str, Any]) -> str:
    """Write the module `rival`, which connects the chosen ports and drives the others with their values."""
    widths = {name: len(port["bits"]) for name, port in ports.items()}
    inputs, outputs = (
        [name for name, port in ports.items() if port["direction"] == way] for way in ("input", "output")
    )
    constants = dict(source.constants)
    chosen = list(source.ports)
    if not chosen:
        fitting = [name for name in inputs if widths[name] == f.width and name not in constants]
        results = [name for name in outputs if widths[name] == z.width]
        # In the order of the declaration only by accident: Yosys sorts as it likes, and products commute but for NaN.
        chosen = [*sorted(fitting), *results]
    x_y_p = chosen if len(chosen) == 3 else ["", "", ""]
    left = [name for name in inputs if name not in x_y_p[:2] and name not in constants]
    wanted = (f.width, f.width, z.width)
    known = set(x_y_p[:2]) <= set(inputs) and x_y_p[2] in outputs and [widths[name] for name in x_y_p] == [*wanted]
    once = len(constants) == len(source.constants) and not set(constants) & set(x_y_p) and len(set(x_y_p)) == len(x_y_p)
    if not known or left or not once or not set(constants) <= set(inputs):
        listed = ", ".join(f"{ports[name]['direction']} {name} of {widths[name]}" for name in ports)
        raise ValueError(
            f"{what} must have two inputs of {f.width} bits for {f}, an output of {z.width} for {z} and values for its "
            f"other inputs, as in NAME=FILE:TOP(x,y,p,other=0), not the ports {listed}"
        )
    pins = [f".{_escaped(name)}({ours})" for name, ours in zip(x_y_p, "xyp", strict=True)]
    for name, value in constants.items():
        if not 0 <= value < 1 << widths[name]:
            raise ValueError(f"{what} must have a value of {widths[name]} bits for {name}, not {value}")
        pins.append(f".{_escaped(name)}({widths[name]}'d{value})")
    declared = f"input [{f.width - 1}:0] x, y, output [{z.width - 1}:0] p"
    return f"module {TOP} ({declared});\n  {_INNER} inner ({', '.join(pins)});\nendmodule\n"


def _escaped(name: str) -> str:
    return f"\\{name} "
