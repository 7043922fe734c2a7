"""Picture of the report of multipliers: areas beside the exact unit of the same format."""

from importlib.metadata import version

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.golden.formats import Format
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Policy
from lmul.reporting.drawing import BLUE, GREY, SKY, image
from lmul.reporting.tables import percent
from lmul.synth.report.multipliers.comparison import Comparison, Row
from lmul.synth.technology.technology import Technology

_BARS = {MethodKind.LMUL: BLUE, MethodKind.CORRECTED: SKY, MethodKind.EXACT: GREY}
_BLANK = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}  # behind labels, so that no grid line crosses them
_BAR_HEIGHT = 0.27
_INCHES_PER_FORMAT = 0.92
_MARGIN_INCHES = 1.72


def picture(comparison: Comparison, kind: str) -> bytes:
    """Draw areas as shares of the exact unit's, in horizontal bars, one group a format.

    Parameters
    ----------
    comparison : Comparison
        Rows to draw.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _drawn(comparison), kind, Title="lmul report")


def _drawn(comparison: Comparison) -> Figure:
    formats = list(comparison.sums)
    height = _MARGIN_INCHES + _INCHES_PER_FORMAT * len(formats)
    figure = Figure(figsize=(8.6, height), dpi=120, facecolor="white")
    # Margins in inches, so that a report of one format does not squeeze its titles.
    axes = figure.add_axes((0.08, 0.95 / height, 0.9, 1 - _MARGIN_INCHES / height))
    for place, f in enumerate(formats):
        _group(axes, comparison, f, place)
    _dress(axes, formats)
    title = "Floating-point multipliers: area of L-Mul beside correctly rounded ones"
    figure.text(0.02, 1 - 0.3 / height, title, fontsize=13, weight="bold")
    figure.text(0.02, 0.12 / height, _source(comparison.technology), fontsize=8, color="#555555")
    return figure


def _group(axes: Axes, comparison: Comparison, f: Format, place: int) -> None:
    for line, (kind, colour) in enumerate(_BARS.items()):
        row = comparison.row(f, kind, Policy.FLUSH)
        share = 100 * row.cost.nand2 / row.exact.nand2
        y = place + (line - 1) * _BAR_HEIGHT
        axes.barh(y, share, _BAR_HEIGHT * 0.92, color=colour, label=row.parameters.method.name if place == 0 else None)
        axes.text(share + 1, y, _label(row), va="center", fontsize=8.5, bbox=_BLANK)


def _label(row: Row) -> str:
    area = f"{row.cost.nand2:,.0f} NAND2" if row.cost.area_um2 is None else f"{row.cost.area_um2:,.1f} µm²"
    saving = "" if row.saving is None else f"  {-100 * row.saving:+.0f} %".replace("-", "\N{MINUS SIGN}")
    return f"{area}{saving}   error {percent(row.error, 2)}"


def _dress(axes: Axes, formats: list[Format]) -> None:
    axes.set_yticks(range(len(formats)), [f.name for f in formats], fontsize=11)
    axes.set_ylim(len(formats) - 0.5, -0.5)
    axes.set_xlim(0, 142)
    axes.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)], fontsize=9)
    axes.set_xlabel("area, as a share of the exact unit of the same format", fontsize=9, loc="left")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E5E5E5")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_bounds(0, 100)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=len(_BARS), frameon=False, fontsize=9.5)


def _source(technology: Technology) -> str:
    library = "generic gates, transistors / 4" if technology.is_generic else technology.name
    return (
        "Policy flush; error: mean |relative error| of the product. One flow for all, no timing constraint.\n"
        f"{library}, pyosys {version('pyosys')}, lmul {version('lmul')}."
    )
