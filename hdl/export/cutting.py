"""Removal of what nobody reads, and operands as wide as what is left of the results."""

import re

from lmul.hdl.export.body import NAME, PART, UNNAMED, Body, base
from lmul.hdl.export.widths import CUT, elements, fitted, joined, operation

_PART_OF_UNNAMED = re.compile(r"(?<!\w)_\d+_\[\d+(?::\d+)?\]")


def cut(body: Body) -> None:
    """Remove what nobody reads, and make operands as wide as what is left of the results."""
    before = None
    while before != body.assigns:
        before = body.assigns
        _drop_what_nobody_reads(body)
        _narrow(body)
        body.assigns = {target: fitted(target, value, body.widths) for target, value in body.assigns.items()}


def _drop_what_nobody_reads(body: Body) -> None:
    """Remove wires, or parts of wires, that nobody reads, alone or as the top of what a sum is assigned to."""
    while True:
        read = body.bits_read()
        set_otherwise = set(NAME.findall("".join([*body.clocked, *body.instances])))
        kept: dict[str, str] = {}
        for target, value in body.assigns.items():
            parts = elements(target)
            found = operation(value)
            shrinks = found is not None and found.operator in CUT
            while parts and (len(parts) == 1 or shrinks) and _is_unread(body, parts[0], read):
                parts = parts[1:]
            if parts:
                kept[joined(parts)] = value
        named = {base(part) for target in kept for part in elements(target)}
        unread = {name for name in body.declarations if UNNAMED.fullmatch(name) and not read.get(name)}
        gone = unread - named - set_otherwise
        if kept == body.assigns and not gone:
            return
        body.assigns = kept
        body.declarations = {name: line for name, line in body.declarations.items() if name not in gone}


def _can_be_cut(body: Body, name: str, target: str, width: int) -> bool:
    """Tell whether what is assigned to a target makes sense for the lowest bits of a wire alone."""
    if target == name:
        found = operation(body.assigns[target])
        return found is not None and found.operator in CUT
    parts = [match for part in elements(target) if (match := PART.fullmatch(part)) and match[1] == name]
    return name not in elements(target) and all(int(match[2]) < width for match in parts)


def _is_unread(body: Body, part: str, read: dict[str, set[int]]) -> bool:
    name, match = base(part), PART.fullmatch(part)
    if UNNAMED.fullmatch(name) and not read.get(name):
        return True
    if match is None or name in body.ports or not read.get(name) or name not in body.declarations:
        return False
    # What nobody reads in the middle of a wire stays, so that every bit of it is driven.
    return int(match[3] or match[2]) > max(read[name]) or int(match[2]) < min(read[name])


def _narrow(body: Body) -> None:
    """Cut the top bits that nobody reads off wires that are assigned as a whole, or bit by bit."""
    read = body.bits_read()
    assigned: dict[str, list[str]] = {}
    for target in body.assigns:
        for part in elements(target):
            assigned.setdefault(base(part), []).append(target)
    whole: dict[str, str] = {}
    for name, bits in read.items():
        width = max(bits) + 1
        if name in body.ports or not body.declarations.get(name, "").startswith("  wire") or name not in assigned:
            continue
        if width < body.widths[name] and all(_can_be_cut(body, name, target, width) for target in assigned[name]):
            # A named wire keeps its index, which others write.
            body.declare(name, width, indexed=width > 1 or not UNNAMED.fullmatch(name))
        if UNNAMED.fullmatch(name) and name in body.assigns and width == body.widths[name]:
            whole[f"{name}[{width - 1}:0]" if width > 1 else f"{name}[0]"] = name

    def replaced(text: str) -> str:
        """Write the wire itself for all of its bits."""
        return _PART_OF_UNNAMED.sub(lambda match: whole.get(match[0], match[0]), text)

    body.assigns = {target: replaced(value) for target, value in body.assigns.items()}
    body.clocked = [replaced(statement) for statement in body.clocked]
    body.instances = [replaced(instance) for instance in body.instances]


def cut_what_is_not_assigned(body: Body) -> None:
    """Declare wires without low and high bits that nothing drives."""
    text = "\n".join([*body.assigns, *map(body.outputs_of, body.instances)])
    for name, bits in body.bits_in(text).items():
        low, high = min(bits), max(bits)
        is_wire = name not in body.ports and body.declarations.get(name, "").startswith("  wire")
        if is_wire and (low > 0 or high + 1 < body.widths.get(name, 0)):
            body.declare(name, high + 1, low)
