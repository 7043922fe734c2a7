"""Syntax of liberty files: nested groups with attributes.

The package `liberty-parser` of PyPI is not used, because its licence is the GPL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?: \s+ | \\\n | /\*.*?\*/ | //[^\n]* )*+  # skipped
    (?: "(?P<string>[^"]*)" | (?P<mark>[{}():;,]) | (?P<word>[^\s"{}():;,\\]+) | (?P<end>\Z) | (?P<other>.) )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Group:
    """Group of a liberty file: `kind (arguments) { attributes and groups }`.

    Parameters
    ----------
    kind : str
        Kind of the group, such as `cell`.
    arguments : list of str
        Arguments, mostly a name.
    attributes : dict of str to list of str
        The one value of `name : value;`, or the arguments of `name (value, value);`. Of several, the last.
    groups : list of Group
        Inner groups, in order.
    """

    kind: str
    arguments: list[str] = field(default_factory=list)
    attributes: dict[str, list[str]] = field(default_factory=dict)
    groups: "list[Group]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the first argument."""
        return self.arguments[0] if self.arguments else ""

    def all(self, *kinds: str) -> "Iterator[Group]":
        """Yield the inner groups of some kinds."""
        return (group for group in self.groups if group.kind in kinds)

    def get(self, attribute: str, otherwise: str = "") -> str:
        """Return the value of an attribute with one value."""
        return self.attributes.get(attribute, [otherwise])[0]

    def number(self, attribute: str, otherwise: float) -> float:
        """Return the value of an attribute as a number."""
        return float(self.get(attribute) or otherwise)

    def numbers(self, attribute: str) -> list[float]:
        """List the numbers in an attribute, in all of its strings."""
        return [float(number) for text in self.attributes.get(attribute, []) for number in re.findall(r"[^\s,]+", text)]


def read_groups(text: str) -> Group:
    """Parse a text; return the outermost group, `library`.

    Raises
    ------
    ValueError
        The text does not have this syntax.
    """
    outside = Group("")
    _Reader(text).fill(outside, "end")
    if len(outside.groups) != 1:
        raise ValueError(f"liberty text must be one group, not {len(outside.groups)}")
    return outside.groups[0]


class _Reader:
    """Parser with one token of look-ahead, of kind `_kind`; a mark's kind is the mark."""

    def __init__(self, text: str) -> None:
        self._matches = _TOKEN.finditer(text)
        self._kind = self._text = ""
        self._advance()

    def _advance(self) -> str:
        """Return the next token and read the one after it."""
        text = self._text
        match = next(self._matches)  # never called beyond the end
        self._kind = match.lastgroup or ""
        self._text = match[self._kind].replace("\\\n", " ")
        if self._kind == "mark":
            self._kind = self._text
        return text

    def _take(self, *kinds: str) -> str:
        """Return the next token, which must be of one of some kinds."""
        if self._kind not in kinds:
            found = "its end" if self._kind == "end" else repr(self._text)
            raise ValueError(f"liberty text must have {' or '.join(kinds)} where it has {found}")
        return self._advance()

    def fill(self, group: Group, closing: str) -> None:
        """Parse the contents of a group up to the closing mark."""
        while self._kind != closing:
            if self._kind == ";":
                self._advance()
                continue
            name = self._take("word", "string")
            if self._kind == ":":
                self._advance()
                value = [self._take("word", "string")]
                while self._kind in ("word", "string"):  # an expression
                    value.append(self._advance())
                group.attributes[name] = [" ".join(value)]
                continue
            arguments = self._arguments()
            if self._kind == "{":
                self._advance()
                inner = Group(name, arguments)
                self.fill(inner, "}")
                self._advance()
                group.groups.append(inner)
            else:
                group.attributes[name] = arguments

    def _arguments(self) -> list[str]:
        self._take("(")
        arguments = []
        while self._kind != ")":
            if self._kind == ",":
                self._advance()
            else:
                arguments.append(self._take("word", "string"))
        self._advance()
        return arguments
