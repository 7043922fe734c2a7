"""Wires and vias of a routed DEF, in nm."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lmul.synth.layout.lef import DBU, Box

_STEP = re.compile(r"\( (-?\d+|\*) (-?\d+|\*)(?: -?\d+)? \)")
_RECT = re.compile(r"RECT (\S+) \( (\S+) (\S+) \) \( (\S+) (\S+) \)")


@dataclass(frozen=True)
class Piece:
    """Wire on a layer.

    Parameters
    ----------
    layer : str
        Its layer.
    points : list of (int, int)
        Places that it goes through, at right angles.
    via : str
        Via at its end, or nothing.
    width : int or None
        Width, of special nets; None for that of the layer, and then it goes half of that beyond its ends.
    """

    layer: str
    points: list[tuple[int, int]]
    via: str
    width: int | None

    @property
    def length(self) -> int:
        """Add up the wire from place to place."""
        return sum(abs(x - a) + abs(y - b) for (a, b), (x, y) in zip(self.points, self.points[1:], strict=False))


def routed_pieces(text: str, kind: str = "NETS") -> Iterator[tuple[str, list[Piece]]]:
    """Yield the wires of each routed net of NETS or SPECIALNETS; qrouter has stubs to pins in these, too."""
    scale = _scale(text)
    for block in _blocks(text, kind):
        name, _, rest = block.partition("\n")
        _, wired, wires = rest.partition("+ ROUTED ")
        if wired:
            yield name.split()[0], [_piece(each, scale) for each in re.split(r"\bNEW ", wires.partition(";")[0])]


def via_boxes(text: str) -> dict[str, list[tuple[str, Box]]]:
    """Return the layers and boxes of each via, around where it is put."""
    scale = _scale(text)
    found = {}
    for block in _blocks(text, "VIAS"):
        boxes = (
            (layer, tuple(round(float(each) * scale) for each in corners)) for layer, *corners in _RECT.findall(block)
        )
        found[block.split()[0]] = [(layer, (x0, y0, x1, y1)) for layer, (x0, y0, x1, y1) in boxes]
    return found


def _scale(text: str) -> float:
    return DBU / int((re.search(r"UNITS DISTANCE MICRONS (\d+)", text) or [0, DBU])[1])


def _blocks(text: str, kind: str) -> list[str]:
    section = re.search(rf"^{kind} \d+ ;$(.*?)^END {kind}", text, re.MULTILINE | re.DOTALL)
    return re.split(r"^- ", section[1] if section else "", flags=re.MULTILINE)[1:]


def _piece(text: str, scale: float) -> Piece:
    """Read a wire; a star is the last value."""
    words = text.split()
    points: list[tuple[int, int]] = []
    for right, up in _STEP.findall(text):
        x, y = points[-1] if points else (0, 0)
        points.append((x if right == "*" else round(int(right) * scale), y if up == "*" else round(int(up) * scale)))
    width = round(int(words[1]) * scale) if words[1].isdigit() else None
    return Piece(words[0], points, "" if words[-1] == ")" else words[-1], width)
