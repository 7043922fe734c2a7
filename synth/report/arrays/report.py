# amaranth: UnusedElaboratable=no
"""The report of lanes, elements and arrays: everything measured, and everything needed to repeat it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lmul.accuracy.dots.total import COUNT, PLAIN, SCALED
from lmul.golden.formats import E3M4, E4M3
from lmul.reporting.sections import Section
from lmul.synth.measure import catalog
from lmul.synth.measure.jobs import costs_of, errors_of
from lmul.synth.measure.pieces import Kind
from lmul.synth.measure.session import Job, Measured
from lmul.synth.report.arrays.block_scaled import cost_section, energy_jobs, error_section, verdict
from lmul.synth.report.arrays.dot_products import accuracy_section, goals_section, pieces, rivals, section
from lmul.synth.report.arrays.elements import (
    array_pieces,
    array_section,
    converter_pieces,
    converter_section,
    element_pieces,
    element_section,
)
from lmul.synth.technology.technology import Technology


@dataclass(frozen=True)
class ArrayReport:
    """What was measured, and where it comes from. It knows no folder and no date.

    Parameters
    ----------
    technology : Technology
        What was mapped to.
    sections : list of Section
        The tables.
    verdict : list of str
        On 8-bit operands with scales.
    command : str
        What repeats it.
    tools : mapping of str to str
        Versions, by name of the tool.
    """

    technology: Technology
    sections: list[Section]
    verdict: list[str]
    command: str
    tools: Mapping[str, str]

    def section(self, key: str) -> Section:
        """One of the tables."""
        return next(section for section in self.sections if section.key == key)


class Study:
    """All jobs of a report, in two stages: exact rivals are known when errors are.

    Parameters
    ----------
    measured : Measured
        In one technology.
    chosen : designs.Chosen
        Which formats and methods.
    count : int
        Dot products a condition.
    """

    def __init__(self, measured: Measured, chosen: catalog.Chosen, count: int = COUNT) -> None:
        self.measured = measured
        self.chosen = chosen
        self._dots, self._elements, self._arrays = (
            list(each(chosen)) for each in (catalog.dots, catalog.elements, catalog.arrays)
        )
        self._converters = [
            list(each(chosen)) for each in (catalog.loaders, catalog.quantisers, catalog.output_roundings)
        ]
        self._scaled = catalog.scaled() if self.shows_scaled else []
        self._count = count

    @property
    def shows_scaled(self) -> bool:
        """Whether 8-bit operands with scales are looked at."""
        return {E4M3, E3M4} <= set(self.chosen.formats)

    @property
    def first_stage(self) -> list[Job]:
        """What does not depend on anything."""
        kinds = (Kind.LOADER, Kind.ROUNDER, Kind.ROUNDER)
        converters = [
            piece for kind, dots in zip(kinds, self._converters, strict=True) for piece in converter_pieces(kind, dots)
        ]
        costs = costs_of(
            [
                *pieces([*self._dots, *self._scaled]),
                *element_pieces(self._elements),
                *array_pieces(self._arrays),
                *converters,
            ]
        )
        energies = list(energy_jobs(self._scaled))
        scaled = errors_of(SCALED, self._scaled, self._count) if self._scaled else []
        return [*costs, *energies, *scaled, *errors_of([PLAIN], self._dots, self._count)]

    @property
    def second_stage(self) -> list[Job]:
        """What is known to be needed when the first stage is done."""
        return [*costs_of(rivals(self.measured, self._dots))]

    def find_out(self, done: Callable[[], None] = lambda: None) -> None:
        """Do all that is to be done, on all cores; `done` is called after each job.

        Raises
        ------
        ValueError, YosysError
            As `measurement.Measured.find_out`.
        """
        for stage in (self.first_stage, None):
            self.measured.find_out(self.second_stage if stage is None else stage, done)

    def report(self, command: str, tools: Mapping[str, str]) -> ArrayReport:
        """The report, when everything has been found out."""
        measured = self.measured
        sections = [section(measured, self._dots)]
        goals = goals_section(measured, self._dots)
        if not measured.technology.is_generic and goals.records:
            sections.append(goals)
        sections.append(accuracy_section(measured, self._dots))
        if self._scaled:
            sections += [cost_section(measured), error_section(measured)]
        sections.append(element_section(measured, self._elements))
        if self._arrays:
            sections.append(array_section(measured, self._arrays))
        sections.append(converter_section(measured, *self._converters))
        verdicts = verdict(measured) if self._scaled else []
        return ArrayReport(measured.technology, sections, verdicts, command, tools)
