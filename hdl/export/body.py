"""Body of a module that Yosys wrote: its declarations and statements, by kind."""

import re
from collections.abc import Collection, Iterator, Mapping

_STATEMENT = re.compile(r"^  (?:always.*\n(?:    .*\n)+(?:  end\n)?|.* \(\n(?:    .*\n)+  \);\n|.*\n)", re.MULTILINE)
_ASSIGN = re.compile(r"  assign (?P<target>.*?) = (?P<value>.*);")
_DECLARED = re.compile(r"  (?:wire|reg)(?: signed)?\s+(?:\[(\d+):0\] )?(\\\S+ |\w+)\s*;")
NAME = re.compile(r"\\\S+ |(?<!['\w\\$])[A-Za-z_][\w$]*")
UNNAMED = re.compile(r"_\d+_")
PART = re.compile(r"(\w+)\[(\d+)(?::(\d+))?\]")
_READ = re.compile(r"(\\\S+ |(?<!['\w\\$])[A-Za-z_][\w$]*) ?(?:\[(\d+)(?::(\d+))?\])?")
_PORT = re.compile(r"    \.(\w+)")
_SET = re.compile(r"\S+(?: \[[^]]*\])? (?=<= )")


class Body:
    """Declarations and statements between a module's port list and its `endmodule`.

    Parameters
    ----------
    text : str
        Declarations and statements.
    widths : dict of str to int
        Width of each port; those of wires and registers are added.
    outputs : mapping of str to collection of str
        Names of the outputs of each module that is instantiated.

    Attributes
    ----------
    declarations, assigns : dict of str to str
        Declaration of each name, and value of each target of an `assign`.
    clocked, instances : list of str
        Texts of the other statements.
    ports : set of str
        Names of the ports.
    widths, lows : dict of str to int
        Width of each name, and its lowest bit where that is not 0.
    """

    def __init__(self, text: str, widths: dict[str, int], outputs: Mapping[str, Collection[str]]) -> None:
        self.outputs = outputs
        self.declarations: dict[str, str] = {}
        self.assigns: dict[str, str] = {}
        self.clocked: list[str] = []
        self.instances: list[str] = []
        self.ports, self.widths = set(widths), widths
        self.lows: dict[str, int] = {}
        for statement in _STATEMENT.findall(text):
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

    def declare(self, name: str, width: int, low: int = 0, indexed: bool = True) -> None:
        """Declare a wire of the bits `low` to `width` - 1; one that is not indexed has a single bit."""
        self.declarations[name] = f"  wire {f'[{width - 1}:{low}] ' if indexed else ''}{name};\n"
        self.widths[name], self.lows[name] = width, low

    def readers(self) -> dict[str, int]:
        """Count how often each name is read; a register is not read by being set."""
        count: dict[str, int] = {}
        clocked = _SET.sub("", "".join(self.clocked))
        for name in NAME.findall("\n".join([*self.assigns.values(), clocked, *self.instances])):
            count[name.strip()] = count.get(name.strip(), 0) + 1
        return count

    def bits_read(self) -> dict[str, set[int]]:
        """Collect the bits of each name that are read; a register is not read by being set."""
        clocked = _SET.sub("", "".join(self.clocked))
        instances = [self.inputs_of(instance) for instance in self.instances]
        return self.bits_in("\n".join([*self.assigns.values(), clocked, *instances]))

    def bits_in(self, text: str) -> dict[str, set[int]]:
        """Collect the bits of each name in a text."""
        found: dict[str, set[int]] = {}
        for match in _READ.finditer(text):
            name, high, low = match[1].strip(), match[2], match[3]
            top = self.widths.get(name, 1) - 1 if high is None else int(high)
            found.setdefault(name, set()).update(range(int(low or high or 0), top + 1))
        return found

    def inputs_of(self, instance: str) -> str:
        """Return what an instance reads: its connections without those of its outputs."""
        return "\n".join(text for is_output, text in self._connections(instance) if not is_output)

    def outputs_of(self, instance: str) -> str:
        """Return what an instance drives."""
        return "\n".join(text for is_output, text in self._connections(instance) if is_output)

    def _connections(self, instance: str) -> Iterator[tuple[bool, str]]:
        outputs = self.outputs.get(instance.split(maxsplit=1)[0], ())
        for line in instance.splitlines():
            if match := _PORT.match(line):
                yield match[1] in outputs, _PORT.sub("", line)


def base(text: str) -> str:
    """Return the name that a text begins with."""
    match = NAME.match(text.strip())
    return match[0].strip() if match else ""
