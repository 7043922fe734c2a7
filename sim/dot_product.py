"""Checks of dot-product units: exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lmul.hdl.arith.stored_operand import anchor_width
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import Port, export, ports_of
from lmul.sim.array import Played, checked_in
from lmul.sim.jobs.arrays import ArrayJob, CheckedArray
from lmul.sim.own_files import OwnFiles
from lmul.sim.stimulus.dot_trials import beats_of_a_trial
from lmul.sim.stimulus.traffic import DotShape
from lmul.sim.verilog.player import Player

_AFTERMATH = 50

_PORTS = {
    "a": "x",
    "a_last": "x_last",
    "a_more": "x_release",
    "a_valid": "x_valid",
    "a_ready": "x_ready",
    "b": "y",
    "anchor": "anchor",
    "x_scale": "x_scale",
    "y_scale": "y_scale",
    "b_valid": "y_valid",
    "b_ready": "y_ready",
    "c": "sum",
    "c_saturated": "sum_saturated",
    "c_nan": "sum_nan",
    "c_valid": "o_valid",
    "c_ready": "o_ready",
    "reserved": "reserved",
    "saturated": "saturated",
    "clk": "clk",
    "rst": "rst",
}
"""Ports of a player, which are those of arrays, and the unit's ports for them."""


def verify_dot_products(
    units: Sequence[DotProduct],
    folder: Path,
    cycles: int = 0,
    seed: int = 0,
    done: Callable[[int], None] = lambda cycles: None,
    own: OwnFiles | None = None,
) -> list[CheckedArray]:
    """Export dot-product units and compare their sums with the golden model's, in one build.

    Parameters, result and errors are those of `verify_arrays`.
    """
    exported = [export(unit, folder / "verilog").verilog for unit in units]
    played = [played_dot_product(unit, own.instantiated if own else "") for unit in units]
    checked = checked_in(folder, played, exported, ArrayJob({}, cycles, seed), ("dots", "dots_equal_golden"), done, own)
    return [replace(each, name=unit.name) for each, unit in zip(checked, units, strict=True)]


def played_dot_product(unit: DotProduct, module: str = "") -> Played:
    """Build the player of a unit, or of `module` in its place."""
    name, shape, ports = f"{unit.name}_played", shape_of(unit), player_ports(ports_of(unit))
    widths = {port: own.width for port, own in ports.items()}
    player = Player(name, widths, dict.fromkeys("abc", beats_of_a_trial(shape)), _AFTERMATH)
    return Played(player, shape, (adapter(name, module or unit.name, ports),))


def shape_of(unit: DotProduct) -> DotShape:
    """Return the properties of a unit that a bench needs."""
    width = anchor_width(unit.dot) if unit.dot.kind.has_anchor else 0
    return DotShape(unit.dot, unit.lanes, width, unit.latency)


def player_ports(ports: Iterable[Port]) -> dict[str, Port]:
    """Return the unit's ports by the names that a player has for them."""
    declared = {port.name: port for port in ports}
    return {port: declared[own] for port, own in _PORTS.items() if own in declared}


def adapter(name: str, module: str, ports: Mapping[str, Port]) -> str:
    """Write a module around the unit that has the ports that a player expects."""
    bits = {port: f"[{own.width - 1}:0] " if own.width > 1 else "" for port, own in ports.items()}
    kinds = (f"{own.direction} {bits[port]}{port}" for port, own in ports.items())
    declared = ", ".join([*kinds, "output framing"])
    connected = ", ".join(f".{_PORTS[port]}({port})" for port in ports)
    return f"module {name} ({declared});\n  assign framing = 0;\n  {module} unit ({connected});\nendmodule\n"
