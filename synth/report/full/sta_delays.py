"""Table of delays by OpenSTA beside those by ABC."""

from collections.abc import Sequence

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, decimals, plain
from lmul.synth.measure.session import Job, Measured
from lmul.synth.opensta.jobs import TimingJob, Timings
from lmul.synth.opensta.run import MISSING, opensta_version
from lmul.synth.report.full.delay_curves import DELAY_METHODS, contender
from lmul.synth.technology.drive_and_load import surroundings

PIPELINES = (0, 2)
"""Pipeline depths: 0 is combinational, 2 has a register within the logic and one behind it."""


def timing_jobs(formats: Sequence[Format]) -> list[Job]:
    """List the jobs for delays of all units by OpenSTA; none where it is not installed."""
    version = opensta_version()
    if version is None:
        return []
    return [
        TimingJob(contender(f, method), pipeline, version)
        for f in formats
        for pipeline in PIPELINES
        for method in DELAY_METHODS
    ]


def timing_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of delays by ABC and OpenSTA; without OpenSTA it has only a note that says so."""
    version = opensta_version()
    records = [
        _record(f, method, pipeline, measured[TimingJob(contender(f, method), pipeline, version)])
        for f in formats
        for pipeline in PIPELINES
        for method in DELAY_METHODS
        if version is not None
    ]
    return Section(
        key="timing",
        title="Delays of the units mapped for area: ABC and OpenSTA",
        records=records,
        columns={
            "format": ("format", plain),
            "method": ("method", plain),
            "pipeline": ("registers", plain),
            "abc_ps": ("ABC ps", decimals(0)),
            "bare_ps": ("OpenSTA ps", decimals(0)),
            "through_ps": ("in to out", decimals(0)),
            "into_ps": ("in to register", decimals(0)),
            "between_ps": ("register to register", decimals(0)),
            "out_ps": ("register to out", decimals(0)),
        },
        notes=[MISSING] if version is None else _notes(measured, version, records),
    )


def _record(f: Format, method: Method, pipeline: int, found: Timings) -> Record:
    return {
        "format": f.name,
        "method": method.name,
        "pipeline": pipeline,
        # With registers ABC sees neither their own delay nor their set-up time.
        "abc_ps": None if pipeline else found.abc,
        "bare_ps": None if pipeline else found.bare.through,
        # In a pipeline, the only combinational path from inputs to outputs is that of `ready`.
        "through_ps": None if pipeline else found.driven.through,
        "into_ps": found.driven.into,
        "between_ps": found.driven.between,
        "out_ps": found.driven.out,
    }


def _notes(measured: Measured, version: str, records: Sequence[Record]) -> list[str]:
    around = surroundings(measured.technology)
    return [
        f"'ABC ps' (stime) and 'OpenSTA ps' (OpenSTA {version}) are of the same netlist on the same terms: inputs that"
        " change at once, outputs that drive nothing, no wires. They read arcs differently where a library has several"
        " from one input to an output, as of XORs: ABC takes the largest entry of their tables, point by point, and the"
        " direction of the first (rise from rise, or from fall), while OpenSTA follows each of them. So OpenSTA's is"
        " what the library says; ABC's can be too long or too short.",
        *_largest_difference(records),
        f"The columns after them are OpenSTA's, with {around.driver} before each input and {around.load:.3g} fF on each"
        " output. A path into a register includes its set-up time, one out of it the time from the clock's edge; the"
        " clock has neither skew nor wires. With registers the shortest period is the largest of the last three,"
        " if what stands around the unit takes no time.",
        "All these netlists are mapped for area. Do not read them as how fast a method can be: that is in the table of"
        " delay targets.",
    ]


def _largest_difference(records: Sequence[Record]) -> list[str]:
    both = [(float(row["abc_ps"]), float(row["bare_ps"]), row) for row in records if row["abc_ps"] and row["bare_ps"]]
    if not both:
        return []
    abc, bare, row = max(both, key=lambda each: abs(each[0] / each[1] - 1))
    return [
        f"Most by which ABC is off here: {100 * (abc / bare - 1):+.2f} %, {row['format']} {row['method']}, {abc:.0f} ps"
        f" where OpenSTA has {bare:.0f}."
    ]
