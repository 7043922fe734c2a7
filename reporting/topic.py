"""Topics: the parts that a report is made of."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lmul.reporting.sections import Section
from lmul.tools.session import Plan, do, missing

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Picture:
    """A picture and its title.

    Parameters
    ----------
    title : str
        What it shows.
    draw : callable
        Makes it, of `png` or `svg`.
    """

    title: str
    draw: Callable[[str], bytes]


class Topic(ABC, Generic[Setting]):
    """A part of a report: what has to be found out, and how it is shown.

    A setting says where it is looked at, such as technologies and formats.
    """

    def plan(self, setting: Setting) -> Plan:
        """List what has to be found out; nothing, unless told otherwise."""
        return []

    @abstractmethod
    def sections(self, setting: Setting) -> list[Section]:
        """Make its tables, when that has been done."""

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Make its pictures, by what is added to the name of the report for that of their files."""
        return {}

    def data(self, setting: Setting) -> dict[str, Any]:
        """List what only programs need, by key of the JSON file."""
        return {}

    def findings(self, setting: Setting) -> list[str]:
        """Say what follows, a sentence each."""
        return []


def find_out(
    topics: Sequence[Topic[Setting]], setting: Setting, started: Callable[[int], None], done: Callable[[], None]
) -> None:
    """Do the jobs of topics, and those that they plan once these are known, until nothing is left.

    Parameters
    ----------
    topics, setting
        What has a plan, and what it takes.
    started : callable
        Gets the number of jobs of each round.
    done : callable
        Called after each job.

    Raises
    ------
    ValueError, YosysError
        As the jobs.
    """
    planned = -1
    while True:
        plan = [part for topic in topics for part in topic.plan(setting)]
        left, before = missing(plan), planned
        planned = len({(session, job) for session, jobs in plan for job in jobs})
        if not left and planned == before:
            return
        started(len(left))
        do(left, done)
