"""Text of a module: statements in an order in which values come before their readers, long lines folded."""

import re
import textwrap
from collections.abc import Mapping

from lmul.hdl.export.body import NAME, Body
from lmul.hdl.export.widths import elements, joined

_WIDTH = 110


def written(body: Body) -> str:
    """Write it all, values before what reads them; a wire is declared where it is assigned as a whole."""
    lines, declared = [], dict(body.declarations)
    for target in _in_order(body.assigns):
        head = f"assign {target}"
        if target not in body.ports and declared.get(target, "").startswith("  wire"):
            head = declared.pop(target).strip(" ;\n")
        lines.append(_folded(f"  {head} = {body.assigns[target]};\n"))
    clocked = ["".join(_folded(line) for line in each.splitlines(keepends=True)) for each in body.clocked]
    return "".join([*declared.values(), *lines, *map(_instance, body.instances), *clocked])


def _folded(line: str) -> str:
    """Fold a line at spaces; the rest is indented by four more."""
    if len(line) <= _WIDTH:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    text = _repeated(line.strip())
    return (
        textwrap.fill(
            text,
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=f"{indent}    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )


def _repeated(text: str) -> str:
    """Write what comes several times in a row in a concatenation as a repetition."""
    return re.sub(r"\{ (?:[^{}]|\{\d+\{[^{}]*\}\})+ \}", lambda match: joined(elements(match[0])), text)


def _instance(statement: str) -> str:
    """Write an instance with its connections packed into few lines."""
    head, *connections, _ = (line.strip() for line in statement.splitlines())
    lines, line = [], ""
    for connection in connections:
        if line and len(line) + len(connection) > _WIDTH - 5:
            lines.append(line)
            line = ""
        line += (" " if line else "") + connection
    lines.append(line)
    inner = "".join(_folded(f"    {line}\n") for line in lines)
    return f"  {re.sub(r' +', ' ', head)}\n{inner}  );\n"


def _in_order(assigns: Mapping[str, str]) -> list[str]:
    """Sort the targets so that each comes after those that its value reads."""
    by_name: dict[str, list[str]] = {}
    for target in assigns:
        for name in NAME.findall(target):
            by_name.setdefault(name, []).append(target)
    order: dict[str, None] = {}
    for first in assigns:
        path = [] if first in order else [first]  # each reads the next; none twice, should there be a loop
        while path:
            sources = (source for name in NAME.findall(assigns[path[-1]]) for source in by_name.get(name, ()))
            unplaced = next((source for source in sources if source not in order and source not in path), None)
            if unplaced is None:
                order[path.pop()] = None
            else:
                path.append(unplaced)
    return list(order)
