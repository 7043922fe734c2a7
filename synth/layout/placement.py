"""Placed netlists, and the lengths of their nets."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmul.synth.layout.floorplan import Floorplan
from lmul.synth.layout.lef import DBU, Box, Lef
from lmul.synth.layout.wiring import Net, Wiring

FEW = 8
"""Most places that a net joins whose length is half of its perimeter. Of more that says too little, as of a clock's."""


@dataclass(frozen=True)
class Place:
    """Left lower corner of a cell in nm, and its orientation as in DEF: N, or FS upside down; FN and S are mirrored."""

    x: int
    y: int
    way: str


class Placement:
    """Placed netlist.

    Parameters
    ----------
    wiring, lef, floor
        Netlist, sizes of cells, and floorplan.
    places : list of Place
        Place of each cell.
    """

    def __init__(self, wiring: Wiring, lef: Lef, floor: Floorplan, places: list[Place]) -> None:
        self.wiring, self.lef, self.floor, self.places = wiring, lef, floor, places

    def pin(self, cell: int, pin: str) -> tuple[int, int]:
        """Return the place of a cell's pin in nm."""
        place, macro = self.places[cell], self.lef.macros[self.wiring.cells[cell]]
        x, y = macro.centre(pin)
        if place.way in ("FN", "S"):
            x = macro.width - x
        if place.way in ("FS", "S"):
            y = macro.height - y
        return place.x + x, place.y + y

    def boxes(self, cell: int, pin: str) -> Iterator[tuple[str, Box]]:
        """Yield layers and boxes of a cell's pin where the cell is placed, in nm."""
        place, macro = self.places[cell], self.lef.macros[self.wiring.cells[cell]]
        for layer, (left, below, right, above) in macro.pins[pin]:
            x, y = (left, right), (below, above)
            if place.way in ("FN", "S"):
                x = macro.width - right, macro.width - left
            if place.way in ("FS", "S"):
                y = macro.height - above, macro.height - below
            yield layer, (place.x + x[0], place.y + y[0], place.x + x[1], place.y + y[1])

    def points(self, net: Net) -> list[tuple[int, int]]:
        """List the places that a net joins, in nm: ports, then pins."""
        return [*(self.floor.pins[port] for port in net.ports), *(self.pin(*pin) for pin in net.pins)]

    def half_perimeter(self, net: Net) -> float:
        """Return half of the perimeter around all that a net joins, in um."""
        xs, ys = ([point[axis] for point in self.points(net)] for axis in (0, 1))
        return (max(xs) - min(xs) + max(ys) - min(ys)) / DBU

    def length(self, net: Net) -> float:
        """Estimate the length of a net in um: half of its perimeter, or of many places their spanning tree."""
        points = self.points(net)
        return spanning_tree(points) / DBU if len(points) > FEW else self.half_perimeter(net)

    def lengths(self) -> dict[int, float]:
        """Return the lengths of all nets in um, by bit."""
        return {net.bit: self.length(net) for net in self.wiring.wires}


def spanning_tree(points: list[tuple[int, int]]) -> int:
    """Return the length of the shortest tree of vertical and horizontal wires from place to place, after Prim."""
    left = np.array(points)
    last, left = left[0], left[1:]
    nearest = np.abs(left - last).sum(axis=1)
    total = 0
    while len(left):
        best = int(nearest.argmin())
        total += int(nearest[best])
        last = left[best]
        left, nearest = np.delete(left, best, axis=0), np.delete(nearest, best)
        nearest = np.minimum(nearest, np.abs(left - last).sum(axis=1))
    return total
