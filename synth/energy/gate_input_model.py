"""Energy model without a library: a net's toggle costs in proportion to the gate inputs that it drives.

A gate input is a pair of transistor gates, one of each kind, as in an inverter. Each input pin of a cell counts as one.
Gate inputs inside a register count too (`REGISTER_CLOCK`, `REGISTER_STATE`). The energy of one gate input's toggle,
with its wire and all that is not counted, is fitted to published energies of integer adders and multipliers
(`synth.measure.calibration`).
"""

import math
from dataclasses import replace

from lmul.synth.technology.generic import GATES, REGISTER
from lmul.synth.technology.liberty_cells import Cell, Curve, Library, Pin, Power

FJ_PER_GATE_INPUT = 0.604
"""Energy in fJ of a toggled gate input of `generic`, at 45 nm and 0.9 V; fitted by `synth.measure.calibration`."""

REGISTER_CLOCK = 6
"""Gate inputs of a register that a clock edge toggles. Of its 24 transistors (`synth.technology.generic`) the clock or
its inverse drives the two inverters that make its phases, and in each latch the transmission gate and half of the
clocked inverter: 2 x 2 + 2 x (2 + 2) = 12 transistors."""

REGISTER_STATE = 5
"""Gate inputs of a register that a change of its state toggles: those of the other 12 transistors, except D's."""

_ONE = math.sqrt(2)  # the voltage at which C V^2 / 2 is C


def gate_inputs(library: Library) -> Library:
    """Return the same cells with energies in toggles of gate inputs."""
    return Library(_ONE, {name: _counted(cell) for name, cell in library.cells.items()})


def generic_library() -> Library:
    """Build the cells of the technology `generic`, with energies in toggles of gate inputs."""
    cells = [
        Cell(gate.name, {**{name: _input(name) for name in gate.pins}, "Y": Pin("Y", "output", 0.0, gate.function, ())})
        for gate in GATES
    ]
    pins = {"D": _input("D"), "C": _input("C"), "Q": Pin("Q", "output", 0.0, "S", ())}
    cells.append(Cell(REGISTER, pins, ("S", "SN"), clocked_on="C", next_state="D"))
    return gate_inputs(Library(_ONE, {cell.name: cell for cell in cells}))


def _input(name: str) -> Pin:
    return Pin(name, "input", 1.0, "", ())


def _counted(cell: Cell) -> Cell:
    pins = {
        name: replace(pin, capacitance=float(pin.direction == "input"), powers=()) for name, pin in cell.pins.items()
    }
    if cell.state and cell.clocked_on in pins:
        # The clock's pin itself is one of those that it drives.
        pins[cell.clocked_on] = replace(pins[cell.clocked_on], powers=_each(REGISTER_CLOCK - 1))
        output = next((name for name, pin in pins.items() if pin.direction == "output"), None)
        if output is not None:
            pins[output] = replace(pins[output], powers=_each(REGISTER_STATE))
    return replace(cell, pins=pins)


def _each(count: int) -> tuple[Power, ...]:
    """Build a power with the same energy for every transition."""
    curve = Curve((0.0,), (float(count),))
    return (Power("", "", curve, curve),)
