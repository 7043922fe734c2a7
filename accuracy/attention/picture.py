"""Figure of `lmul accuracy attention`."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.accuracy.attention.replaced_matmul import Arm
from lmul.accuracy.attention.sections import ratio
from lmul.accuracy.attention.study import AttentionError
from lmul.accuracy.products.picture import STYLES
from lmul.accuracy.unbounded import Cut
from lmul.reporting.drawing import label_panels, plain_axes, put_around

_COLOURS = {arm: STYLES[arm][0] for arm in (Arm.EXACT, Arm.LMUL, Arm.MITCHELL, Arm.EQUATION1)}
_COLOURS |= {Arm.FITTED: "#999999", Arm.BEST: STYLES["best_mean"][0], Arm.GAIN: "#009E73"}
_TITLES = {"attention": "attention replaced", "all": "all products replaced"}

Rows = Sequence[AttentionError]


def attention_figure(rows: Rows) -> Figure:
    """Draw the mean square relative to exact e4m3, rounded: a row of panels a scope, a column a cut."""
    scopes = list(dict.fromkeys(row.scope for row in rows))
    height = 1.6 + 2.9 * len(scopes)
    figure = Figure(figsize=(8.6, height), dpi=120, facecolor="white")
    grid = figure.subplots(len(scopes), 2, sharex=True, sharey=True, squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.75 / height, top=1 - 0.95 / height, wspace=0.06, hspace=0.22)
    for line, scope in zip(grid, scopes, strict=True):
        for axes, cut in zip(line, Cut, strict=True):
            _panel(axes, rows, scope, cut)
            axes.set_title(f"{_TITLES[scope]}, operands {cut}", fontsize=10, loc="left")
    label_panels(grid, "mantissa bits k of the operands (e8mk), or format", "MSE / that of exact e4m3, rounded")
    title = "Squared error of a transformer's attention, its multiplications replaced"
    note = "Against float32, mean over the layers. Dotted: exact products of e4m3 operands, rounded."
    put_around(figure, grid[0, 0], 7, title, note)
    return figure


def _panel(axes: Axes, rows: Rows, scope: str, cut: Cut) -> None:
    own = [row for row in rows if row.scope == scope and row.replacement.cut is cut]
    places = {"e5m2": 8.2, "e4m3": 9.4}
    for number, (arm, colour) in enumerate(_COLOURS.items()):
        found = {r.replacement.operands_name: ratio(r, rows) for r in own if r.replacement.arm is arm}
        line = sorted(
            (7 if name == "bf16" else int(name[3:]), value) for name, value in found.items() if name not in places
        )
        axes.plot(
            [k for k, _ in line],
            [value for _, value in line],
            "-o",
            color=colour,
            lw=1.6,
            ms=3.5,
            zorder=2 - (arm is Arm.FITTED),
        )
        # Marks of one format stand side by side, since many values are close.
        marks = [(places[name] + 0.16 * (number - 3), found[name]) for name in places if name in found]
        axes.plot([x for x, _ in marks], [value for _, value in marks], "D", color=colour, ms=5)
        axes.plot([], [], "-o", color=colour, label=arm.label, lw=1.6, ms=3.5)
    axes.axhline(1, color="#666666", lw=1, ls=":", zorder=0)
    axes.set_yscale("log")
    axes.set_xlim(1.6, 10.1)
    axes.set_xticks([*range(2, 8), *places.values()], [*map(str, range(2, 8)), *places])
    plain_axes(axes)
