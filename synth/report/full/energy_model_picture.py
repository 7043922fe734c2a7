"""Picture of the technology-free energy model: its energies over those of a library."""

import io

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.reporting.sections import Record, Section
from lmul.synth.report.full.agreement import KINDS, MODELS, agreement_of

# Colours of Okabe and Ito; the marks differ too.
_MARKS = {"multiplier": ("o", "#0072B2", "multipliers"), "MAC": ("s", "#E69F00", "multiply-accumulates")}


def model_picture(section: Section, library: str, kind: str) -> bytes:
    """Draw energies of the model over those of the library, without glitches and with them, on logarithmic scales.

    Parameters
    ----------
    section : Section
        Section from `model_section`.
    library : str
        Name of the library.
    kind : str
        `png` or `svg`.
    """
    # The user's own settings are left out, so that the same input gives the same bytes.
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "lmul"
        content = io.BytesIO()
        # Leave out the version (PNG) and the date (SVG), which would change the bytes.
        unstated = "Software" if kind == "png" else "Date"
        _drawn(section, library).savefig(content, format=kind, metadata={"Title": section.title, unstated: None})
    return content.getvalue()


def _drawn(section: Section, library: str) -> Figure:
    figure = Figure(figsize=(9.2, 5.0), dpi=120, facecolor="white")
    figure.text(0.02, 0.94, "Technology-free energy against a library's tables", fontsize=13, weight="bold")
    for place, (kind, title) in enumerate(KINDS.items()):
        axes = figure.add_axes((0.09 + 0.49 * place, 0.16, 0.40, 0.66))
        _scatter(axes, section.records, kind)
        axes.set_title(title, fontsize=11, loc="left")
        axes.set_xlabel(f"pJ a cycle, {library}", fontsize=9)
    figure.axes[0].set_ylabel("pJ a cycle, model after one factor", fontsize=9)
    figure.axes[0].legend(loc="upper left", frameon=False, fontsize=9)
    source = f"Toggles times driven cell inputs, on the netlist of {library}. Line: equal. Gaussian operands."
    figure.text(0.02, 0.02, source, fontsize=8, color="#555555")
    return figure


def _scatter(axes: Axes, records: list[Record], kind: str) -> None:
    model = next(iter(MODELS))  # on the same netlist
    agreement = agreement_of(records, kind, model)
    ends = [float("inf"), 0.0]
    for start, (mark, colour, title) in _MARKS.items():
        rows = [record for record in records if str(record["unit"]).startswith(start)]
        across = [float(row[kind] or 0) for row in rows]
        up = [agreement.factor * float(row[f"{kind}_{model}"] or 0) for row in rows]
        axes.plot(across, up, mark, color=colour, markersize=5, alpha=0.8, label=title)
        ends = [min(ends[0], *across, *up), max(ends[1], *across, *up)]
    low, high = 0.8 * ends[0], 1.25 * ends[1]
    axes.plot([low, high], [low, high], color="#555555", linewidth=0.8, zorder=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(low, high)
    axes.grid(color="#E5E5E5")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    text = f"correlation of logarithms {agreement.correlation:.3f}\nworst ratio {agreement.worst:.2f}"
    axes.text(0.97, 0.04, text, transform=axes.transAxes, ha="right", fontsize=9)
