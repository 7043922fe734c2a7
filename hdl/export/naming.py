"""Names for what Yosys gave none."""

import re
from collections.abc import Iterator

from lmul.hdl.export.body import NAME, PART, UNNAMED, Body, base
from lmul.hdl.export.widths import elements, joined

_PART_OF_ANY = re.compile(r"(?<![\w$])[A-Za-z_]\w*\[\d+(?::\d+)?\]")
_CONCATENATION = re.compile(r"\{ [^{}]* \}")
_OUTPUT = re.compile(r"\.\w+\((_\d+_)\)")


def use_names_of_parts(body: Body) -> None:
    """Where a part of a wire is nothing but a part of another wire, read the first: it is the later name."""
    names: dict[str, str] = {}
    for target, value in body.assigns.items():
        part, source = PART.fullmatch(target), PART.fullmatch(value)
        if part and source and {part[1], source[1]}.isdisjoint(body.ports) and not UNNAMED.fullmatch(part[1]):
            names[value] = target
    if not names:
        return

    def renamed(text: str) -> str:
        text = _PART_OF_ANY.sub(lambda match: names.get(match[0], match[0]), text)
        return _CONCATENATION.sub(lambda match: joined(elements(match[0])), text)

    own = {target for target, value in body.assigns.items() if names.get(value) == target}
    body.assigns = {target: value if target in own else renamed(value) for target, value in body.assigns.items()}
    body.clocked = [renamed(statement) for statement in body.clocked]


def name_the_rest(body: Body) -> None:
    """Name unnamed wires and registers after what reads them, or after the output that drives them."""
    taken = {*body.declarations, *body.widths}
    names: dict[str, str] = {}

    def give(unnamed: str, name: str) -> None:
        if unnamed in body.declarations and unnamed not in names:
            number, free = 1, name
            while free in taken:
                number, free = number + 1, f"{name}_{number + 1}"
            taken.add(free)
            names[unnamed] = free

    for target, value in body.assigns.items():
        if UNNAMED.fullmatch(value) and (match := PART.fullmatch(target)):
            give(value, "_".join(part for part in match.groups() if part))
    readers = body.readers()
    for instance in body.instances:
        for unnamed in _OUTPUT.findall(instance):
            if readers.get(unnamed) == 1:  # by this output
                give(unnamed, "unused")
    for reader, text in _read_by(body):
        if not UNNAMED.fullmatch(reader):
            for unnamed in filter(UNNAMED.fullmatch, NAME.findall(text)):
                give(unnamed, f"{reader}_term")
    read = body.bits_read()
    for unnamed in filter(UNNAMED.fullmatch, list(body.declarations)):
        give(unnamed, "term" if unnamed in read else "unused")

    def renamed(text: str) -> str:
        return NAME.sub(lambda match: names.get(match[0], match[0]), text)

    body.declarations = {names.get(name, name): renamed(line) for name, line in body.declarations.items()}
    body.widths |= {new: body.widths[old] for old, new in names.items() if old in body.widths}
    body.assigns = {renamed(target): renamed(value) for target, value in body.assigns.items()}
    body.clocked = [renamed(statement) for statement in body.clocked]
    body.instances = [renamed(instance) for instance in body.instances]


def _read_by(body: Body) -> Iterator[tuple[str, str]]:
    """Yield pairs of a name and a text that it reads."""
    for target, value in body.assigns.items():
        yield base(elements(target)[-1]), value
    for statement in body.clocked:
        register = re.search(r"(\w+)(?: ?\[[^]]*\])? <= ", statement)
        yield (register[1] if register else "_0_"), statement
    for instance in body.instances:
        yield instance.split()[1], instance
