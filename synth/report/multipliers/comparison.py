"""Comparison of multipliers with the exact one of their format: rows, costs and savings."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import Format
from lmul.golden.methods import Method, MethodKind
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.multipliers import GenericCost, MeanError, SumCost, UnitCost
from lmul.synth.measure.session import Job, Measured
from lmul.synth.technology.technology import Technology

FORMAT_NAMES = ("e4m3", "e5m2", "e3m4", "bf16", "fp16", "fp32")
"""Formats of the default report."""

PAPER_GATES = {
    ("e4m3", MethodKind.EXACT): 325,
    ("e5m2", MethodKind.EXACT): 296,
    ("e4m3", MethodKind.LMUL): 157,
    ("e5m2", MethodKind.LMUL): 157,
}
"""Estimates that the paper prints for exact fp8 products and for L-Mul, in gates of its recipe (arXiv 2410.00907)."""


@dataclass(frozen=True)
class Row:
    """Unit of the comparison, and its figures.

    Parameters
    ----------
    parameters : Parameters
        Format, method and policy of the unit.
    cost : Cost
        Area, delay and depth of the unit.
    exact : Cost
        Cost of the exact multiplier of the same format and policy. Exact has no raw form; flush stands in.
    error : float
        Mean |relative error| of its product.
    """

    parameters: Parameters
    cost: Cost
    exact: Cost
    error: float

    @property
    def saving(self) -> float | None:
        """Compute 1 - area / area of the exact unit; None for the exact unit itself."""
        return None if self.parameters.method.is_exact else 1 - self.cost.nand2 / self.exact.nand2

    @property
    def exact_name(self) -> str | None:
        """Name the exact unit that the saving is over; None for the exact unit itself."""
        p = self.parameters
        if p.method.is_exact:
            return None
        return replace(p, method=Method.EXACT, policy=Policy.FLUSH if p.policy is Policy.RAW else p.policy).name

    @property
    def paper_gates(self) -> int | None:
        """Look up the paper's estimate in gates; for L-Mul it exists only without edges, which is policy raw."""
        bare = self.parameters.policy is Policy.RAW or self.parameters.method.is_exact
        return PAPER_GATES.get((self.parameters.format.name, self.parameters.method.kind)) if bare else None


@dataclass(frozen=True)
class Comparison:
    """All rows in one technology, and the cost of a bare sum there.

    Parameters
    ----------
    technology : Technology
        Technology that the units were mapped to.
    rows : list of Row
        Format by format; within one: L-Mul and corrected raw, both and exact under flush, L-Mul and exact
        under ftz, and under ieee.
    sums : dict of Format to Cost
        Cost of an unsigned sum of E + M bits, `x + y`, through the same flow.
    """

    technology: Technology
    rows: list[Row]
    sums: dict[Format, Cost]

    def row(self, f: Format, kind: MethodKind, policy: Policy) -> Row:
        """Return the first row of a format, a kind of method and a policy."""
        return next(
            row
            for row in self.rows
            if (row.parameters.format, row.parameters.method.kind, row.parameters.policy) == (f, kind, policy)
        )


def units(formats: Sequence[Format]) -> list[Parameters]:
    """List the units to compare, nine for each format, in the order of the rows.

    `corrected` uses two mantissa bits of each operand, or one where M = 1. Under ftz and ieee, overflow gives Inf, or
    NaN where the format has no Inf.
    """
    rows = []
    for f in dict.fromkeys(formats):
        for policy in (Policy.RAW, Policy.FLUSH):
            rows.append(Parameters(f, Method.LMUL, policy))
            rows.append(Parameters(f, Method.corrected(min(f.mantissa_bits, 2)), policy))
        rows.append(Parameters(f, Method.EXACT, Policy.FLUSH))
        for policy in (Policy.FTZ, Policy.IEEE):
            rows += [Parameters(f, method, policy, overflow=Overflow.INF) for method in (Method.LMUL, Method.EXACT)]
    return rows


def comparison_jobs(compared: Sequence[Parameters]) -> list[Job]:
    """List the jobs that a comparison needs.

    Parameters
    ----------
    compared : sequence of Parameters
        Units to compare, from `units`.
    """
    sums = (SumCost(f) for f in _formats(compared))
    return [*sums, *(job for p in compared for job in (UnitCost(p), GenericCost(p), MeanError(p)))]


def compare(measured: Measured, compared: Sequence[Parameters]) -> Comparison:
    """Compare units with the exact unit of their format, when `comparison_jobs` are done.

    Parameters
    ----------
    measured : Measured
        Session with the outcomes.
    compared : sequence of Parameters
        Units to compare, from `units`.
    """
    costs = {p: measured[UnitCost(p)].with_transistors(measured[GenericCost(p)].transistors) for p in compared}
    formats = _formats(compared)
    exact = {(p.format, p.policy): costs[p] for p in compared if p.method.is_exact}
    exact |= {(f, Policy.RAW): exact[f, Policy.FLUSH] for f in formats}
    rows = [Row(p, costs[p], exact[p.format, p.policy], measured[MeanError(p)]) for p in compared]
    return Comparison(measured.technology, rows, {f: measured[SumCost(f)] for f in formats})


def _formats(compared: Sequence[Parameters]) -> list[Format]:
    return list(dict.fromkeys(p.format for p in compared))
