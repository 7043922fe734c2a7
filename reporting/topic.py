"""Topics, the parts that a report is made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lmul.reporting.sections import Section
from lmul.tools.failure import FailedJobError, Failure
from lmul.tools.session import Plan, do, missing

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Picture:
    """Picture and its title.

    Parameters
    ----------
    title : str
        Title or alternative text.
    draw : callable
        Function that draws it, given `png` or `svg`, and returns the content of the file.
    """

    title: str
    draw: Callable[[str], bytes]


class Topic(ABC, Generic[Setting]):
    """Part of a report: the jobs it needs, and how their outcomes are shown.

    A setting holds what all topics of a report share, such as technologies and formats.
    """

    def plan(self, setting: Setting) -> Plan:
        """List the jobs in each session; none by default."""
        return []

    @abstractmethod
    def sections(self, setting: Setting) -> list[Section]:
        """Make its tables, when its jobs are done."""

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Return its pictures, by the suffix that their file names add to the report's."""
        return {}

    def data(self, setting: Setting) -> dict[str, Any]:
        """Return data that only programs need, by key of the JSON file."""
        return {}

    def findings(self, setting: Setting) -> list[str]:
        """Say what follows from the numbers, a sentence each."""
        return []

    def tables(self, makers: Iterable[Callable[[], Section]]) -> list[Section]:
        """Make sections one by one; in place of those that depend on a failed job, a last one says so."""
        made, lost = list[Section](), list[str]()
        for maker in makers:
            try:
                made.append(maker())
            except FailedJobError as failed:
                lost.append(str(failed))
        return [*made, *([self.left_out(lost)] if lost else [])]

    def left_out(self, reasons: Sequence[str]) -> Section:
        """Make the section that stands for tables which depend on failed jobs."""
        name = type(self).__name__
        notes = [f"A table is left out: it depends on what failed, {reason}" for reason in reasons]
        return Section(f"left_out_{name.lower()}", f"Left out of {name}", [], {}, (), notes)


def find_out(
    topics: Sequence[Topic[Setting]], setting: Setting, started: Callable[[int], None], done: Callable[[], None]
) -> list[Failure]:
    """Do the jobs of topics, and the jobs they plan once those are known, until nothing is left.

    Parameters
    ----------
    topics, setting
        Topics, and the setting that they take.
    started : callable
        Called with the number of jobs at the start of each round.
    done : callable
        Called after each job.

    Returns
    -------
    list of Failure
        Jobs that failed; all others are done.
    """
    planned = -1
    while True:
        plan = [part for topic in topics for part in _planned(topic, setting)]
        left, before = missing(plan), planned
        planned = len({(session, job) for session, jobs in plan for job in jobs})
        if not left and planned == before:
            sessions = dict.fromkeys(session for session, _ in plan)
            return [failure for session in sessions for failure in session.failures]
        started(len(left))
        do(left, done, go_on=True)


def _planned(topic: Topic[Setting], setting: Setting) -> Plan:
    try:
        return [(session, list(jobs)) for session, jobs in topic.plan(setting)]
    except FailedJobError:  # what comes next depends on a job that failed
        return []
