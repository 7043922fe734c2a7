"""Tables of units before wires and placed, and of their routing."""

import math
from collections.abc import Sequence

from lmul.golden.accumulators import WIDEST_FIXED
from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, Show, decimals, percent_of, plain
from lmul.synth.layout.job import Laid, LayoutJob
from lmul.synth.layout.routing import LAYERS, MISSING, Routed
from lmul.synth.measure.contenders import Contender, Use, contender
from lmul.synth.measure.cores import CORES
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.report.layout.entrants import FIGURES, LANES, Best, Placing, best, entrants, figure_of

TITLES = {"core_um2": "area", "delay_ps": "delay", "fj": "energy", "fj_glitches": "with glitches"}
"""Names of the figures."""

FAULTS = {"opens": "opens", "shorts": "shorts", "spacing": "too near", "width": "too narrow"}
"""Names of the faults of routed wires."""

FAULTS_NOTE = (
    "Faults are counted from rectangles by LEF's least widths and distances: pins that their net's wires do not reach"
    " (opens), pairs of nets that touch (shorts) or are too near, nets that are too narrow, layer by layer. Of cells"
    " only the pins are seen."
)


def savings_section(measured: Measured, placing: Placing, use: Use, formats: Sequence[Format]) -> Section:
    """Make the table of what methods save against exact, before wires and placed."""
    records = [_saved(measured, placing, use, each) for each in entrants(use, formats) if not each.method.is_exact]
    shown: dict[str, tuple[str, Show]] = {
        "use": ("", plain),
        "format": ("format", plain),
        "method": ("method", plain),
    }
    for key, name in TITLES.items():
        shown[f"{key}_before"] = (f"{name}: before", percent_of(1))
        shown[f"{key}_placed"] = ("placed", percent_of(1))
        shown[f"{key}_spread"] = ("+-", percent_of(1))
    return Section(
        f"savings_{use.name.lower()}",
        f"What is saved before wires and placed: {use.value}",
        records,
        shown,
        ("use", "format"),
        ["1 - ours / the best exact form's, for each figure, each form placed: array, tree, Booth, operator."],
    )


def _saved(measured: Measured, placing: Placing, use: Use, each: Contender) -> Record:
    record: Record = {"use": use.value, "format": each.format.name, "method": each.method.name}
    for key in FIGURES:
        spread = 0.0
        for after in (False, True):
            pair = [best(measured, placing, designs, key, after) for designs in ([each.design], each.baselines)]
            record[f"{key}_{'placed' if after else 'before'}"] = _saving(*pair)
            if after and pair[0] and pair[1]:
                spread = pair[0].value / pair[1].value * math.hypot(pair[0].spread, pair[1].spread)
        record[f"{key}_spread"] = None if key == "core_um2" else spread
    return record


def figures_section(measured: Measured, placing: Placing, use: Use, formats: Sequence[Format]) -> Section:
    """Make the table of all figures of a use, before wires and placed."""
    records = [_measured(measured, placing, use, each) for each in entrants(use, formats)]
    shown = {
        "use": ("", plain),
        "format": ("format", plain),
        "method": ("method", plain),
        "cells_um2": ("cells um2", decimals(1)),
        "core_um2": ("core um2", decimals(1)),
        "um": ("wires um", decimals(0)),
        "um_spread": ("+-", percent_of(1)),
        "delay_ps": ("ps before", decimals(0)),
        "delay_ps_placed": ("ps placed", decimals(0)),
        "delay_ps_spread": ("+-", percent_of(2)),
        "fj": ("fJ before", decimals(1)),
        "fj_placed": ("fJ placed", decimals(1)),
        "fj_spread": ("+-", percent_of(2)),
        "share": ("of wires", percent_of(1)),
        "fj_glitches": ("fJ with glitches", decimals(1)),
        "fj_glitches_placed": ("placed", decimals(1)),
        "seconds": ("s a placement", decimals(2)),
        "verdict_forms": ("best forms, placed", plain),
    }
    notes = [
        "Exact rows have the best form for each figure, placed; wires are those of the one with the least energy.",
        "'before': no wires. 'of wires': the part of the energy, without glitches, that wires add.",
    ]
    if refused := [f.name for f in formats if contender(use, f, Method.LMUL) is None]:
        notes.append(f"Refused, since the accumulator would have more than {WIDEST_FIXED} bits: {', '.join(refused)}.")
    title = f"Before wires and placed: {use.value}"
    return Section(f"placed_{use.name.lower()}", title, records, shown, ("use", "format"), notes, ["verdict_forms"])


def _measured(measured: Measured, placing: Placing, use: Use, each: Contender) -> Record:
    designs = each.baselines if each.method.is_exact else [each.design]
    found = {(key, after): best(measured, placing, designs, key, after) for key in FIGURES for after in (False, True)}
    least = found["fj", True]
    assert least is not None
    laid = least.laid
    record: Record = {"use": use.value, "format": each.format.name, "method": each.method.name}
    record |= {"cells_um2": _value(found["core_um2", False]), "core_um2": _value(found["core_um2", True])}
    record |= {"um": laid.mean("um"), "um_spread": laid.spread("um"), "seconds": laid.seconds}
    for key in FIGURES[1:]:
        last = found[key, True]
        record |= {key: _value(found[key, False]), f"{key}_placed": _value(last)}
        record[f"{key}_spread"] = last.spread if last else None
    record["share"] = 1 - laid.before.fj / least.value
    names = {key: one.form for key in FIGURES if (one := found[key, True])}
    forms = ", ".join(f"{TITLES[key]}: {form}" for key, form in names.items())
    record["verdict_forms"] = forms if each.method.is_exact else None
    return record


def routed_section(measured: Measured, placing: Placing, formats: Sequence[Format]) -> Section:
    """Make the table of estimated lengths beside routed ones; without qrouter it has only a note that says so."""
    records: list[Record] = []
    for job in placing.routing(formats):
        found: Routed = measured[job]
        assert isinstance(job.contender, Parameters)
        record: Record = {"format": job.contender.format.name, "method": job.contender.method.name}
        record |= {"nets": found.nets, "failed": found.failed, "um": found.um, "estimate": found.estimate}
        record |= {"ratio": found.um / found.estimate if found.estimate else None, "vias": found.vias}
        seen = {key: None if found.trouble else getattr(found.faults, key) for key in FAULTS}
        records.append(record | seen | {"seconds": found.seconds, "trouble": found.trouble or None})
    shown = {
        "format": ("format", plain),
        "method": ("method", plain),
        "nets": ("nets", decimals(0)),
        "failed": ("failed", decimals(0)),
        "estimate": ("estimate um", decimals(0)),
        "um": ("routed um", decimals(0)),
        "ratio": ("ratio", decimals(3)),
        "vias": ("vias", decimals(0)),
        **{key: (name, decimals(0)) for key, name in FAULTS.items()},
        "seconds": ("s", decimals(2)),
        "trouble": ("trouble", plain),
    }
    notes = [
        f"By qrouter {placing.router} in the lowest {LAYERS} layers, of one placement; exact units are arrays."
        " A check of the estimated lengths, and no sign-off.",
        FAULTS_NOTE,
    ]
    return Section(
        "routed",
        "Estimated lengths against routed ones",
        records,
        shown,
        notes=[MISSING] if placing.router is None else notes,
        outcomes=["trouble"],
    )


def largest_section(measured: Measured, jobs: Sequence[LayoutJob]) -> Section:
    """Make the table of the largest units."""
    records: list[Record] = []
    for job in jobs:
        laid: Laid = measured[job]
        assert isinstance(job.contender, Piece)
        piece = job.contender
        several = f"{CORES} cores of {LANES // CORES}" if piece.kind is PieceKind.DOT_CORES else f"one core of {LANES}"
        record: Record = {"unit": f"{piece.known.method} e4m3, {several} lanes", "cells": laid.cells}
        record |= {"core_um2": laid.core_um2, "um": laid.mean("um"), "seconds": laid.seconds}
        for key in FIGURES[1:]:
            record |= {key: figure_of(laid, key, False), f"{key}_placed": figure_of(laid, key, True)}
        records.append(record)
    shown = {
        "unit": ("", plain),
        "cells": ("cells", decimals(0)),
        "core_um2": ("core um2", decimals(0)),
        "um": ("wires um", decimals(0)),
        "delay_ps": ("ps before", decimals(0)),
        "delay_ps_placed": ("ps placed", decimals(0)),
        "fj": ("fJ before", decimals(0)),
        "fj_placed": ("fJ placed", decimals(0)),
        "seconds": ("s a placement", decimals(1)),
    }
    notes = [f"Of {CORES} cores the sums are added; they share `load` and `clear` and are placed as one block."]
    return Section("largest", "The largest units, placed once", records, shown, ("unit",), notes)


def _value(found: Best | None) -> float | None:
    return found.value if found else None


def _saving(ours: Best | None, theirs: Best | None) -> float | None:
    return 1 - ours.value / theirs.value if ours and theirs else None
