"""Jobs for a rival: check its products, and measure it beside our units."""

from dataclasses import dataclass, replace

from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.energy.energy import Energies, energies
from lmul.synth.energy.operands import GAUSSIAN, Stream
from lmul.synth.mapping.flow import Cost, map_module
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.multipliers import UnitCost
from lmul.synth.measure.stimulus import unit_stimulus
from lmul.synth.rivals.check import Deviation, checked
from lmul.synth.rivals.source import TOP, Rival
from lmul.synth.technology.technology import GENERIC, Technology
from lmul.tools.cache import remembered


@dataclass(frozen=True)
class Checked:
    """Deviation of a rival, which does not depend on the technology."""

    rival: Rival

    def deviation(self) -> Deviation:
        """Compute the deviation once, and cache it."""
        return remembered(self, GENERIC, Deviation, lambda: checked(self.rival))


@dataclass(frozen=True)
class MeasuredUnit:
    """Cost of a unit, and its energy on the stream of the comparison."""

    cost: Cost
    energies: Energies


@dataclass(frozen=True)
class Outcome:
    """Costs of a rival and of our units with its policy; for raw the exact unit is that under flush."""

    deviation: Deviation
    rival: MeasuredUnit
    lmul: MeasuredUnit
    exact: MeasuredUnit


@dataclass(frozen=True)
class Compared:
    """Job: measure a rival and our units of its policy on the same numbers."""

    rival: Rival
    stream: Stream = GAUSSIAN

    @property
    def effort(self) -> float:
        """Estimate the run time, in the unit of `Job.effort`."""
        return 400 + 3 * self.rival.format.mantissa_bits**2

    def run(self, technology: Technology) -> Outcome:
        """Check the rival, map it and our units, and simulate the netlists."""
        deviation = Checked(self.rival).deviation()
        mapped = map_module(self.rival.verilog, TOP, technology)
        values = unit_stimulus(Parameters(self.rival.format), self.stream)
        rival = MeasuredUnit(mapped.cost, energies(mapped.module, technology, values, warm_up=1))
        lmul = replace(deviation.parameters, method=Method.LMUL)
        exact = replace(lmul, method=Method.EXACT, policy=Policy.FLUSH if lmul.policy is Policy.RAW else lmul.policy)
        return Outcome(deviation, rival, *(self._ours(p, technology) for p in (lmul, exact)))

    def _ours(self, p: Parameters, technology: Technology) -> MeasuredUnit:
        return MeasuredUnit(UnitCost(p).of(technology), EnergyJob(p, self.stream).of(technology))
