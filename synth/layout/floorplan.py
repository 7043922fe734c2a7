"""Floorplan of a unit: rows of sites in a square, and pins on its edge."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmul.synth.layout.lef import DBU, Layer, Lef
from lmul.synth.layout.wiring import Wiring, bit_name


@dataclass(frozen=True)
class Floorplan:
    """Core, without a margin.

    Parameters
    ----------
    sites, rows : int
        Sites of a row, and rows.
    width, height : int
        Size in nm.
    pins : dict of str to (int, int)
        Places of port bits on the edge, in nm.
    """

    sites: int
    rows: int
    width: int
    height: int
    pins: dict[str, tuple[int, int]]


def floorplan(wiring: Wiring, lef: Lef, utilisation: float) -> Floorplan:
    """Make the core as square as rows allow; the first input comes from the left, the second from the right.

    Other inputs come from above, outputs leave below; the bits of an edge have equal distances, on tracks.

    Parameters
    ----------
    wiring, lef
        Cells, and their sizes.
    utilisation : float
        Area of the cells over that of the core.

    Raises
    ------
    ValueError
        A cell or a pin is not in the LEF files, or the utilisation is not 0.01 to 0.9.
    """
    if not 0.01 <= utilisation <= 0.9:
        raise ValueError(f"utilisation must be 0.01 or more and at most 0.9, not {utilisation}")
    unknown = sorted({cell for cell in wiring.cells if cell not in lef.macros})
    if unknown:
        raise ValueError(f"LEF must have the library's cells, and lacks {', '.join(unknown)}")
    tall = sorted({cell for cell in wiring.cells if lef.macros[cell].height != lef.height})
    if tall:
        raise ValueError(f"LEF must have cells of one row, {lef.height / DBU:g} um, unlike {', '.join(tall)}")
    pins = {(wiring.cells[cell], pin) for net in wiring.nets.values() for cell, pin in net.pins}
    without = sorted(f"{cell}/{pin}" for cell, pin in pins if pin not in lef.macros[cell].pins)
    if without:
        raise ValueError(f"LEF must have the cells' pins as RECT or POLYGON, and lacks {', '.join(without)}")
    cells = sum(lef.macros[cell].width // lef.step for cell in wiring.cells)
    sites = max(cells / utilisation, 1)
    rows = max(round(math.sqrt(sites * lef.step / lef.height)), 1)
    longest = max((lef.macros[cell].width // lef.step for cell in wiring.cells), default=1)
    each = max(math.ceil(sites / rows), longest)
    width, height = each * lef.step, rows * lef.height
    return Floorplan(each, rows, width, height, dict(_pins(wiring, lef, width, height)))


def _pins(wiring: Wiring, lef: Lef, width: int, height: int) -> Iterator[tuple[str, tuple[int, int]]]:
    vertical, horizontal = lef.wires
    edges = _edges(wiring)
    for edge, layer, length in (
        ("left", horizontal, height),
        ("right", horizontal, height),
        ("above", vertical, width),
        ("below", vertical, width),
    ):
        for name, along in zip(edges[edge], on_tracks(layer, length, len(edges[edge])), strict=True):
            yield (
                name,
                {"left": (0, along), "right": (width, along), "above": (along, height), "below": (along, 0)}[edge],
            )


def _edges(wiring: Wiring) -> dict[str, list[str]]:
    """Sort the bits of the ports by edge."""
    edges: dict[str, list[str]] = {"left": [], "right": [], "above": [], "below": []}
    wide = sorted((n for n, (way, _) in wiring.ports.items() if way == "input"), key=lambda n: -len(wiring.ports[n][1]))
    sides = dict(zip(sorted(wide[:2], key=list(wiring.ports).index), ("left", "right"), strict=False))
    for name, (direction, bits) in wiring.ports.items():
        edge = "below" if direction == "output" else sides.get(name, "above")
        edges[edge] += [bit_name(name, place, bits) for place in range(len(bits))]
    return edges


def on_tracks(layer: Layer, length: int, count: int) -> Sequence[int]:
    """Spread `count` pins evenly over a length, each on the nearest track of a layer that wires end on."""
    tracks = max((length - layer.offset) // layer.pitch, 1) if layer.pitch else 0
    places = [(2 * place + 1) * length / (2 * count) for place in range(count)]
    if tracks < count:  # more pins than tracks: no tracks
        return [round(place) for place in places]
    numbers = [round((place - layer.offset) / layer.pitch) for place in places]
    return [layer.offset + layer.pitch * min(max(number, 0), tracks) for number in numbers]
