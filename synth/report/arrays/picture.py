"""Picture of the report of arrays: the cost of a product in a dot product, part by part."""

from importlib.metadata import version

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.reporting.drawing import BLUE, GREY, ORANGE, SKY, image
from lmul.reporting.sections import Record, Section
from lmul.synth.measure.catalog import MAIN_METHODS
from lmul.synth.measure.session import Measured

_PARTS = {
    "multiplier": (BLUE, "multiplier"),
    "alignment": (SKY, "alignment"),
    "sum": (ORANGE, "adder tree, accumulator"),
    "words": (GREY, "stationary words"),
}
_ROW_INCHES = 0.24
_MARGIN_INCHES = 1.5
_BAR_HEIGHT = 0.8


def array_picture(lanes: Section, measured: Measured, kind: str) -> bytes:
    """Draw stacked bars, one a method, grouped by format; anchored accumulators only.

    Parameters
    ----------
    lanes : Section
        Table of areas.
    measured : Measured
        Session that they were measured in.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _drawn(lanes, measured), kind, Title="lmul report --arrays")


def _drawn(lanes: Section, measured: Measured) -> Figure:
    methods = [method.name for method in MAIN_METHODS]
    records = [
        record
        for record in lanes.records
        if str(record["accumulator"]).startswith("anchored") and record["method"] in methods
    ]
    height = _MARGIN_INCHES + _ROW_INCHES * (len(records) + len({record["format"] for record in records}))
    figure = Figure(figsize=(8.6, height), dpi=120, facecolor="white")
    axes = figure.add_axes((0.17, 0.6 / height, 0.8, 1 - _MARGIN_INCHES / height))
    _bars(axes, records)
    figure.text(
        0.02, 1 - 0.3 / height, "A product's share of a dot product, anchored accumulator", fontsize=13, weight="bold"
    )
    technology = measured.technology
    library = "generic gates" if technology.is_generic else technology.name
    source = (
        "NAND2 equivalents, 16 lanes (fp32: 4), weight-stationary; %: against the smaller of exact and rounded."
        f" {library}, lmul {version('lmul')}."
    )
    figure.text(0.02, 0.1 / height, source, fontsize=8, color="#555555")
    return figure


def _bars(axes: Axes, records: list[Record]) -> None:
    widest = max(float(record["total"] or 0) for record in records if record["format"] != "fp32" or len(records) < 5)
    places, names, place, last = [], [], 0.0, None
    for record in records:
        place += 1 + (record["format"] != last and last is not None)
        _stack(axes, record, place, widest, legend=last is None)
        last = record["format"]
        places.append(place)
        names.append(f"{record['format']} {record['method']}")
    axes.set_yticks(places, names, fontsize=9)
    axes.set_ylim(place + 0.6, 0.4)
    axes.set_xlim(0, 1.25 * widest)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(_PARTS), frameon=False, fontsize=9)


def _stack(axes: Axes, record: Record, place: float, widest: float, legend: bool) -> None:
    left = 0.0
    for key, (colour, title) in _PARTS.items():
        size = max(float(record[key] or 0), 0)
        axes.barh(place, size, _BAR_HEIGHT, left=left, color=colour, label=title if legend else None)
        left += size
    saved = record["saved"]
    text = f"{float(record['total'] or 0):,.0f}" + ("" if saved is None else f"  {round(-100 * float(saved)):+d} %")
    # The number of a bar that exceeds the scale stands inside the panel.
    beyond = left > widest
    text = text.replace("-", "\N{MINUS SIGN}") + (" (beyond the scale)" if beyond else "")
    end, colour = (0.97 * widest, "white") if beyond else (left, "black")
    axes.text(end + 0.01 * widest, place, text, va="center", fontsize=8.5, clip_on=True, color=colour)
