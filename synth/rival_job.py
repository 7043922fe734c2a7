"""What is found out about a rival: what it computes, what it costs, and what our units cost beside it."""

from dataclasses import dataclass, replace

from lmul.golden.parameters import Method, Policy, Rounding
from lmul.synth.cache import remembered
from lmul.synth.flow import Cost, synthesise
from lmul.synth.rival import Deviation, checked
from lmul.synth.rival_source import TOP, Rival
from lmul.synth.technology import GENERIC, Technology
from lmul.synth.units import UnitCost


@dataclass(frozen=True)
class Checked:
    """What a rival computes, which no technology changes."""

    rival: Rival

    def deviation(self) -> Deviation:
        """Found once."""
        return remembered(self, GENERIC, lambda: checked(self.rival))


@dataclass(frozen=True)
class Outcome:
    """A rival, measured, beside ours under its policy; for a raw one our exact unit is that under flush."""

    deviation: Deviation
    cost: Cost
    lmul: Cost
    exact: Cost


@dataclass(frozen=True)
class Compared:
    """A rival beside our units of the policy that it turns out to have."""

    rival: Rival

    @property
    def effort(self) -> float:
        """In the unit of `pieces.Piece.effort`; the simulation takes some seconds."""
        return 400 + 3 * self.rival.format.mantissa_bits**2

    def run(self, technology: Technology) -> Outcome:
        """Check it, then map it and ours."""
        deviation = Checked(self.rival).deviation()
        cost = synthesise(self.rival.verilog, TOP, technology)
        own = replace(deviation.parameters, rounding=Rounding.NEAREST, table_bits=None)
        lmul = replace(own, method=Method.LMUL)
        exact = replace(own, method=Method.EXACT, policy=Policy.FLUSH if own.policy is Policy.RAW else own.policy)
        return Outcome(deviation, cost, *(UnitCost(p).of(technology) for p in (lmul, exact)))
