"""What the full report is about, topic by topic: what each has to find out, and the tables and pictures of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import Format
from lmul.reporting.sections import Section
from lmul.synth.measure.catalog import FORMATS
from lmul.synth.measure.session import Measured, Plan


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

    @property
    def is_generic(self) -> bool:
        """Tell whether there is no library."""
        return self.main.technology.is_generic

    def chosen(self, formats: Sequence[Format]) -> list[Format]:
        """Select those of some formats that the report is about."""
        return [f for f in formats if f in self.formats]


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
