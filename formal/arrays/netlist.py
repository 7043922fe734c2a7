"""Netlists of the modules of a file, as Yosys reads them."""

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

Bits = list[int | str]
"""Nets by their numbers in a module; "0" and "1" are constants."""


@dataclass(frozen=True)
class Module:
    """Module of a file: its ports and what is in it.

    Attributes
    ----------
    name : str
        Its name.
    data : dict
        As Yosys writes it to JSON.
    """

    name: str
    data: Mapping[str, Any]

    def port(self, name: str) -> Bits:
        """Return the nets of a port.

        Raises
        ------
        ValueError
            There is no such port.
        """
        if name not in self.data["ports"]:
            raise ValueError(f"{self.name} must have the port {name}, as its export has")
        bits: Bits = self.data["ports"][name]["bits"]
        return bits

    def net(self, name: str) -> Bits:
        """Return a wire by its name; none if there is no such wire."""
        bits: Bits = self.data["netnames"].get(name, {"bits": []})["bits"]
        return bits

    @cached_property
    def instances(self) -> dict[str, "Instance"]:
        """Return the instances of other modules by their names."""
        return {
            name: Instance(name, cell["type"], cell["connections"])
            for name, cell in self.data["cells"].items()
            if not cell["type"].startswith("$")
        }

    def cells(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield all else: name and cell."""
        yield from ((name, cell) for name, cell in self.data["cells"].items() if cell["type"].startswith("$"))


@dataclass(frozen=True)
class Instance:
    """Instance of a module.

    Attributes
    ----------
    name, type : str
        Its name, and the module's.
    connections : mapping of str to list
        The nets of its ports.
    """

    name: str
    type: str
    connections: Mapping[str, Bits]

    def __getitem__(self, port: str) -> Bits:
        if port not in self.connections:
            raise ValueError(f"{self.name} must have the port {port}, as in an export")
        return self.connections[port]


def read_modules(text: str, top: str) -> dict[str, Module]:
    """Read the modules of a file as netlists of cells, with registers that know their enable and reset.

    Raises
    ------
    YosysError
        Yosys refuses the text, or a wire has two drivers.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(text)
        # What a memory takes while it is not written may be anything.
        tidied = ["opt_reduce", "opt_expr -mux_undef -mux_bool", "opt_dff", "opt_clean", "memory_collect", "opt_clean"]
        commands = ["read_verilog unit.v", f"hierarchy -check -top {top}", "proc", "opt_clean", *tidied]
        # A wire with two drivers would pass for the right one.
        run_yosys([*commands, "check -assert", "write_json unit.json"], folder)
        modules = json.loads((folder / "unit.json").read_text())["modules"]
    return {name: Module(name, data) for name, data in modules.items()}


def fields(bits: Bits, count: int) -> list[Bits]:
    """Split a word into fields, the first in the lowest bits."""
    width = len(bits) // count
    return [bits[n * width : (n + 1) * width] for n in range(count)]


def joined(words: Sequence[Bits]) -> Bits:
    """Join words, the first in the lowest bits."""
    return [bit for word in words for bit in word]


def broken(module: Module) -> Module:
    """Build the same module with one bit of one connection elsewhere, which must be found."""
    cells: dict[str, Any] = copy.deepcopy(dict(module.data["cells"]))
    for wired in _WIRED:
        for cell in cells.values():
            if cell["connections"].get(wired):
                cell["connections"][wired][0] = "elsewhere"
                return Module(module.name, {**module.data, "cells": cells})
    return module


def mistaken(module: Module) -> Module:
    """Build the same module with an instance of another module, which must be found."""
    cells: dict[str, Any] = copy.deepcopy(dict(module.data["cells"]))
    for name in module.instances:
        cells[name]["type"] += "_mistaken"
    return Module(module.name, {**module.data, "cells": cells})


_WIRED = ("WR_ADDR", "enable", "D")
"""Ports of which one is in every module whose structure is looked at."""
