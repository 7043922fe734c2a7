"""Total error of dot products of log codes beside exact products and L-Mul, `lmul accuracy logs`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lmul.accuracy.distributions import SIGNED
from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.dots.total import COUNT, PLAIN, Condition, DotUnit, Experiment
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import BF16, E3M4, E4M3, Format, format_named
from lmul.golden.logarithms import SEGMENTS
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record, Section, Show, percent_of, plain
from lmul.reporting.topic import Topic
from lmul.tools.session import NoContext, Plan, Session

TITLE = "Total error of dot products of log codes, beside exact products and L-Mul"

NOTES = [
    "NRMSE of 64 terms against the numbers before they became codes, after one gain, which is fitted on the same dot "
    "products. Anchored sums of 12 bits.",
    "8-bit formats: one power-of-two scale for 32 elements, by OCP's rule (floor) or the least with which nothing "
    "saturates (fit). Outliers: Gaussian, but one element in 100, at random, has a deviation of 20.",
    "bf16: operands without scales, Gaussian ones of deviation 1.",
    "log1s2 is the method log with one guard bit and two segments. It normalises subnormal codes, and so do units "
    "with `subnormals` in their name; `flushed`, and all others, read them as zero.",
]

WINDOW = 12

SCALED = tuple(Condition(d, rule) for d in SIGNED for rule in Rule)
"""Conditions with one scale a block."""


@dataclass(frozen=True)
class LogError:
    """Error of a unit's dot products in a condition.

    Attributes
    ----------
    product : Parameters
        Formats and method.
    condition : str
        Distribution and rule, such as `gaussian floor`.
    before, after : float
        NRMSE as computed, and after the gain.
    gain : float
        Gain that makes the error least.
    """

    product: Parameters
    condition: str
    before: float
    after: float
    gain: float

    @property
    def row(self) -> Record:
        """Return all values by heading."""
        p = self.product
        names: Record = {"condition": self.condition, "format": p.format_name, "method": p.method.name}
        return {**names, "before": self.before, "after": self.after, "gain": self.gain}


def scaled_products() -> list[Parameters]:
    """List the products with block scales: exact and L-Mul ones, and log codes of e3m4 and e4m3."""
    usual = (Method.EXACT, Method.ROUNDED, Method.LMUL, Method.corrected(2))
    full = (False, True)
    products = [Parameters(f, method, subnormals=s) for f in (E4M3, E3M4) for s in full for method in usual]
    products += [Parameters(E3M4, Method.log(g, s)) for g in (0, 1, 2) for s in SEGMENTS]
    return [
        *products,
        *(Parameters(E3M4, Method.log(g), subnormals=False) for g in (0, 1)),
        Parameters(E4M3, Method.log(1)),
    ]


def plain_products() -> list[Parameters]:
    """List the products without scales: bf16 by every method, and shorter exact ones."""
    usual = (Method.EXACT, Method.LMUL, Method.corrected(2))
    shorter: list[Format] = [format_named("e8m4"), format_named("e8m5")]
    return [
        *(Parameters(BF16, method) for method in usual),
        *(Parameters(f, Method.EXACT) for f in shorter),
        *(Parameters(BF16, Method.log(g, s)) for g in (0, 1) for s in SEGMENTS),
    ]


@dataclass(frozen=True)
class LogErrors:
    """Job: errors of all products in a condition.

    Parameters
    ----------
    condition : Condition
        Distribution and scales of the operands.
    count : int
        Dot products.
    """

    condition: Condition
    count: int = COUNT

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 1000

    def run(self, context: NoContext) -> list[LogError]:
        """Compute the dot products of all units."""
        experiment, name = Experiment(self.condition, self.count), self.condition.name
        products = plain_products() if self.condition.rule is None else scaled_products()
        return [LogError(p, name, *experiment.nrmse(experiment.computed(DotUnit(p, WINDOW)))) for p in products]


@dataclass(frozen=True)
class Logs(Topic[Session]):
    """Topic: total errors of log codes.

    Parameters
    ----------
    count : int
        Dot products a condition.
    tensors : tuple of Tensors
        Operands of the user's, which make three conditions each.
    """

    count: int = COUNT
    tensors: tuple[Tensors, ...] = ()

    @property
    def conditions(self) -> list[Condition]:
        """List the conditions with scales, then those without."""
        scaled = [*SCALED, *(Condition(each, rule) for each in self.tensors for rule in Rule)]
        return [*scaled, PLAIN, *(Condition(each, None) for each in self.tensors)]

    def plan(self, setting: Session) -> Plan:
        """List the jobs, one a condition."""
        return [(setting, [LogErrors(c, self.count) for c in self.conditions])]

    def sections(self, setting: Session) -> list[Section]:
        """Make a table of all conditions with scales, and one of those without."""
        rows: dict[bool, list[LogError]] = {True: [], False: []}
        for condition in self.conditions:
            rows[condition.rule is not None] += setting[LogErrors(condition, self.count)]
        return [
            _section("scaled", "8-bit operands with block scales, after the gain", rows[True]),
            _section("plain", "bf16 without scales, after the gain", rows[False]),
        ]

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure."""
        return {"rows": self.lines(setting)}

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file."""
        return [row.row for c in self.conditions for row in setting[LogErrors(c, self.count)]]


def _section(key: str, title: str, rows: Sequence[LogError]) -> Section:
    """Lay out errors with a row for each unit, and a column for each condition."""
    records: dict[tuple[str, str], Record] = {}
    for row in rows:
        names = (row.product.format_name, row.product.method.name)
        record = records.setdefault(names, {"format": names[0], "method": names[1]})
        record[row.condition] = row.after
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "method": ("method", plain)}
    columns |= {name: (name, percent_of(2)) for name in dict.fromkeys(row.condition for row in rows)}
    return Section(key, title, list(records.values()), columns)
