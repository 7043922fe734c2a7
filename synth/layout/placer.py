"""Placement by coloquinte, in a child process."""

import json
import random
import sys
from collections.abc import Iterator
from typing import Any

from lmul.synth.layout.floorplan import Floorplan
from lmul.synth.layout.lef import Lef
from lmul.synth.layout.placement import Place, Placement
from lmul.synth.layout.wiring import Net, Wiring
from lmul.tools.companions import check_companion
from lmul.tools.files import scratch_folder
from lmul.tools.process import ToolError, run_tool, tool_environment

EFFORT = 3
"""Effort of coloquinte, of 1 to 9: its default."""

# Cells are widened to fill half of the room that is left; without that they crowd in the middle, where wires would not
# have room. Wider ones do not always fit into few rows.
_PROGRAM = """
import json, coloquinte as c
given = json.load(open("given.json"))
width, height, rows = given["row"]
ways = [c.CellOrientation.N, c.CellOrientation.FS]
def placed(density):
    circuit = c.Circuit(len(given["widths"]))
    circuit.cell_width, circuit.cell_height = given["widths"], given["heights"]
    circuit.cell_is_fixed = given["fixed"]
    circuit.cell_is_obstruction = [not fixed for fixed in given["fixed"]]
    circuit.cell_x, circuit.cell_y = given["x"], given["y"]
    circuit.rows = [
        c.Row(c.Rectangle(0, width, place * height, (place + 1) * height), ways[place % 2]) for place in range(rows)
    ]
    circuit.cell_row_polarity = [c.CellRowPolarity.SAME] * len(given["widths"])
    circuit.cell_orientation = [ways[0]] * len(given["widths"])
    for net in given["nets"]:
        circuit.add_net(*net)
    circuit.check()
    if density:
        circuit.expand_cells_to_density(density, 0.0)
    parameters = c.ColoquinteParameters(given["effort"])
    circuit.place_global(parameters)
    circuit.place_detailed(parameters)
    return circuit
try:
    circuit = placed(given["density"])
except RuntimeError:
    circuit = placed(None)
found = {"x": circuit.cell_x, "y": circuit.cell_y, "way": [way.name for way in circuit.cell_orientation]}
json.dump(found, open("found.json", "w"))
"""


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
