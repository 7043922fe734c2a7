"""Energy of a mapped netlist from simulated toggles on given operands.

With a liberty file it comes from the file's tables (`lmul.synth.energy.toggle_costs`). For the technology `generic` it
is the energy of toggled gate inputs (`lmul.synth.energy.gate_input_model`), in fJ at 45 nm and 0.9 V.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.gate_input_model import FJ_PER_GATE_INPUT, gate_inputs, generic_library
from lmul.synth.energy.toggle_costs import Costs
from lmul.synth.energy.toggles import Simulation, Stimulus, simulate
from lmul.synth.technology.liberty_cells import Library, read_library
from lmul.synth.technology.technology import Technology

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
        Nets that registers drive, and internal energy of registers for changes of their data.
    clock : float
        Clock pins of registers, charged and discharged once a cycle, and what registers use for the clock's edges.
    inputs : float
        Nets that input ports drive.
    standard_error : float
        Standard error of the sum, from the differences between cycles; each is a mean over all streams.
    """

    combinational: float
    registers: float
    clock: float
    inputs: float
    standard_error: float = field(default=0.0, compare=False)

    @property
    def fj_per_cycle(self) -> float:
        """Return the sum of all parts."""
        return self.combinational + self.registers + self.clock + self.inputs


@dataclass(frozen=True)
class Energies:
    """Energies of the same cycles.

    Parameters
    ----------
    settled, glitches : Energy
        Energies with at most one toggle of a net a cycle, and with unit delays, an upper estimate.
    counted_settled, counted_glitches : Energy
        The same in toggles of gate inputs, by the technology-free model on the same netlist.
    """

    settled: Energy
    glitches: Energy
    counted_settled: Energy
    counted_glitches: Energy


def library_of(technology: Technology) -> Library:
    """Return the cells of a technology; energies of `generic` are in toggles of gate inputs.

    Raises
    ------
    ValueError
        As `read_library`.
    """
    return generic_library() if technology.is_generic else read_library(technology)


def energy(
    module: dict[str, Any], technology: Technology, stimulus: Stimulus, glitches: bool = False, warm_up: int = WARM_UP
) -> Energy:
    """Simulate a mapped module and return its energy.

    Parameters
    ----------
    module : dict
        Module, as `map_module` returns it.
    technology : Technology
        Technology that it is mapped to.
    stimulus, glitches
        As `simulate`.
    warm_up : int
        Cycles at the start that do not count.

    Raises
    ------
    ValueError
        As `read_library`, `Circuit` and `simulate`; or no cycle counts.
    """
    library = library_of(technology)
    circuit = Circuit(module, library)
    meter = _Meter(circuit, [Costs(circuit, library)])
    meter.run(stimulus, glitches, warm_up)
    return meter.energy(0, glitches, _fj(technology))


def energies(module: dict[str, Any], technology: Technology, stimulus: Stimulus, warm_up: int = WARM_UP) -> Energies:
    """Simulate once and return the energies with and without glitches, in fJ and in toggles of gate inputs.

    Parameters and errors are those of `energy`.
    """
    library = library_of(technology)
    counted = library if technology.is_generic else gate_inputs(library)
    circuit = Circuit(module, library)
    meter = _Meter(circuit, [Costs(circuit, library), Costs(circuit, counted)])
    meter.run(stimulus, True, warm_up)
    own = [meter.energy(0, glitches, _fj(technology)) for glitches in (False, True)]
    return Energies(*own, *(meter.energy(1, glitches) for glitches in (False, True)))


def wired_energies(
    module: dict[str, Any],
    technology: Technology,
    stimulus: Stimulus,
    wires: Sequence[Mapping[int, float]],
    warm_up: int = WARM_UP,
) -> list[tuple[Energy, Energy]]:
    """Simulate once and return the energies without glitches and with them, in fJ, for each of several wirings.

    Parameters
    ----------
    module, technology, stimulus, warm_up
        As for `energy`; the technology is a liberty file.
    wires : sequence of mapping of int to float
        For each wiring the capacitance of nets' wires in fF, by bit of the module.

    Raises
    ------
    ValueError
        As `energy`.
    """
    library = read_library(technology)
    circuit = Circuit(module, library)
    meter = _Meter(circuit, [Costs(circuit, library, each) for each in wires])
    meter.run(stimulus, True, warm_up)
    return [(meter.energy(place, False), meter.energy(place, True)) for place in range(len(wires))]


def _fj(technology: Technology) -> float:
    """Return a technology's unit of energy in fJ."""
    return FJ_PER_GATE_INPUT if technology.is_generic else 1.0


class _Meter:
    """Energies of a circuit's cycles, by several costs at once."""

    def __init__(self, circuit: Circuit, costs: list[Costs]) -> None:
        self._circuit = circuit
        self._costs = costs
        self._rows: dict[tuple[int, bool], list[NDArray[np.float64]]] = {}

    def run(self, stimulus: Stimulus, glitches: bool, warm_up: int) -> None:
        for simulation in simulate(self._circuit, stimulus, glitches, warm_up):
            for key, costs in enumerate(self._costs):
                clock = self._clock(costs, simulation)
                for with_glitches in (False, True)[: 1 + glitches]:
                    toggles = simulation.toggles if with_glitches else simulation.settled
                    kinds = costs.toggle @ np.array(toggles, np.float64) / simulation.ones.bit_count()
                    self._rows.setdefault((key, with_glitches), []).append(np.array([*kinds, clock]))
        if not self._rows:
            raise ValueError(f"stimulus must have more than the {warm_up} cycles of warm-up")

    def _clock(self, costs: Costs, simulation: Simulation) -> float:
        return costs.clock(simulation) / simulation.ones.bit_count() + costs.clock_net

    def energy(self, place: int, glitches: bool, scale: float = 1.0) -> Energy:
        """Return the energy by the costs at a place in the list."""
        rows = scale * np.array(self._rows[place, glitches])
        totals = rows.sum(axis=1)
        error = totals.std(ddof=1) / np.sqrt(len(totals)) if len(totals) > 1 else 0.0
        combinational, registers, inputs, clock = (float(each) for each in rows.mean(axis=0))
        return Energy(combinational, registers, clock, inputs, float(error))
