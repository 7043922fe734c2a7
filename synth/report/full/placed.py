"""Topic: units placed in each library, in tables as those of the study of placement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lmul.reporting.sections import Section
from lmul.reporting.topic import Picture, Topic
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.layout.entrants import USES, Placing
from lmul.synth.report.layout.study import Layouts
from lmul.synth.report.setting import Setting, in_technology

Each = tuple[Measured, Layouts, Setting]


@dataclass(frozen=True)
class Placed(Topic[Setting]):
    """Topic: what placement and wires change, library by library.

    Parameters
    ----------
    placings : sequence of Placing
        How units are placed in each library, in the order of the report.
    uses, largest
        As for `Layouts`.
    """

    placings: Sequence[Placing]
    uses: Sequence[Use] = tuple(USES)
    largest: bool = True

    def _each(self, setting: Setting) -> Iterator[Each]:
        libraries = [measured for measured in setting.each if not measured.technology.is_generic]
        for measured, placing in zip(libraries, self.placings, strict=True):
            yield measured, Layouts(placing, self.uses, self.largest), replace(setting, each=[measured])

    def plan(self, setting: Setting) -> Plan:
        """List the jobs that place all units in all libraries."""
        return [part for _, study, own in self._each(setting) for part in study.plan(own)]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of the study for each library."""
        return [
            in_technology(made, measured)
            for measured, study, own in self._each(setting)
            for made in study.sections(own)
        ]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw its pictures for each library."""
        return {
            f"placed_{name}_{_stem(measured)}": replace(picture, title=f"{picture.title}, {measured.technology.name}")
            for measured, study, own in self._each(setting)
            for name, picture in study.pictures(own).items()
        }

    def data(self, setting: Setting) -> dict[str, Any]:
        """Return what a um of wire has in each library, for programs."""
        return {
            f"{key}_{_stem(measured)}": value
            for measured, study, own in self._each(setting)
            for key, value in study.data(own).items()
        }

    def findings(self, setting: Setting) -> list[str]:
        """Say how far savings move in each library, and what wires take of the energy."""
        return [
            f"{_stem(measured)}: {sentence}"
            for measured, study, own in self._each(setting)
            for sentence in study.findings(own)
        ]


def _stem(measured: Measured) -> str:
    return measured.technology.name.split(".")[0]
