"""Clean-up of Verilog that Yosys wrote.

Yosys gives every operator a wire of its own, named as in _07_, and writes statements in no particular order. Here a
wire that is read once is replaced by its expression, and statements are sorted so that values come before their
readers.
"""

import re

_STATEMENT = re.compile(r"^  (?:always.*\n(?:    .*\n)+(?:  end\n)?|.* \(\n(?:    .*\n)+  \);\n|.*\n)", re.MULTILINE)
_ASSIGN = re.compile(r"  assign (?P<target>.*?) = (?P<value>.*);")
_NAME = re.compile(r"\\\S+ |(?<!['\w\\])[A-Za-z_][\w$]*")
_UNNAMED = re.compile(r"_\d+_")
_ONE_BIT = re.compile(r"[A-Za-z_]\w*(\[\d+\])?")
_BITWISE = re.compile(r"[\w\s\[\]~&|^?:'(),{}]*")  # operators that work the same at any context width


def tidy(body: str) -> str:
    """Clean up the declarations and statements between a module's port list and its `endmodule`."""
    declarations: list[str] = []
    assigns: dict[str, str] = {}
    clocked: list[str] = []
    instances: list[str] = []
    for statement in _STATEMENT.findall(body):
        if statement.endswith("  );\n"):
            instances.append(_instance(statement))
        elif match := _ASSIGN.match(statement):
            assigns[match["target"].strip()] = match["value"]
        elif statement.startswith("  always"):
            clocked.append(statement)
        else:
            declarations.append(statement)
    wide = {_declared(line) for line in declarations if "[" in line}
    readers = _NAME.findall("\n".join([*assigns.values(), *clocked, *instances]))
    narrow = {t for t, v in assigns.items() if _ONE_BIT.fullmatch(t) and t not in wide and _BITWISE.fullmatch(v)}
    once = {t for t in narrow if _UNNAMED.fullmatch(t) and readers.count(t) == 1}
    inlined: set[str] = set()

    def expanded(value: str) -> str:
        def one(match: re.Match[str]) -> str:
            name = match[0]
            if name not in once:
                return name
            inlined.add(name)
            inner = expanded(assigns[name])
            return inner if _ONE_BIT.fullmatch(inner) else f"({inner})"

        return _NAME.sub(one, value)

    full = {t: expanded(assigns[t]) if t in narrow - once else assigns[t] for t in assigns}
    kept = {t: v for t, v in full.items() if t not in inlined}
    lines = [f"  assign {target} = {kept[target]};\n" for target in _in_order(kept)]
    return "".join([line for line in declarations if _declared(line) not in inlined] + lines + instances + clocked)


_WIDTH = 110


def _instance(statement: str) -> str:
    """Write an instance with its connections packed into few lines."""
    head, *connections, _ = (line.strip() for line in statement.splitlines())
    lines, line = [], ""
    for connection in connections:
        if line and len(line) + len(connection) > _WIDTH:
            lines.append(line)
            line = ""
        line += (" " if line else "") + connection
    lines.append(line)
    inner = "".join(f"    {line}\n" for line in lines)
    return f"  {re.sub(r' +', ' ', head)}\n{inner}  );\n"


def _declared(line: str) -> str:
    return line.rstrip().rstrip(";").split()[-1]


def _in_order(assigns: dict[str, str]) -> list[str]:
    """Sort the targets so that each comes after those that its value reads."""
    by_name: dict[str, list[str]] = {}
    for target in assigns:
        for name in _NAME.findall(target):
            by_name.setdefault(name, []).append(target)
    order: dict[str, None] = {}
    for first in assigns:
        path = [] if first in order else [first]  # each reads the next; none twice, should there be a loop
        while path:
            sources = (source for name in _NAME.findall(assigns[path[-1]]) for source in by_name.get(name, ()))
            unplaced = next((source for source in sources if source not in order and source not in path), None)
            if unplaced is None:
                order[path.pop()] = None
            else:
                path.append(unplaced)
    return list(order)
