"""Placement by coloquinte, in a child process, and the lengths of nets."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmul.synth.layout.floorplan import Floorplan
from lmul.synth.layout.lef import DBU, Lef
from lmul.synth.layout.wiring import Net, Wiring
from lmul.tools.companions import check_companion
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError, run_tool, tool_environment

FEW = 8
"""Most places that a net joins whose length is half of its perimeter. Of more that says too little, as of a clock's."""

EFFORT = 3
"""Effort of coloquinte, of 1 to 9: its default."""

# Cells are widened to fill half of the room that is left; without that they crowd in the middle, where wires would not
# have room. Wider ones do not always fit into the rows.
_PROGRAM = """
import json, coloquinte as c
given = json.load(open("given.json"))
circuit = c.Circuit(len(given["widths"]))
circuit.cell_width, circuit.cell_height = given["widths"], given["heights"]
circuit.cell_is_fixed = given["fixed"]
circuit.cell_is_obstruction = [not fixed for fixed in given["fixed"]]
circuit.cell_x, circuit.cell_y = given["x"], given["y"]
orientations = [c.CellOrientation.N, c.CellOrientation.FS]
width, height, rows = given["row"]
circuit.rows = [
    c.Row(c.Rectangle(0, width, place * height, (place + 1) * height), orientations[place % 2]) for place in range(rows)
]
circuit.cell_row_polarity = [c.CellRowPolarity.SAME] * len(given["widths"])
circuit.cell_orientation = [c.CellOrientation.N] * len(given["widths"])
for net in given["nets"]:
    circuit.add_net(*net)
circuit.check()
circuit.expand_cells_to_density(given["density"], 0.0)
parameters = c.ColoquinteParameters(given["effort"])
circuit.place_global(parameters)
circuit.place_detailed(parameters)
found = {"x": circuit.cell_x, "y": circuit.cell_y, "way": [way.name for way in circuit.cell_orientation]}
json.dump(found, open("found.json", "w"))
"""


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


def place(wiring: Wiring, lef: Lef, floor: Floorplan, seed: int = 0) -> Placement:
    """Place all cells: the sum of half-perimeters is to be small.

    Parameters
    ----------
    wiring, lef, floor
        Netlist, sizes of cells, and floorplan.
    seed : int
        With 0 coloquinte gets cells and nets in the order of the netlist, else shuffled.

    Raises
    ------
    ToolError
        coloquinte is not installed, or stopped.
    """
    check_companion("coloquinte")
    cells, nets = list(range(len(wiring.cells))), wiring.wires
    if seed:
        shuffle = random.Random(seed).shuffle
        shuffle(cells)
        shuffle(nets)
    found = _run(_problem(wiring, lef, floor, cells, nets))
    ways = dict(zip(cells, zip(found["x"], found["y"], found["way"], strict=False), strict=False))
    legal = list(_on_sites(wiring, lef, floor, ways))
    return Placement(wiring, lef, floor, [each for _, each in sorted(legal, key=lambda pair: pair[0])])


def _problem(wiring: Wiring, lef: Lef, floor: Floorplan, cells: list[int], nets: list[Net]) -> dict[str, Any]:
    macros = [lef.macros[wiring.cells[cell]] for cell in cells]
    number = {cell: place for place, cell in enumerate(cells)}
    ports = {port: len(cells) + place for place, port in enumerate(floor.pins)}
    points = list(floor.pins.values())

    def joined(net: Net) -> Iterator[tuple[int, int, int]]:
        for port in net.ports:
            yield ports[port], 0, 0
        for cell, pin in net.pins:
            yield number[cell], *lef.macros[wiring.cells[cell]].centre(pin)

    return {
        "widths": [*(macro.width for macro in macros), *(0 for _ in points)],
        "heights": [*(macro.height for macro in macros), *(0 for _ in points)],
        "fixed": [*(False for _ in macros), *(True for _ in points)],
        "x": [*(floor.width // 2 for _ in macros), *(x for x, _ in points)],
        "y": [*(floor.height // 2 for _ in macros), *(y for _, y in points)],
        "row": [floor.width, lef.height, floor.rows],
        "nets": [list(map(list, zip(*joined(net), strict=True))) for net in nets],
        "effort": EFFORT,
        "density": (1 + sum(macro.width for macro in macros) / (floor.rows * floor.width)) / 2,
    }


def _run(given: dict[str, Any]) -> dict[str, Any]:
    with scratch_folder() as folder:
        (folder / "given.json").write_text(json.dumps(given))
        status, printed = run_tool(
            [sys.executable, "-P", "-c", _PROGRAM], folder, tool_environment(), name="coloquinte"
        )
        if status:
            last = printed.strip().splitlines()[-1:] or [f"exit status {status}"]
            raise ToolError(f"coloquinte stopped: {last[0]}")
        found: dict[str, Any] = json.loads((folder / "found.json").read_text())
    return found


def _on_sites(
    wiring: Wiring, lef: Lef, floor: Floorplan, ways: dict[int, tuple[int, int, str]]
) -> Iterator[tuple[int, Place]]:
    """Move the cells of each row to sites, in their order, as little as that allows."""
    rows: dict[int, list[tuple[int, int, str]]] = {}
    for cell, (x, y, way) in ways.items():
        rows.setdefault(y, []).append((x, cell, way))
    for y, row in rows.items():
        row.sort()
        sizes = [-(-lef.macros[wiring.cells[cell]].width // lef.step) for _, cell, _ in row]
        right = floor.sites
        latest = []
        for size in reversed(sizes):
            right -= size
            latest.append(right)
        left = 0
        for (x, cell, way), size, last in zip(row, sizes, reversed(latest), strict=True):
            site = min(max(round(x / lef.step), left), last)
            if site < left:
                raise ToolError("coloquinte stopped: a row is fuller than its sites")
            yield cell, Place(site * lef.step, y, way)
            left = site + size
