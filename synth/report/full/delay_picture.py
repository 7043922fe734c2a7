"""Picture of area against delay: one panel a format, one line a method."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.golden.formats import Format
from lmul.reporting.drawing import METHOD_COLOURS, image, quiet
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.delay_curves import DELAY_METHODS, area_flow, best

_MARKS = {"lmul": "o", "corrected2": "s", "exact": "^"}
_PANEL_INCHES = (4.3, 3.3)
_COLUMNS = 2


def delay_picture(measured: Measured, formats: Sequence[Format], kind: str) -> bytes:
    """Draw the lower envelopes as steps: at each delay, the area of the smallest netlist that is fast enough.

    Parameters
    ----------
    measured : Measured
        Session with the outcomes of `delay_jobs`.
    formats : sequence of Format
        Formats, one panel each.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _drawn(measured, formats), kind, Title="area against delay")


def _drawn(measured: Measured, formats: Sequence[Format]) -> Figure:
    columns = min(_COLUMNS, len(formats))
    rows = -(-len(formats) // columns)
    width, height = _PANEL_INCHES[0] * columns, _PANEL_INCHES[1] * rows + 1.0
    figure = Figure(figsize=(width, height), dpi=120, facecolor="white")
    panels = figure.subplots(rows, columns, squeeze=False)
    figure.subplots_adjust(
        left=0.75 / width, right=1 - 0.2 / width, bottom=0.95 / height, top=1 - 0.75 / height, hspace=0.42, wspace=0.26
    )
    for place, axes in enumerate(panels.flat):
        if place < len(formats):
            _panel(axes, measured, formats[place])
        else:
            axes.set_axis_off()
    first = panels[0][0]
    first.legend(loc="upper right", frameon=False, fontsize=9)
    figure.text(
        0.15 / width, 1 - 0.32 / height, "What speed costs: area against delay of a product", fontsize=13, weight="bold"
    )
    source = (
        f"Best of the same recipes for every contender, policy flush. {measured.technology.name}, typical corner,"
        " no wires.\nLarge marks: by the area flow of all other tables."
    )
    figure.text(0.15 / width, 0.12 / height, source, fontsize=8, color="#555555")
    return figure


def _panel(axes: Axes, measured: Measured, f: Format) -> None:
    curves = {method: best(measured, f, method) for method in DELAY_METHODS}
    flows = {method: area_flow(measured, f, method) for method in DELAY_METHODS}
    slowest = 1.05 * max(point.delay_ps for point in (*flows.values(), *(curve[0] for curve in curves.values())))
    for method, curve in curves.items():
        colour, mark = METHOD_COLOURS[method.name], _MARKS[method.name]
        delays = [point.delay_ps for point in reversed(curve)]
        areas = [point.area_um2 for point in reversed(curve)]
        axes.step([*delays, slowest], [*areas, areas[-1]], where="post", color=colour, linewidth=1.4, label=method.name)
        axes.plot(delays, areas, mark, color=colour, markersize=3)
        axes.plot(flows[method].delay_ps, flows[method].area_um2, mark, color=colour, markersize=7)
    axes.set_title(f.name, fontsize=11, loc="left")
    axes.set_xlim(0, slowest)
    axes.set_ylim(0, 1.08 * max(curve[-1].area_um2 for curve in curves.values()))
    axes.set_xlabel("delay, ps", fontsize=9)
    axes.set_ylabel("area, um2", fontsize=9)
    axes.tick_params(labelsize=8)
    quiet(axes)
