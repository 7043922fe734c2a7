"""Mapped netlist in a form that can be simulated: numbered nets, sorted gates, registers."""

from collections.abc import Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lmul.synth.technology.boolean import Function, function
from lmul.synth.technology.liberty_cells import Cell, Library

ZERO, ONE = 0, 1
"""The nets of the constants. An undefined bit is a 0."""


@dataclass(frozen=True)
class Gate:
    """Net as a function of other nets."""

    output: int
    function: Function
    inputs: Sequence[int]


@dataclass(frozen=True)
class Instance:
    """Cell of the netlist with the net of each pin; an open output has a net of its own."""

    cell: Cell
    nets: dict[str, int]

    @property
    def outputs(self) -> list[str]:
        """List the output pins."""
        return [name for name in self.nets if self.cell.pins[name].direction == "output"]

    def of(self, text: str) -> tuple[Function, list[int]]:
        """Compile a function of the cell's pins; return it with the nets of its arguments."""
        return function(text, list(self.nets)), list(self.nets.values())


@dataclass(frozen=True)
class Register:
    """Flip-flop. At the clock edge its state becomes `next_state`, a function of the nets `inputs` and of the state.

    Each of `outputs` is a function of the state.
    """

    instance: Instance
    next_state: Function
    inputs: Sequence[int]
    outputs: list[tuple[int, Function]]


class Circuit:
    """Connected cells of a module.

    Parameters
    ----------
    module : dict
        The module's object in Yosys' JSON.
    library : Library
        Functions of its cells.

    Attributes
    ----------
    nets : int
        Number of nets; the first two are the constants.
    inputs, outputs : dict of str to list of int
        The nets of the ports, lowest bit first.
    clock : int or None
        The net that clocks all registers.
    gates : list of Gate
        Each after those that drive it.
    readers : list of list of int
        Indices in `gates` of the gates that each net drives.
    instances, registers : list of Instance, list of Register
        All cells, and those that are registers once more.

    Raises
    ------
    ValueError
        A cell is unknown or cannot be computed, there are several clocks, or gates make a loop.
    """

    def __init__(self, module: dict[str, Any], library: Library) -> None:
        self._numbers: dict[int | str, int] = {"0": ZERO, "x": ZERO, "z": ZERO, "1": ONE}
        self.nets = 2
        self.inputs: dict[str, list[int]] = {}
        self.outputs: dict[str, list[int]] = {}
        for name, port in module["ports"].items():
            nets = [self._net(bit) for bit in port["bits"]]
            (self.inputs if port["direction"] == "input" else self.outputs)[name] = nets
        self.instances = [self._instance(cell, library) for cell in module["cells"].values()]
        self.registers = [_register(instance) for instance in self.instances if instance.cell.state]
        self.clock = self._clock()
        self.gates = self._in_order([gate for instance in self.instances for gate in _gates(instance)])
        self.readers: list[list[int]] = [[] for _ in range(self.nets)]
        for place, gate in enumerate(self.gates):
            for net in dict.fromkeys(gate.inputs):
                self.readers[net].append(place)
        if self.clock is not None and self.readers[self.clock]:
            raise ValueError("clock must drive registers only, not gates")

    def number(self, bit: int | str) -> int:
        """Return the net of a bit of the module."""
        return self._numbers[bit]

    def _net(self, bit: int | str | None) -> int:
        if bit is not None and bit in self._numbers:
            return self._numbers[bit]
        self.nets += 1
        if bit is not None:
            self._numbers[bit] = self.nets - 1
        return self.nets - 1

    def _instance(self, cell: dict[str, Any], library: Library) -> Instance:
        if cell["type"] not in library.cells:
            raise ValueError(f"cells must be the library's, not {cell['type']}")
        known = library.cells[cell["type"]]
        bits = {pin: (cell["connections"].get(pin) or [None])[0] for pin in known.pins}
        return Instance(known, {pin: self._net(bit) for pin, bit in bits.items()})

    def _clock(self) -> int | None:
        clocks = {r.instance.nets[r.instance.cell.clocked_on] for r in self.registers}
        if len(clocks) > 1:
            raise ValueError(f"registers must have one clock, not {len(clocks)}")
        return clocks.pop() if clocks else None

    def _in_order(self, gates: list[Gate]) -> list[Gate]:
        driver = {gate.output: gate for gate in gates}
        sources = {gate.output: [net for net in gate.inputs if net in driver] for gate in gates}
        try:
            return [driver[net] for net in TopologicalSorter(sources).static_order()]
        except CycleError:
            raise ValueError("gates must not make a loop that no register cuts") from None


def _gates(instance: Instance) -> list[Gate]:
    cell = instance.cell
    if cell.state:
        return []
    gates = []
    for name, pin in cell.pins.items():
        if pin.direction == "output":
            if not pin.function:
                raise ValueError(f"{cell.name} must have a function for its pin {name}, to be simulated")
            inputs = [p for p in cell.pins if cell.pins[p].direction == "input"]
            gates.append(Gate(instance.nets[name], function(pin.function, inputs), [instance.nets[p] for p in inputs]))
    return gates


def _register(instance: Instance) -> Register:
    cell, nets = instance.cell, instance.nets
    if cell.clocked_on not in cell.pins:
        raise ValueError(f"{cell.name} must be clocked on a rising edge, not on {cell.clocked_on!r}")
    for text in cell.forced:
        forced, inputs = instance.of(text)
        values = [{ZERO: 0b00, ONE: 0b11}.get(net, 0b10) for net in inputs]  # for an unknown net both
        if forced(0b11, *values):
            raise ValueError(f"{cell.name} must have its clear and preset tied off, which are not simulated")
    outputs = [
        (nets[name], function(pin.function, cell.state)) for name, pin in cell.pins.items() if pin.direction == "output"
    ]
    next_state = function(cell.next_state, [*nets, *cell.state])
    return Register(instance, next_state, list(nets.values()), outputs)
