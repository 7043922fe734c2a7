"""Lanes of log codes: what their converters cost, and block-scaled lanes of all kinds side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.accuracy.dots.total import SCALED
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import Rule
from lmul.reporting.sections import Record, Section, area, decimals, error, percent_of, plain
from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import GAUSSIAN, scaled_by
from lmul.synth.measure.catalog import core, lanes
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import costs_of
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.arrays.block_scaled import SHORT, BlockScaled, designs
from lmul.synth.report.setting import Setting

COLUMNS = (4, 16, 64)
"""Columns, and rows, of arrays in which converters are shared."""

REFERENCE = "exact e4m3"
"""Design that the side-by-side table compares with."""


def converter_of(dot: DotParameters) -> Piece:
    """Return the converter of x as a piece; that of y is the same, for both have one format."""
    return Piece(PieceKind.CONVERTER, dot)


def converter_section(measured: Measured, dots: Sequence[DotParameters]) -> Section:
    """Make the table of converters to log codes."""
    records: list[Record] = []
    for dot in dots:
        lane, converter = measured.nand2(core(dot)) / lanes(dot.product.format), measured.nand2(converter_of(dot))
        energies = measured.energies(converter_of(dot), Rule.FIT)
        record: Record = {"format": dot.product.format_name, "method": dot.method.name, "lane": lane}
        record |= {"converter": converter, "fj": None if energies is None else energies.settled.fj_per_cycle}
        record["fj_glitches"] = None if energies is None else energies.glitches.fj_per_cycle
        for side in COLUMNS:
            record[f"shared_{side}"] = 2 * converter / side
            record[f"total_{side}"] = lane + 2 * converter / side
        records.append(record)
    return Section(
        "log_converters",
        "Converters to log codes",
        records,
        {
            "format": ("format", plain),
            "method": ("method", plain),
            "converter": ("one converter", area),
            "fj": ("fJ a code", decimals(1)),
            "fj_glitches": ("fJ with glitches", decimals(1)),
            "lane": ("lane, with words", area),
            **{key: (f"{side} columns: {title}", area) for side in COLUMNS for key, title in _titles(side)},
        },
        ("format",),
        [
            "NAND2 equivalents. A converter has the table of logarithms, and a normaliser for subnormal numbers. In an"
            " array one stands before each row for x, and one in each column's loader for y: in an array of n columns"
            " and n rows a product has an n-th of both as its share. Stored weights can be converted beforehand. The"
            " energy is that of x, a code a cycle, over n columns.",
        ],
    )


def _titles(side: int) -> list[tuple[str, str]]:
    return [(f"shared_{side}", "share"), (f"total_{side}", "with lane")]


def side_by_side_section(measured: Measured) -> Section:
    """Make the table of block-scaled lanes: area, energy and errors after the gain, by area."""
    found = sorted(designs(measured), key=lambda design: design.area)
    reference = next(design for design in found if design.name == REFERENCE)
    records: list[Record] = []
    for design in found:
        record: Record = {"design": design.name, "area": design.area, "area_saved": 1 - design.area / reference.area}
        for kind in ("settled", "glitches"):
            own, other = ([each.energies.get((rule, kind)) for rule in Rule] for each in (design, reference))
            record[kind] = _mean(own)
            saved = _mean([None if a is None or not b else 1 - a / b for a, b in zip(own, other, strict=True)])
            record[f"{kind}_saved"] = saved if design != reference else None
        record |= {"area_saved": None} if design == reference else {}
        errors = {condition: design.errors[condition].after for condition in SCALED}
        for condition, value in errors.items():
            record[condition.name.replace(" ", "_")] = value
        record["mean"] = sum(errors.values()) / len(errors)
        better = [c for c in SCALED if errors[c] < reference.errors[c].after]
        record["better"] = None if design == reference else len(better)
        records.append(record)
    energies = {
        key: (title, show)
        for kind, name in (("settled", "fJ"), ("glitches", "fJ with glitches"))
        for key, title, show in ((kind, name, decimals(0)), (f"{kind}_saved", "saved", percent_of(0)))
    }
    return Section(
        "scaled_side_by_side",
        "8 bits with one scale a block, side by side: area, energy and total error after the gain",
        records,
        {
            "design": ("design", plain),
            "area": ("NAND2 eq.", area),
            "area_saved": ("saved", percent_of(0)),
            **energies,
            **{
                condition.name.replace(" ", "_"): (f"{SHORT[condition.distribution]} {condition.rule}", error)
                for condition in SCALED
            },
            "mean": ("mean", error),
            "better": ("better in", plain),
        },
        (),
        [
            f"By area. A product's share of 16 lanes, anchored W12, words included; energy is the mean of both rules of"
            f" scales; 'saved' and 'better in', of {len(SCALED)} conditions, are against {REFERENCE}. Log codes count"
            " subnormal numbers; the other lanes read them as zero. Converters are not in it.",
        ],
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


class SideBySide(BlockScaled):
    """Topic: block-scaled lanes side by side."""

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [side_by_side_section(setting.main)] if self.concerns(setting) else []

    def findings(self, setting: Setting) -> list[str]:
        """Say nothing: `BlockScaled` does."""
        return []


@dataclass(frozen=True)
class LogConverters(Topic[Setting]):
    """Topic: costs of converters to log codes.

    Parameters
    ----------
    dots : sequence of DotParameters
        Lanes of log codes.
    """

    dots: Sequence[DotParameters]

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for areas and energies."""
        pieces = [piece for dot in self.dots for piece in (core(dot), converter_of(dot))]
        energies = [EnergyJob(converter_of(dot), scaled_by(GAUSSIAN, Rule.FIT)) for dot in self.dots]
        return [(setting.main, [*costs_of(pieces), *energies])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table, if there is such a lane."""
        return self.tables([partial(converter_section, setting.main, self.dots)] if self.dots else [])
