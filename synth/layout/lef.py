"""Reading of LEF files: sites, routing layers with what a um of wire has, and where the pins of cells are.

It is the part of LEF 5.8 that placement needs; all else is skipped. klayout reads shapes from LEF, but neither sites
nor resistances and capacitances.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lmul.tools.files import check_regular

DBU = 1000
"""Units of all lengths in a um: nanometres."""

_TOKEN = re.compile(r'"[^"]*"|;|[^\s;]+')
_BLOCKS = {"LAYER", "SITE", "MACRO", "VIA", "VIARULE", "NONDEFAULTRULE"}  # each begins with a name and ends with it
_UNNAMED = {"UNITS", "PROPERTYDEFINITIONS", "SPACING"}

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
    """

    digest: str
    site: str = field(repr=False)
    step: int = field(repr=False)
    height: int = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    macros: dict[str, Macro] = field(repr=False, hash=False, compare=False)
    texts: tuple[str, ...] = field(repr=False, hash=False, compare=False)

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
    blocks = [block for path, text in zip(paths, texts, strict=True) for block in _blocks(str(path), text)]
    layers = [layer for kind, name, body in blocks if kind == "LAYER" for layer in _layer(name, body)]
    macros = {name: _macro(body) for kind, name, body in blocks if kind == "MACRO"}
    sites = [(name, *_size(body)) for kind, name, body in blocks if kind == "SITE" and _is_core(body)]
    used = [body[place + 1] for kind, _, body in blocks if kind == "MACRO" for place in _places(body, "SITE")]
    sites = [site for site in sites if site[0] in used] or sites
    for what, found in (("a site of the class CORE", sites), ("routing layers", layers), ("cells", macros)):
        if not found:
            raise ValueError(f"LEF must have {what}, and {', '.join(map(str, paths))} have none")
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    return Lef(digest, *sites[0], tuple(layers), macros, tuple(texts))


_Block = tuple[str, str, Sequence[str]]


def _blocks(path: str, text: str) -> Iterator[_Block]:
    """Yield kind, name and tokens of the outermost blocks."""
    tokens = _TOKEN.findall(re.sub(r"#[^\n]*", "", text))
    place = 0
    while place < len(tokens) and tokens[place] not in ("END", "BEGINEXT"):
        kind = tokens[place].upper()
        if kind in _BLOCKS or kind in _UNNAMED:
            name = tokens[place + 1] if kind in _BLOCKS else kind
            end = _end(path, tokens, place, name)
            yield kind, name, tokens[place + 1 + (kind in _BLOCKS) : end]
            place = end + 2
        else:
            if ";" not in tokens[place:]:
                raise ValueError(f"{path} must be LEF, whose statements end with `;`, not with {kind[:20]!r}")
            place = tokens.index(";", place) + 1


def _end(path: str, tokens: Sequence[str], start: int, name: str) -> int:
    """Find the END of the block `name`."""
    for place in range(start, len(tokens) - 1):
        if tokens[place] == "END" and tokens[place + 1] == name:
            return place
    raise ValueError(f"{path} must be LEF, with an END {name}")


def _places(body: Sequence[str], word: str) -> list[int]:
    """List where statements begin with a word."""
    return [place for place in range(len(body)) if body[place] == word and (not place or body[place - 1] == ";")]


def _values(body: Sequence[str], word: str) -> list[str]:
    """Return the words of the first statement that begins with `word`; an empty list where there is none."""
    for place in _places(body, word):
        return list(body[place + 1 : body.index(";", place)])
    return []


def _nm(text: str) -> int:
    return round(float(text) * DBU)


def _size(body: Sequence[str]) -> tuple[int, int]:
    width, _, height = _values(body, "SIZE")
    return _nm(width), _nm(height)


def _is_core(body: Sequence[str]) -> bool:
    return [word.upper() for word in _values(body, "CLASS")[:1]] == ["CORE"]


def _layer(name: str, body: Sequence[str]) -> list[Layer]:
    """Return a routing layer, or nothing for others."""
    if _values(body, "TYPE") != ["ROUTING"]:
        return []
    vertical = _values(body, "DIRECTION") == ["VERTICAL"]
    # Of two values the first is for vertical wires.
    pitch, offset = ((_values(body, word) or ["0"])[0 if vertical else -1] for word in ("PITCH", "OFFSET"))
    width = float(_values(body, "WIDTH")[0])
    square, area, edge = (
        float(found[-1]) if (found := _values(body, word)) else None
        for word in ("RESISTANCE", "CAPACITANCE", "EDGECAPACITANCE")
    )
    capacitance = None if area is None else 1000 * (area * width + 2 * (edge or 0))  # from pF
    resistance = None if square is None else square / width
    return [Layer(name, vertical, _nm(pitch), _nm(offset), _nm(str(width)), capacitance, resistance)]


def _macro(body: Sequence[str]) -> Macro:
    pins = {}
    place = 0
    while place < len(body):
        if body[place] == "PIN":
            end = _end("LEF", body, place, body[place + 1])
            pins[body[place + 1]] = tuple(_boxes(body[place + 2 : end]))
            place = end + 2
        elif body[place] == "OBS":
            place = body.index("END", place) + 1
        else:
            place = body.index(";", place) + 1
    return Macro(*_size(body), {pin: boxes for pin, boxes in pins.items() if boxes})


def _boxes(body: Sequence[str]) -> Iterator[tuple[str, Box]]:
    """Yield the boxes of a pin, and what its polygons span, with their layers."""
    layer = ""
    for place, word in enumerate(body):
        if word == "LAYER" and body[place - 1] in ("PORT", ";"):
            layer = body[place + 1]
        elif word in ("RECT", "POLYGON"):
            numbers = [_nm(text) for text in body[place + 1 : body.index(";", place)] if re.match(r"[-+.\d]", text)]
            xs, ys = numbers[0::2], numbers[1::2]
            yield layer, (min(xs), min(ys), max(xs), max(ys))
