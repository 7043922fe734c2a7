"""Drawing routines that all pictures share. The same input gives the same bytes."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

# Palette of Okabe and Ito, which people with any colour vision can tell apart; lightness differs too.
BLUE, SKY, ORANGE, GREY = "#0072B2", "#56B4E9", "#E69F00", "#BBBBBB"
GREEN, VERMILION, PURPLE, BLACK = "#009E73", "#D55E00", "#CC79A7", "#000000"

METHOD_COLOURS = {
    "lmul": BLUE,
    "mitchell": GREEN,
    "constant1": PURPLE,
    "corrected1": SKY,
    "corrected2": SKY,
    "corrected3": SKY,
    "rounded": ORANGE,
    "exact": BLACK,
}
"""Colour of each method, in every picture with lines or points."""

KINDS = ("png", "svg")


def image(draw: Callable[[], Figure], kind: str, **metadata: str) -> bytes:
    """Draw a figure, and return the content of its file.

    Parameters
    ----------
    draw : callable
        Function that makes the figure; it does not see the user's own settings of matplotlib.
    kind : str
        `png` or `svg`.
    metadata : str
        Metadata of the file, such as `Title`.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "lmul"  # without it, identifiers in an SVG are random
        content = io.BytesIO()
        # Leave out the version (PNG) and the date (SVG), which would change the bytes.
        unstated = {"Software" if kind == "png" else "Date": None}
        draw().savefig(content, format=kind, metadata={**metadata, **unstated})
    return content.getvalue()


def quiet(axes: Axes, *sides: str) -> None:
    """Draw a grey grid behind all else, and hide the frame on top, on the right and on `sides`."""
    axes.grid(color="#E5E5E5", linewidth=0.7)
    axes.set_axisbelow(True)
    for side in ("top", "right", *sides):
        axes.spines[side].set_visible(False)


def label_panels(grid: NDArray[Any], below: str, left: str) -> None:
    """Label the axes, once for each column and each row of panels."""
    for axes in grid[-1]:
        axes.set_xlabel(below, fontsize=9)
    for axes in grid[:, 0]:
        axes.set_ylabel(left, fontsize=9)


def put_around(figure: Figure, first: Axes, columns: int, title: str, note: str) -> None:
    """Add a title, below it the legend of the panel `first` in `columns` columns, and a note at the foot."""
    height = figure.get_figheight()
    handles, labels = first.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(0.08, 1 - 0.36 / height),
        ncols=columns,
        frameon=False,
        fontsize=8,
        columnspacing=1.2,
        handlelength=1.6,
    )
    figure.text(0.02, 1 - 0.28 / height, title, fontsize=13, weight="bold")
    figure.text(0.02, 0.1 / height, note, fontsize=8, color="#555555")


def plain_axes(axes: Axes) -> None:
    """Draw faint horizontal grid lines, and hide the frame on top and on the right."""
    axes.tick_params(labelsize=8.5)
    axes.grid(axis="y", color="#EEEEEE")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
