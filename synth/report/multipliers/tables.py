"""The two tables of a report as text, for the terminal and for Markdown alike."""

from collections.abc import Callable

from lmul.golden.formats import Format
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Policy
from lmul.reporting.tables import Table, percent
from lmul.synth.report.multipliers.comparison import Comparison, Row


def _saving(row: Row) -> str:
    if row.saving is None:
        return ""
    return f"{100 * row.saving:.0f} %{'*' if row.parameters.policy is Policy.RAW else ' '}"


def _number(value: float | None, decimals: int = 0) -> str:
    return "" if value is None else f"{value:.{decimals}f}"


_COLUMNS: dict[str, Callable[[Row], str]] = {
    "unit": lambda row: row.parameters.name,
    "cells": lambda row: str(row.cost.cell_count),
    "NAND2 eq.": lambda row: _number(row.cost.nand2, 1),
    "transistors": lambda row: _number(row.cost.transistors),
    "um2": lambda row: _number(row.cost.area_um2, 1),
    "ps": lambda row: _number(row.cost.delay_ps),
    "depth": lambda row: _number(row.cost.depth),
    "area saved": _saving,
    "mean error": lambda row: percent(row.error),
    "paper's gates": lambda row: _number(row.paper_gates),
}


def formats_of(comparison: Comparison) -> list[Format]:
    """The formats of a comparison, in its order."""
    return list(comparison.sums)


def main_table(comparison: Comparison) -> Table:
    """One line a unit; columns that this technology or these formats leave empty are left out."""
    shown = {t: text for t, text in _COLUMNS.items() if any(text(row).strip() for row in comparison.rows)}
    groups = [
        [[text(row) for text in shown.values()] for row in comparison.rows if row.parameters.format == f]
        for f in formats_of(comparison)
    ]
    return Table(list(shown), groups)


def parts(comparison: Comparison, f: Format) -> dict[str, float]:
    """What each part of the units of a format costs, in NAND2 equivalents: differences of whole units."""
    lmul = comparison.row(f, MethodKind.LMUL, Policy.FLUSH).cost.nand2
    raw = comparison.row(f, MethodKind.LMUL, Policy.RAW).cost.nand2
    bare = comparison.sums[f].nand2
    exact = comparison.row(f, MethodKind.EXACT, Policy.FLUSH).cost.nand2
    return {
        "bare sum": bare,
        "+ offset, sign": raw - bare,
        "+ zero, range": lmul - raw,
        "= lmul flush": lmul,
        "table, over lmul": comparison.row(f, MethodKind.CORRECTED, Policy.FLUSH).cost.nand2 - lmul,
        "exact, over lmul": exact - lmul,
        "ieee, over lmul": comparison.row(f, MethodKind.LMUL, Policy.IEEE).cost.nand2 - lmul,
        "ieee, over exact": comparison.row(f, MethodKind.EXACT, Policy.IEEE).cost.nand2 - exact,
    }


def parts_table(comparison: Comparison) -> Table:
    """One line a format: `parts`."""
    costs = {f: parts(comparison, f) for f in formats_of(comparison)}
    titles = next(iter(costs.values()))
    return Table(
        ["format", *titles], [[[f.name, *(f"{cost:.1f}" for cost in row.values())]] for f, row in costs.items()]
    )
