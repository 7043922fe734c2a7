"""Figure of `lmul accuracy dots`."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.by_length import DotError
from lmul.accuracy.unbounded import Cut
from lmul.golden.methods import Method
from lmul.reporting.drawing import plain_axes

# Colours of Okabe and Ito.
_METHODS = {
    method.name: (colour, method.label)
    for method, colour in (
        (Method.EXACT, "#000000"),
        (Method.LMUL, "#0072B2"),
        (Method.MITCHELL, "#56B4E9"),
        (Method.corrected(2), "#009E73"),
    )
}
_ACCUMULATORS = {
    "fixed": ("#000000", "exact"),
    "fp32": ("#999999", "fp32"),
    "anchored12": ("#009E73", "anchored, 12 bits"),
    "fp16": ("#56B4E9", "fp16"),
    "bf16": ("#E69F00", "bf16"),
    "e4m3": ("#D55E00", "e4m3"),
}

Rows = Sequence[DotError]


def dots_figure(rows: Rows) -> Figure:
    """Draw bias and error by method, and L-Mul's bias by accumulator, for positive operands of the first format."""
    name = rows[0].format
    kept = [row for row in rows if row.format == name and row.distribution is Distribution.UNIFORM]
    figure = Figure(figsize=(8.6, 9.4), dpi=120, facecolor="white")
    grid = figure.subplots(3, 2, sharex=True, sharey="row", squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.085, top=0.905, wspace=0.06, hspace=0.28)
    for column, cut in enumerate(Cut):
        own = [row for row in kept if row.cut is cut]
        sums = [row for row in own if row.exact_sums]
        _lines(grid[0, column], {row.method: row for row in sums}, _METHODS, "bias")
        _lines(grid[1, column], {row.method: row for row in sums}, _METHODS, "before")
        _lines(grid[1, column], {row.method: row for row in sums}, _METHODS, "after")
        lmul = {row.accumulator: row for row in own if row.method == "lmul"}
        others = {name: ("#CC79A7", name) for name in lmul if name not in _ACCUMULATORS}
        _lines(grid[2, column], lmul, _ACCUMULATORS | others, "bias")
        for axes, title in zip(grid[:, column], ("bias, exact sums", "NRMSE, exact sums", "L-Mul's bias"), strict=True):
            axes.set_title(f"{title}, operands {cut}", fontsize=10, loc="left")
        grid[1, column].set_yscale("log")
        grid[2, column].set_xlabel("length K", fontsize=9)
    for axes in (*grid[0], *grid[2]):
        axes.yaxis.set_major_locator(MultipleLocator(0.05 if axes in grid[0] else 0.1))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.axhline(0, color="#BBBBBB", lw=0.8, zorder=0)
    grid[2, 0].set_ylim(-0.42, max(0.08, 1.3 * grid[2, 0].get_ylim()[1]))
    for line, ncols in ((0, 4), (2, 3)):
        grid[line, 0].legend(fontsize=8, frameon=False, ncols=ncols, columnspacing=1, handlelength=1.4)
    grid[1, 0].text(1, grid[1, 0].get_ylim()[0] * 1.25, "dashed: after one gain of all sums", fontsize=8)
    figure.text(
        0.02, 0.965, f"Dot products of positive operands in {name}: what averages out", fontsize=13, weight="bold"
    )
    note = "Operands uniform from 0 to 1, true sums those before the cut. exact, fp32 and anchored sums coincide."
    figure.text(0.02, 0.015, note, fontsize=8, color="#555555")
    return figure


def _lines(axes: Axes, rows: dict[str, DotError], styles: dict[str, tuple[str, str]], what: str) -> None:
    for key, (colour, title) in styles.items():
        if key in rows:
            row = rows[key]
            dashed = what == "after"
            label = None if dashed else title
            axes.plot(row.lengths, getattr(row, what), "--" if dashed else "-", color=colour, label=label, lw=1.6)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 4, 16, 64, 256, 1024, 4096], ["1", "4", "16", "64", "256", "1024", "4096"])
    plain_axes(axes)
