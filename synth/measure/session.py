"""What reports find out, job by job, on all cores: areas, energies, total errors and whatever else is a job."""

import pickle
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from lmul.accuracy.dots.total import Condition, TotalError, Unit
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import Rule
from lmul.synth.energy.energy import Energies
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.cache import Cache, keeping, key_of, remembered
from lmul.synth.measure.jobs import CoreEnergy, PieceCost, TotalErrors
from lmul.synth.measure.pieces import Piece
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.parallel import on_all_cores


class Job(Protocol):
    """One thing to find out: a frozen dataclass.

    Its `repr` says all that the outcome depends on beside technology, code and tools. The code is what its module
    imports, directly or not; so tables and pictures are best kept out of that module.
    """

    @property
    def effort(self) -> float:
        """About how long it takes: 1000 are some ten seconds."""

    def run(self, technology: Technology) -> Any:
        """Find it out. The outcome can be pickled."""


Plan = Sequence[tuple["Measured", Iterable[Job]]]
"""What to find out in each technology."""


class Measured:
    """What has been found out in a technology.

    Parameters
    ----------
    technology : Technology
        What to map to.
    kept : Cache or None
        Outcomes of earlier runs, and where those of this one are kept.
    """

    def __init__(self, technology: Technology, kept: Cache | None = None) -> None:
        self.technology = technology
        self.kept = kept
        self._outcomes: dict[Job, Any] = {}

    def find_out(self, jobs: Iterable[Job], done: Callable[[], None] = lambda: None) -> None:
        """Do what is not done yet; `done` is called after each job of `missing`.

        Raises
        ------
        ValueError, YosysError
            As the jobs.
        """
        find_out([(self, jobs)], done)

    def missing(self, jobs: Iterable[Job]) -> list[Job]:
        """Those of some jobs that neither this run nor an earlier one has done, each once."""
        found = []
        for job in dict.fromkeys(jobs):
            if job not in self._outcomes:
                outcome = self.kept and self.kept.get(key_of(job, self.technology))
                if outcome:
                    self._outcomes[job] = outcome[0]
                else:
                    found.append(job)
        return found

    def __contains__(self, job: Job) -> bool:
        return job in self._outcomes

    def __getitem__(self, job: Job) -> Any:
        return self._outcomes[job]

    def learn(self, job: Job, outcome: object) -> None:
        """Take in the outcome of a job."""
        self._outcomes[job] = outcome

    def cost(self, piece: Piece) -> Cost:
        """What a piece costs."""
        cost: Cost = self[PieceCost(piece)]
        return cost

    def nand2(self, piece: Piece) -> float:
        """The area of a piece in NAND2 equivalents."""
        return self.cost(piece).nand2

    def energies(self, piece: Piece, rule: Rule) -> Energies | None:
        """The energy of a piece's cycle; None where the technology has none."""
        energies: Energies | None = self._outcomes.get(CoreEnergy(piece, rule))
        return energies

    def error(self, condition: Condition, dot: DotParameters) -> TotalError:
        """The total error of a dot product in a condition."""
        unit = Unit(dot.product, dot.window)
        studies = (job for job in self._outcomes if isinstance(job, TotalErrors) and job.condition == condition)
        found: TotalError = next(self[job][job.units.index(unit)] for job in studies if unit in job.units)
        return found


def find_out(plan: Plan, done: Callable[[], None] = lambda: None) -> None:
    """Do what is not done yet, in all technologies together.

    Raises
    ------
    ValueError, YosysError
        As the jobs.
    """
    missing = list(dict.fromkeys((measured, job) for measured, jobs in plan for job in measured.missing(jobs)))
    with scratch_folder() as folder:
        contexts: dict[Measured, Path] = {}
        for measured in dict.fromkeys(measured for measured, _ in missing):
            contexts[measured] = folder / str(len(contexts))
            contexts[measured].write_bytes(pickle.dumps((measured.technology, measured.kept)))
        tasks = [(contexts[measured], job) for measured, job in missing]
        outcomes = on_all_cores(_outcome, tasks, lambda task: task[1].effort, done)
    for (measured, job), outcome in zip(missing, outcomes, strict=True):
        measured.learn(job, outcome)


@cache
def _context(path: Path) -> tuple[Technology, Cache | None]:
    context: tuple[Technology, Cache | None] = pickle.loads(path.read_bytes())
    return context


def _outcome(task: tuple[Path, Job]) -> Any:
    path, job = task
    technology, kept = _context(path)
    with keeping(kept):
        return remembered(job, technology, lambda: job.run(technology))
