"""Energy of net toggles and clock edges in a circuit.

A net's toggle costs C V^2 / 2, with C the capacitance of all cell pins that it drives, plus the library's internal
energy of the driving pin at that load and of the driven gate inputs. Few files have energies of inputs; without them,
the energy of a gate whose output does not change is left out. Leakage, the loads of ports and the clock tree are left
out too, and wires unless their capacitances are given.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

import numpy as np

from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.toggles import Simulation
from lmul.synth.technology.boolean import Function, function, names
from lmul.synth.technology.liberty_cells import Cell, Library, Power, by_rail

NO_WIRES: Mapping[int, float] = MappingProxyType({})


class Costs:
    """Energies of toggles in fJ.

    Parameters
    ----------
    circuit : Circuit
        Circuit with the toggling nets.
    library : Library
        Energies of its cells; another library than that of the circuit is allowed.
    wires : mapping of int to float
        Capacitance of the wires of nets in fF, by bit of the module.

    Attributes
    ----------
    toggle : array of float64, (3, nets)
        Energy of a toggle of each net, by kind: row 0 combinational, 1 registers, 2 inputs.
    clock_net : float
        Energy of charging and discharging all clock pins, and the clock's wire, once.
    """

    def __init__(self, circuit: Circuit, library: Library, wires: Mapping[int, float] = NO_WIRES) -> None:
        self.toggle = np.zeros((3, circuit.nets))
        cells = [(library.cells[instance.cell.name], instance.nets) for instance in circuit.instances]
        loads = np.zeros(circuit.nets)
        for cell, nets in cells:
            for name, net in nets.items():
                loads[net] += cell.pins[name].capacitance
        for bit, capacitance in wires.items():
            loads[circuit.number(bit)] += capacitance

        @cache  # a netlist has few cells, and few loads, each of them often
        def transition(cell: str, pin: str, load: float) -> float:
            of = library.cells[cell]
            return of.pins[pin].transition(load, of.clocked_on)

        kinds = np.full(circuit.nets, 2)
        for cell, nets in cells:
            row = 1 if cell.state else 0
            for name, net in nets.items():
                if cell.pins[name].direction == "output":
                    kinds[net] = row
                    self.toggle[row, net] += transition(cell.name, name, float(loads[net]))
                elif not cell.state:
                    self.toggle[0, net] += transition(cell.name, name, 0.0)
                elif net != circuit.clock:
                    self.toggle[1, net] += _data(cell, name)
        self.toggle[kinds, range(circuit.nets)] += loads * library.voltage**2 / 2
        self.clock_net = 0.0 if circuit.clock is None else float(loads[circuit.clock]) * library.voltage**2
        self._edges = [edge for cell, nets in cells if cell.state for edge in _edges(cell, list(nets.values()))]

    def clock(self, simulation: Simulation) -> float:
        """Sum the energy of both clock edges inside registers in a cycle, over all streams, without outputs.

        Both edges come after all data have settled: the falling one, and the rising one that begins the next cycle.
        """
        values, ones = simulation.values, simulation.ones
        total = 0.0
        for conditions, nets in self._edges:
            pins = [values[net] for net in nets]
            left = ones
            for condition, cost in conditions:
                now = left & condition(ones, *pins)
                total += now.bit_count() * cost
                left ^= now
        return total


_Conditions = list[tuple[Function, float]]


def _edges(cell: Cell, nets: Sequence[int]) -> list[tuple[_Conditions, Sequence[int]]]:
    """List the energies of the clock pin's rise and fall, by condition; the first condition that holds counts.

    Each rail has energies of its own for both edges.
    """
    found = []
    for rail in by_rail(cell.pins[cell.clocked_on].powers):
        powers = sorted(rail, key=lambda power: not power.when)
        for edge in (
            [(power, power.rise) for power in powers if power.rise],
            [(power, power.fall) for power in powers if power.fall],
        ):
            found.append(([(function(power.when or "1", list(cell.pins)), curve.at(0)) for power, curve in edge], nets))
    return found


def _data(cell: Cell, pin: str) -> float:
    """Return the energy of a register for a change of its data while the clock is high, since data follow the edge."""
    return sum(_data_of(rail, cell.clocked_on) for rail in by_rail(cell.pins[pin].powers))


def _data_of(rail: list[Power], clock: str) -> float:
    powers = [power for power in rail if _possible(power, clock)]
    powers = [power for power in powers if power.when] or powers  # one without a condition is for the other cases
    ends = [curve.at(0) for power in powers for curve in (power.rise, power.fall) if curve]
    return sum(ends) / len(ends) if ends else 0.0


def _possible(power: Power, clock: str) -> bool:
    """Tell whether a power's condition can hold while the clock is high."""
    if not power.when:
        return True
    pins = names(power.when)
    rows = 1 << len(pins)
    ones = (1 << rows) - 1
    table = [sum(1 << row for row in range(rows) if row >> place & 1) for place in range(len(pins))]
    values = [ones if pin == clock else column for pin, column in zip(pins, table, strict=True)]
    return function(power.when, pins)(ones, *values) != 0
