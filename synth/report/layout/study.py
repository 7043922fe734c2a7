"""Topic: area, delay and energy of units before wires and placed, and what L-Mul saves by each."""

import math
from dataclasses import dataclass
from functools import partial

from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, Show, decimals, percent_of, plain
from lmul.reporting.topic import Topic
from lmul.synth.layout.job import REPEATS, Laid
from lmul.synth.layout.placement import FEW
from lmul.synth.layout.routing import LAYERS, MISSING, Routed
from lmul.synth.measure.contenders import Contender, Use
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.layout.entrants import FIGURES, LANES, USES, Best, Placing, best, entrants, figure_of
from lmul.synth.report.setting import Setting

TITLE = "Placed: what wires change"

NOTES = [
    "Netlists are those of the other reports: mapped for area, nothing resized or buffered after placement. Placed by"
    " coloquinte 0.4.1 in rows of sites, the first operand's pins on the left edge, the second's on the right, outputs"
    f" below. Figures are means of {REPEATS} placements of the same netlist in other orders of cells and nets; behind"
    " +- is their standard deviation.",
    f"The length of a net is half of the perimeter around its pins; of more than {FEW} that of their spanning tree. So"
    " is a clock's: there is no clock tree. A um has the same capacitance and resistance everywhere.",
    "Delay is OpenSTA's, with an inverter before each input and four inverters' load on each output, from the SPEF of"
    " these wires. Energy is of the toggles of the other reports; each net's wire is added to the pins that it drives.",
    "It is a placement, not a layout: no routing, no power grid, no design rules, no sign-off.",
]

_TITLES = {"core_um2": "area", "delay_ps": "delay", "fj": "energy", "fj_glitches": "with glitches"}


@dataclass(frozen=True)
class Layouts(Topic[Setting]):
    """Topic: what placement and wires change, in the last technology of the report."""

    placing: Placing

    def plan(self, setting: Setting) -> Plan:
        """List the jobs that place all units."""
        found = [each for use, formats in USES.items() for each in entrants(use, setting.chosen(formats))]
        jobs = dict.fromkeys(job for each in found for job in self.placing.jobs(each))
        routing = self.placing.routing(setting.chosen(USES[Use.MULTIPLIER]))
        return [(setting.main, [*jobs, *self.placing.largest, *routing])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make tables of savings and of figures for each use, and one of the largest units."""
        tables = [partial(self._savings, setting, use) for use in USES]
        tables += [partial(self._figures, setting, use) for use in USES]
        return self.tables([*tables, partial(self._routed, setting), partial(self._largest, setting)])

    def findings(self, setting: Setting) -> list[str]:
        """Say how far savings move, and what wires take of the energy."""
        records = [row for use in USES for row in self._savings(setting, use).records]
        rows = [row for use in USES for row in self._figures(setting, use).records]
        if not records or not rows:
            return []
        moved = {
            name: [(float(row[f"{key}_placed"] or 0) - float(row[f"{key}_before"] or 0), row) for row in records]
            for key, name in _TITLES.items()
            if all(row[f"{key}_placed"] is not None for row in records)
        }
        ends = [
            f"{name} {_points(low[0])} ({_row(low[1])}) to {_points(high[0])} ({_row(high[1])})"
            for name, each in moved.items()
            for low, high in [(min(each, key=lambda pair: pair[0]), max(each, key=lambda pair: pair[0]))]
        ]
        shares = [float(row["share"] or 0) for row in rows]
        return [
            f"From before wires to placed, savings move by, in percentage points: {'; '.join(ends)}.",
            f"Wires take {100 * min(shares):.1f} to {100 * max(shares):.1f} % of the energy of a cycle.",
        ]

    def _savings(self, setting: Setting, use: Use) -> Section:
        records = [
            self._saved(setting.main, use, each)
            for each in entrants(use, setting.chosen(USES[use]))
            if not each.method.is_exact
        ]
        shown: dict[str, tuple[str, Show]] = {
            "use": ("", plain),
            "format": ("format", plain),
            "method": ("method", plain),
        }
        for key, name in _TITLES.items():
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

    def _saved(self, measured: Measured, use: Use, each: Contender) -> Record:
        record: Record = {"use": use.value, "format": each.format.name, "method": each.method.name}
        for key in FIGURES:
            spread = 0.0
            for placed in (False, True):
                pair = [
                    best(measured, self.placing, designs, key, placed) for designs in ([each.design], each.baselines)
                ]
                record[f"{key}_{'placed' if placed else 'before'}"] = _saving(*pair)
                if placed and pair[0] and pair[1]:
                    spread = pair[0].value / pair[1].value * math.hypot(pair[0].spread, pair[1].spread)
            record[f"{key}_spread"] = None if key == "core_um2" else spread
        return record

    def _figures(self, setting: Setting, use: Use) -> Section:
        records = [self._measured(setting.main, use, each) for each in entrants(use, setting.chosen(USES[use]))]
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
        title = f"Before wires and placed: {use.value}"
        return Section(f"placed_{use.name.lower()}", title, records, shown, ("use", "format"), notes, ["verdict_forms"])

    def _measured(self, measured: Measured, use: Use, each: Contender) -> Record:
        designs = each.baselines if each.method.is_exact else [each.design]
        found = {
            (key, placed): best(measured, self.placing, designs, key, placed)
            for key in FIGURES
            for placed in (False, True)
        }
        least = found["fj", True]
        assert least is not None
        laid = least.laid
        record: Record = {"use": use.value, "format": each.format.name, "method": each.method.name}
        record |= {"cells_um2": _value(found["core_um2", False]), "core_um2": _value(found["core_um2", True])}
        record |= {"um": laid.mean("um"), "um_spread": laid.spread("um"), "seconds": laid.seconds}
        for key in FIGURES[1:]:
            after = found[key, True]
            record |= {key: _value(found[key, False]), f"{key}_placed": _value(after)}
            record[f"{key}_spread"] = after.spread if after else None
        record["share"] = 1 - laid.before.fj / least.value
        names = {key: one.form for key in FIGURES if (one := found[key, True])}
        forms = ", ".join(f"{_TITLES[key]}: {form}" for key, form in names.items())
        record["verdict_forms"] = forms if each.method.is_exact else None
        return record

    def _routed(self, setting: Setting) -> Section:
        records: list[Record] = []
        for job in self.placing.routing(setting.chosen(USES[Use.MULTIPLIER])):
            found: Routed = setting.main[job]
            assert isinstance(job.contender, Parameters)
            record: Record = {"format": job.contender.format.name, "method": job.contender.method.name}
            record |= {"nets": found.nets, "failed": found.failed, "um": found.um, "estimate": found.estimate}
            record |= {"ratio": found.um / found.estimate if found.estimate else None, "vias": found.vias}
            records.append(record | {"seconds": found.seconds, "trouble": found.trouble or None})
        shown = {
            "format": ("format", plain),
            "method": ("method", plain),
            "nets": ("nets", decimals(0)),
            "failed": ("failed", decimals(0)),
            "estimate": ("estimate um", decimals(0)),
            "um": ("routed um", decimals(0)),
            "ratio": ("ratio", decimals(3)),
            "vias": ("vias", decimals(0)),
            "seconds": ("s", decimals(2)),
            "trouble": ("trouble", plain),
        }
        notes = [
            f"By qrouter {self.placing.router} in the lowest {LAYERS} layers, of one placement; exact units are arrays."
            " A check of the estimated lengths: opens, shorts and design rules were not checked."
        ]
        return Section(
            "routed",
            "Estimated lengths against routed ones",
            records,
            shown,
            notes=notes if records else [MISSING],
            outcomes=["trouble"],
        )

    def _largest(self, setting: Setting) -> Section:
        records: list[Record] = []
        for job in self.placing.largest:
            laid: Laid = setting.main[job]
            assert not hasattr(job.contender, "format")
            record: Record = {"unit": f"{job.contender.known.method} e4m3, {LANES} lanes", "cells": laid.cells}
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
        return Section("largest", "The largest unit, placed once", records, shown, ("unit",))


def _value(found: Best | None) -> float | None:
    return found.value if found else None


def _saving(ours: Best | None, theirs: Best | None) -> float | None:
    return 1 - ours.value / theirs.value if ours and theirs else None


def _points(change: float) -> str:
    return f"{100 * change:+.1f}"


def _row(row: Record) -> str:
    return f"{row['method']} {row['format']}{' in dot products' if row['use'] == Use.DOT.value else ''}"
