"""Clean-up of Verilog that Yosys wrote.

Yosys gives every operator a wire of its own, named as in _07_, and writes statements in no particular order. Here
operands are as wide as results (`widths`), a wire that is read once is replaced by its expression, what nobody reads
goes, the unnamed rest is named after what reads it, statements are sorted so that values come before their readers, and
long lines are folded.
"""

import re
import textwrap
from collections.abc import Collection, Iterator, Mapping

from lmul.hdl.export.widths import CUT, elements, fits, fitted, is_constant, joined, operation, resized, width_of

_STATEMENT = re.compile(r"^  (?:always.*\n(?:    .*\n)+(?:  end\n)?|.* \(\n(?:    .*\n)+  \);\n|.*\n)", re.MULTILINE)
_ASSIGN = re.compile(r"  assign (?P<target>.*?) = (?P<value>.*);")
_DECLARED = re.compile(r"  (?:wire|reg)(?: signed)?\s+(?:\[(\d+):0\] )?(\\\S+ |\w+)\s*;")
_NAME = re.compile(r"\\\S+ |(?<!['\w\\$])[A-Za-z_][\w$]*")
_UNNAMED = re.compile(r"_\d+_")
_PART = re.compile(r"(\w+)\[(\d+)(?::(\d+))?\]")
_READ = re.compile(r"(\\\S+ |(?<!['\w\\$])[A-Za-z_][\w$]*) ?(?:\[(\d+)(?::(\d+))?\])?")
_PART_OF_ANY = re.compile(r"(?<![\w$])[A-Za-z_]\w*\[\d+(?::\d+)?\]")
_CONCATENATION = re.compile(r"\{ [^{}]* \}")
_PORT = re.compile(r"    \.(\w+)")
_SET = re.compile(r"\S+(?: \[[^]]*\])? (?=<= )")
_PART_OF_UNNAMED = re.compile(r"(?<!\w)_\d+_\[\d+(?::\d+)?\]")
_OUTPUT = re.compile(r"\.\w+\((_\d+_)\)")

_WIDTH = 110
_LONGEST = 200
"""Characters up to which an expression takes others in."""


def tidy(
    body: str,
    ports: Mapping[str, int] | None = None,
    inputs: Collection[str] | None = None,
    outputs: Mapping[str, Collection[str]] | None = None,
) -> str:
    """Clean up the declarations and statements between a module's port list and its `endmodule`.

    Parameters
    ----------
    body : str
        Declarations and statements.
    ports : mapping of str to int
        Width of each port.
    inputs : collection of str or None
        Inputs of the module. If they are given, what nothing reads of them and of wires is read by a wire with the name
        `unused_bits`, as linters want it.
    outputs : mapping of str to collection of str
        Names of the outputs of each module that is instantiated.
    """
    module = _Module(body, dict(ports or {}), outputs or {})
    module.use_names_of_parts()
    module.cut()
    module.write_tables_out()
    module.inline()
    module.name_the_rest()
    module.join_parts()
    module.cut_what_is_not_assigned()
    if inputs is not None:
        module.read_the_rest(inputs)
    return module.text()


class _Module:
    """Declarations and statements of a module, by kind."""

    def __init__(self, body: str, widths: dict[str, int], outputs: Mapping[str, Collection[str]]) -> None:
        self.outputs = outputs
        self.declarations: dict[str, str] = {}
        self.assigns: dict[str, str] = {}
        self.clocked: list[str] = []
        self.instances: list[str] = []
        self.ports, self.widths = set(widths), widths
        self.lows: dict[str, int] = {}
        for statement in _STATEMENT.findall(body):
            if statement.endswith("  );\n"):
                self.instances.append(statement)
            elif match := _ASSIGN.match(statement):
                self.assigns[match["target"].strip()] = match["value"].strip()
            elif statement.startswith("  always"):
                self.clocked.append(statement)
            else:
                match = _DECLARED.match(statement)
                name = match[2].strip() if match else statement.strip()
                self.declarations[name] = statement.replace(" signed ", " ", 1)
                if match:
                    self.widths[name] = int(match[1] or 0) + 1

    def _declare(self, name: str, width: int, low: int = 0, indexed: bool = True) -> None:
        """Declare a wire of the bits `low` to `width` - 1; one that is not indexed has a single bit."""
        self.declarations[name] = f"  wire {f'[{width - 1}:{low}] ' if indexed else ''}{name};\n"
        self.widths[name], self.lows[name] = width, low

    def readers(self) -> dict[str, int]:
        """Count how often each name is read; a register is not read by being set."""
        count: dict[str, int] = {}
        clocked = _SET.sub("", "".join(self.clocked))
        for name in _NAME.findall("\n".join([*self.assigns.values(), clocked, *self.instances])):
            count[name.strip()] = count.get(name.strip(), 0) + 1
        return count

    def use_names_of_parts(self) -> None:
        """Where a part of a wire is nothing but a part of another wire, read the first: it is the later name."""
        names: dict[str, str] = {}
        for target, value in self.assigns.items():
            part, source = _PART.fullmatch(target), _PART.fullmatch(value)
            if part and source and {part[1], source[1]}.isdisjoint(self.ports) and not _UNNAMED.fullmatch(part[1]):
                names[value] = target
        if not names:
            return

        def renamed(text: str) -> str:
            text = _PART_OF_ANY.sub(lambda match: names.get(match[0], match[0]), text)
            return _CONCATENATION.sub(lambda match: joined(elements(match[0])), text)

        own = {target for target, value in self.assigns.items() if names.get(value) == target}
        self.assigns = {target: value if target in own else renamed(value) for target, value in self.assigns.items()}
        self.clocked = [renamed(statement) for statement in self.clocked]

    def cut(self) -> None:
        """Remove what nobody reads, and make operands as wide as what is left of the results."""
        before = None
        while before != self.assigns:
            before = self.assigns
            self._drop_what_nobody_reads()
            self._narrow()
            self.assigns = {target: fitted(target, value, self.widths) for target, value in self.assigns.items()}

    def _bits_read(self) -> dict[str, set[int]]:
        """Collect the bits of each name that are read; a register is not read by being set."""
        clocked = _SET.sub("", "".join(self.clocked))
        instances = [self._inputs_of(instance) for instance in self.instances]
        return self._bits_in("\n".join([*self.assigns.values(), clocked, *instances]))

    def _bits_in(self, text: str) -> dict[str, set[int]]:
        """Collect the bits of each name in a text."""
        found: dict[str, set[int]] = {}
        for match in _READ.finditer(text):
            name, high, low = match[1].strip(), match[2], match[3]
            top = self.widths.get(name, 1) - 1 if high is None else int(high)
            found.setdefault(name, set()).update(range(int(low or high or 0), top + 1))
        return found

    def _inputs_of(self, instance: str) -> str:
        """Return what an instance reads: its connections without those of its outputs."""
        return "\n".join(text for is_output, text in self._connections(instance) if not is_output)

    def _outputs_of(self, instance: str) -> str:
        """Return what an instance drives."""
        return "\n".join(text for is_output, text in self._connections(instance) if is_output)

    def _connections(self, instance: str) -> Iterator[tuple[bool, str]]:
        outputs = self.outputs.get(instance.split(maxsplit=1)[0], ())
        for line in instance.splitlines():
            if match := _PORT.match(line):
                yield match[1] in outputs, _PORT.sub("", line)

    def _drop_what_nobody_reads(self) -> None:
        """Remove wires, or parts of wires, that nobody reads, alone or as the top of what a sum is assigned to."""
        while True:
            read = self._bits_read()
            set_otherwise = set(_NAME.findall("".join([*self.clocked, *self.instances])))
            kept: dict[str, str] = {}
            for target, value in self.assigns.items():
                parts = elements(target)
                found = operation(value)
                cut = found is not None and found.operator in CUT
                while parts and (len(parts) == 1 or cut) and self._is_unread(parts[0], read):
                    parts = parts[1:]
                if parts:
                    kept[joined(parts)] = value
            named = {_base(part) for target in kept for part in elements(target)}
            unread = {name for name in self.declarations if _UNNAMED.fullmatch(name) and not read.get(name)}
            gone = unread - named - set_otherwise
            if kept == self.assigns and not gone:
                return
            self.assigns = kept
            self.declarations = {name: line for name, line in self.declarations.items() if name not in gone}

    def _can_be_cut(self, name: str, target: str, width: int) -> bool:
        """Tell whether what is assigned to a target makes sense for the lowest bits of a wire alone."""
        if target == name:
            found = operation(self.assigns[target])
            return found is not None and found.operator in CUT
        parts = [match for part in elements(target) if (match := _PART.fullmatch(part)) and match[1] == name]
        return name not in elements(target) and all(int(match[2]) < width for match in parts)

    def _is_unread(self, part: str, read: dict[str, set[int]]) -> bool:
        name, match = _base(part), _PART.fullmatch(part)
        if _UNNAMED.fullmatch(name) and not read.get(name):
            return True
        if match is None or name in self.ports or not read.get(name) or name not in self.declarations:
            return False
        # What nobody reads in the middle of a wire stays, so that every bit of it is driven.
        return int(match[3] or match[2]) > max(read[name]) or int(match[2]) < min(read[name])

    def _narrow(self) -> None:
        """Cut the top bits that nobody reads off wires that are assigned as a whole, or bit by bit."""
        read = self._bits_read()
        assigned: dict[str, list[str]] = {}
        for target in self.assigns:
            for part in elements(target):
                assigned.setdefault(_base(part), []).append(target)
        whole: dict[str, str] = {}
        for name, bits in read.items():
            width = max(bits) + 1
            if name in self.ports or not self.declarations.get(name, "").startswith("  wire") or name not in assigned:
                continue
            if width < self.widths[name] and all(self._can_be_cut(name, target, width) for target in assigned[name]):
                # A named wire keeps its index, which others write.
                self._declare(name, width, indexed=width > 1 or not _UNNAMED.fullmatch(name))
            if _UNNAMED.fullmatch(name) and name in self.assigns and width == self.widths[name]:
                whole[f"{name}[{width - 1}:0]" if width > 1 else f"{name}[0]"] = name

        def replaced(text: str) -> str:
            """Write the wire itself for all of its bits."""
            return _PART_OF_UNNAMED.sub(lambda match: whole.get(match[0], match[0]), text)

        self.assigns = {target: replaced(value) for target, value in self.assigns.items()}
        self.clocked = [replaced(statement) for statement in self.clocked]
        self.instances = [replaced(instance) for instance in self.instances]

    def write_tables_out(self) -> None:
        """Give a constant that is shifted right to choose one bit a name, and index it."""
        for target, value in list(self.assigns.items()):
            found = operation(value)
            if found is None or found.operator != ">>" or width_of(target, self.widths) != 1:
                continue
            table, index = found.operands
            bits = width_of(index, self.widths)
            if is_constant(table) and bits is not None:
                name = f"{target}_table"
                self._declare(name, 1 << bits)
                self.assigns[name] = resized(table, 1 << bits)
                self.assigns[target] = f"{name}[{index}]"

    def inline(self) -> None:
        """Replace unnamed wires that are read once, and as a whole, by their expressions."""
        readers = self.readers()
        once = {
            target
            for target, value in self.assigns.items()
            if _UNNAMED.fullmatch(target) and readers.get(target) == 1 and fits(target, value, self.widths)
        }
        inlined: set[str] = set()

        def expanded(value: str) -> str:
            def one(match: re.Match[str]) -> str:
                name = match[0]
                if name not in once or value[match.end() : match.end() + 1] == "[":
                    return name
                inner = expanded(self.assigns[name])
                if len(inner) > _LONGEST:
                    return name
                inlined.add(name)
                around = value[: match.start()].rstrip()[-1:], value[match.end() :].lstrip()[:1]
                alone = around[0] in ("", "(", "{", ",") and around[1] in ("", ")", "}", ",")
                alone |= around == ("=", ";")  # what a register gets
                found = operation(inner)
                return inner if alone or (found and not found.operator) else f"({inner})"

            return _NAME.sub(one, value)

        # A reader that does not fit, such as a shift, would give what it reads a width of its own.
        safe = {target for target, value in self.assigns.items() if fits(target, value, self.widths)}
        full = {
            target: expanded(value) if target in safe else value
            for target, value in self.assigns.items()
            if target not in once
        }
        # What is too long to go into another stays, with what went into it.
        full |= {target: expanded(self.assigns[target]) for target in once if target not in inlined}
        self.clocked = [expanded(statement) for statement in self.clocked]
        self.instances = [expanded(instance) for instance in self.instances]
        left = {target: value for target, value in full.items() if target not in inlined}
        order = {target: place for place, target in enumerate(self.assigns)}
        self.assigns = dict(sorted(left.items(), key=lambda each: order[each[0]]))
        self.declarations = {name: line for name, line in self.declarations.items() if name not in inlined}

    def name_the_rest(self) -> None:
        """Name unnamed wires and registers after what reads them, or after the output that drives them."""
        taken = {*self.declarations, *self.widths}
        names: dict[str, str] = {}

        def give(unnamed: str, name: str) -> None:
            if unnamed in self.declarations and unnamed not in names:
                number, free = 1, name
                while free in taken:
                    number, free = number + 1, f"{name}_{number + 1}"
                taken.add(free)
                names[unnamed] = free

        for target, value in self.assigns.items():
            if _UNNAMED.fullmatch(value) and (match := _PART.fullmatch(target)):
                give(value, "_".join(part for part in match.groups() if part))
        readers = self.readers()
        for instance in self.instances:
            for unnamed in _OUTPUT.findall(instance):
                if readers.get(unnamed) == 1:  # by this output
                    give(unnamed, "unused")
        for reader, text in self._read_by():
            if not _UNNAMED.fullmatch(reader):
                for unnamed in filter(_UNNAMED.fullmatch, _NAME.findall(text)):
                    give(unnamed, f"{reader}_term")
        read = self._bits_read()
        for unnamed in filter(_UNNAMED.fullmatch, list(self.declarations)):
            give(unnamed, "term" if unnamed in read else "unused")

        def renamed(text: str) -> str:
            return _NAME.sub(lambda match: names.get(match[0], match[0]), text)

        self.declarations = {names.get(name, name): renamed(line) for name, line in self.declarations.items()}
        self.widths |= {new: self.widths[old] for old, new in names.items() if old in self.widths}
        self.assigns = {renamed(target): renamed(value) for target, value in self.assigns.items()}
        self.clocked = [renamed(statement) for statement in self.clocked]
        self.instances = [renamed(instance) for instance in self.instances]

    def _read_by(self) -> Iterator[tuple[str, str]]:
        """Yield pairs of a name and a text that it reads."""
        for target, value in self.assigns.items():
            yield _base(elements(target)[-1]), value
        for statement in self.clocked:
            register = re.search(r"(\w+)(?: ?\[[^]]*\])? <= ", statement)
            yield (register[1] if register else "_0_"), statement
        for instance in self.instances:
            yield instance.split()[1], instance

    def join_parts(self) -> None:
        """Assign wires as a whole whose parts are assigned one by one, unless one part depends on another."""
        parts: dict[str, list[str]] = {}
        reads: dict[str, set[str]] = {}
        for target, value in self.assigns.items():
            for part in elements(target):
                reads.setdefault(_base(part), set()).update(name.strip() for name in _NAME.findall(value))
            if (match := _PART.fullmatch(target)) and match[1] in self.declarations:
                parts.setdefault(match[1], []).append(target)
        for name, targets in parts.items():
            targets.sort(key=lambda target: -int(_PART.fullmatch(target)[2]))  # type: ignore[index]  # each matches
            values = [self.assigns[target] for target in targets]
            whole = sum(width_of(target, self.widths) or 0 for target in targets) == self.widths[name]
            if whole and name not in _all_read(reads, name):
                for target in targets:
                    del self.assigns[target]
                self.assigns[name] = joined([element for value in values for element in _in_concatenation(value)])

    def cut_what_is_not_assigned(self) -> None:
        """Declare wires without low and high bits that nothing drives."""
        text = "\n".join([*self.assigns, *map(self._outputs_of, self.instances)])
        for name, bits in self._bits_in(text).items():
            low, high = min(bits), max(bits)
            is_wire = name not in self.ports and self.declarations.get(name, "").startswith("  wire")
            if is_wire and (low > 0 or high + 1 < self.widths.get(name, 0)):
                self._declare(name, high + 1, low)

    def read_the_rest(self, inputs: Collection[str]) -> None:
        """Read the bits of inputs and wires that nothing else reads."""
        read = self._bits_read()
        wires = [name for name in self.declarations if name not in self.ports and name in self.widths]
        wires = [name for name in wires if not name.startswith("unused")]
        unread = [
            f"{name}[{i}]" if self.widths[name] > 1 else name
            for name in [*inputs, *wires]
            for i in reversed(range(self.lows.get(name, 0), self.widths[name]))
            if i not in read.get(name, ())
        ]
        if unread:
            self._declare("unused_bits", 1, indexed=False)
            self.assigns["unused_bits"] = f"& {joined(unread)}"

    def text(self) -> str:
        """Write it all, values before what reads them; a wire is declared where it is assigned as a whole."""
        lines, declared = [], dict(self.declarations)
        for target in _in_order(self.assigns):
            head = f"assign {target}"
            if target not in self.ports and declared.get(target, "").startswith("  wire"):
                head = declared.pop(target).strip(" ;\n")
            lines.append(_folded(f"  {head} = {self.assigns[target]};\n"))
        clocked = ["".join(_folded(line) for line in each.splitlines(keepends=True)) for each in self.clocked]
        return "".join([*declared.values(), *lines, *map(_instance, self.instances), *clocked])


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


def _base(text: str) -> str:
    match = _NAME.match(text.strip())
    return match[0].strip() if match else ""


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
    for connection in re.findall(r"\.\w+\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\),?", " ".join(connections)):
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
