"""Expressions in place of unnamed wires that are read once, and constants that are indexed."""

import re

from lmul.hdl.export.body import NAME, UNNAMED, Body
from lmul.hdl.export.widths import fits, is_constant, operation, resized, width_of

_LONGEST = 200
"""Characters up to which an expression takes others in."""


def write_tables_out(body: Body) -> None:
    """Give a constant that is shifted right to choose one bit a name, and index it."""
    for target, value in list(body.assigns.items()):
        found = operation(value)
        if found is None or found.operator != ">>" or width_of(target, body.widths) != 1:
            continue
        table, index = found.operands
        bits = width_of(index, body.widths)
        if is_constant(table) and bits is not None:
            name = f"{target}_table"
            body.declare(name, 1 << bits)
            body.assigns[name] = resized(table, 1 << bits)
            body.assigns[target] = f"{name}[{index}]"


def inline(body: Body) -> None:
    """Replace unnamed wires that are read once, and as a whole, by their expressions."""
    readers = body.readers()
    once = {
        target
        for target, value in body.assigns.items()
        if UNNAMED.fullmatch(target) and readers.get(target) == 1 and fits(target, value, body.widths)
    }
    inlined: set[str] = set()

    def expanded(value: str) -> str:
        def one(match: re.Match[str]) -> str:
            name = match[0]
            if name not in once or value[match.end() : match.end() + 1] == "[":
                return name
            inner = expanded(body.assigns[name])
            if len(inner) > _LONGEST:
                return name
            inlined.add(name)
            around = value[: match.start()].rstrip()[-1:], value[match.end() :].lstrip()[:1]
            alone = around[0] in ("", "(", "{", ",") and around[1] in ("", ")", "}", ",")
            alone |= around == ("=", ";")  # what a register gets
            found = operation(inner)
            return inner if alone or (found and not found.operator) else f"({inner})"

        return NAME.sub(one, value)

    # A reader that does not fit, such as a shift, would give what it reads a width of its own.
    safe = {target for target, value in body.assigns.items() if fits(target, value, body.widths)}
    full = {
        target: expanded(value) if target in safe else value
        for target, value in body.assigns.items()
        if target not in once
    }
    # What is too long to go into another stays, with what went into it.
    full |= {target: expanded(body.assigns[target]) for target in once if target not in inlined}
    body.clocked = [expanded(statement) for statement in body.clocked]
    body.instances = [expanded(instance) for instance in body.instances]
    left = {target: value for target, value in full.items() if target not in inlined}
    order = {target: place for place, target in enumerate(body.assigns)}
    body.assigns = dict(sorted(left.items(), key=lambda each: order[each[0]]))
    body.declarations = {name: line for name, line in body.declarations.items() if name not in inlined}
