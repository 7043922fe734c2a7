"""Figure of `lmul accuracy products`."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.accuracy.products.sections import title_of
from lmul.accuracy.products.study import ProductError
from lmul.accuracy.unbounded import Cut
from lmul.reporting.drawing import BLACK, BLUE, PURPLE, SKY, VERMILION, label_panels, plain_axes, put_around

STYLES = {
    "exact": (BLACK, "exact product"),
    "lmul": (BLUE, "L-Mul (adder, paper's constant)"),
    "mitchell": (SKY, "Mitchell (no constant)"),
    "equation1": (PURPLE, "the paper's Eq. 1"),
    "best_mean": (VERMILION, "adder, best real constant"),
}


def products_figure(rows: Sequence[ProductError]) -> Figure:
    """Draw the mean |relative error| by mantissa bits: a row of panels for each kind of operands, a column for each
    cut.
    """
    operands = list(dict.fromkeys(row.operands for row in rows))
    height = 1.5 + 2.75 * len(operands)
    figure = Figure(figsize=(8.6, height), dpi=120, facecolor="white")
    grid = figure.subplots(len(operands), 2, sharex=True, sharey=True, squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.7 / height, top=1 - 0.95 / height, wspace=0.06, hspace=0.22)
    for line, name in zip(grid, operands, strict=True):
        for axes, cut in zip(line, Cut, strict=True):
            _error_panel(axes, [row for row in rows if row.operands == name and row.cut is cut])
            axes.set_title(f"{title_of(name)}, {cut}", fontsize=10, loc="left")
    label_panels(grid, "mantissa bits k of the operands", "mean |relative error|")
    title = "Error of a product against the product of the uncut operands"
    note = "Dotted: exact products of operands in that format, cut the same way."
    put_around(figure, grid[0, 0], 5, title, note)
    return figure


def _error_panel(axes: Axes, rows: Sequence[ProductError]) -> None:
    for method, (colour, title) in STYLES.items():
        points = [(row.bits, row.total.mean) for row in rows if row.method == method and row.bits is not None]
        axes.plot(*zip(*points, strict=True), "-o", color=colour, label=title, lw=1.6, ms=3.5)
    formats = {row.format: row.total.mean for row in rows if row.method == "exact" and row.format is not None}
    for error, names in _close_together(formats):
        axes.text(10.3, error, ", ".join(names), fontsize=7.5, va="center", color="#555555")
    axes.hlines(list(formats.values()), 0.7, 10.2, color="#999999", lw=0.7, ls=":", zorder=0)
    axes.set_yscale("log")
    axes.set_xlim(0.7, 12.3)
    axes.set_xticks(range(1, 11))
    plain_axes(axes)


def _close_together(errors: dict[str, float]) -> list[tuple[float, list[str]]]:
    """Group formats whose labels would overlap, under the error of the first."""
    groups: list[tuple[float, list[str]]] = []
    for name, error in sorted(errors.items(), key=lambda item: item[1]):
        if groups and error < 1.35 * groups[-1][0]:
            groups[-1][1].append(name)
        else:
            groups.append((error, [name]))
    return groups
