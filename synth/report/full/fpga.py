"""Table of LUTs, carry cells and DSP blocks in FPGA families, and the topic of FPGAs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, Show, decimals, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.fpga.resources import FAMILIES, Family, FpgaCost, Resources, can_use_dsps
from lmul.synth.fpga.zero_only import ZeroOnly
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.fpga_plain import (
    FPGA_FORMATS,
    PUBLISHED_FORMATS,
    fpga_units,
    plain_jobs,
    plain_section,
    unit_name,
)
from lmul.synth.report.full.fpga_speed import SPEED_FORMATS, speed_jobs, speed_section
from lmul.synth.report.setting import Setting


def fpga_jobs(formats: Sequence[Format] = FPGA_FORMATS) -> list[Job]:
    """List the jobs for LUTs in all families, and with DSP blocks where a unit can use them."""
    units = [unit for group in fpga_units(formats) for unit in group]
    plain_logic = [FpgaCost(unit, family) for unit in units for family in FAMILIES]
    with_dsps = [FpgaCost(unit, family, True) for unit in units for family in FAMILIES if can_use_dsps(unit)]
    zero_only = [ZeroOnly(f, family) for f in formats if f in PUBLISHED_FORMATS for family in FAMILIES]
    return [*plain_logic, *with_dsps, *zero_only]


def fpga_section(measured: Measured, formats: Sequence[Format] = FPGA_FORMATS) -> Section:
    """Make the table of LUTs by the flow that is tuned for few of them, with what L-Mul saves."""
    records: list[Record] = []
    record: Record
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "method": ("unit", plain)}
    for family in FAMILIES:
        columns |= {
            f"{family}_luts": (f"{family} LUTs", decimals(0)),
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
            for family in FAMILIES:
                record |= _luts(_fewest(measured[ZeroOnly(f, family)]), family)
            records.append(record)
        for unit in group:
            record = {"format": f.name, "method": unit_name(unit)}
            for family in FAMILIES:
                record |= _family_record(measured, unit, group[-1], family)
            records.append(record)
    return Section(
        "fpga",
        "FPGA, tuned for few LUTs: multipliers, policy flush",
        records,
        columns,
        ("format",),
        _NOTES,
        [f"{family}_verdict" for family in FAMILIES],
    )


def _family_record(measured: Measured, unit: Parameters, exact: Parameters, family: Family) -> Record:
    own, other = (_fewest(measured[FpgaCost(each, family)]) for each in (unit, exact))
    record = _luts(own, family)
    if unit != exact and unit.policy is exact.policy:
        record[f"{family}_saved"] = 1 - own.luts / other.luts
    if can_use_dsps(unit):
        found = _most_dsps(measured[FpgaCost(unit, family, True)])
        if found.dsps:
            record |= {f"{family}_dsp_luts": found.luts, f"{family}_dsps": found.dsps}
    return record


def _luts(found: Resources, family: Family) -> Record:
    """Return the figures without DSP blocks; columns for savings and DSP blocks stay None."""
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
    "A flow of this project, which no user gets without its switches: Yosys' commands with no"
    " wide multiplexers (-nowidelut; iCE40 has none), and no delay goal (scratchpad -set abc9.D 1000000),"
    " so that LUTs are saved wherever they can be. Each unit is synthesised three"
    " times: in the style gates, in which no tool sees an adder, so that no carry cells are used; in the style rtl,"
    " for whose + and * Yosys takes carry cells; and in the style rtl without carry cells. The one with the fewest LUTs"
    " counts, for L-Mul and exact alike, and is named. A LUT of any size counts 1, and so do an inverter and, in"
    " iCE40, a carry that shares no logic cell with a LUT; the two inside an ECP5 carry cell count too. Small LUTs"
    " that a vendor's tool packs in pairs count 1 each here: a vendor's figure can be lower. Units here are"
    " combinational, without flip-flops.",
    "'saved' is 1 - ours / exact's in LUTs without DSP blocks, policy flush. Where there is something to put into"
    " DSP blocks, the exact unit of the style rtl with them stands beside it: a device that has DSP blocks to spare"
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
        formats = setting.chosen(FPGA_FORMATS)
        return [
            (setting.each[0], [*plain_jobs(formats), *fpga_jobs(formats), *speed_jobs(setting.chosen(SPEED_FORMATS))])
        ]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of LUTs, the plain flow's first, and of MHz; none that has none of the setting's formats."""
        makers = ((plain_section, FPGA_FORMATS), (fpga_section, FPGA_FORMATS), (speed_section, SPEED_FORMATS))
        chosen = ((make, setting.chosen(formats)) for make, formats in makers)
        return self.tables(partial(make, setting.each[0], formats) for make, formats in chosen if formats)
