"""Session of jobs in one technology: looks up areas, energies and total errors by design."""

from lmul.accuracy.dots.total import Condition, DotUnit, TotalError
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import Rule
from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import GAUSSIAN, scaled_by
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import PieceCost, TotalErrors
from lmul.synth.measure.pieces import Piece
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import Cache
from lmul.tools.session import Job, Plan, Session, find_out

__all__ = ["Job", "Measured", "Plan", "find_out"]


class Measured(Session):
    """Session whose jobs run in a technology.

    Parameters
    ----------
    technology : Technology
        Technology to map to.
    kept : Cache or None
        Cache to read earlier outcomes from, and to keep new ones in.
    """

    def __init__(self, technology: Technology, kept: Cache | None = None) -> None:
        super().__init__(technology, kept)
        self.technology = technology

    def cost(self, piece: Piece) -> Cost:
        """Look up what a piece costs."""
        cost: Cost = self[PieceCost(piece)]
        return cost

    def nand2(self, piece: Piece) -> float:
        """Look up the area of a piece, in NAND2 equivalents."""
        return self.cost(piece).nand2

    def energies(self, piece: Piece, rule: Rule) -> Energies | None:
        """Look up the energy of a piece's cycle, on Gaussian operands scaled by a rule; None if it was not measured."""
        energies: Energies | None = self.get(EnergyJob(piece, scaled_by(GAUSSIAN, rule)))
        return energies

    def error(self, condition: Condition, dot: DotParameters) -> TotalError:
        """Look up the total error of a dot product in a condition."""
        unit = DotUnit(dot.product, dot.window)
        studies = (job for job in self.known if isinstance(job, TotalErrors) and job.condition == condition)
        found: TotalError = next(self[job][job.units.index(unit)] for job in studies if unit in job.units)
        return found
