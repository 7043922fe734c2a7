"""Table of LUTs, carry cells and DSP blocks in FPGA families, and the topic of FPGAs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.reporting.sections import Record, Section, Show, decimals, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.fpga.plain import PLAIN, PlainCost, PlainResources, PlainZeroOnly
from lmul.synth.fpga.resources import Family, FpgaCost, Resources, can_use_dsps
from lmul.synth.fpga.zero_only import ZeroOnly
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.fpga_speed import SPEED_FORMATS, speed_jobs, speed_section
from lmul.synth.report.setting import Setting

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


def fpga_jobs(formats: Sequence[Format] = FPGA_FORMATS) -> list[Job]:
    """List the jobs for LUTs in all families, by both flows, and with DSP blocks where a unit can use them."""
    units = [unit for group in fpga_units(formats) for unit in group]
    plain_flow = [PlainCost(unit, family) for unit in units for family in Family]
    plain_logic = [FpgaCost(unit, family) for unit in units for family in Family]
    with_dsps = [FpgaCost(unit, family, True) for unit in units for family in Family if can_use_dsps(unit)]
    published = [(f, family) for f in formats if f in PUBLISHED_FORMATS for family in Family]
    zero_only = [job(*each) for each in published for job in (PlainZeroOnly, ZeroOnly)]
    return [*plain_flow, *plain_logic, *with_dsps, *zero_only]


def fpga_section(measured: Measured, formats: Sequence[Format] = FPGA_FORMATS) -> Section:
    """Make the table of LUTs, with what L-Mul saves of them: the plain flow first, then the tuned one."""
    records: list[Record] = []
    record: Record
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "method": ("unit", plain)}
    for family in Family:
        columns |= {
            f"{family}_plain_luts": (f"{family} LUTs, plain", decimals(0)),
            f"{family}_plain_multiplexers": ("wide multiplexers", decimals(0)),
            f"{family}_plain_carries": ("carry cells", decimals(0)),
            f"{family}_plain_saved": ("saved", saving),
        }
    for family in Family:
        columns |= {
            f"{family}_luts": (f"{family} LUTs, tuned", decimals(0)),
            f"{family}_carries": ("carry cells", decimals(0)),
            f"{family}_verdict": ("text", plain),
            f"{family}_saved": ("saved", saving),
            f"{family}_dsp_luts": ("LUTs beside DSPs", decimals(0)),
            f"{family}_dsps": ("DSPs", decimals(0)),
        }
    for group in fpga_units(formats):
        f = group[-1].format
        if f in PUBLISHED_FORMATS:
            record = {"format": f.name, "method": "lmul zero only"}
            for family in Family:
                record |= _plain(measured[PlainZeroOnly(f, family)], family)
                record |= _luts(_fewest(measured[ZeroOnly(f, family)]), family)
            records.append(record)
        for unit in group:
            name = unit.method.name if unit.policy is Policy.FLUSH else f"{unit.method.name} {unit.policy}"
            record = {"format": f.name, "method": name}
            for family in Family:
                record |= _family_record(measured, unit, group[-1], family)
            records.append(record)
    return Section(
        "fpga",
        "FPGA: LUTs of multipliers, policy flush",
        records,
        columns,
        ("format",),
        _NOTES,
        [f"{family}_verdict" for family in Family],
    )


def _family_record(measured: Measured, unit: Parameters, exact: Parameters, family: Family) -> Record:
    own, other = (_fewest(measured[FpgaCost(each, family)]) for each in (unit, exact))
    as_exported, exact_exported = (measured[PlainCost(each, family)] for each in (unit, exact))
    record = _plain(as_exported, family) | _luts(own, family)
    if unit != exact and unit.policy is exact.policy:
        record[f"{family}_plain_saved"] = 1 - as_exported.luts / exact_exported.luts
        record[f"{family}_saved"] = 1 - own.luts / other.luts
    if can_use_dsps(unit):
        found = _most_dsps(measured[FpgaCost(unit, family, True)])
        if found.dsps:
            record |= {f"{family}_dsp_luts": found.luts, f"{family}_dsps": found.dsps}
    return record


def _plain(found: PlainResources, family: Family) -> Record:
    """Return the figures of the plain flow; the column for savings stays None."""
    return {
        f"{family}_plain_luts": found.luts,
        # iCE40 has none, so that its column would be of zeros.
        f"{family}_plain_multiplexers": None if family is Family.ICE40 else found.multiplexers,
        f"{family}_plain_carries": found.carries,
        f"{family}_plain_saved": None,
    }


def _luts(found: Resources, family: Family) -> Record:
    """Return the tuned figures without DSP blocks; columns for savings and DSP blocks stay None."""
    record: Record = dict.fromkeys((f"{family}_{key}" for key in ("saved", "dsp_luts", "dsps")), None)
    return {
        f"{family}_luts": found.luts,
        f"{family}_carries": found.carries,
        f"{family}_verdict": found.text.value,
        **record,
    }


def _fewest(found: Sequence[Resources]) -> Resources:
    return min(found, key=lambda each: each.luts)


def _most_dsps(found: Sequence[Resources]) -> Resources:
    return max(found, key=lambda each: (each.dsps, -each.luts))


_NOTES = [
    f"'plain' is what a user gets who gives an exported file to Yosys: {'; '.join(PLAIN.values())}, and no other"
    " switch. -nodsp, which synth_ice40 has no need of, keeps DSP blocks out; -top names the unit. These flows map for"
    " delay, and take wide multiplexers, which have a column of their own: PFUMX and L6MUX21 in ECP5, MUXF7, MUXF8 and"
    " MUXF9 in UltraScale+, each counted 1 and none of them as a LUT, because they lie behind LUTs; but each ties what"
    " it chooses between to one place. Pins are not counted. 'saved' is in LUTs, multiplexers aside.",
    "'tuned' is a flow of this project for few LUTs, which no user gets without its switches: Yosys' commands with no"
    " wide multiplexers (-nowidelut; iCE40 has none), and no delay goal (scratchpad -set abc9.D 1000000),"
    " so that LUTs are saved wherever they can be. Each unit is synthesised three"
    " times: as it is exported, with carry chains spelled out in gates, so that no carry cells are used; as + and"
    " *, for which Yosys takes carry cells; and as + and * without carry cells. The one with the fewest LUTs"
    " counts, for L-Mul and exact alike, and is named. A LUT of any size counts 1, and so do an inverter and, in"
    " iCE40, a carry that shares no logic cell with a LUT; the two inside an ECP5 carry cell count too. Small LUTs"
    " that a vendor's tool packs in pairs count 1 each here: a vendor's figure can be lower. Units here are"
    " combinational, without flip-flops.",
    "'saved' is 1 - ours / exact's in LUTs without DSP blocks, policy flush. Where there is something to put into"
    " DSP blocks, the exact unit from + and * with them stands beside it: a device that has DSP blocks to spare"
    " does not care for its multiplier's LUTs. lmul raw is the bare sum, which wraps and knows no zero: it has no"
    " exact counterpart and therefore no saving. lmul zero only is that sum with a product of zero where an operand is"
    " +0 or -0, and no other edge: what is too small or too large wraps, and there is no saturation. It does what the"
    " published unit below is said to do, is none of the policies of this project, and has no saving either.",
    "Published by others, not measured here: arXiv 2412.18948 (VUB) has L-Mul on UltraScale+ in 22 LUTs for e4m3"
    " at 617 MHz and 21 for e5m2, with a flag for zero and no underflow or saturation: to be set beside lmul zero"
    " only, not lmul; it sets AMD's exact 8-bit multiplier beside them with 69 LUTs.",
]


@dataclass(frozen=True)
class Fpgas(Topic[Setting]):
    """Topic: LUTs and MHz in FPGA families."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs once, in generic gates, since cells play no part."""
        luts = fpga_jobs(setting.chosen(FPGA_FORMATS))
        return [(setting.each[0], [*luts, *speed_jobs(setting.chosen(SPEED_FORMATS))])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of LUTs and of MHz."""
        first = setting.each[0]
        makers = ((fpga_section, FPGA_FORMATS), (speed_section, SPEED_FORMATS))
        return self.tables(partial(make, first, setting.chosen(formats)) for make, formats in makers)
