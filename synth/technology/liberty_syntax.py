"""Syntax of liberty files: nested groups with attributes.

The package `liberty-parser` of PyPI is not used, because its licence is the GPL.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod

_SPACE = r"(?: \s+ | \\\n | /\*.*?\*/ | //[^\n]* )*+"
_SKIPPED = r"(?: \s+ | ; | \\\n | /\*.*?\*/ | //[^\n]* )*+"
_VALUE = r"""(?P<value> (?: "[^"]*" | \\\n | /\*.*?\*/ | //[^\n]* | [^;\n"{}] )++ )"""
_ARGUMENTS = r"""\( (?P<arguments> (?: "[^"]*" | /\*.*?\*/ | [^"()] )*+ ) \)"""
_STATEMENT = re.compile(
    rf"""{_SKIPPED} (?: (?P<close> \}} ) | (?P<end> \Z )
      | (?: "(?P<quoted>[^"]*)" | (?P<word>[^\s"{{}}():;,\\]+) ) {_SPACE}
        (?: : \s*+ {_VALUE} | {_ARGUMENTS} {_SPACE} (?P<open> \{{ )? )
    )""",
    re.VERBOSE | re.DOTALL,
)
"""A statement. A value ends with its line or with `;`, as other readers have it, too."""

_AXES = ("index_1", "index_2", "index_3")
_COMMENT = re.compile(r'("[^"]*")|/\*.*?\*/|//[^\n]*', re.DOTALL)
_ARGUMENT = re.compile(r'"([^"]*)"|([^\s,"]+)')
_PLAIN = re.compile(r'"[^"]*"|[\w.+-]+')


@dataclass
class Group:
    """Group of a liberty file: `kind (arguments) { attributes and groups }`.

    Parameters
    ----------
    kind : str
        Kind of the group, such as `cell`.
    arguments : list of str
        Arguments, mostly a name.
    where : str
        File and line where it begins.
    attributes : dict of str to list of str
        The one value of `name : value;`, or the arguments of `name (value, value);`. Of several, the last.
    content : list of str or Group
        Attributes as text, each in one line, and inner groups, in order.
    """

    kind: str
    arguments: list[str] = field(default_factory=list)
    where: str = ""
    attributes: dict[str, list[str]] = field(default_factory=dict)
    content: "list[str | Group]" = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the first argument."""
        return self.arguments[0] if self.arguments else ""

    def all(self, *kinds: str) -> "Iterator[Group]":
        """Yield the inner groups of some kinds."""
        return (group for group in self.groups if group.kind in kinds)

    @property
    def groups(self) -> "list[Group]":
        """List the inner groups, in order."""
        return [each for each in self.content if isinstance(each, Group)]

    def get(self, attribute: str, otherwise: str = "") -> str:
        """Return the value of an attribute with one value."""
        return self.attributes.get(attribute, [otherwise])[0]

    def number(self, attribute: str, otherwise: float) -> float:
        """Return the value of an attribute as a number.

        Raises
        ------
        ValueError
            It is no number.
        """
        return self._number(attribute, self.get(attribute) or str(otherwise))

    def numbers(self, attribute: str) -> list[float]:
        """List the numbers in an attribute, in all of its strings.

        Raises
        ------
        ValueError
            One is no number.
        """
        texts = ",".join(self.attributes.get(attribute, [])).replace(",", " ").split()
        try:
            return [float(text) for text in texts]
        except ValueError:
            return [self._number(attribute, text) for text in texts]

    def _number(self, attribute: str, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"{self.where}: {attribute} must be a number, not {text!r}") from None


def read_groups(text: str, file: str = "liberty text") -> Group:
    """Parse a text; return the outermost group, `library`.

    Parameters
    ----------
    text : str
        Text of a liberty file.
    file : str
        Name of the file, for messages.

    Raises
    ------
    ValueError
        The text does not have this syntax; the message names file and line.
    """
    text = text.replace("\r\n", "\n")
    starts = [match.end() for match in re.finditer("\n", text)]

    def where(offset: int) -> str:
        return f"{file}:{bisect_right(starts, offset) + 1}"

    outside = Group("", where=f"{file}:1")
    inside = [outside]
    offset = 0
    while True:
        match = _STATEMENT.match(text, offset)
        if match is None or (match["close"] and len(inside) == 1):
            raise ValueError(_unexpected(text, offset, where))
        offset = match.end()
        if match["close"]:
            inside.pop()
        elif match["end"] is not None:
            break
        elif match["open"]:
            begin = where(match.start("word" if match["word"] else "quoted"))
            group = Group(match["word"] or match["quoted"], _arguments(match["arguments"]), begin)
            inside[-1].content.append(group)
            inside.append(group)
        else:
            _attribute(inside[-1], match)
    if len(inside) > 1:
        raise ValueError(f"{inside[-1].where}: {inside[-1].kind} must have a closing brace, not be open at the end")
    kinds = [each.kind if isinstance(each, Group) else each for each in outside.content]
    if kinds != ["library"]:
        raise ValueError(f"{file} must be one group `library (NAME) {{`, not {' and '.join(kinds)[:60] or 'empty'}")
    return outside.groups[0]


def check_tables(library: Group) -> None:
    """Check that all tables have the numbers that their axes ask for; ABC aborts where one does not.

    Raises
    ------
    ValueError
        One has not; the message names file and line.
    """
    templates = {group.name: group for group in library.all("lu_table_template", "power_lut_template")}
    for group in _inside(library):
        if "values" in group.attributes:
            axes = [group if axis in group.attributes else templates.get(group.name, group) for axis in _AXES]
            count = prod(len(each.numbers(axis)) or 1 for each, axis in zip(axes, _AXES, strict=True))
            given = len(group.numbers("values"))
            if given != count:
                raise ValueError(f"{group.where}: {group.kind} must have {count} values, not {given}")


def _inside(group: Group) -> Iterator[Group]:
    for each in group.groups:
        yield each
        yield from _inside(each)


def write_groups(group: Group) -> str:
    """Write a group so that every reader of liberty files reads the same: a statement a line, strings quoted."""
    return "\n".join(_lines(group)) + "\n"


def _lines(group: Group) -> Iterator[str]:
    yield f"{group.kind} ({', '.join(f'{chr(34)}{each}{chr(34)}' for each in group.arguments)}) {{"
    for each in group.content:
        if isinstance(each, str):
            yield each
        else:
            yield from _lines(each)
    yield "}"


def _attribute(group: Group, match: re.Match[str]) -> None:
    name = match["word"] or match["quoted"]
    if match["value"] is None:
        group.attributes[name] = _arguments(match["arguments"])
        group.content.append(f"{name} ({' '.join(_bare(match['arguments']).split())});")
        return
    value = _bare(match["value"]).strip()
    if not _PLAIN.fullmatch(value):  # an expression; its own quotes, if any, are of its words
        value = f'"{value.replace(chr(34), "")}"'
    group.attributes[name] = [value.strip('"')]
    group.content.append(f"{name} : {' '.join(value.split())};")


def _arguments(text: str) -> list[str]:
    return [quoted or word for quoted, word in _ARGUMENT.findall(_bare(text))]


def _bare(text: str) -> str:
    """Remove comments and the backslashes that join lines."""
    if "/" in text:
        text = _COMMENT.sub(lambda match: match[1] or " ", text)
    return text.replace("\\\n", " ") if "\\" in text else text


def _unexpected(text: str, offset: int, where: Callable[[int], str]) -> str:
    skipped = re.compile(_SKIPPED, re.VERBOSE | re.DOTALL).match(text, offset)
    assert skipped is not None
    found = text[skipped.end() : skipped.end() + 30].partition("\n")[0].strip()
    return f"{where(skipped.end())} must have `NAME : VALUE;`, `NAME (VALUES);` or `NAME (VALUES) {{`, not {found!r}"
