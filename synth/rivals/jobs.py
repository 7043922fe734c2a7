"""What is found out about a rival: what it computes, what it costs, and what our units cost beside it."""

from dataclasses import dataclass, replace

from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.energy.energy import Energies, energies
from lmul.synth.energy.operands import GAUSSIAN, Stream
from lmul.synth.mapping.flow import Cost, map_module
from lmul.synth.measure.cache import remembered
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.multipliers import UnitCost
from lmul.synth.measure.stimulus import unit_stimulus
from lmul.synth.rivals.check import Deviation, checked
from lmul.synth.rivals.source import TOP, Rival
from lmul.synth.technology.technology import GENERIC, Technology


@dataclass(frozen=True)
class Checked:
    """What a rival computes, which no technology changes."""

    rival: Rival

    def deviation(self) -> Deviation:
        """Found once."""
        return remembered(self, GENERIC, lambda: checked(self.rival))


@dataclass(frozen=True)
class Unit:
    """What a unit costs, and its energy on the stream of the comparison."""

    cost: Cost
    energies: Energies


@dataclass(frozen=True)
class Outcome:
    """A rival, measured, beside ours under its policy; for a raw one our exact unit is that under flush."""

    deviation: Deviation
    rival: Unit
    lmul: Unit
    exact: Unit


@dataclass(frozen=True)
class Compared:
    """A rival beside our units of the policy that it turns out to have, on the same numbers."""

    rival: Rival
    stream: Stream = GAUSSIAN

    @property
    def effort(self) -> float:
        """In the unit of `pieces.Piece.effort`; the simulation takes some seconds."""
        return 400 + 3 * self.rival.format.mantissa_bits**2

    def run(self, technology: Technology) -> Outcome:
        """Check it, then map it and ours, and simulate the netlists."""
        deviation = Checked(self.rival).deviation()
        mapped = map_module(self.rival.verilog, TOP, technology)
        values = unit_stimulus(Parameters(self.rival.format), self.stream)
        rival = Unit(mapped.cost, energies(mapped.module, technology, values, warm_up=1))
        lmul = replace(deviation.parameters, method=Method.LMUL)
        exact = replace(lmul, method=Method.EXACT, policy=Policy.FLUSH if lmul.policy is Policy.RAW else lmul.policy)
        return Outcome(deviation, rival, *(self._ours(p, technology) for p in (lmul, exact)))

    def _ours(self, p: Parameters, technology: Technology) -> Unit:
        return Unit(UnitCost(p).of(technology), EnergyJob(p, self.stream).of(technology))
