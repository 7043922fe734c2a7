"""Counts and depths of netlists that are written here by hand."""

from graphlib import CycleError
from typing import Any

import pytest

from lmul.synth.technology.netlist import REGISTER, Netlist


def _cell(kind: str, inputs: list[int | str], output: int, register: bool = False) -> dict[str, Any]:
    return {
        "type": kind,
        "attributes": {REGISTER: "1"} if register else {},
        "port_directions": {"A": "input", "Y": "output"},
        "connections": {"A": inputs, "Y": [output]},
    }


def _netlist(*cells: dict[str, Any]) -> Netlist:
    return Netlist({"cells": {f"g{number}": cell for number, cell in enumerate(cells)}})


def test_a_module_of_wires_has_neither_cells_nor_depth() -> None:
    assert (_netlist().cells, _netlist().depth) == ({}, 0)


def test_cells_are_counted_by_type() -> None:
    netlist = _netlist(_cell("NOR2", [2, 3], 4), _cell("INV", [2], 5), _cell("NOR2", [4, 5], 6))
    assert list(netlist.cells.items()) == [("INV", 1), ("NOR2", 2)]


def test_depth_is_that_of_the_longest_path() -> None:
    longest_first = [_cell("INV", [4], 5), _cell("INV", [3], 4), _cell("NAND2", [2, "1"], 3), _cell("NAND2", [2, 5], 6)]
    assert _netlist(*longest_first).depth == 4
    assert _netlist(_cell("NAND2", [2, 3], 4), _cell("NAND2", [2, 3], 5)).depth == 1


def test_a_register_cuts_a_path() -> None:
    netlist = _netlist(
        _cell("INV", [2], 3), _cell("INV", [3], 4), _cell("DFF", [4], 5, register=True), _cell("INV", [5], 6)
    )
    assert netlist.depth == 2


def test_a_loop_through_a_register_is_none() -> None:
    assert _netlist(_cell("INV", [3], 2), _cell("DFF", [2], 3, register=True)).depth == 1


def test_a_loop_of_gates_is_an_error() -> None:
    with pytest.raises(CycleError):
        _ = _netlist(_cell("INV", [3], 2), _cell("INV", [2], 3)).depth
