"""What contenders cost, figure by figure, and the exact rival that is the best in each."""

from collections.abc import Iterable, Iterator

from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.contenders import Contender
from lmul.synth.measure.exact_rivals import Best, Design, best_forms, best_of, form_jobs
from lmul.synth.measure.session import Job, Measured

FIGURES = {"area": "nand2", "delay": "delay_ps", "settled": "fj", "glitches": "fj_glitches"}
"""By key of the tables what it is in `forms.Figures`: a product's share, energies on Gaussian operands."""


def figure_jobs(found: Iterable[Contender]) -> Iterator[Job]:
    """What has to be found out for the figures of contenders and of their rivals."""
    designs = dict.fromkeys(design for each in found for design in (each.design, *each.rivals))
    return iter(form_jobs(designs, GAUSSIAN))


def figures(measured: Measured, each: Contender) -> dict[str, float | None]:
    """The figures of a contender by key, the best of all its forms in each; None where the technology says none."""
    return _values(best_forms(measured, each.design, GAUSSIAN))


def rival(measured: Measured, each: Contender) -> dict[str, Best | None]:
    """The best exact design beside a contender, for each figure."""
    found = best_of(measured, each.rivals, GAUSSIAN)
    return {key: found.get(name) for key, name in FIGURES.items()}


def savings(measured: Measured, each: Contender) -> dict[str, float | None]:
    """1 - ours / rival's for each figure, the rival being the best exact design in that."""
    own, best = figures(measured, each), _values(best_of(measured, each.rivals, GAUSSIAN))
    return {key: saved(own[key], best[key]) for key in FIGURES}


def saved(ours: float | None, rivals: float | None) -> float | None:
    """1 - ours / the rival's; None where one of them is not known."""
    return 1 - ours / rivals if ours is not None and rivals else None


def _values(found: dict[str, Best]) -> dict[str, float | None]:
    return {key: found[name].value if name in found else None for key, name in FIGURES.items()}


def spent(measured: Measured, design: Design) -> Energies:
    """The energies of a cycle of a design, in the form that takes the least without glitches."""
    best = best_forms(measured, design, GAUSSIAN)["fj"]
    energies: Energies = measured[design.energy_job(best.form, GAUSSIAN)]
    return energies
