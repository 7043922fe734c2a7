"""Files and figures of one placed unit."""

import time
from dataclasses import dataclass

from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, decimals, percent_of, plain
from lmul.synth.layout.def_text import def_text
from lmul.synth.layout.job import Laid, LayoutJob, placed
from lmul.synth.layout.openroad import OpenRoad
from lmul.synth.layout.parasitics import spef
from lmul.synth.layout.picture import Drawn, placement_picture
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.purpose import Purpose, core_purposes, multiplier_purposes
from lmul.synth.layout.wiring import Wiring
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.technology.technology import Technology


@dataclass(frozen=True)
class Unit:
    """Placed unit.

    Parameters
    ----------
    laid : Laid
        Its figures.
    first : Placement
        The first of its placements.
    files : dict of str to str or bytes
        Verilog, DEF, SPEF and a picture of that, by name.
    """

    laid: Laid
    first: Placement
    files: dict[str, str | bytes]


def placed_unit(job: LayoutJob, technology: Technology, name: str) -> Unit:
    """Place a unit, measure it, and write its files."""
    netlist = job.netlist(technology)
    wiring, start = Wiring(netlist.module), time.monotonic()
    placements = [placed(wiring, job.setup, seed) for seed in range(job.repeats)]
    laid = job.measured(technology, netlist, placements, (time.monotonic() - start) / job.repeats)
    first = placements[0]
    files: dict[str, str | bytes] = {
        f"{name}.v": wiring.verilog(name),
        f"{name}.def": def_text(first, name),
        f"{name}.spef": spef(first, name, job.setup.wire),
        f"{name}.svg": placement_picture({name: Drawn(first, purposes(job.contender, wiring))}, "svg"),
    }
    return Unit(laid, first, files)


def purposes(unit: Contender, wiring: Wiring) -> list[Purpose]:
    """Find what each cell of a unit's netlist is for."""
    if isinstance(unit, Parameters):
        formats = (unit.format, unit.y_format)
        mantissas, exponents = zip(*((f.mantissa_bits, f.exponent_bits) for f in formats), strict=True)
        return multiplier_purposes(wiring, mantissas, exponents)
    return core_purposes(wiring, unit.lanes)


def unit_section(laid: Laid, openroad: OpenRoad | None = None) -> Section:
    """Make the table of a unit's figures before wires and placed, and by OpenROAD if it was run."""
    theirs = (
        {}
        if openroad is None
        else {"wires": openroad.um, "delay": openroad.delay_ps, "area of cells": openroad.cell_um2}
    )
    rows: dict[str, tuple[str, float | None, float | None, float | None]] = {
        "area of cells": ("um2", laid.cell_um2, laid.cell_um2, None),
        "area of the core": ("um2", None, laid.core_um2, None),
        "wires": ("um", 0.0, laid.mean("um"), laid.spread("um")),
        "of the clock": ("um", 0.0, laid.mean("clock_um") or None, laid.spread("clock_um")),
        "their capacitance": ("fF", 0.0, laid.mean("ff"), laid.spread("ff")),
        "delay": ("ps", laid.before.delay_ps, laid.mean("delay_ps"), laid.spread("delay_ps")),
        "energy": ("fJ", laid.before.fj, laid.mean("fj"), laid.spread("fj")),
        "with glitches": ("fJ", laid.before.fj_glitches, laid.mean("fj_glitches"), laid.spread("fj_glitches")),
    }
    records: list[Record] = [
        {"what": what, "unit": unit, "before": before, "placed": after, "spread": spread, "openroad": theirs.get(what)}
        for what, (unit, before, after, spread) in rows.items()
        if after is not None
    ]
    return Section(
        "placed",
        f"{laid.cells} cells, {len(laid.placed)} placements of {laid.seconds:.2f} s",
        records,
        {
            "what": ("", plain),
            "unit": ("", plain),
            "before": ("before wires", decimals(1)),
            "placed": ("placed", decimals(1)),
            "spread": ("+-", percent_of(2)),
            "openroad": ("OpenROAD", decimals(1)),
        },
        (),
    )
