"""Designs for 8-bit operands with one power-of-two scale a block: do any beat exact e4m3?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.dots.total import COUNT, SCALED, Condition, TotalError
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import BLOCK, Rule
from lmul.golden.formats import E3M4, E4M3
from lmul.reporting.sections import Record, Section, area, decimals, error, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import GAUSSIAN, scaled_by
from lmul.synth.measure.catalog import core, scaled
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import costs_of, errors_of
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.arrays.dot_products import pieces, split
from lmul.synth.report.energy_notes import bounds_notes
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.setting import Setting
from lmul.tools.failure import least as least_of

REFERENCES = ("rounded e4m3", "exact e4m3")
"""Designs to compare with: the cheaper exact one, and the more accurate one."""

SHORT: dict[Distribution | Tensors, str] = {
    Distribution.GAUSSIAN: "Gauss",
    Distribution.LAPLACE: "Laplace",
    Distribution.STUDENT: "t(4)",
    Distribution.OUTLIERS: "outliers",
}
"""Distributions, as headings have them."""

USUAL_CONDITIONS = tuple(each for each in SCALED if each.distribution is not Distribution.OUTLIERS)
"""Conditions without outliers, which are the least certain."""


def design_name(dot: DotParameters) -> str:
    """Name method and format, such as `corrected2 e3m4` or `exact e3m4 subnormals`."""
    formats = dot.product.format_name
    for edge in ("_subnormals", "_flushed"):
        formats = formats.replace(edge, edge.replace("_", " "))
    return f"{dot.method.name} {formats.replace('_', ' x ')}"


def energy_jobs(dots: Sequence[DotParameters]) -> Iterator[EnergyJob]:
    """Yield the jobs for the energies of their cores, with operands scaled by both rules."""
    yield from (EnergyJob(core(dot), scaled_by(GAUSSIAN, rule)) for dot in dots for rule in Rule)


@dataclass(frozen=True)
class Design:
    """Design, with what was measured.

    Parameters
    ----------
    name : str
        Method and format.
    area : float
        Area in NAND2 equivalents a product, words included.
    energies : dict
        Energy in fJ a product, by rule and by `settled` or `glitches`; empty where it was not measured.
    errors : dict
        Total error by condition.
    """

    name: str
    area: float
    energies: dict[tuple[Rule, str], float]
    errors: dict[Condition, TotalError]

    def better_in(self, other: "Design", conditions: Sequence[Condition]) -> tuple[list[Condition], list[Condition]]:
        """List the conditions in which it is more accurate, as computed and after the gain.

        The difference must exceed the sum of both uncertainties.
        """
        before, after = [], []
        for condition in conditions:
            own, others = self.errors[condition], other.errors[condition]
            doubt = own.uncertainty + others.uncertainty
            before += [condition] if own.before + doubt < others.before else []
            after += [condition] if own.after + doubt < others.after else []
        return before, after


def designs(measured: Measured) -> list[Design]:
    """Look up area, energies and errors of all designs."""
    found = []
    for dot in scaled():
        energies = {}
        for rule in Rule:
            each = measured.energies(core(dot), rule)
            if each is not None:
                energies[rule, "settled"] = each.settled.fj_per_cycle / core(dot).lanes
                energies[rule, "glitches"] = each.glitches.fj_per_cycle / core(dot).lanes
        errors = {condition: measured.error(condition, dot) for condition in SCALED}
        found.append(Design(design_name(dot), split(measured, dot)["total"], energies, errors))
    return found


def cost_section(measured: Measured) -> Section:
    """Make the table of areas and energies."""
    found = designs(measured)
    references = [design for design in found if design.name in REFERENCES]
    records: list[Record] = []
    for dot, design in zip(scaled(), found, strict=True):
        other = design not in references
        least = least_of(each.area for each in references)
        record: Record = {"design": design.name, "without_words": split(measured, dot)["without_words"]}
        record |= {"area": design.area, "area_saved": 1 - design.area / least if other else None}
        for rule in Rule:
            for kind in ("settled", "glitches"):
                value = design.energies.get((rule, kind))
                record[f"{kind}_{rule}"] = value
                record[f"{kind}_{rule}_saved"] = None
                if value is not None and other:
                    record[f"{kind}_{rule}_saved"] = 1 - value / least_of(
                        each.energies[rule, kind] for each in references
                    )
        records.append(record)
    energies = {
        f"{kind}_{rule}{suffix}": (f"{title}, {rule}" if not suffix else "saved", saving if suffix else decimals(0))
        for kind, title in (("settled", "fJ"), ("glitches", "fJ with glitches"))
        for rule in Rule
        for suffix in ("", "_saved")
    }
    notes = [
        f"The same 16 lanes, anchored W12, each product's share; 'saved' is against the better of"
        f" {' and '.join(REFERENCES)} in each figure. Operands are Gaussian, one power-of-two scale to {BLOCK} of them;"
        " the scale is no matter of the lane.",
        "Energy is of toggling nets and of the clock at registers, words already loaded, x new each cycle.",
        *bounds_notes(measured),
    ]
    return Section(
        "scaled",
        "8 bits with one scale a block: area and energy",
        records,
        {
            "design": ("design", plain),
            "without_words": ("without words", area),
            "area": ("NAND2 eq., with words", area),
            "area_saved": ("saved", saving),
            **energies,
        },
        (),
        notes,
    )


def error_section(measured: Measured) -> Section:
    """Make the table of total errors, as computed and after the gain."""
    records: list[Record] = []
    for rule in Rule:
        for design in designs(measured):
            record: Record = {"rule": rule.value, "design": design.name}
            for distribution in SHORT:
                each = design.errors[Condition(distribution, rule)]
                record |= {f"{distribution}_before": each.before, f"{distribution}_after": each.after}
                record[f"{distribution}_uncertainty"] = each.uncertainty
            records.append(record)
    return Section(
        "scaled_errors",
        "8 bits with one scale a block: total error",
        records,
        {
            "rule": ("scale", plain),
            "design": ("design", plain),
            **{
                f"{d}_{when}": (f"{SHORT[d]}{', gain' if when == 'after' else ''}", error)
                for d in SHORT
                for when in ("before", "after")
            },
        },
        ("rule",),
        [
            "NRMSE of 64-long dot products against those of the numbers before they were quantised: as computed, and"
            " after one least-squares gain. Scales: 'floor' is OCP's, with which a block's largest numbers may"
            " saturate; 'fit' is the least one with which nothing does. 'outliers' is Gaussian with one element in"
            " 100, at random, of a deviation of 20.",
        ],
    )


def verdict(measured: Measured) -> list[str]:
    """Say which designs are better than the references."""
    return verdict_of(designs(measured))


def verdict_of(found: Sequence[Design]) -> list[str]:
    """Compare each design with the first of `REFERENCES`, a sentence each, and say which designs are better."""
    first, *rest = (next(design for design in found if design.name == name) for name in REFERENCES)
    sentences = [_sentence(design, first) for design in found if design != first]
    for reference in (first, *rest):
        sentences += _winners(found, reference)
    return sentences


def _winners(found: Sequence[Design], reference: Design) -> list[str]:
    """Say which designs are better than a reference in everything."""
    sentences = []
    others = [design for design in found if design != reference]
    winners = [design.name for design in others if wins(design, reference)]
    gained = [design.name for design in others if wins(design, reference, gain_only=True)]
    usual = f"area (by more than the {NOISE_PERCENT} % of noise)"
    if reference.energies:
        usual += ", energy with and without glitches"
    usual += " and total error, under both scale rules and for Gaussian, Laplace and Student-t numbers alike"
    sentences.append(f"Better than {reference.name} in {usual}: {', '.join(winners) or 'none'}.")
    if gained != winners:
        sentences.append(f"The same if a gain is fitted first: {', '.join(gained) or 'none'}.")
    if gained:
        every = [each.name for each in others if wins(each, reference, gain_only=True, conditions=SCALED)]
        sentences.append(
            f"After a gain, with outliers too, in all {len(SCALED)} conditions: {', '.join(every) or 'none'}."
        )
    for name in dict.fromkeys([*winners, *gained]):
        design = next(each for each in found if each.name == name)
        better = [each.name for each in found if each != design and dominates(each, design)]
        if better:
            sentences.append(
                f"{name} is itself beaten, in area no larger and nowhere less accurate: {', '.join(better)}."
            )
    return sentences


def wins(
    design: Design, reference: Design, gain_only: bool = False, conditions: Sequence[Condition] = USUAL_CONDITIONS
) -> bool:
    """Tell whether a design is better in everything; by default conditions with outliers are left out."""
    before, after = design.better_in(reference, conditions)
    smaller = design.area < (1 - NOISE_PERCENT / 100) * reference.area
    thrifty = all(value < reference.energies[key] for key, value in design.energies.items())
    return smaller and thrifty and len(after) == len(conditions) and (gain_only or len(before) == len(conditions))


def dominates(design: Design, other: Design) -> bool:
    """Tell whether a design is no larger, and in no condition less accurate before or after the gain."""
    if design.area > other.area:
        return False
    errors = [(design.errors[condition], other.errors[condition]) for condition in SCALED]
    return all(own.before <= theirs.before and own.after <= theirs.after for own, theirs in errors)


def _sentence(design: Design, reference: Design) -> str:
    text = f"{design.name} against {reference.name}: area {_change(design.area, reference.area)}"
    if design.energies:
        for kind, title in (("settled", "energy"), ("glitches", "with glitches")):
            changes = dict.fromkeys(_change(design.energies[r, kind], reference.energies[r, kind]) for r in Rule)
            text += f", {title} {' and '.join(changes)}"
    conditions = USUAL_CONDITIONS
    before, after = design.better_in(reference, conditions)
    text += f"; more accurate in {len(before)} of {len(conditions)} conditions, after a gain in {len(after)}"
    if 0 < len(after) < len(conditions):
        text += f" (not {', '.join(_named(c) for c in conditions if c not in after)})"
    outliers = [condition for condition in SCALED if condition not in conditions]
    before, after = design.better_in(reference, outliers)
    return f"{text}; with outliers in {len(before)} and {len(after)} of {len(outliers)}."


def _named(condition: Condition) -> str:
    return f"{SHORT[condition.distribution]} {condition.rule}"


def _change(value: float, other: float) -> str:
    return f"{round(100 * (value / other - 1)):+d} %"


@dataclass(frozen=True)
class BlockScaled(Topic[Setting]):
    """Topic: 8-bit operands with one scale a block: areas, energies, total errors, and what wins.

    Parameters
    ----------
    count : int
        Dot products that each error is computed from.
    """

    count: int = COUNT

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for costs and errors, if the report has both e4m3 and e3m4."""
        if not self.concerns(setting):
            return []
        dots = scaled()
        jobs: list[Job] = [*costs_of(pieces(dots)), *energy_jobs(dots), *errors_of(SCALED, dots, self.count)]
        return [(setting.main, jobs)]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of costs and of errors."""
        return [cost_section(setting.main), error_section(setting.main)] if self.concerns(setting) else []

    def findings(self, setting: Setting) -> list[str]:
        """Say which designs are better than exact ones."""
        return verdict(setting.main) if self.concerns(setting) else []

    def concerns(self, setting: Setting) -> bool:
        """Tell whether the report has both e4m3 and e3m4."""
        return {E4M3, E3M4} <= set(setting.formats)
