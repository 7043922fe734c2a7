# amaranth: UnusedElaboratable=no
"""The full report: what has to be found out in which technology, and the sections and pictures that it makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from lmul.golden.formats import Format
from lmul.synth.contenders import Use, contenders
from lmul.synth.designs import FORMATS
from lmul.synth.figures import figure_jobs
from lmul.synth.measurement import Job, Measured, Plan, find_out
from lmul.synth.pareto import FORMATS as PARETO_FORMATS
from lmul.synth.pareto import USES, pareto_contenders, pareto_jobs, pareto_section
from lmul.synth.pareto_picture import pareto_picture, width_picture
from lmul.synth.savings import savings_section, summary_section
from lmul.synth.sections import Section
from lmul.synth.technology import Technology
from lmul.synth.widths import width_jobs, width_section


@dataclass(frozen=True)
class FullReport:
    """Tables and pictures, and where they come from. It knows no folder and no date.

    Parameters
    ----------
    technologies : list of Technology
        What was mapped to; the last one is the main one, for topics that need but one.
    sections : list of Section
        The tables.
    pictures : dict of str to callable
        By name what makes it, of `png` or `svg`; and under `PICTURE_TITLES` what it shows.
    command : str
        What repeats it.
    tools : mapping of str to str
        Versions, by name of the tool.
    """

    technologies: list[Technology]
    sections: list[Section]
    pictures: dict[str, Callable[[str], bytes]]
    command: str
    tools: Mapping[str, str]


PICTURE_TITLES = {
    "pareto": "Error against cost: the designs that no other beats",
    "widths": "Area that L-Mul saves, by mantissa width",
}
"""By name of a picture what it shows."""


@dataclass
class FullStudy:
    """Everything that the full report needs.

    Parameters
    ----------
    each : list of Measured
        One a technology: generic gates, then liberty files; the last is the main one.
    formats : sequence of Format
        Of the tables of savings.
    """

    each: list[Measured]
    formats: Sequence[Format] = FORMATS
    pareto_formats: Sequence[Format] = field(default=PARETO_FORMATS)

    @property
    def main(self) -> Measured:
        """Where topics are looked at that need but one technology."""
        return self.each[-1]

    @property
    def plan(self) -> Plan:
        """What has to be found out where."""
        found = list(contenders(self.formats))
        everywhere = [(measured, figure_jobs(found)) for measured in self.each]
        return [*everywhere, (self.main, self._main_jobs())]

    def _main_jobs(self) -> list[Job]:
        return [*pareto_jobs(pareto_contenders(self.pareto_formats)), *width_jobs()]

    def missing(self) -> int:
        """How many jobs are left to do."""
        return sum(len(measured.missing(jobs)) for measured, jobs in self.plan)

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
        savings = [savings_section(measured, use, self.formats) for measured in reversed(self.each) for use in Use]
        fronts = [pareto_section(self.main, pareto_contenders(self.pareto_formats), use) for use in USES]
        widths = width_section(self.main)
        sections = [summary_section(self.each, self.formats), *fronts, widths, *savings]
        pictures: dict[str, Callable[[str], bytes]] = {
            "pareto": lambda kind: pareto_picture(fronts, kind),
            "widths": lambda kind: width_picture(widths, kind),
        }
        return FullReport([measured.technology for measured in self.each], sections, pictures, command, tools)
