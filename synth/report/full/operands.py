"""Table of energies of the same units on different operands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E3M4, E4M3
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, plain, saving, significant
from lmul.reporting.topic import Topic
from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import GAUSSIAN, UNIFORM, Stream
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.energy_notes import described, dot, energy_notes, mac, multiplier, stream_notes
from lmul.synth.report.setting import Setting
from lmul.tools.failure import least as least_of
from lmul.tools.failure import number

_FORMATS = (E4M3, E3M4, BF16)
_METHODS = (Method.LMUL, Method.corrected(2), Method.EXACT)

_KINDS = ("settled", "glitches")


def stream_jobs(streams: Sequence[Stream]) -> list[Job]:
    """List the jobs of the section, on each of the streams."""
    designs = [design for group in _groups() for design in group]
    return [design.energy_job(form, stream) for design in designs for form in design.forms for stream in streams]


def _groups() -> Iterator[list[Design]]:
    """Yield groups of designs for the same job, exact ones last."""
    added = (*_METHODS[:-1], Method.ROUNDED, Method.EXACT)
    for f in _FORMATS:
        yield [Design(multiplier(f, method)) for method in _METHODS]
        yield [Design(mac(f, method, Accumulator.FP32)) for method in added]
        yield [Design(dot(f, method)) for method in added]


def stream_section(measured: Measured, streams: Sequence[Stream]) -> Section:
    """Make the table of energies and savings by operands."""
    records: list[Record] = []
    for group in _groups():
        for stream in streams:
            rows = [_record(measured, design, stream) for design in group]
            for design, row in zip(group, rows, strict=True):
                least = {kind: least_of(number(row[kind]) for row in rows[2:]) for kind in _KINDS}
                saved: Record = {f"{kind}_saved": 1 - number(row[kind]) / least[kind] for kind in _KINDS}
                records.append({**described(design.unit), "stream": stream.name, **row, **saved})
    columns = {
        "unit": ("unit", plain),
        "format": ("format", plain),
        "stream": ("operands", plain),
        "method": ("method", plain),
        "settled": ("pJ a product", significant(3)),
        "settled_saved": ("saved", saving),
        "settled_clock": ("clock", saving),
        "glitches": ("pJ with glitches", significant(3)),
        "glitches_saved": ("saved ", saving),
    }
    return Section(
        "streams",
        f"Energy by operands, {measured.technology.name}",
        records,
        columns,
        ("unit", "format", "stream"),
        [*energy_notes(measured, records), *stream_notes(streams)],
    )


def _record(measured: Measured, design: Design, stream: Stream) -> Record:
    """Look up the energies of a product in pJ, with clock and standard error as shares, each in its best form."""
    found: list[Energies] = [measured[design.energy_job(form, stream)] for form in design.forms]
    record: Record = {}
    for kind in _KINDS:
        energy = min((getattr(each, kind) for each in found), key=lambda energy: float(energy.fj_per_cycle))
        record[kind] = energy.fj_per_cycle / design.products / 1000
        record[f"{kind}_clock"] = energy.clock / energy.fj_per_cycle
        record[f"{kind}_error"] = energy.standard_error / energy.fj_per_cycle
    return record


@dataclass(frozen=True)
class Streams(Topic[Setting]):
    """Topic: energies by operands.

    Parameters
    ----------
    more : tuple of Stream
        Streams of tensors, beside uniform and Gaussian numbers.
    """

    more: tuple[Stream, ...] = ()

    def plan(self, setting: Setting) -> Plan:
        """List the jobs, in the main technology."""
        return [(setting.main, stream_jobs(self._all))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [stream_section(setting.main, self._all)]

    @property
    def _all(self) -> Sequence[Stream]:
        return (UNIFORM, GAUSSIAN, *self.more)
