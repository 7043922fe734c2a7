"""Table of clock rates of units in FPGAs, after place and route."""

from collections.abc import Sequence

from lmul.golden.formats import BF16, E4M3, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, Show, decimals, plain, saving
from lmul.synth.fpga.place import DEVICES, DSP_DEVICES, SEEDS, Fmax, Speed, missing, nextpnr_version
from lmul.synth.fpga.resources import Family, can_use_dsps
from lmul.synth.measure.session import Measured

SPEED_FORMATS = (E4M3, BF16)
SPEED_METHODS = (Method.LMUL, Method.EXACT)
PIPELINES = (0, 1, 2)
SPEED_FAMILIES = (Family.ICE40, Family.ECP5)
"""Families of the table; docs/fpga.md has the others, too."""


def speed_units(formats: Sequence[Format] = SPEED_FORMATS) -> list[Parameters]:
    """List the units whose clock rate is measured."""
    return [Parameters(f, method) for f in formats for method in SPEED_METHODS]


def speed_jobs(formats: Sequence[Format] = SPEED_FORMATS) -> list[Fmax]:
    """List the jobs for fmax, in the families for which nextpnr is installed."""
    return [
        job
        for family in SPEED_FAMILIES
        if (version := nextpnr_version(family)) is not None
        for unit in speed_units(formats)
        for job in _speeds(unit, family, version)
    ]


def _speeds(unit: Parameters, family: Family, version: str) -> list[Fmax]:
    plain_logic = [Fmax(unit, pipeline, family, version) for pipeline in PIPELINES]
    with_dsps = [Fmax(unit, 0, family, version, dsp=True)] if family in DSP_DEVICES and can_use_dsps(unit) else []
    return [*plain_logic, *with_dsps]


def speed_section(measured: Measured, formats: Sequence[Format] = SPEED_FORMATS) -> Section:
    """Make the table of fmax by pipeline depth, with a note for each nextpnr that is not installed."""
    known = {family: version for family in SPEED_FAMILIES if (version := nextpnr_version(family)) is not None}
    records: list[Record] = []
    spread = 0.0
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "method": ("unit", plain)}
    for family in known:
        for pipeline in PIPELINES:
            columns[f"{family}_{pipeline}"] = (f"{family}, {pipeline} stages", decimals(0))
            columns[f"{family}_{pipeline}_spread"] = ("by seed", saving)
            columns[f"{family}_{pipeline}_verdict"] = ("text", plain)
        columns[f"{family}_dsp"] = (f"{family}, 0 stages, DSP", decimals(0))
    for unit in speed_units(formats) if known else []:
        record: Record = {"format": unit.format.name, "method": unit.method.name}
        for family, version in known.items():
            for pipeline in PIPELINES:
                best = _fastest(measured[Fmax(unit, pipeline, family, version)])
                record[f"{family}_{pipeline}"] = best.mhz
                record[f"{family}_{pipeline}_verdict"] = None if pipeline else best.text.value
                record[f"{family}_{pipeline}_lowest"] = best.lowest
                record[f"{family}_{pipeline}_highest"] = best.highest
                record[f"{family}_{pipeline}_spread"] = best.highest / best.lowest - 1
                spread = max(spread, best.highest / best.lowest - 1)
            *_, last = _speeds(unit, family, version)
            record[f"{family}_dsp"] = _fastest(measured[last]).mhz if last.dsp else None
        records.append(record)
    devices = "; ".join(f"{family}: {DEVICES[family]}, nextpnr {version}" for family, version in known.items())
    notes = [missing(family) for family in SPEED_FAMILIES if family not in known]
    if known:
        notes.append(
            f"MHz after place and route ({devices}), median of the seeds {', '.join(map(str, SEEDS))}; 'by"
            f" seed' is how far the best seed is above the worst, here up to {100 * spread:.0f} %, and smaller"
            " differences between rows mean nothing. A register at every port stands between the unit and the pins."
            " With 0 stages the"
            " fastest of the three texts; pipelined units are as they are exported, with streams that can stall, 1"
            " stage registering the product, which leaves the logic whole, and 2 cutting it. Nothing was retimed"
            " or constrained beyond a clock that cannot be met. Mapped for delay, as Yosys does it by default, wide"
            " multiplexers included, which take more LUTs than stand in the table of LUTs. 'DSP' is the exact unit"
            " from + and * with a DSP block, none of whose own registers are used: with them it would run faster. A"
            " lone unit in an empty device is the best case."
        )
    outcomes = [f"{family}_{pipeline}_verdict" for family in known for pipeline in PIPELINES]
    return Section("fmax", "FPGA: MHz after place and route", records, columns, ("format",), notes, outcomes)


def _fastest(found: Sequence[Speed]) -> Speed:
    return max(found, key=lambda each: each.mhz)
