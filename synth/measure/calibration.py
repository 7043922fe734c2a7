"""Fit the technology-free energy model's one factor to published energies of integer adders and multipliers.

Source: M. Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014, figure 1.1.9: energies of
operations in 45 nm at 0.9 V.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lmul.hdl.export.verilog import verilog
from lmul.synth.energy.energy import Energies, energies
from lmul.synth.energy.horowitz import FIGURES
from lmul.synth.energy.integer_units import Integer, IntegerKind
from lmul.synth.mapping.flow import map_module
from lmul.synth.measure.stimulus import CYCLES, STREAMS
from lmul.synth.technology.technology import Technology

_SEED = 2410_00907


@dataclass(frozen=True)
class IntegerJob:
    """Job: energy of an integer unit whose operands have new random bits in each cycle."""

    kind: IntegerKind
    width: int
    ours: bool

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 20.0 + (self.width**2 / 4 if self.kind is IntegerKind.MULTIPLY else 0)

    def run(self, technology: Technology) -> Energies:
        """Map it and simulate the netlist."""
        unit = Integer(self.kind, self.width, self.ours)
        rng = np.random.default_rng(_SEED)
        x, y = rng.integers(0, 1 << self.width, (2, STREAMS, CYCLES + 1))
        module = map_module(verilog(unit), unit.name, technology).module
        return energies(module, technology, {"x": x, "y": y}, warm_up=1)


def fit_jobs() -> list[IntegerJob]:
    """List the jobs that a fit needs."""
    return [IntegerJob(kind, width, ours) for kind, width in FIGURES for ours in (False, True)]


@dataclass(frozen=True)
class Fit:
    """Least-squares fit of one factor to all figures, on the logarithms of computed over published energy.

    Parameters
    ----------
    gate_inputs : dict
        Toggles of gate inputs in one operation, by figure, in the netlist with fewer toggles.
    ours : dict
        True where that netlist is the one of full adders, by figure.
    """

    gate_inputs: dict[tuple[IntegerKind, int], float]
    ours: dict[tuple[IntegerKind, int], bool]

    @property
    def factor(self) -> float:
        """Compute the energy of one toggle of a gate input, in fJ."""
        logs = [np.log(1000 * FIGURES[key] / count) for key, count in self.gate_inputs.items()]
        return float(np.exp(np.mean(logs)))

    @property
    def residuals(self) -> dict[tuple[IntegerKind, int], float]:
        """Compute the relative error of each figure: computed over published, less one."""
        return {key: self.factor * count / (1000 * FIGURES[key]) - 1 for key, count in self.gate_inputs.items()}

    @property
    def spread(self) -> float:
        """Compute the root mean square of ln(computed / published), and return it as a factor."""
        return float(np.exp(np.sqrt(np.mean(np.square(np.log1p(list(self.residuals.values())))))))

    @property
    def note(self) -> str:
        """Write the residuals in words, to stand beside every number of the model."""
        parts = ", ".join(f"int{width} {kind} {100 * r:+.0f} %" for (kind, width), r in self.residuals.items())
        return f"model against published: {parts}"


def fit(measured: Any, glitches: bool) -> Fit:
    """Fit the factor to the outcomes of `fit_jobs`, with or without glitches."""
    counts, ours = {}, {}
    for kind, width in FIGURES:
        found = {}
        for each in (False, True):
            energies: Energies = measured[IntegerJob(kind, width, each)]
            found[each] = (energies.counted_glitches if glitches else energies.counted_settled).fj_per_cycle
        ours[kind, width] = found[True] < found[False]
        counts[kind, width] = min(found.values())
    return Fit(counts, ours)
