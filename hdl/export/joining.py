"""Wires that are assigned and read as a whole, and what nothing reads."""

from collections.abc import Collection, Mapping

from lmul.hdl.export.body import NAME, PART, Body, base
from lmul.hdl.export.widths import elements, joined, operation, width_of


def join_parts(body: Body) -> None:
    """Assign wires as a whole whose parts are assigned one by one, unless one part depends on another."""
    parts: dict[str, list[str]] = {}
    reads: dict[str, set[str]] = {}
    for target, value in body.assigns.items():
        for part in elements(target):
            reads.setdefault(base(part), set()).update(name.strip() for name in NAME.findall(value))
        if (match := PART.fullmatch(target)) and match[1] in body.declarations:
            parts.setdefault(match[1], []).append(target)
    for name, targets in parts.items():
        targets.sort(key=lambda target: -int(PART.fullmatch(target)[2]))  # type: ignore[index]  # each matches
        values = [body.assigns[target] for target in targets]
        whole = sum(width_of(target, body.widths) or 0 for target in targets) == body.widths[name]
        if whole and name not in _all_read(reads, name):
            for target in targets:
                del body.assigns[target]
            body.assigns[name] = joined([element for value in values for element in _in_concatenation(value)])


def read_the_rest(body: Body, inputs: Collection[str]) -> None:
    """Read the bits of inputs and wires that nothing else reads."""
    read = body.bits_read()
    wires = [name for name in body.declarations if name not in body.ports and name in body.widths]
    wires = [name for name in wires if not name.startswith("unused")]
    unread = [
        f"{name}[{i}]" if body.widths[name] > 1 else name
        for name in [*inputs, *wires]
        for i in reversed(range(body.lows.get(name, 0), body.widths[name]))
        if i not in read.get(name, ())
    ]
    if unread:
        body.declare("unused_bits", 1, indexed=False)
        body.assigns["unused_bits"] = f"& {joined(unread)}"


def _all_read(reads: Mapping[str, Collection[str]], name: str) -> set[str]:
    """Collect the names that a name reads, directly or not."""
    found: set[str] = set()
    waiting = list(reads.get(name, ()))
    while waiting:
        if (source := waiting.pop()) not in found:
            found.add(source)
            waiting += reads.get(source, ())
    return found


def _in_concatenation(value: str) -> list[str]:
    """List the elements as which a value stands in a concatenation."""
    found = operation(value)
    return elements(value) if found and not found.operator else [value]
