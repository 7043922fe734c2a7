"""Energies by operands, and the technology-free model of them, as topics of the full report."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.synth.fit_rows import fit_section
from lmul.synth.horowitz import fit_jobs
from lmul.synth.measurement import Job, Measured, Plan
from lmul.synth.model_picture import model_picture
from lmul.synth.model_rows import model_jobs, model_section
from lmul.synth.sections import Section
from lmul.synth.stream_rows import stream_jobs, stream_section
from lmul.synth.streams import GAUSSIAN, UNIFORM, Stream
from lmul.synth.topics import Picture, Setting


@dataclass(frozen=True)
class Operands:
    """What operands do to energies.

    Parameters
    ----------
    streams : sequence of Stream
        Which operands.
    """

    streams: Sequence[Stream] = (UNIFORM, GAUSSIAN)

    def plan(self, setting: Setting) -> Plan:
        """All designs on all streams, in the main technology."""
        return [(setting.main, stream_jobs(self.streams))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table."""
        return [stream_section(setting.main, self.streams)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """None."""
        return {}


@dataclass(frozen=True)
class EnergyModel:
    """The technology-free model: what it is fitted to, and how well it follows a library's tables."""

    def plan(self, setting: Setting) -> Plan:
        """The fit in every technology; and where there is a library beside generic gates, the same designs in both."""
        pair = _pair(setting)
        both: list[tuple[Measured, list[Job]]] = [(measured, [*model_jobs()]) for measured in pair or ()]
        return [*((measured, fit_jobs()) for measured in setting.each), *both]

    def sections(self, setting: Setting) -> list[Section]:
        """The fit, and the comparison where there is one."""
        pair = _pair(setting)
        return [fit_section(setting.each), *([model_section(*pair)] if pair else [])]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """The comparison design by design."""
        pair = _pair(setting)
        if pair is None:
            return {}
        draw = partial(model_picture, model_section(*pair), pair[1].technology.name)
        return {"model": Picture("Technology-free energy against a library's tables", draw)}


def _pair(setting: Setting) -> tuple[Measured, Measured] | None:
    """Generic gates, and the first library."""
    generic = [measured for measured in setting.each if measured.technology.is_generic]
    libraries = [measured for measured in setting.each if not measured.technology.is_generic]
    return (generic[0], libraries[0]) if generic and libraries else None
