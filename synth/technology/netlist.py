"""Properties of a mapped netlist in the JSON of Yosys' `write_json`."""

from collections import Counter
from graphlib import TopologicalSorter
from typing import Any

REGISTER = "lmul_register"
"""Attribute of the cells of a netlist that are registers."""


class Netlist:
    """Module of mapped cells.

    Parameters
    ----------
    module : dict
        The module's object in Yosys' JSON; the directions of all ports of its cells must be known.
    """

    def __init__(self, module: dict[str, Any]) -> None:
        self._cells: dict[str, dict[str, Any]] = module["cells"]

    @property
    def cells(self) -> dict[str, int]:
        """Count the cells of each type, in alphabetical order."""
        return dict(sorted(Counter(str(cell["type"]) for cell in self._cells.values()).items()))

    @property
    def depth(self) -> int:
        """Count the cells on the longest path between ports and registers; inverters count, registers do not.

        Raises
        ------
        ValueError
            The cells form a loop that no register cuts.
        """
        gates = {name: cell for name, cell in self._cells.items() if REGISTER not in cell["attributes"]}
        driver = {bit: name for name, cell in gates.items() for bit in _bits(cell, "output")}
        # A constant bit is a string and has no driver, as a bit of a port or of a register has none here.
        sources = {name: {driver[bit] for bit in _bits(cell, "input") if bit in driver} for name, cell in gates.items()}
        level: dict[str, int] = {}
        for name in TopologicalSorter(sources).static_order():
            level[name] = 1 + max((level[source] for source in sources[name]), default=0)
        return max(level.values(), default=0)


def _bits(cell: dict[str, Any], direction: str) -> list[int | str]:
    ports = [port for port, way in cell["port_directions"].items() if way == direction]
    return [bit for port in ports for bit in cell["connections"].get(port, [])]
