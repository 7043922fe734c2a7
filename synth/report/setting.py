"""Technologies and formats of a report, which all its topics receive."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import Format
from lmul.reporting.sections import Section
from lmul.synth.measure.catalog import REPORT_FORMATS
from lmul.synth.measure.session import Measured


@dataclass(frozen=True)
class Setting:
    """Technologies and formats of a report.

    Parameters
    ----------
    each : sequence of Measured
        Sessions, one a technology: generic gates, then liberty files.
    formats : sequence of Format
        Formats of the tables; some topics have their own.
    """

    each: Sequence[Measured]
    formats: Sequence[Format] = REPORT_FORMATS

    @property
    def main(self) -> Measured:
        """Return the session of the last technology, for topics that need only one."""
        return self.each[-1]

    @property
    def is_generic(self) -> bool:
        """Tell whether there is no library."""
        return self.main.technology.is_generic

    def chosen(self, formats: Sequence[Format]) -> list[Format]:
        """Select those of some formats that the report is about."""
        return [f for f in formats if f in self.formats]


def in_technology(section: Section, measured: Measured) -> Section:
    """Return the section with the technology's name in key and title."""
    name = measured.technology.name
    return replace(section, key=f"{section.key}_{name.split('.')[0]}", title=f"{section.title}, {name}")
