"""Sections on FPGAs: LUTs against exact units and beside published ones, and clock frequencies."""

from collections.abc import Iterable

from lmul.golden.formats import Format
from lmul.golden.parameters import Method, Parameters
from lmul.hdl.multiplier import PIPELINE_DEPTHS
from lmul.synth.designs import dot_parameters
from lmul.synth.fpga import Fabric, Family
from lmul.synth.fpga_jobs import Frequency, Timed
from lmul.synth.fpga_plan import (
    CELL_FORMATS,
    DSP_DEVICE,
    RAW,
    TIMED_FORMATS,
    costs,
    frequencies,
    frequency_with_dsp,
    units,
    with_dsp,
)
from lmul.synth.measurement import Measured
from lmul.synth.place import SEEDS, Device, missing_line
from lmul.synth.sections import Record, Section, Show, decimals, plain, saving

_FPGA_NOTES = [
    "Combinational multipliers mapped by Yosys' own flow for each family (UltraScale+: synth_xilinx -family"
    " xcup), with no delay target and without multiplexers that join LUTs, so that LUTs alone tell the area; not"
    " placed. LUTs of iCE40 are logic cells: LUT4, and carries that share no cell with one. ECP5: LUT4, a CCU2C"
    " (two bits of carry) counted as two. UltraScale+: LUT1 to LUT6, and left-over inverters; carries are CARRY4,"
    " and two of them fill a CARRY8. A unit here has no flip-flops; the table of clock frequencies has them.",
    "Every unit is mapped in three forms: 'gates' is the exported Verilog, which spells out its adders, so that"
    " no carry chain is inferred; 'operators' is the same function written with + and *, as one writes for an"
    " FPGA; 'no carry' the same with adders in LUTs. The form with the fewest LUTs counts, for each unit by"
    " itself, exact ones too. Savings are 1 - LUTs / LUTs of exact: same format, policy flush, same family, each"
    " in its best form. The raw sum wraps and knows no zero: it has no exact rival.",
    "'LUTs with DSP': what the exact unit still takes of LUTs where its multiplication may become a multiplier"
    " block (SB_MAC16, MULT18X18D, DSP48E2); 0 blocks: Yosys does not think the multiplication large enough. The"
    " other methods have nothing to multiply, so that switch changes nothing for them. The saving against it"
    " leaves the block out: whoever has blocks to spare gets exact products for these LUTs.",
    "Do not conclude from UltraScale+ here what Vivado would give: it packs two small functions into one LUT6,"
    " which Yosys does not.",
]


def fpga_section(measured: Measured, formats: Iterable[Format] = CELL_FORMATS) -> Section:
    """LUTs, carries and multiplier blocks of units in each family."""
    chosen = list(formats)
    found = [p for p in [RAW, *units(chosen)] if p is not RAW or RAW.format in chosen]
    columns: dict[str, tuple[str, Show]] = {
        "family": ("family", plain),
        "format": ("format", plain),
        "method": ("method", plain),
        "policy": ("policy", plain),
        "luts": ("LUTs", plain),
        "carries": ("carries", plain),
        "form": ("form", plain),
        "saved": ("saved", saving),
        "gates": ("gates", plain),
        "operators": ("operators", plain),
        "plain": ("no carry", plain),
        "dsp_luts": ("LUTs with DSP", plain),
        "dsps": ("DSPs", plain),
        "dsp_saved": ("saved against exact with DSP", saving),
    }
    records = [_cells(measured, p, family) for family in Family for p in found]
    return Section("fpga", "Multipliers in FPGAs, LUTs", records, columns, ("family", "format"), _FPGA_NOTES)


def _cells(measured: Measured, p: Parameters, family: Family) -> Record:
    best, fabric = _fewest(measured, p, family)
    exact = dot_parameters(p.format, "exact").product
    _, rival = _fewest(measured, exact, family)
    blocks: Fabric = measured[with_dsp(exact, family)]
    compared = p.policy is exact.policy and p != exact
    each: dict[str, int] = {job.form.name.lower(): measured[job].luts for job in costs(p, family)}
    return {
        "family": family.value,
        "format": p.format.name,
        "method": p.method_name,
        "policy": p.policy.value,
        "luts": fabric.luts,
        "carries": fabric.carries,
        "form": best,
        "saved": 1 - fabric.luts / rival.luts if compared else None,
        **each,
        "dsp_luts": blocks.luts if p == exact else None,
        "dsps": blocks.dsps if p == exact else None,
        "dsp_saved": 1 - fabric.luts / blocks.luts if compared and blocks.dsps else None,
    }


def _fewest(measured: Measured, p: Parameters, family: Family) -> tuple[str, Fabric]:
    job = min(costs(p, family), key=lambda job: measured[job].luts)
    return job.form.value, measured[job]


def published_section() -> Section:
    """What others have published on FPGAs. None of it is measured here."""
    vub, device = "arXiv 2412.18948", "UltraScale+"
    rows = [
        ("L-Mul e4m3, zero flag only", 22, 617.0, 1.34),
        ("L-Mul e5m2, zero flag only", 21, None, None),
        ("exact 8-bit multiplier of AMD", 69, None, None),
    ]
    records: list[Record] = [
        {"unit": unit, "device": device, "luts": luts, "mhz": mhz, "mw": mw, "source": vub}
        for unit, luts, mhz, mw in rows
    ]
    columns: dict[str, tuple[str, Show]] = {
        "unit": ("unit", plain),
        "device": ("device", plain),
        "luts": ("LUTs", plain),
        "mhz": ("MHz", plain),
        "mw": ("mW", plain),
        "source": ("published in", plain),
    }
    notes = [
        "Published figures, not measured here and not by our flow: the vendor's tools on one device, pipelined as its"
        " authors chose. They stand here to be read beside the rows of UltraScale+ above, and no saving is computed"
        " from them. The published L-Mul has a flag for zero, and neither saturates nor flushes what is below the"
        " smallest normal number: its function lies between our raw sum and our unit with the policy flush. AMD's"
        " multiplier is not one of the format.",
    ]
    return Section("fpga_published", "Multipliers in FPGAs, as published by others", records, columns, (), notes)


def fmax_section(measured: Measured, formats: Iterable[Format] = TIMED_FORMATS) -> Section:
    """Clock frequencies by depth of the pipeline; a device whose nextpnr is missing has none, and a note."""
    devices = [device for device in Device if device.version is not None]
    records: list[Record] = []
    for device in devices:
        for p in units(formats):
            records += [_frequency(measured, p, device, pipeline) for pipeline in PIPELINE_DEPTHS]
            if device is DSP_DEVICE and p.method is Method.EXACT:
                job = frequency_with_dsp(p)
                records.append(_row(job, measured[job], "exact with DSP", None))
    columns: dict[str, tuple[str, Show]] = {
        "device": ("device", plain),
        "format": ("format", plain),
        "method": ("method", plain),
        "pipeline": ("pipeline", plain),
        "mhz": ("MHz", decimals(0)),
        "lowest": ("lowest", decimals(0)),
        "highest": ("highest", decimals(0)),
        "ratio": ("to exact", decimals(2)),
        "form": ("form", plain),
        "cells": ("cells", plain),
        "registers": ("FF", plain),
        "dsps": ("DSPs", plain),
    }
    packages = ", ".join(f"{device.package} {device.version}" for device in devices)
    missing = [missing_line([device]) for device in Device if device not in devices]
    notes = [*missing, *([_fmax_note(packages)] if devices else [])]
    return Section("fmax", "Multipliers in FPGAs, clock frequency", records, columns, ("device", "format"), notes)


def _fmax_note(packages: str) -> str:
    return (
        f"Placed and routed by nextpnr ({packages}), with {len(SEEDS)} seeds: the median frequency, the lowest and the"
        " highest. Every port has a register of its own, included in cells (iCE40: logic cells; ECP5: LUTs with their"
        " carries) and FF; pins are where nextpnr puts them; the frequency is from register to register, in the"
        " slowest conditions of nextpnr's model. Mapped as Yosys does by default, for delay and with multiplexers that"
        " join LUTs, so cells are more than in the table of LUTs. Pipeline 0 is the combinational unit between these"
        " registers, in the fastest of its three forms. 1 and 2 are the exported unit with its handshake; 1 registers"
        " the product, which leaves the logic whole, so that it differs from 0 by handshake and placement alone; 2"
        " cuts it. 'To exact' is the frequency over exact's at the same depth. Differences within lowest to highest"
        " mean nothing. A lone unit in an empty device is the best case: in a full one wires are longer."
    )


def _frequency(measured: Measured, p: Parameters, device: Device, pipeline: int) -> Record:
    job, timed = _fastest(measured, p, device, pipeline)
    _, exact = _fastest(measured, dot_parameters(p.format, "exact").product, device, pipeline)
    ratio = None if p.method is Method.EXACT else timed.placed.fmax_mhz / exact.placed.fmax_mhz
    return _row(job, timed, p.method_name, ratio)


def _fastest(measured: Measured, p: Parameters, device: Device, pipeline: int) -> tuple[Frequency, Timed]:
    job = max(frequencies(p, device, pipeline), key=lambda job: measured[job].placed.fmax_mhz)
    return job, measured[job]


def _row(job: Frequency, timed: Timed, method: str, ratio: float | None) -> Record:
    return {
        "device": job.device.value,
        "format": job.parameters.format.name,
        "method": method,
        "pipeline": job.pipeline,
        "mhz": timed.placed.fmax_mhz,
        "lowest": timed.placed.lowest_mhz,
        "highest": timed.placed.highest_mhz,
        "ratio": ratio,
        "form": job.form.value,
        "cells": timed.placed.cells,
        "registers": timed.fabric.registers,
        "dsps": timed.fabric.dsps,
    }
