"""Jobs on all cores, with a cache of their outcomes.

A job is one thing to find out, such as the area of a module. It runs in a context, such as a cell library; its outcome
depends on both, on the code and on the tools, and on nothing else.
"""

import pickle
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, get_type_hints

from lmul.tools.cache import Cache, Context, keeping, key_of, remembered
from lmul.tools.failure import FailedJobError, FailedOutcome, Failure, failure_in, failure_of
from lmul.tools.files import scratch_folder
from lmul.tools.parallel import on_all_cores
from lmul.tools.process import ToolError


class Job(Protocol):
    """Job: a frozen dataclass that computes one outcome.

    Its `repr` states all that the outcome depends on besides context, code and tools.
    """

    @property
    def effort(self) -> float:
        """Estimate how long it takes; 1000 is about ten seconds."""

    def run(self, context: Any) -> Any:
        """Compute the outcome. The annotation states its type, which `outcome_data` can write and read."""


@dataclass(frozen=True)
class NoContext:
    """Context of jobs whose outcomes depend on nothing else."""

    digest: str = "none"


class Session:
    """Outcomes of jobs in one context.

    Parameters
    ----------
    context : Context
        Context that all its jobs run in.
    kept : Cache or None
        Cache to read earlier outcomes from, and to keep new ones in.
    """

    def __init__(self, context: Context, kept: Cache | None = None) -> None:
        self.context = context
        self.kept = kept
        self._outcomes: dict[Job, Any] = {}

    def find_out(self, jobs: Iterable[Job], done: Callable[[], None] = lambda: None) -> None:
        """Do what is not done yet; `done` is called after each job of `missing`.

        Raises
        ------
        ValueError, YosysError
            A job failed.
        """
        find_out([(self, jobs)], done)

    def missing(self, jobs: Iterable[Job]) -> list[Job]:
        """List the jobs that neither this run nor an earlier one has done, each once."""
        found = []
        for job in dict.fromkeys(jobs):
            if job not in self._outcomes:
                outcome = self.kept and self.kept.get(key_of(job, self.context), outcome_type(job))
                if outcome:
                    self._outcomes[job] = outcome[0]
                else:
                    found.append(job)
        return found

    def __contains__(self, job: Job) -> bool:
        return job in self._outcomes

    def __getitem__(self, job: Job) -> Any:
        if job not in self._outcomes and (failures := self.failures):  # it was planned by what one of them would say
            raise FailedJobError(failures[0].sentence)
        return self._outcomes[job]

    def get(self, job: Job) -> Any:
        """Look up the outcome of a job; None where it was not done."""
        return self._outcomes.get(job)

    def learn(self, job: Job, outcome: object) -> None:
        """Store the outcome of a job."""
        self._outcomes[job] = outcome

    @property
    def failures(self) -> list[Failure]:
        """List the jobs that failed, where `do` was to go on."""
        return [failure for outcome in self._outcomes.values() if (failure := failure_in(outcome))]

    @property
    def known(self) -> Iterable[Job]:
        """Return the jobs whose outcomes are known."""
        return self._outcomes.keys()


Plan = Sequence[tuple[Session, Iterable[Job]]]
"""Sessions, and the jobs to do in each."""


def missing(plan: Plan) -> list[tuple[Session, Job]]:
    """List what is left to do of a plan, each job once in a session."""
    return list(dict.fromkeys((session, job) for session, jobs in plan for job in session.missing(jobs)))


def find_out(plan: Plan, done: Callable[[], None] = lambda: None) -> None:
    """Do what is not done yet, in all contexts together; `done` is called after each job.

    Raises
    ------
    ValueError, YosysError
        A job failed.
    """
    do(missing(plan), done)


def do(left: Sequence[tuple[Session, Job]], done: Callable[[], None] = lambda: None, go_on: bool = False) -> None:
    """Do jobs, each in its session, on all cores.

    Parameters
    ----------
    left : sequence of (Session, Job)
        Jobs to do.
    done : callable
        Called after each.
    go_on : bool
        A job that fails with a ValueError or a ToolError has a `FailedOutcome`, which no cache keeps. A job whose
        class has `ends_all` set ends all nevertheless.

    Raises
    ------
    ValueError, ToolError
        A job failed.
    """
    with scratch_folder() as folder:
        contexts: dict[Session, Path] = {}
        for session in dict.fromkeys(session for session, _ in left):
            contexts[session] = folder / str(len(contexts))
            # Without a cache jobs share what they remember until all are done.
            contexts[session].write_bytes(pickle.dumps((session.context, session.kept or Cache(folder / "kept"))))
        # Neighbours in a plan share netlists. They start far apart, so that the second finds what the first has made.
        order = random.Random(0).sample(range(len(left)), len(left))
        parts = [left[place] for place in order]
        tasks = [(contexts[session], job, go_on and not getattr(job, "ends_all", False)) for session, job in parts]
        outcomes = on_all_cores(_outcome, tasks, lambda task: int(task[1].effort).bit_length(), done)
    for place, outcome in sorted(zip(order, outcomes, strict=True), key=lambda each: each[0]):
        session, job = left[place]
        session.learn(job, FailedOutcome(outcome) if isinstance(outcome, Failure) else outcome)


def outcome_type(job: Job) -> Any:
    """Return the type of a job's outcome, by the annotation of its `run`."""
    return _returned(type(job))


@cache
def _returned(kind: type[Job]) -> Any:
    return get_type_hints(kind.run)["return"]


@cache
def _context(path: Path) -> tuple[Context, Cache | None]:
    context: tuple[Context, Cache | None] = pickle.loads(path.read_bytes())
    return context


def _outcome(task: tuple[Path, Job, bool]) -> Any:
    path, job, go_on = task
    context, kept = _context(path)
    with keeping(kept):
        try:
            return remembered(job, context, outcome_type(job), lambda: job.run(context))
        except (ToolError, ValueError) as error:
            if not go_on:
                raise
            return failure_of(job, context, error)
