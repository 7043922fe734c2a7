"""Reading of LEF files: sites, routing layers with what a um of wire has, and where the pins of cells are.

It is the part of LEF 5.8 that placement needs; all else is skipped. klayout reads shapes from LEF, but neither sites
nor resistances and capacitances.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lmul.synth.layout.lef_syntax import Block, blocks, end_of, places, values
from lmul.tools.files import check_regular

DBU = 1000
"""Units of all lengths in a um: nanometres."""


Box = tuple[int, int, int, int]
"""Left, bottom, right and top in nm."""


@dataclass(frozen=True)
class Layer:
    """Routing layer.

    Parameters
    ----------
    name : str
        Name in the file.
    vertical : bool
        Whether wires run up and down.
    pitch, offset, width : int
        Distance of tracks, place of the first, and width of a wire, in nm.
    capacitance, resistance : float or None
        Of a um of wire of that width, to ground, in fF and in ohm; None where the file does not say.
    """

    name: str
    vertical: bool
    pitch: int
    offset: int
    width: int
    capacitance: float | None
    resistance: float | None


@dataclass(frozen=True)
class Rule:
    """Least width of what is on a layer, and least distance of two nets, in nm; 0 where the file does not say.

    Of wide wires and of long ones side by side more may be asked: that is left out.
    """

    width: int
    spacing: int


@dataclass(frozen=True)
class Macro:
    """Cell: its width and height in nm, and by pin the boxes on layers that it consists of."""

    width: int
    height: int
    pins: dict[str, tuple[tuple[str, Box], ...]]

    def centre(self, pin: str) -> tuple[int, int]:
        """Return the middle of what a pin's boxes span."""
        lefts, bottoms, rights, tops = zip(*(box for _, box in self.pins[pin]), strict=True)
        return (min(lefts) + max(rights)) // 2, (min(bottoms) + max(tops)) // 2


@dataclass(frozen=True)
class Lef:
    """Technology and cells of LEF files.

    Parameters
    ----------
    digest : str
        SHA-256 of the files' texts.
    site : str
        Name of the core site.
    step, height : int
        Width of a site and height of a row in nm.
    layers : tuple of Layer
        Routing layers, the lowest first.
    macros : dict of str to Macro
        Cells by name.
    texts : tuple of str
        The files' texts, for other programs.
    rules : dict of str to Rule
        Least widths and distances on each layer, of cuts too.
    """

    digest: str
    site: str = field(repr=False)
    step: int = field(repr=False)
    height: int = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    macros: dict[str, Macro] = field(repr=False, hash=False, compare=False)
    texts: tuple[str, ...] = field(repr=False, hash=False, compare=False)
    rules: dict[str, Rule] = field(default_factory=dict, repr=False, hash=False, compare=False)

    @property
    def wires(self) -> tuple[Layer, Layer]:
        """Return the vertical and the horizontal layer that short wires run in: the lowest two above the first.

        The first is full of the cells' own wires.

        Raises
        ------
        ValueError
            There is none of a direction.
        """
        found = []
        for vertical in (True, False):
            above = [layer for layer in self.layers[1:] if layer.vertical is vertical]
            if not above:
                raise ValueError("LEF must have vertical and horizontal routing layers above the first")
            found.append(above[0])
        return found[0], found[1]


def read_lef(*paths: Path) -> Lef:
    """Read LEF files, of the technology and of cells, in this order.

    Raises
    ------
    OSError
        A file cannot be read.
    ValueError
        A file is not LEF, or there is no core site, routing layer or cell.
    """
    texts = [check_regular(path).read_text(errors="replace") for path in paths]
    found: list[Block] = []
    layers: list[Layer] = []
    macros: dict[str, Macro] = {}
    sites: list[tuple[str, int, int]] = []
    for path, text in zip(paths, texts, strict=True):
        for kind, name, body in blocks(str(path), text):
            found.append((kind, name, body))
            try:
                if kind == "LAYER":
                    layers += _layer(name, body)
                elif kind == "MACRO":
                    macros[name] = _macro(body)
                elif kind == "SITE" and _is_core(body):
                    sites.append((name, *_size(body)))
            except ValueError as error:
                raise ValueError(f"{path} must be LEF, and its {kind} {name} is not: {error}") from error
    used = [body[place + 1] for kind, _, body in found if kind == "MACRO" for place in places(body, "SITE")]
    sites = [site for site in sites if site[0] in used] or sites
    rules = {name: _rule(body) for kind, name, body in found if kind == "LAYER"}
    for what, each in (("a site of the class CORE", sites), ("routing layers", layers), ("cells", macros)):
        if not each:
            raise ValueError(f"LEF must have {what}, and {', '.join(map(str, paths))} have none")
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return Lef(digest, *sites[0], tuple(layers), macros, tuple(texts), rules)


def _nm(text: str) -> int:
    return round(float(text) * DBU)


def _size(body: Sequence[str]) -> tuple[int, int]:
    match values(body, "SIZE"):
        case [width, _, height] if _nm(width) > 0 and _nm(height) > 0:
            return _nm(width), _nm(height)
        case words:
            raise ValueError(f"SIZE must be W BY H, both above 0, not {' '.join(words)!r}")


def _is_core(body: Sequence[str]) -> bool:
    return [word.upper() for word in values(body, "CLASS")[:1]] == ["CORE"]


def _layer(name: str, body: Sequence[str]) -> list[Layer]:
    """Return a routing layer, or nothing for others."""
    if values(body, "TYPE") != ["ROUTING"]:
        return []
    vertical = values(body, "DIRECTION") == ["VERTICAL"]
    # Of two values the first is for vertical wires.
    pitch, offset = ((values(body, word) or ["0"])[0 if vertical else -1] for word in ("PITCH", "OFFSET"))
    width = float((values(body, "WIDTH") or ["0"])[0])
    if not width > 0:
        raise ValueError("a routing layer must have a WIDTH above 0")
    square, area, edge = (
        float(found[-1]) if (found := values(body, word)) else None
        for word in ("RESISTANCE", "CAPACITANCE", "EDGECAPACITANCE")
    )
    capacitance = None if area is None else 1000 * (area * width + 2 * (edge or 0))  # from pF
    resistance = None if square is None else square / width
    return [Layer(name, vertical, _nm(pitch), _nm(offset), _nm(str(width)), capacitance, resistance)]


def _rule(body: Sequence[str]) -> Rule:
    width = values(body, "MINWIDTH") or values(body, "WIDTH")
    table = values(body, "SPACINGTABLE")
    spacing = table[table.index("WIDTH") + 2 :] if "WIDTH" in table else values(body, "SPACING")
    return Rule(*(_nm(found[0]) if found else 0 for found in (width, spacing)))


def _macro(body: Sequence[str]) -> Macro:
    pins = {}
    place = 0
    while place < len(body):
        if body[place] == "PIN":
            end = end_of("LEF", body, place, body[place + 1])
            pins[body[place + 1]] = tuple(_boxes(body[place + 2 : end]))
            place = end + 2
        elif body[place] == "OBS":
            place = body.index("END", place) + 1
        else:
            place = body.index(";", place) + 1
    right, up = (_nm(text) for text in values(body, "ORIGIN") or "00")  # by which all shapes move
    moved = {
        pin: tuple((layer, (a + right, b + up, c + right, d + up)) for layer, (a, b, c, d) in boxes)
        for pin, boxes in pins.items()
        if boxes
    }
    return Macro(*_size(body), moved)


def _boxes(body: Sequence[str]) -> Iterator[tuple[str, Box]]:
    """Yield the boxes of a pin, and what its polygons span, with their layers; masks are left out."""
    layer = ""
    for place, word in enumerate(body):
        if word == "LAYER" and body[place - 1] in ("PORT", ";"):
            layer = body[place + 1]
        elif word in ("RECT", "POLYGON"):
            words = [*body[place + 1 : body.index(";", place)]]
            if words[:1] == ["MASK"]:
                words = words[2:]
            if "ITERATE" in words:
                raise ValueError(f"{word} must be without ITERATE")
            numbers = [_nm(text) for text in words if re.match(r"[-+.\d]", text)]
            xs, ys = numbers[0::2], numbers[1::2]
            yield layer, (min(xs), min(ys), max(xs), max(ys))
