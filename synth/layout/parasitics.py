"""What wires are made of by their lengths: capacitances, and SPEF for a timing analysis."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lmul.synth.layout.lef import DBU, Lef
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.wiring import Net


@dataclass(frozen=True)
class PerUm:
    """Capacitance of a um of wire in fF, and its resistance in ohm."""

    capacitance: float
    resistance: float


def per_um(lef: Lef, capacitance: float | None = None, resistance: float | None = None) -> PerUm:
    """Return what a um of wire has: as given, or the mean of the layers for short wires, `Lef.wires`.

    That of LEF is to ground alone: neighbours add to it.

    Raises
    ------
    ValueError
        Neither is a value given nor do the files have it, or one is negative or not finite.
    """
    return PerUm(
        _given(capacitance, [layer.capacitance for layer in lef.wires], "--wire-cap", "capacitance"),
        _given(resistance, [layer.resistance for layer in lef.wires], "--wire-res", "resistance"),
    )


def _given(value: float | None, layers: list[float | None], option: str, what: str) -> float:
    known = [each for each in layers if each is not None] if value is None else [value]
    if not known:
        raise ValueError(f"{option} must be given where LEF has no {what} of wires")
    for each in known:
        if not 0 <= each < math.inf:
            source = f"LEF's {what} of a um of wire" if value is None else option
            raise ValueError(f"{source} must be 0 or more and finite, not {each:g}")
    return sum(known) / len(known)


def capacitances(lengths: Mapping[int, float], wire: PerUm) -> dict[int, float]:
    """Return the capacitance of each net's wire in fF, by bit."""
    return {bit: length * wire.capacitance for bit, length in lengths.items()}


def spef(placement: Placement, top: str, wire: PerUm) -> str:
    """Write SPEF: each net's capacitance by its length, and a resistance from its driver to each other pin.

    Half of the capacitance is at the driver, the rest at the other pins, as much at each.
    """
    head = [
        '*SPEF "IEEE 1481-1998"',
        f'*DESIGN "{top}"',
        '*DATE ""',
        '*VENDOR "lmul"',
        '*PROGRAM "lmul layout"',
        '*VERSION "1"',
        '*DESIGN_FLOW "NETLIST_TYPE_VERILOG"',
        "*DIVIDER /",
        "*DELIMITER :",
        "*BUS_DELIMITER [ ]",
        "*T_UNIT 1 PS",
        "*C_UNIT 1 FF",
        "*R_UNIT 1 OHM",
        "*L_UNIT 1 HENRY",
        "",
    ]
    return "\n".join([*head, *(line for net in placement.wiring.wires for line in _net(placement, net, wire)), ""])


def _net(placement: Placement, net: Net, wire: PerUm) -> Iterator[str]:
    wiring = placement.wiring
    driver = wiring.driver(net)
    inputs = {name for name, (direction, _) in wiring.ports.items() if direction == "input"}
    ways = {port: "I" if port.split("[")[0] in inputs else "O" for port in net.ports}
    nodes = [(port, f"*P {port} {way}", placement.floor.pins[port], way == "I") for port, way in ways.items()]
    for cell, pin in net.pins:
        way = "O" if (cell, pin) == driver else "I"
        nodes.append((f"u{cell}:{pin}", f"*I u{cell}:{pin} {way}", placement.pin(cell, pin), way == "O"))
    nodes.sort(key=lambda node: not node[3])  # the driver first
    total = placement.length(net) * wire.capacitance
    yield f"*D_NET {net.name} {total:.5g}"
    yield "*CONN"
    yield from (line for _, line, _, _ in nodes)
    yield "*CAP"
    sinks = len(nodes) - 1
    for number, (name, *_) in enumerate(nodes, 1):
        yield f"{number} {name} {total / 2 if number == 1 else total / 2 / sinks:.5g}"
    yield "*RES"
    (source, _, (x0, y0), _), *others = nodes
    for number, (name, _, (x, y), _) in enumerate(others, 1):
        # OpenSTA leaves out resistances of 0, and with them what is behind.
        yield f"{number} {source} {name} {max((abs(x - x0) + abs(y - y0)) / DBU * wire.resistance, 0.001):.5g}"
    yield "*END\n"
