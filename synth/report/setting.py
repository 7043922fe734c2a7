"""Where the topics of a report look: technologies and formats."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import Format
from lmul.reporting.sections import Section
from lmul.synth.measure.catalog import FORMATS
from lmul.synth.measure.session import Measured


@dataclass(frozen=True)
class Setting:
    """Technologies and formats of a report.

    Parameters
    ----------
    each : sequence of Measured
        One a technology: generic gates, then liberty files.
    formats : sequence of Format
        Formats of its tables, but for topics that have their own.
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


def in_technology(section: Section, measured: Measured) -> Section:
    """A section of which there is one for each technology, with that in its key and title."""
    name = measured.technology.name
    return replace(section, key=f"{section.key}_{name.split('.')[0]}", title=f"{section.title}, {name}")
