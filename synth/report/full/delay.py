"""Area at a delay target, where all methods may trade area for speed by the same recipes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format, format_named
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, area, decimals, plain, saving
from lmul.reporting.topic import Picture, Topic
from lmul.synth.mapping.recipes import SHARES, Description, Point, Sweep
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.delay_curves import DELAY_METHODS, best, contender, smallest, unfinished_recipes
from lmul.synth.report.full.delay_picture import delay_picture
from lmul.synth.report.full.delay_styles import styles_section
from lmul.synth.report.setting import Setting
from lmul.synth.technology.drive_and_load import surroundings

DELAY_FORMATS = ("e4m3", "e5m2", "e3m4", "bf16")
"""Formats of the sweep; an exact fp32 multiplier would take very long."""


_STEPS = 4
_ALIKE = "e5m2"


def delay_jobs(formats: Sequence[Format]) -> list[Job]:
    """List the sweeps of all contenders in all descriptions; they need a liberty technology."""
    return [
        Sweep(contender(f, method), description)
        for f in formats
        for method in DELAY_METHODS
        for description in Description
    ]


def _unfinished(measured: Measured, formats: Sequence[Format]) -> list[str]:
    """Say which recipes are left out, and in which formats."""
    left_out = []
    for f in formats:
        for description in Description:
            left_out += [f"{f} {recipe}" for recipe in sorted(unfinished_recipes(measured, f, description))]
    if not left_out:
        return []
    return [f"ABC did not finish these for every contender, so that they count for none: {', '.join(left_out)}."]


def delay_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of areas and savings at delays that both reach, and at one that only L-Mul reaches."""
    records = [record for f in formats for record in _at_targets(measured, f)]
    return Section(
        key="delay",
        title="Area at a delay target, each contender by the best of the same recipes",
        records=records,
        columns={
            "format": ("format", plain),
            "target_ps": ("ps", decimals(0)),
            "exact_um2": ("exact um2", area),
            "lmul_um2": ("lmul um2", area),
            "lmul_saved": ("saved", saving),
            "corrected2_um2": ("corrected2 um2", area),
            "corrected2_saved": ("saved", saving),
        },
        notes=[*_notes(measured), *_unfinished(measured, formats), *_noise(records)],
        outcomes=[f"{method}_recipe" for method in DELAY_METHODS],
    )


def _at_targets(measured: Measured, f: Format) -> list[Record]:
    points = {method: best(measured, f, method) for method in DELAY_METHODS}
    slow, fast = points[Method.EXACT][0].delay_ps, points[Method.EXACT][-1].delay_ps
    targets = [slow * (fast / slow) ** (step / _STEPS) for step in range(_STEPS)] + [fast]
    fastest = points[Method.LMUL][-1].delay_ps
    return [_record(f, target, points) for target in (*targets, *([fastest] if fastest < fast else []))]


def _record(f: Format, target: float, points: dict[Method, list[Point]]) -> Record:
    found = {method: smallest(points[method], target) for method in DELAY_METHODS}
    record: Record = {"format": f.name, "target_ps": target}
    exact = found[Method.EXACT]
    for method, point in found.items():
        record[f"{method}_um2"] = point.area_um2 if point else None
        record[f"{method}_recipe"] = point.recipe if point else None
        if method != Method.EXACT:
            record[f"{method}_saved"] = 1 - point.area_um2 / exact.area_um2 if point and exact else None
    return record


def envelope_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of netlists on the lower envelopes: no other is both smaller and faster."""
    records: list[Record] = [
        {
            "format": f.name,
            "method": method.name,
            "area_um2": point.area_um2,
            "delay_ps": point.delay_ps,
            "target_ps": point.target_ps,
            "recipe": point.recipe,
        }
        for f in formats
        for method in DELAY_METHODS
        for point in best(measured, f, method)
    ]
    return Section(
        key="delay_envelope",
        title="The netlists behind the table of delay targets",
        records=records,
        columns={
            "format": ("format", plain),
            "method": ("method", plain),
            "area_um2": ("um2", area),
            "delay_ps": ("ps", decimals(0)),
            "target_ps": ("made for ps", decimals(0)),
            "recipe": ("recipe", plain),
        },
        group=("format", "method"),
        notes=["From the smallest to the fastest. `exported: amap` is the area flow of all other tables."],
    )


def _notes(measured: Measured) -> list[str]:
    """Write the notes: how to read the table, and what not to conclude."""
    around = surroundings(measured.technology)
    shares = ", ".join(f"{share:g}" for share in SHARES)
    return [
        "Each area is the smallest netlist of that contender that is at least as fast as the row's delay; nothing"
        " stands where none was fast enough. A format's rows go from the delay of the smallest exact unit to that of"
        " its fastest; L-Mul's fastest follows if that is faster. 'saved' is 1 - area / area of exact, in the same"
        " row.",
        "Units have the policy flush and are combinational. Every contender goes through the same recipes: the exported"
        " Verilog, the same arithmetic as + and *, and that with Booth's recoding and Kogge-Stone carries; each by"
        f" {len(SHARES)} targets ({shares} times the delay of its area flow) through every script of ABC, with"
        " buffering and sizing of gates. The tools' heuristics are erratic, so that a curve is the best of many tries"
        " and not an optimum, and falls in steps.",
        f"'ps' is ABC's stime: each input driven by {around.driver}, {around.load:.3g} fF on each output, typical"
        " corner, no wires, no placement. Delays here are longer than in the tables without drivers and loads."
        " A commercial synthesiser would reach other areas, for the exact multiplier probably more so than for an"
        " adder; do not read the fast end as the limit of either.",
    ]


def _noise(records: Sequence[Record]) -> list[str]:
    """Say how far savings can be trusted, from a format with next to nothing to save."""
    savings = [record["lmul_saved"] for record in records if record["format"] == _ALIKE]
    known = [float(share) for share in savings if share is not None]
    if not known:
        return []
    return [
        f"In {_ALIKE} the exact product is the L-Mul sum with another carry-in, a gate or two more or less. That"
        f" 'saved' goes from {100 * min(known):.0f} to {100 * max(known):.0f} % there shows how far the tools' luck"
        " alone moves a row: take a saving as real only where several rows of a format agree.",
    ]


@dataclass(frozen=True)
class Delays(Topic[Setting]):
    """Topic: area at a delay target; only in a liberty technology."""

    def plan(self, setting: Setting) -> Plan:
        """List the sweeps, in the main technology."""
        return [] if setting.is_generic else [(setting.main, delay_jobs(setting.chosen(_SWEPT)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of savings at some delays, of both styles, and of the netlists behind them."""
        formats = setting.chosen(_SWEPT)
        if setting.is_generic or not formats:
            return []
        makers = (delay_section, styles_section, envelope_section)
        return self.tables(partial(make, setting.main, formats) for make in makers)

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw area against delay."""
        formats = setting.chosen(_SWEPT)
        if setting.is_generic or not formats:
            return {}
        return {"delay": Picture("Area against delay", partial(delay_picture, setting.main, formats))}


_SWEPT = tuple(format_named(name) for name in DELAY_FORMATS)
