"""Area, delay and energy of contenders, and the exact baseline that is best in each of these figures."""

from collections.abc import Iterable, Iterator

from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.contenders import Contender
from lmul.synth.measure.exact_baselines import Best, Design, best_forms, best_of, form_jobs
from lmul.synth.measure.session import Job, Measured

FIGURES = {"area": "nand2", "delay": "delay_ps", "settled": "fj", "glitches": "fj_glitches"}
"""Key of a column in the tables, and its field in `exact_baselines.Figures`. Energies are on Gaussian operands."""


def figure_jobs(found: Iterable[Contender]) -> Iterator[Job]:
    """List the jobs for the figures of contenders and of their baselines."""
    designs = dict.fromkeys(design for each in found for design in (each.design, *each.baselines))
    return iter(form_jobs(designs, GAUSSIAN))


def figures(measured: Measured, each: Contender) -> dict[str, float | None]:
    """Look up a contender's figures by key, each in its best form; None where the technology has no such figure."""
    return _values(best_forms(measured, each.design, GAUSSIAN))


def baseline(measured: Measured, each: Contender) -> dict[str, Best | None]:
    """Find the best exact design to compare with a contender, for each figure."""
    found = best_of(measured, each.baselines, GAUSSIAN)
    return {key: found.get(name) for key, name in FIGURES.items()}


def savings(measured: Measured, each: Contender) -> dict[str, float | None]:
    """Compute 1 - ours / baseline's for each figure, against the exact design that is best in it."""
    own, best = figures(measured, each), _values(best_of(measured, each.baselines, GAUSSIAN))
    return {key: saved(own[key], best[key]) for key in FIGURES}


def saved(ours: float | None, baselines: float | None) -> float | None:
    """Compute 1 - ours / baselines; None where one of them is not known."""
    return 1 - ours / baselines if ours is not None and baselines else None


def _values(found: dict[str, Best]) -> dict[str, float | None]:
    return {key: found[name].value if name in found else None for key, name in FIGURES.items()}


def spent(measured: Measured, design: Design) -> Energies:
    """Look up the energy of a cycle of a design, in the form with the least energy without glitches."""
    best = best_forms(measured, design, GAUSSIAN)["fj"]
    energies: Energies = measured[design.energy_job(best.form, GAUSSIAN)]
    return energies
