"""What the full report is about, topic by topic: what each has to find out, and the tables and pictures of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from lmul.golden.formats import Format
from lmul.synth.contenders import Contender, Use, contenders, series
from lmul.synth.designs import FORMATS
from lmul.synth.energy_picture import energy_picture
from lmul.synth.equal_accuracy import equal_jobs, equal_section
from lmul.synth.figures import figure_jobs
from lmul.synth.measurement import Measured, Plan
from lmul.synth.pareto import FORMATS as PARETO_FORMATS
from lmul.synth.pareto import METHODS, USES, pareto_jobs, pareto_section
from lmul.synth.pareto_picture import pareto_picture, width_picture
from lmul.synth.rival_rows import rival_jobs
from lmul.synth.rival_source import Rival
from lmul.synth.savings import savings_section, summary_section
from lmul.synth.sections import Section
from lmul.synth.widths import EXPONENT_BITS, width_jobs, width_section


@dataclass(frozen=True)
class Setting:
    """Where topics are looked at.

    Parameters
    ----------
    each : sequence of Measured
        One a technology: generic gates, then liberty files.
    formats : sequence of Format
        Of the tables of savings.
    """

    each: Sequence[Measured]
    formats: Sequence[Format] = FORMATS

    @property
    def main(self) -> Measured:
        """The last technology, for topics that need but one."""
        return self.each[-1]


@dataclass(frozen=True)
class Picture:
    """What a picture shows, and what makes it, of `png` or `svg`."""

    title: str
    draw: Callable[[str], bytes]


class Topic(ABC):
    """A part of the report."""

    @abstractmethod
    def plan(self, setting: Setting) -> Plan:
        """What has to be found out."""

    @abstractmethod
    def sections(self, setting: Setting) -> list[Section]:
        """Its tables, when that has been done."""

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Its pictures, by the name of their files."""
        return {}


def in_technology(section: Section, measured: Measured) -> Section:
    """A section of which there is one for each technology, with that in its key and title."""
    name = measured.technology.name
    return replace(section, key=f"{section.key}_{name.split('.')[0]}", title=f"{section.title}, {name}")


@dataclass(frozen=True)
class Savings(Topic):
    """What every method saves against exact, in every technology; multipliers from elsewhere stand beside ours."""

    uses: Sequence[Use] = tuple(Use)
    rivals: Sequence[Rival] = ()

    def plan(self, setting: Setting) -> Plan:
        """The figures of all contenders and rivals everywhere."""
        found = list(contenders(setting.formats, self.uses))
        return [(measured, [*figure_jobs(found), *rival_jobs(self.rivals)]) for measured in setting.each]

    def sections(self, setting: Setting) -> list[Section]:
        """The summary, and then a table a technology and use."""
        tables = [
            in_technology(
                savings_section(each, use, setting.formats, self.rivals if use is Use.MULTIPLIER else ()), each
            )
            for each in reversed(setting.each)
            for use in self.uses
        ]
        return [summary_section(setting.each, setting.formats, self.uses), *tables]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Where the energy goes."""
        draw = partial(energy_picture, setting.main, setting.formats, self.uses)
        return {"energy": Picture("Energy a product, by where it goes", draw)}


@dataclass(frozen=True)
class Pareto(Topic):
    """Error against cost."""

    formats: Sequence[Format] = PARETO_FORMATS
    uses: Sequence[Use] = USES

    def plan(self, setting: Setting) -> Plan:
        """Costs and errors of all designs."""
        return [(setting.main, pareto_jobs(self._found()))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table a use."""
        return [pareto_section(setting.main, self._found(), use) for use in self.uses]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """All fronts."""
        draw = partial(pareto_picture, self.sections(setting))
        return {"pareto": Picture("Error against cost: the designs that no other beats", draw)}

    def _found(self) -> list[Contender]:
        return list(contenders(self.formats, self.uses, METHODS))


@dataclass(frozen=True)
class EqualAccuracy(Topic):
    """Savings over exact units of fewer bits."""

    def plan(self, setting: Setting) -> Plan:
        """Costs and errors of both."""
        return [(setting.main, equal_jobs(setting.formats))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table."""
        return [equal_section(setting.main, setting.formats)]


@dataclass(frozen=True)
class Widths(Topic):
    """Savings by mantissa width."""

    formats: Sequence[Format] = tuple(series(EXPONENT_BITS))

    def plan(self, setting: Setting) -> Plan:
        """Areas in all datapaths."""
        return [(setting.main, list(width_jobs(self.formats)))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table."""
        return [width_section(setting.main, self.formats)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """The same as lines."""
        draw = partial(width_picture, width_section(setting.main, self.formats))
        return {"widths": Picture("Area that L-Mul saves, by mantissa width", draw)}
