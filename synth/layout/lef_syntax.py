"""Tokens and blocks of LEF."""

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r'"[^"]*"|;|[^\s;]+')
_BLOCKS = {"LAYER", "SITE", "MACRO", "VIA", "VIARULE", "NONDEFAULTRULE"}  # each begins with a name and ends with it
_KEYWORDS = _BLOCKS | {"TYPE", "ROUTING", "DIRECTION", "VERTICAL", "HORIZONTAL", "PITCH", "OFFSET", "WIDTH", "MINWIDTH"}
_KEYWORDS |= {"SPACING", "SPACINGTABLE", "RESISTANCE", "CAPACITANCE", "EDGECAPACITANCE"}
_KEYWORDS |= {
    "CLASS",
    "SIZE",
    "PIN",
    "PORT",
    "OBS",
    "RECT",
    "POLYGON",
    "MASK",
    "ITERATE",
    "ORIGIN",
    "END",
}  # what is looked for, in any case
_UNNAMED = {"UNITS", "PROPERTYDEFINITIONS", "SPACING"}

Block = tuple[str, str, Sequence[str]]


def blocks(path: str, text: str) -> Iterator[Block]:
    """Yield kind, name and tokens of the outermost blocks."""
    words = _TOKEN.findall(re.sub(r"#[^\n]*", "", text))
    tokens = [word.upper() if word.upper() in _KEYWORDS else word for word in words]
    place = 0
    while place < len(tokens) and tokens[place] not in ("END", "BEGINEXT"):
        kind = tokens[place].upper()
        if kind in _BLOCKS or kind in _UNNAMED:
            name = tokens[place + 1] if kind in _BLOCKS else kind
            end = end_of(path, tokens, place, name)
            yield kind, name, tokens[place + 1 + (kind in _BLOCKS) : end]
            place = end + 2
        else:
            if ";" not in tokens[place:]:
                raise ValueError(f"{path} must be LEF, whose statements end with `;`, not with {kind[:20]!r}")
            place = tokens.index(";", place) + 1


def end_of(path: str, tokens: Sequence[str], start: int, name: str) -> int:
    """Find the END of the block `name`."""
    for place in range(start, len(tokens) - 1):
        if tokens[place] == "END" and tokens[place + 1] == name:
            return place
    raise ValueError(f"{path} must be LEF, with an END {name}")


def places(body: Sequence[str], word: str) -> list[int]:
    """List where statements begin with a word."""
    return [place for place in range(len(body)) if body[place] == word and (not place or body[place - 1] == ";")]


def values(body: Sequence[str], word: str) -> list[str]:
    """Return the words of the first statement that begins with `word`; an empty list where there is none."""
    for place in places(body, word):
        return list(body[place + 1 : body.index(";", place)])
    return []
