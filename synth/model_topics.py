"""Delay targets, energies by operands, the models of energy and of timing, and FPGAs, as topics of the full report."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format, format_named
from lmul.synth.delay import DELAY_FORMATS, delay_jobs, delay_section, envelope_section
from lmul.synth.delay_picture import delay_picture
from lmul.synth.fit_rows import fit_section
from lmul.synth.fpga_rows import FORMATS as FPGA_FORMATS
from lmul.synth.fpga_rows import SPEED_FORMATS, fpga_jobs, fpga_section, speed_jobs, speed_section
from lmul.synth.horowitz import fit_jobs
from lmul.synth.measurement import Plan
from lmul.synth.model_picture import model_picture
from lmul.synth.model_rows import model_jobs, model_section
from lmul.synth.power_check import opensta_jobs, opensta_section
from lmul.synth.sections import Section
from lmul.synth.stream_rows import stream_jobs, stream_section
from lmul.synth.streams import GAUSSIAN, UNIFORM, Stream
from lmul.synth.timing import timing_jobs, timing_section
from lmul.synth.topics import Picture, Setting, Topic, in_technology


@dataclass(frozen=True)
class Delays(Topic):
    """Area at a delay target; for a liberty technology only."""

    def plan(self, setting: Setting) -> Plan:
        """Sweeps in the main technology."""
        return [] if _none(setting) else [(setting.main, delay_jobs(_of(setting, _SWEPT)))]

    def sections(self, setting: Setting) -> list[Section]:
        """What is saved at some delays, and the netlists behind that."""
        formats = _of(setting, _SWEPT)
        if _none(setting) or not formats:
            return []
        return [delay_section(setting.main, formats), envelope_section(setting.main, formats)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Area against delay."""
        formats = _of(setting, _SWEPT)
        if _none(setting) or not formats:
            return {}
        return {"delay": Picture("Area against delay", partial(delay_picture, setting.main, formats))}


@dataclass(frozen=True)
class OpenSta(Topic):
    """OpenSTA's delays and power as a second opinion; a note where it is not installed."""

    def plan(self, setting: Setting) -> Plan:
        """In every liberty technology."""
        liberties = [measured for measured in setting.each if not measured.technology.is_generic]
        return [(each, [*timing_jobs(setting.formats), *opensta_jobs(setting.formats)]) for each in liberties]

    def sections(self, setting: Setting) -> list[Section]:
        """Two tables a technology."""
        liberties = [measured for measured in reversed(setting.each) if not measured.technology.is_generic]
        made = (timing_section, opensta_section)
        return [in_technology(make(each, setting.formats), each) for make in made for each in liberties]


@dataclass(frozen=True)
class Streams(Topic):
    """Energies by operands.

    Parameters
    ----------
    more : tuple of Stream
        Tensors, beside uniform and Gaussian numbers.
    """

    more: tuple[Stream, ...] = ()

    def plan(self, setting: Setting) -> Plan:
        """In the main technology."""
        return [(setting.main, stream_jobs(self._all))]

    def sections(self, setting: Setting) -> list[Section]:
        """One table."""
        return [stream_section(setting.main, self._all)]

    @property
    def _all(self) -> Sequence[Stream]:
        return (UNIFORM, GAUSSIAN, *self.more)


@dataclass(frozen=True)
class Models(Topic):
    """The technology-free model of energy: its fit, and how well it follows a library's tables."""

    def plan(self, setting: Setting) -> Plan:
        """The fit everywhere, and the same designs in generic gates and the main technology."""
        fits: Plan = [(measured, fit_jobs()) for measured in setting.each]
        both = [] if _none(setting) else [setting.each[0], setting.main]
        return [*fits, *((measured, model_jobs()) for measured in both)]

    def sections(self, setting: Setting) -> list[Section]:
        """The comparison, and the fit."""
        compared = [] if _none(setting) else [model_section(setting.each[0], setting.main)]
        return [*compared, fit_section(setting.each)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """One against the other."""
        if _none(setting):
            return {}
        section, name = model_section(setting.each[0], setting.main), setting.main.technology.name
        return {"model": Picture("Technology-free energy against the library's", partial(model_picture, section, name))}


@dataclass(frozen=True)
class Fpgas(Topic):
    """LUTs and MHz in FPGA families."""

    def plan(self, setting: Setting) -> Plan:
        """Once, with generic gates, since cells play no part."""
        luts = fpga_jobs(_of(setting, FPGA_FORMATS))
        return [(setting.each[0], [*luts, *speed_jobs(_of(setting, SPEED_FORMATS))])]

    def sections(self, setting: Setting) -> list[Section]:
        """One table each."""
        first = setting.each[0]
        return [
            fpga_section(first, _of(setting, FPGA_FORMATS)),
            speed_section(first, _of(setting, SPEED_FORMATS)),
        ]


_SWEPT = tuple(format_named(name) for name in DELAY_FORMATS)


def _none(setting: Setting) -> bool:
    """Whether there is no library."""
    return setting.main.technology.is_generic


def _of(setting: Setting, formats: Sequence[Format]) -> list[Format]:
    return [f for f in formats if f in setting.formats]
