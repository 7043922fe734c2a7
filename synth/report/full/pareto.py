"""Error against cost, and the designs on the Pareto front."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.total import Condition, DotUnit
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import E2M1, E2M3, E3M2, E3M4, E4M3, E5M2, FP16, Format
from lmul.golden.methods import MethodKind
from lmul.reporting.sections import Record, Section, area, decimals, percent_of, plain
from lmul.reporting.topic import Picture, Topic
from lmul.synth.energy.operands import GAUSSIAN, SPREAD
from lmul.synth.measure.catalog import ALL_METHODS
from lmul.synth.measure.contenders import Contender, Use, contenders, series
from lmul.synth.measure.figures import figure_jobs, figures
from lmul.synth.measure.jobs import DotError, ProductError
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.pareto_picture import pareto_picture
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.setting import Setting

CONDITION = Condition(Distribution.GAUSSIAN, Rule.FIT)
"""Operands of dot products: Gaussian, with one power-of-two scale to 32 of them that just avoids saturation."""

COUNT = 4096
"""Dot products of 64 terms from which each error is computed."""

PRODUCTS = 64 * COUNT
"""Products from which each error of a multiplier is computed."""

PARETO_FORMATS: tuple[Format, ...] = (E2M1, E2M3, E3M2, E4M3, E5M2, E3M4, *series(8), FP16)
USES = (Use.MULTIPLIER, Use.DOT)
COSTS = ("area", "settled", "glitches")
METHODS = tuple(method for method in ALL_METHODS if method.kind is not MethodKind.CONSTANT)


def pareto_jobs(found: Sequence[Contender]) -> list[Job]:
    """List the jobs for costs and errors of contenders and their baselines."""
    return list(dict.fromkeys([*figure_jobs(found), *map(error_job, found)]))


def error_job(each: Contender) -> ProductError | DotError:
    """Return the job that computes the error of a multiplier or of a dot product."""
    if each.use is Use.MULTIPLIER:
        return ProductError(each.product, GAUSSIAN, PRODUCTS)
    return DotError(CONDITION, DotUnit(each.dot.product, each.dot.window), COUNT)


def front(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Tell for each point whether none of the others is as good in both coordinates and better in one."""
    return [not any(a <= x and b <= y and (a, b) != (x, y) for a, b in points) for x, y in points]


def pareto_section(measured: Measured, found: Sequence[Contender], use: Use) -> Section:
    """Make the table of the designs of one use, marking for each cost those on the front."""
    chosen = [each for each in found if each.use is use]
    records: list[Record] = []
    for each in chosen:
        own = figures(measured, each)
        record: Record = {
            "format": each.format.name,
            "method": each.method.name,
            "error": errors_of(measured, each)[-1],
        }
        record |= {cost: own[cost] for cost in COSTS}
        records.append(record)
    for cost in COSTS:
        known = [record for record in records if record[cost] is not None]
        points = [(float(record["error"] or 0), float(record[cost] or 0)) for record in known]
        for record, best in zip(known, front(points), strict=True):
            record[f"front_{cost}"] = "yes" if best else None
        for record in records:
            record.setdefault(f"front_{cost}", None)
    return Section(
        f"pareto_{use.name.lower()}",
        f"Error against cost, {use.value}, {measured.technology.name}",
        records,
        {
            "format": ("format", plain),
            "method": ("method", plain),
            "error": ("error", percent_of(3)),
            "area": ("NAND2 eq.", area),
            "front_area": ("front", plain),
            "settled": ("fJ", decimals(1)),
            "front_settled": ("front", plain),
            "glitches": ("fJ with glitches", decimals(1)),
            "front_glitches": ("front", plain),
        },
        ("format",),
        _notes(use),
        ["front_area", "front_settled", "front_glitches"],
    )


def errors_of(measured: Measured, each: Contender) -> tuple[float, ...]:
    """Look up the errors: mean |relative error| of a multiplier, or NRMSE of dot products before and after one gain.

    Errors include quantising the operands.
    """
    outcome: float | tuple[float, float] = measured[error_job(each)]
    return outcome if isinstance(outcome, tuple) else (outcome,)


_READ: dict[Use, list[str]] = {
    Use.MULTIPLIER: [
        "'error' is the mean |relative error| of what the unit puts out, against the products of the numbers before"
        f" they became codes. Operands are Gaussian with a standard deviation of {1 << SPREAD} in every format, the"
        " same for error and energy. It suits formats of two and three exponent bits best; and still most of their"
        " error is products that become zero, with an error of 100 %, or that saturate: such formats are for block"
        " scales and wide sums, where the front of dot products has them."
    ],
    Use.DOT: [
        "'error' is the NRMSE of 64-long dot products (its square is the NMSE) after one gain, which a scale can carry;"
        " against those of the numbers before they became codes. Operands are Gaussian with one power-of-two scale to"
        " 32 of them, for error and energy alike. Costs are a product's share."
    ],
}
"""Notes on the table of each use."""


def _notes(use: Use) -> list[str]:
    return [
        *_READ[use],
        "A design is on a front ('yes') if no other here is at least as accurate and at least as cheap and better in"
        f" one of both. Neighbours on a front that differ by less than {NOISE_PERCENT} % in area may change places.",
    ]


@dataclass(frozen=True)
class Pareto(Topic[Setting]):
    """Topic: error against cost."""

    formats: Sequence[Format] = PARETO_FORMATS
    uses: Sequence[Use] = USES

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for costs and errors of all designs."""
        return [(setting.main, pareto_jobs(self._found()))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables, one a use."""
        return self.tables(self._makers(setting))

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw all fronts."""
        draw = partial(pareto_picture, [maker() for maker in self._makers(setting)])
        return {"pareto": Picture("Error against cost: the designs that no other beats", draw)}

    def _makers(self, setting: Setting) -> list[Callable[[], Section]]:
        return [partial(pareto_section, setting.main, self._found(), use) for use in self.uses]

    def _found(self) -> list[Contender]:
        return list(contenders(self.formats, self.uses, METHODS))
