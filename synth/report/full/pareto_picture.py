"""Pictures of the Pareto fronts, and of savings against mantissa width."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from lmul.reporting.drawing import METHOD_COLOURS, VERMILION, image, quiet
from lmul.reporting.sections import Record, Section

_MARKERS = {"lmul": "o", "mitchell": "v", "corrected1": "1", "corrected2": "D", "corrected3": "s", "rounded": "P"}
_COSTS = {"area": "area, NAND2 equivalents a product", "glitches": "energy with glitches, fJ a product"}
_LINES = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000", "#999999", "#8C564B")
_DASHES = ("-", "--", "-.", ":")


def pareto_picture(sections: Sequence[Section], kind: str) -> bytes:
    """Draw error against area and energy, one row of panels a use, with the fronts as lines.

    Parameters
    ----------
    sections : sequence of Section
        Sections from `pareto_section`.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _fronts(sections), kind, Title="lmul report --full: Pareto fronts")


def _fronts(sections: Sequence[Section]) -> Figure:
    costs = [cost for cost in _COSTS if any(record[cost] is not None for record in sections[0].records)]
    figure = Figure(figsize=(6.4 * len(costs), 5.2 * len(sections)), dpi=110, facecolor="white", layout="constrained")
    grid = figure.subplots(len(sections), len(costs), squeeze=False)
    for row, section in zip(grid, sections, strict=True):
        for axes, cost in zip(row, costs, strict=True):
            _panel(axes, section, cost)
    legend = {
        name: handle for axes in grid.flat for handle, name in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(legend.values(), legend, loc="outside lower center", ncols=4, frameon=False)
    return figure


def _panel(axes: Axes, section: Section, cost: str) -> None:
    known = [record for record in section.records if record[cost] is not None]
    for method in dict.fromkeys([*METHOD_COLOURS, *(str(record["method"]) for record in known)]):
        points = [_point(record, cost) for record in known if record["method"] == method]
        if points:
            x, y = zip(*points, strict=True)
            marker, colour = _MARKERS.get(method, "x"), METHOD_COLOURS.get(method, VERMILION)
            axes.plot(x, y, marker, color=colour, markersize=5, label=method, linestyle="none", alpha=0.8)
    best = [(_point(record, cost), record) for record in known if record[f"front_{cost}"]]
    best.sort(key=lambda pair: pair[0])
    axes.step([p[0] for p, _ in best], [p[1] for p, _ in best], where="post", color="#999999", linewidth=1, zorder=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(x=0.15, y=0.07)
    _name(axes, [(point, f"{each['format']} {each['method']}".replace("corrected", "c")) for point, each in best])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    for formatter in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatter(FuncFormatter(_number))
    axes.set_xlabel("mean |relative error| of products" if "multiplier" in section.key else "NRMSE of dot products")
    axes.set_ylabel(_COSTS[cost])
    axes.set_title(section.title, fontsize=10, loc="left")
    quiet(axes)


def _name(axes: Axes, best: Sequence[tuple[tuple[float, float], str]]) -> None:
    """Write names below and left of the front, where no design is; leave out those that would overlap."""
    to_axes = axes.transData + axes.transAxes.inverted()
    taken: list[tuple[float, float, float]] = []  # right end, top, width, in shares of the panel
    for point, name in best:
        x, y = to_axes.transform(point)
        width = 0.0105 * len(name)
        if all(abs(y - top) > 0.027 or x - width > right or x < right - other for right, top, other in taken):
            axes.annotate(name, point, (-3, -3), textcoords="offset points", fontsize=6.5, ha="right", va="top")
            taken.append((x, y, width))


def _number(value: float, place: int | None) -> str:
    """Write a tick's number, at 1, 2, 3, 5 and 7 times a power of ten only."""
    leading = f"{value:e}"[0]
    return f"{value:,.4g}" if leading in "12357" else ""


def _point(record: Record, cost: str) -> tuple[float, float]:
    return float(record["error"] or 0), float(record[cost] or 0)


def width_picture(section: Section, kind: str) -> bytes:
    """Draw savings against mantissa bits, one line a datapath.

    Parameters
    ----------
    section : Section
        Section from `width_section`.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _lines(section), kind, Title="lmul report --full: savings by width")


def _lines(section: Section) -> Figure:
    figure = Figure(figsize=(8.6, 5), dpi=110, facecolor="white", layout="constrained")
    axes = figure.subplots()
    names = [name for name in section.columns if name != "format"]
    for number, name in enumerate(names):
        points = [
            (m, float(value)) for m, record in enumerate(section.records, 1) if (value := record[name]) is not None
        ]
        x, y = zip(*points, strict=True)
        style = _DASHES[number % len(_DASHES)]
        axes.plot(x, y, style, marker="o", markersize=3.5, color=_LINES[number % len(_LINES)], label=name)
    axes.set_xticks(range(1, len(section.records) + 1))
    axes.set_xlabel("mantissa bits, 5 exponent bits")
    axes.set_ylabel("area saved against exact, same format")
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title(section.title, fontsize=11, loc="left")
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    quiet(axes)
    return figure
