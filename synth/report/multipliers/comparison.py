"""The comparison: which units stand in it, what each costs, and what it saves."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.golden.methods import Method, MethodKind
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.synth.mapping.flow import Cost, synthesise
from lmul.synth.report.multipliers.accuracy import mean_relative_error
from lmul.synth.technology.technology import Technology
from lmul.tools.group import GROUP

FORMAT_NAMES = ("e4m3", "e5m2", "e3m4", "bf16", "fp16", "fp32")
"""Formats of the default report."""

PAPER_GATES = {
    ("e4m3", MethodKind.EXACT): 325,
    ("e5m2", MethodKind.EXACT): 296,
    ("e4m3", MethodKind.LMUL): 157,
    ("e5m2", MethodKind.LMUL): 157,
}
"""The paper's own estimates, in gates of its recipe (arXiv 2410.00907): fp8 multiplication, and L-Mul on fp8."""


@dataclass(frozen=True)
class Row:
    """A unit of the comparison.

    Parameters
    ----------
    parameters : Parameters
        What the unit computes.
    cost : Cost
        What it costs.
    exact : Cost
        What the exact multiplier of the same format and policy costs; for raw, under flush: under raw there is none.
    error : float
        Mean |relative error| of its product.
    """

    parameters: Parameters
    cost: Cost
    exact: Cost
    error: float

    @property
    def saving(self) -> float | None:
        """1 - area / area of the exact unit; None for the exact unit itself."""
        return None if self.parameters.method.is_exact else 1 - self.cost.nand2 / self.exact.nand2

    @property
    def paper_gates(self) -> int | None:
        """The paper's estimate: of the circuit without edges for L-Mul, since it has no others."""
        bare = self.parameters.policy is Policy.RAW or self.parameters.method.is_exact
        return PAPER_GATES.get((self.parameters.format.name, self.parameters.method.kind)) if bare else None


@dataclass(frozen=True)
class Comparison:
    """All rows in one technology, and what a bare sum costs there.

    Parameters
    ----------
    technology : Technology
        What was mapped to.
    rows : list of Row
        Format by format; within one: L-Mul and corrected raw, both and exact under flush, L-Mul and exact under ieee.
    sums : dict of Format to Cost
        An unsigned sum of E + M bits, `x + y`, through the same flow.
    """

    technology: Technology
    rows: list[Row]
    sums: dict[Format, Cost]

    def row(self, f: Format, kind: MethodKind, policy: Policy) -> Row:
        """The first row of a format, a kind of method and a policy."""
        return next(
            row
            for row in self.rows
            if (row.parameters.format, row.parameters.method.kind, row.parameters.policy) == (f, kind, policy)
        )


def units(formats: Sequence[Format]) -> list[Parameters]:
    """What the units to compare compute: for each format seven, in the order of the rows.

    `corrected` looks at two mantissa bits of each operand, or at the one that there is. Under ieee what is too large
    becomes Inf, or NaN where there is no Inf.
    """
    rows = []
    for f in dict.fromkeys(formats):
        for policy in (Policy.RAW, Policy.FLUSH):
            rows.append(Parameters(f, Method.LMUL, policy))
            rows.append(Parameters(f, Method.corrected(min(f.mantissa_bits, 2)), policy))
        rows.append(Parameters(f, Method.EXACT, Policy.FLUSH))
        for method in (Method.LMUL, Method.EXACT):
            rows.append(Parameters(f, method, Policy.IEEE, overflow=Overflow.INF))
    return rows


def compare(
    compared: Sequence[Parameters],
    verilog: Mapping[str, str],
    technology: Technology,
    done: Callable[[], None] = lambda: None,
) -> Comparison:
    """Synthesise units on all cores, and set them against the exact unit of their format.

    Parameters
    ----------
    compared : sequence of Parameters
        As from `units`.
    verilog : mapping of str to str
        The exported text of each, by its name.
    technology : Technology
        What to map to.
    done : callable
        Called after each of the units, and after each format's bare sum.

    Raises
    ------
    ValueError, YosysError
        As `synthesise`.
    """
    formats = list(dict.fromkeys(unit.format for unit in compared))
    sums = {f"sum_{f}": _sum(f) for f in formats}
    costs = _synthesise_all({unit.name: verilog[unit.name] for unit in compared} | sums, technology, done)
    exact = {(unit.format, unit.policy): costs[unit.name] for unit in compared if unit.method.is_exact}
    exact |= {(f, Policy.RAW): exact[f, Policy.FLUSH] for f in formats}
    rows = [
        Row(unit, costs[unit.name], exact[unit.format, unit.policy], mean_relative_error(unit)) for unit in compared
    ]
    return Comparison(technology, rows, {f: costs[f"sum_{f}"] for f in formats})


def _sum(f: Format) -> str:
    top = f.magnitude_bits - 1
    ports = f"input [{top}:0] x, y, output [{top}:0] p"
    return f"module sum_{f} ({ports});\n  assign p = x + y;\nendmodule\n"


def _synthesise_all(modules: Mapping[str, str], technology: Technology, done: Callable[[], None]) -> dict[str, Cost]:
    # Threads are enough: every Yosys is a process of its own.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(synthesise, text, name, technology): name for name, text in modules.items()}
        costs = {}
        try:
            for future in as_completed(running):
                costs[running[future]] = future.result()
                done()
        except BaseException:  # then there is no use in waiting for the rest
            pool.shutdown(wait=False, cancel_futures=True)
            GROUP.end()
            raise
    return costs
