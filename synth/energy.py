"""Energy of a mapped netlist, from how its nets toggle on given operands.

A net's toggle costs C V^2 / 2, where C is the capacitance of all cell pins that it drives, and what the liberty file
gives as internal energy of the pin that drives it, at that load. Left out are wires, leakage, what ports are connected
to, the clock's tree, and the internal energy of a gate whose inputs change and whose output does not.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lmul.synth.activity import Simulation, Stimulus, simulate
from lmul.synth.circuit import Circuit, Instance
from lmul.synth.functions import Function, function, names
from lmul.synth.library import Power, read_library
from lmul.synth.technology import Technology

WARM_UP = 8
"""Cycles at the start that do not count."""


@dataclass(frozen=True)
class Energy:
    """Energy of a cycle in fJ, the mean over streams and cycles.

    Parameters
    ----------
    combinational : float
        Nets that gates drive.
    registers : float
        Nets that registers drive, and what registers use as their data change.
    clock : float
        Clock pins of registers, charged and discharged once a cycle, and what registers use for the clock's edges.
    inputs : float
        Nets that input ports drive.
    """

    combinational: float
    registers: float
    clock: float
    inputs: float

    @property
    def fj_per_cycle(self) -> float:
        """All of it."""
        return self.combinational + self.registers + self.clock + self.inputs


def energy(
    module: dict[str, Any], technology: Technology, stimulus: Stimulus, glitches: bool = False, warm_up: int = WARM_UP
) -> Energy:
    """Simulate a mapped module and add up what its toggles cost.

    Parameters
    ----------
    module : dict
        As `map_module` returns it.
    technology : Technology
        What it is mapped to, a liberty file.
    stimulus, glitches
        As `simulate`.
    warm_up : int
        Cycles at the start that do not count.

    Raises
    ------
    ValueError
        As `read_library`, `Circuit` and `simulate`; or no cycle counts.
    """
    library = read_library(technology)
    circuit = Circuit(module, library)
    costs = _Costs(circuit, library.voltage)
    clock, cycles = 0.0, 0
    toggles: list[int] = []
    ones = 0
    for number, simulation in enumerate(simulate(circuit, stimulus, glitches)):
        if number < warm_up:
            simulation.forget()
            continue
        clock += costs.clock(simulation)
        cycles += 1
        toggles, ones = simulation.toggles, simulation.ones
    if not cycles:
        raise ValueError(f"stimulus must have more than the {warm_up} cycles of warm-up")
    samples = cycles * ones.bit_count()
    combinational, registers, inputs = costs.toggle @ np.array(toggles, np.float64) / samples
    return Energy(float(combinational), float(registers), clock / samples + costs.clock_net, float(inputs))


class _Costs:
    """What a toggle of each net costs, by kind: row 0 combinational, 1 registers, 2 inputs; and what the clock does."""

    def __init__(self, circuit: Circuit, voltage: float) -> None:
        self.toggle = np.zeros((3, circuit.nets))
        loads = np.zeros(circuit.nets)
        for instance in circuit.instances:
            for name, net in instance.nets.items():
                loads[net] += instance.cell.pins[name].capacitance
        kinds = np.full(circuit.nets, 2)
        for instance in circuit.instances:
            for name, net in instance.nets.items():
                if instance.cell.pins[name].direction == "output":
                    kinds[net] = 1 if instance.cell.state else 0
                    self._internal(instance, name, loads[net])
                elif instance.cell.state and net != circuit.clock:
                    self.toggle[1, net] += _data(instance, name)
        self.toggle[kinds, range(circuit.nets)] += loads * voltage**2 / 2
        self.clock_net = 0.0 if circuit.clock is None else float(loads[circuit.clock]) * voltage**2
        self._edges = [edge for register in circuit.registers for edge in _edges(register.instance)]

    def _internal(self, instance: Instance, output: str, load: float) -> None:
        pin = instance.cell.pins[output]
        row = 1 if instance.cell.state else 0
        self.toggle[row, instance.nets[output]] += pin.transition(load, instance.cell.clocked_on)

    def clock(self, simulation: Simulation) -> float:
        """What both edges of the clock use inside registers in a cycle, in all streams; not what their outputs do.

        Both come after all data have settled: the falling one, and the rising one that begins the next cycle.
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


def _edges(register: Instance) -> list[tuple[_Conditions, list[int]]]:
    """Energies of the clock pin's edges, rise and fall apart, by condition; the first that holds counts."""
    cell = register.cell
    powers = sorted(cell.pins[cell.clocked_on].powers, key=lambda power: not power.when)
    return [
        (
            [(function(power.when or "1", list(cell.pins)), curve.at(0)) for power, curve in edge],
            [*register.nets.values()],
        )
        for edge in (
            [(power, power.rise) for power in powers if power.rise],
            [(power, power.fall) for power in powers if power.fall],
        )
    ]


def _data(register: Instance, pin: str) -> float:
    """What a register uses for a change of its data: with the clock high, since data follow its rising edge."""
    cell = register.cell
    powers = [power for power in cell.pins[pin].powers if _possible(power, cell.clocked_on)]
    powers = [power for power in powers if power.when] or powers  # one without a condition is for the other cases
    ends = [curve.at(0) for power in powers for curve in (power.rise, power.fall) if curve]
    return sum(ends) / len(ends) if ends else 0.0


def _possible(power: Power, clock: str) -> bool:
    """Whether a power's condition can hold while the clock is high."""
    if not power.when:
        return True
    pins = names(power.when)
    rows = 1 << len(pins)
    ones = (1 << rows) - 1
    table = [sum(1 << row for row in range(rows) if row >> place & 1) for place in range(len(pins))]
    values = [ones if pin == clock else column for pin, column in zip(pins, table, strict=True)]
    return function(power.when, pins)(ones, *values) != 0
