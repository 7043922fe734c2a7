"""Pictures of placements: cells coloured by what they are for, all at one scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from lmul.reporting.drawing import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, image
from lmul.synth.layout.lef import DBU
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.purpose import Purpose

COLOURS = {
    Purpose.REGISTER: GREY,
    Purpose.ZERO: VERMILION,
    Purpose.MANTISSA: BLUE,
    Purpose.EXPONENT: GREEN,
    Purpose.EDGES: ORANGE,
    Purpose.LANE: BLUE,
    Purpose.TREE: PURPLE,
    Purpose.OTHER: SKY,
}
_WIDTH, _GAP, _TOP, _FOOT = 10.0, 0.35, 1.0, 0.35  # inches
_HIGHEST = 8.0


@dataclass(frozen=True)
class Drawn:
    """Placement to draw, and the purpose of each cell."""

    placement: Placement
    purposes: Sequence[Purpose]


def placement_picture(each: Mapping[str, Drawn], kind: str) -> bytes:
    """Draw placements side by side at one scale, by title; the purposes of cells follow from what they depend on.

    Parameters
    ----------
    each : mapping of str to Drawn
        Placements by title.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _figure(each), kind, Title="lmul layout")


def _figure(each: Mapping[str, Drawn]) -> Figure:
    floors = [one.placement.floor for one in each.values()]
    wide = sum(floor.width for floor in floors) / DBU
    high = max(floor.height for floor in floors) / DBU
    scale = min((_WIDTH - _GAP * (len(floors) + 1)) / wide, _HIGHEST / high)  # inches a um
    width, height = max(scale * wide + _GAP * (len(floors) + 1), 6.0), scale * high + _TOP + _FOOT
    figure = Figure(figsize=(width, height), dpi=120, facecolor="white")
    left = _GAP
    for (title, one), floor in zip(each.items(), floors, strict=True):
        size = (scale * floor.width / DBU / width, scale * floor.height / DBU / height)
        axes = figure.add_axes((left / width, _FOOT / height, *size))
        _draw(axes, one, title)
        left += scale * floor.width / DBU + _GAP
    used = [purpose for purpose in Purpose if any(purpose in one.purposes for one in each.values())]
    figure.legend(
        handles=[Patch(facecolor=COLOURS[purpose], label=purpose.value) for purpose in used],
        loc="upper left",
        bbox_to_anchor=(_GAP / 2 / width, 1.0),
        ncols=min(len(used), 4),
        frameon=False,
        fontsize=8.5,
    )
    figure.text(0.02, 0.08 / height, f"Placed by coloquinte, lmul {version('lmul')}.", fontsize=8, color="#555555")
    return figure


def _draw(axes: Axes, one: Drawn, title: str) -> None:
    placement = one.placement
    lef, floor = placement.lef, placement.floor
    boxes = []
    for cell, place in zip(placement.wiring.cells, placement.places, strict=True):
        macro = lef.macros[cell]
        boxes.append(Rectangle((place.x / DBU, place.y / DBU), macro.width / DBU, macro.height / DBU))
    colours = [COLOURS[purpose] for purpose in one.purposes]
    axes.add_collection(PatchCollection(boxes, facecolors=colours, edgecolors="white", linewidths=0.3))
    for row in range(1, floor.rows):
        axes.axhline(row * lef.height / DBU, color="#EEEEEE", linewidth=0.4, zorder=0)
    xs, ys = zip(*floor.pins.values(), strict=True)
    pins = [[place / DBU for place in line] for line in (xs, ys)]
    axes.plot(*pins, linestyle="", marker="s", markersize=2, color=BLACK, clip_on=False)
    axes.set_xlim(0, floor.width / DBU)
    axes.set_ylim(0, floor.height / DBU)
    axes.set_xticks([])
    axes.set_yticks([])
    size = f"{floor.width / DBU:.1f} x {floor.height / DBU:.1f} um, {len(placement.places)} cells"
    axes.set_title(f"{title}\n{size}", fontsize=9, loc="left")
