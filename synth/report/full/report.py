"""The full report: all topics, found out in all technologies together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lmul.reporting.sections import Section
from lmul.synth.energy.operands import Stream
from lmul.synth.measure.session import Plan, find_out
from lmul.synth.report.full.claims import Claims
from lmul.synth.report.full.delay import Delays
from lmul.synth.report.full.energy_model import Models
from lmul.synth.report.full.equal_accuracy import EqualAccuracy
from lmul.synth.report.full.exact_forms import ExactForms
from lmul.synth.report.full.fpga import Fpgas
from lmul.synth.report.full.operands import Streams
from lmul.synth.report.full.pareto import Pareto
from lmul.synth.report.full.rivals import Rivals
from lmul.synth.report.full.savings import Savings
from lmul.synth.report.full.sta_power import OpenSta
from lmul.synth.report.full.topic import Picture, Setting, Topic
from lmul.synth.report.full.widths import Widths
from lmul.synth.rivals.source import Rival
from lmul.synth.technology.technology import Technology


def all_topics(rivals: tuple[Rival, ...] = (), streams: tuple[Stream, ...] = ()) -> list[Topic]:
    """All topics, in the order of the report.

    Parameters
    ----------
    rivals : tuple of Rival
        Multipliers from elsewhere.
    streams : tuple of Stream
        Operands besides uniform and Gaussian ones.
    """
    return [
        Savings(rivals=rivals),
        ExactForms(),
        Rivals(rivals),
        Delays(),
        Pareto(),
        EqualAccuracy(),
        Widths(),
        Streams(streams),
        Claims(),
        Fpgas(),
        Models(),
        OpenSta(),
    ]


@dataclass(frozen=True)
class FullReport:
    """Tables and pictures, and where they come from. It knows no folder and no date.

    Parameters
    ----------
    technologies : list of Technology
        What was mapped to; the last is the one for topics that need but one.
    sections : list of Section
        The tables.
    pictures : dict of str to Picture
        By the name of the file, without its kind.
    command : str
        What repeats it.
    tools : mapping of str to str
        Versions, by name of the tool.
    """

    technologies: list[Technology]
    sections: list[Section]
    pictures: dict[str, Picture]
    command: str
    tools: Mapping[str, str]


@dataclass(frozen=True)
class FullStudy:
    """Everything that the full report needs.

    Parameters
    ----------
    setting : Setting
        Technologies and formats.
    topics : sequence of Topic
        What it is about.
    """

    setting: Setting
    topics: Sequence[Topic]

    @property
    def plan(self) -> Plan:
        """What has to be found out where."""
        return [part for topic in self.topics for part in topic.plan(self.setting)]

    @property
    def missing(self) -> int:
        """How many jobs are left to do."""
        plan = self.plan
        each = dict.fromkeys(measured for measured, _ in plan)
        return sum(len(one.missing(job for own, jobs in plan if own is one for job in jobs)) for one in each)

    def find_out(self, done: Callable[[], None] = lambda: None) -> None:
        """Do them, on all cores; `done` is called after each.

        Raises
        ------
        ValueError, YosysError
            As the jobs.
        """
        find_out(self.plan, done)

    def report(self, command: str, tools: Mapping[str, str]) -> FullReport:
        """The report, when everything has been found out."""
        sections = [section for topic in self.topics for section in topic.sections(self.setting)]
        keys = [section.key for section in sections]
        assert len(keys) == len(set(keys)), keys
        pictures = {name: each for topic in self.topics for name, each in topic.pictures(self.setting).items()}
        technologies = [measured.technology for measured in self.setting.each]
        return FullReport(technologies, sections, pictures, command, tools)
