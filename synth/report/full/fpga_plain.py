"""Table of LUTs that the plain flows of FPGA families make of exported units."""

from collections.abc import Sequence

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.reporting.sections import Record, Section, Show, decimals, plain, saving
from lmul.synth.fpga.plain import PLAIN, PlainCost, PlainResources, PlainZeroOnly
from lmul.synth.fpga.resources import FAMILIES, Family
from lmul.synth.measure.session import Job, Measured

FPGA_FORMATS = (E4M3, E5M2, E3M4, BF16, FP16)
"""Formats of the table of LUTs; exact units of wider formats take minutes each."""

PUBLISHED_FORMATS = (E4M3, E5M2)
"""Formats for which others have published the LUTs of a unit that handles zero and no other edge."""


def fpga_units(formats: Sequence[Format] = FPGA_FORMATS) -> list[list[Parameters]]:
    """List the units of the table, one group a format, the exact one last."""
    groups = []
    for f in formats:
        raw = [Parameters(f, policy=Policy.RAW)] if f == E4M3 else []
        corrected = Parameters(f, Method.corrected(min(f.mantissa_bits, 2)))
        groups.append([*raw, Parameters(f), corrected, Parameters(f, Method.EXACT)])
    return groups


def unit_name(unit: Parameters) -> str:
    """Name a unit's row: its method, and its policy unless that is flush."""
    return unit.method.name if unit.policy is Policy.FLUSH else f"{unit.method.name} {unit.policy}"


def plain_jobs(formats: Sequence[Format] = FPGA_FORMATS) -> list[Job]:
    """List the jobs for LUTs by the plain flows of all families."""
    units = [PlainCost(unit, family) for group in fpga_units(formats) for unit in group for family in FAMILIES]
    return [*units, *(PlainZeroOnly(f, family) for f in formats if f in PUBLISHED_FORMATS for family in FAMILIES)]


def plain_section(measured: Measured, formats: Sequence[Format] = FPGA_FORMATS) -> Section:
    """Make the table of LUTs, wide multiplexers and carry cells, with what L-Mul saves of the LUTs."""
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "method": ("unit", plain)}
    for family in FAMILIES:
        columns |= {
            f"{family}_luts": (f"{family} LUTs", decimals(0)),
            f"{family}_style": ("style", plain),
            f"{family}_multiplexers": ("wide multiplexers", decimals(0)),
            f"{family}_carries": ("carry cells", decimals(0)),
            f"{family}_saved": ("saved", saving),
        }
    records: list[Record] = []
    record: Record
    for *others, exact in fpga_units(formats):
        f = exact.format
        if f in PUBLISHED_FORMATS:
            record = {"format": f.name, "method": "lmul zero only"}
            for family in FAMILIES:
                record |= _resources(_fewest(measured[PlainZeroOnly(f, family)]), family)
            records.append(record)
        for unit in (*others, exact):
            record = {"format": f.name, "method": unit_name(unit)}
            for family in FAMILIES:
                own, other = (_fewest(measured[PlainCost(each, family)]) for each in (unit, exact))
                record |= _resources(own, family)
                if unit != exact and unit.policy is exact.policy:
                    record[f"{family}_saved"] = 1 - own.luts / other.luts
            records.append(record)
    return Section("fpga_plain", "FPGA, plain flow: multipliers, policy flush", records, columns, ("format",), _NOTES)


def _resources(found: PlainResources, family: Family) -> Record:
    """Return the figures of a family; the column for savings stays None."""
    return {
        f"{family}_luts": found.luts,
        f"{family}_style": found.style.value,
        # iCE40 has none, so that its column would be of zeros.
        f"{family}_multiplexers": None if family is Family.ICE40 else found.multiplexers,
        f"{family}_carries": found.carries,
        f"{family}_saved": None,
    }


def _fewest(found: Sequence[PlainResources]) -> PlainResources:
    return min(found, key=lambda each: (each.luts, each.multiplexers))


_NOTES = [
    f"What a user gets who gives an exported file to Yosys: {'; '.join(PLAIN.values())}, and no other switch. -nodsp,"
    " which synth_ice40 has no need of, keeps DSP blocks out; -top names the unit. These flows map for delay, and take"
    " wide multiplexers, which have a column of their own: PFUMX and L6MUX21 in ECP5, MUXF7, MUXF8 and MUXF9 in"
    " UltraScale+, each counted 1 and none of them as a LUT, because they lie behind LUTs; but each ties what it"
    " chooses between to one place. LUTs are counted as in the next table, pins not at all. 'saved' is in LUTs,"
    " multiplexers aside. lmul raw wraps and knows no zero, and has no exact counterpart; lmul zero only is explained"
    " below. Of the two styles in which a unit is exported, rtl and gates, the one with fewer LUTs counts, for"
    " L-Mul and exact alike, and is named.",
]
