"""What contenders cost, figure by figure; the exact ones in the form that is the best in each."""

from collections.abc import Iterable, Iterator

from lmul.hdl.forms import Form
from lmul.synth.contenders import Contender
from lmul.synth.energy import Energies
from lmul.synth.forms import Best, best_forms, form_jobs
from lmul.synth.measurement import Job, Measured
from lmul.synth.streams import GAUSSIAN

FIGURES = {"area": "nand2", "delay": "delay_ps", "settled": "fj", "glitches": "fj_glitches"}
"""By key of the tables what it is in `forms.Figures`: a product's share, energies on Gaussian operands."""


def figure_jobs(found: Iterable[Contender]) -> Iterator[Job]:
    """What has to be found out for the figures of contenders, exact ones in every form."""
    return iter(form_jobs((each.design for each in found), GAUSSIAN))


def figures(measured: Measured, each: Contender) -> dict[str, float | None]:
    """The figures of a contender by key; an exact one has the best of all forms in each."""
    return {key: None if best is None else best.value for key, best in bests(measured, each).items()}


def bests(measured: Measured, each: Contender) -> dict[str, Best | None]:
    """The same with the forms that have them; None where the technology does not say."""
    found = best_forms(measured, each.design, GAUSSIAN)
    return {key: found.get(name) for key, name in FIGURES.items()}


def spent(measured: Measured, each: Contender) -> Energies:
    """The energies of a cycle of a contender, an exact one in the form that takes the least without glitches."""
    best = bests(measured, each)["settled"]
    energies: Energies = measured[each.design.energy_job(Form.ARRAY if best is None else best.form, GAUSSIAN)]
    return energies
