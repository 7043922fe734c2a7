"""Energies of the same units on different operands."""

from collections.abc import Iterator, Sequence

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E3M4, E4M3
from lmul.synth.energy_jobs import Contender, EnergyJob
from lmul.synth.energy_rows import described, dot, energy_notes, energy_record, mac, multiplier, stream_notes
from lmul.synth.measurement import Measured
from lmul.synth.sections import Record, Section, plain, saving, significant
from lmul.synth.streams import Stream

_FORMATS = (E4M3, E3M4, BF16)
_METHODS = ("lmul", "corrected2", "exact")


def stream_jobs(streams: Sequence[Stream]) -> list[EnergyJob]:
    """What the section of streams needs."""
    return [EnergyJob(each, stream) for group in _groups() for each in group for stream in streams]


def _groups() -> Iterator[list[Contender]]:
    """Contenders that stand against the last of them."""
    for f in _FORMATS:
        yield [multiplier(f, method) for method in _METHODS]
        yield [mac(f, method, Accumulator.FP32) for method in _METHODS]
        yield [dot(f, method) for method in _METHODS]


def stream_section(measured: Measured, streams: Sequence[Stream]) -> Section:
    """The same units on different numbers."""
    records: list[Record] = []
    for group in _groups():
        for stream in streams:
            rows = [energy_record(measured, EnergyJob(each, stream)) for each in group]
            for each, row in zip(group, rows, strict=True):
                other = each is not group[-1]
                saved: Record = {
                    f"{kind}_saved": 1 - float(row[kind] or 0) / float(rows[-1][kind] or 0) if other else None
                    for kind in ("settled", "glitches")
                }
                records.append({**described(each), "stream": stream.name, **row, **saved})
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
        "Energy by operands",
        records,
        columns,
        ("unit", "format", "stream"),
        [*energy_notes(measured, records), *stream_notes(streams)],
    )
