"""The figures of a contender: area, delay, and energy a product."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lmul.synth.contenders import Contender
from lmul.synth.energy import Energies
from lmul.synth.energy_jobs import EnergyJob
from lmul.synth.jobs import PieceCost
from lmul.synth.measurement import Job, Measured
from lmul.synth.streams import GAUSSIAN

FIGURES = ("area", "delay", "settled", "glitches")


@dataclass(frozen=True)
class Figures:
    """What a contender costs a product; None where the technology does not say.

    Parameters
    ----------
    area : float
        NAND2 equivalents.
    delay : float or None
        ps, of the longest combinational path.
    settled, glitches : float or None
        Energy in fJ: with every net changing at most once a cycle, and with unit delays.
    forms : tuple of (str, str)
        For an exact contender: by figure the form that has it, where that is not the default.
    """

    area: float
    delay: float | None = None
    settled: float | None = None
    glitches: float | None = None
    forms: tuple[tuple[str, str], ...] = ()


def figure_jobs(found: Iterable[Contender]) -> Iterator[Job]:
    """What has to be found out for the figures of contenders."""
    for each in found:
        yield PieceCost(each.piece)
        yield EnergyJob(each.piece, GAUSSIAN)


def figures(measured: Measured, each: Contender) -> Figures:
    """The figures of a contender, energies on Gaussian operands."""
    cost = measured.cost(each.piece)
    own = spent(measured, each)
    settled, glitches = (energy.fj_per_cycle / each.products for energy in (own.settled, own.glitches))
    return Figures(cost.nand2 / each.products, cost.delay_ps, settled, glitches)


def spent(measured: Measured, each: Contender) -> Energies:
    """The energies of a cycle of a contender, on Gaussian operands."""
    energies: Energies = measured[EnergyJob(each.piece, GAUSSIAN)]
    return energies


def reference(measured: Measured, each: Contender) -> Figures:
    """The figures of the exact contender beside one."""
    return figures(measured, each.exact)
