"""Structure of an exported array: that rows, grids and skews are wired as specified, read from the netlist.

For any number of rows and columns: what is read grows with the file, not with the elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lmul.formal.arrays.netlist import Bits, Instance, Module, fields, joined
from lmul.hdl.array.systolic import Dataflow


def faults_of_skew(module: Module, count: int, falling: bool, reset: bool) -> list[str]:
    """List what is wrong with a skew: field n must come out n steps later; if falling, count - 1 - n.

    Every register takes the rising edge of clk, and only with enable. With `reset` rst clears each.
    """
    enable, rst, clk = (module.port(name) for name in ("enable", "rst", "clk"))
    before: dict[int | str, int | str] = {}
    faults = []
    for name, cell in module.cells():
        pins, kind = cell["connections"], cell["type"]
        allowed = ("$sdffe",) if reset else ("$dffe", "$sdffe")
        parameters = {
            key: int(value, 2) for key, value in cell["parameters"].items() if key != "WIDTH" and "x" not in value
        }
        right = kind in allowed and pins["EN"] == enable and pins["CLK"] == clk
        right = right and parameters["EN_POLARITY"] == parameters["CLK_POLARITY"] == 1
        if right and kind == "$sdffe":
            right = pins["SRST"] == rst and parameters["SRST_POLARITY"] == 1 and parameters.get("SRST_VALUE") == 0
        if not right:
            faults.append(f"{name} is no register that enable alone lets move{' and rst clears' if reset else ''}")
        else:
            before |= dict(zip(pins["Q"], pins["D"], strict=True))
    for n, (came, went) in enumerate(zip(*(fields(module.port(port), count) for port in "io"), strict=True)):
        delay = count - 1 - n if falling else n
        source = went
        for _ in range(delay):
            source = [before.get(bit, "none") for bit in source]
        if source != came:
            faults.append(f"field {n} does not come out {delay} steps later")
    return faults


@dataclass(frozen=True)
class Kind:
    """How elements of a dataflow are wired in a row, and rows in a grid.

    Attributes
    ----------
    along : tuple of str
        Ports that pass from an element to the next of its row; the outputs are called `NAME_out`.
    down : tuple of tuple of str
        Inputs and outputs of a column.
    columns, columns_out : tuple of str
        Other inputs and outputs with a field for each column.
    """

    along: tuple[str, ...]
    down: tuple[tuple[str, str], ...]
    columns: tuple[str, ...] = ()
    columns_out: tuple[str, ...] = ()


KINDS = {
    Dataflow.OUTPUT_STATIONARY: Kind(
        ("x", "valid", "last"), (("y", "y_out"), ("above", "below")), ("drain",), ("held",)
    ),
    Dataflow.WEIGHT_STATIONARY: Kind(("x", "swap", "push"), (("word", "word_out"), ("sum", "sum_out"))),
}

COMMON = ("clk", "rst", "enable")
"""Ports that all modules of a grid share."""


def faults_of_row(row: Module, element: str, columns: int, dataflow: Dataflow) -> list[str]:
    """List what is wrong with a row: it must be `columns` elements pe_0, pe_1 .. side by side, and nothing else."""
    kind = KINDS[dataflow]
    check = _Check(row, {f"pe_{j}": element for j in range(columns)})
    if check.faults:
        return check.faults
    pes = [row.instances[f"pe_{j}"] for j in range(columns)]
    for j, pe in enumerate(pes):
        for port in COMMON:
            check.same(pe, port, row.port(port))
        for port in kind.along:
            check.same(pe, port, pes[j - 1][f"{port}_out"] if j else row.port(port))
        for port in (*(into for into, _ in kind.down), *kind.columns):
            check.same(pe, port, fields(row.port(port), columns)[j])
    for port in (*(out for _, out in kind.down), *kind.columns_out):
        check.puts_out(port, joined([pe[port] for pe in pes]))
    check.no_more_cells()
    return check.faults


def faults_of_grid(grid: Module, prefix: str, shape: tuple[int, int], dataflow: Dataflow) -> list[str]:
    """List what is wrong with the wires between rows and skews of a grid; what counts its sums is not looked at.

    Parameters
    ----------
    grid : Module
        The grid.
    prefix : str
        What the names of all its modules begin with, without the last `_`.
    shape : tuple of int
        Rows and columns.
    """
    rows, _ = shape
    skews = skews_of(shape, dataflow)
    types = {f"row_{i}": f"{prefix}_row" for i in range(rows)}
    check = _Check(grid, types | {f"skew_{name}": None for name in skews})
    if check.faults:
        return check.faults
    row = [grid.instances[f"row_{i}"] for i in range(rows)]
    for instance in grid.instances.values():
        for port in COMMON:
            check.same(instance, port, grid.port(port))

    def skewed(name: str, into: Bits) -> Bits:
        if name not in skews:
            return into
        instance = grid.instances[f"skew_{name}"]
        check.same(instance, "i", into)
        return instance["o"]

    x = fields(skewed("x", grid.port("x")), rows)
    for i in range(rows):
        check.same(row[i], "x", x[i])
    if dataflow is Dataflow.OUTPUT_STATIONARY:
        flags = fields(skewed("flags", joined([grid.port("valid") + grid.port("last")] * rows)), rows)
        y, above = skewed("y", grid.port("y")), list[int | str](["0"] * len(row[0]["above"]))
        for i in reversed(range(rows)):
            check.same(row[i], "valid", flags[i][:1])
            check.same(row[i], "last", flags[i][1:])
            check.same(row[i], "y", y)
            check.same(row[i], "above", above)
            check.same(row[i], "drain", row[0]["held"])
            y, above = row[i]["y_out"], row[i]["below"]
        check.puts_out("sums", skewed("sums", above))
    else:
        swap = skewed("swap", grid.port("swap") * rows)
        word, sums = skewed("word", grid.port("word")), skewed("sums", grid.port("sums"))
        for i in range(rows):
            check.same(row[i], "swap", swap[i : i + 1])
            check.same(row[i], "push", grid.port("push")[i : i + 1])
            check.same(row[i], "word", word)
            check.same(row[i], "sum", sums)
            word, sums = row[i]["word_out"], row[i]["sum_out"]
        check.puts_out("sums_out", skewed("sums_out", sums))
        check.no_more_cells()
    return check.faults


def skews_of(shape: tuple[int, int], dataflow: Dataflow) -> dict[str, tuple[int, bool, bool]]:
    """Return the skews of a grid by name: fields, whether the first waits longest, whether a reset clears it."""
    rows, columns = shape
    skews = (
        {
            "x": (rows, True, False),
            "flags": (rows, True, True),
            "y": (columns, False, False),
            "sums": (columns, True, False),
        }
        if dataflow is Dataflow.OUTPUT_STATIONARY
        else {
            "x": (rows, False, False),
            "swap": (rows, False, True),
            "word": (columns, False, False),
            "sums": (columns, False, False),
            "sums_out": (columns, True, False),
        }
    )
    return {name: skew for name, skew in skews.items() if skew[0] > 1}


def faults_of_memory(array: Module, words: int) -> list[str]:
    """List what is wrong with the memory of partial sums: written where sums arrive, read at the queue's other end."""
    memory = [cell for _, cell in array.cells() if cell["type"] == "$mem_v2"]
    if len(memory) != 1 or "grid" not in array.instances:
        return [f"{array.name} must have one memory behind its grid, not {len(memory)}"]
    (ports, parameters), sums = (memory[0][key] for key in ("connections", "parameters")), array.instances["grid"]
    # A memory of one word is written and read at address 0.
    into, out = array.net("into__addr") or ["0"], array.net("out_of__addr") or ["0"]
    right = {
        f"it has {words} words, from 0 on": (
            {"SIZE": words, "OFFSET": 0},
            {k: int(parameters[k], 2) for k in ("SIZE", "OFFSET")},
        ),
        "it has one port to write and one to read": (
            {"WR": 1, "RD": 1},
            {k: int(parameters[f"{k}_PORTS"], 2) for k in ("WR", "RD")},
        ),
        "it is read at the end of the queue": (ports["RD_ADDR"], out),
        "it is read without a register": (int(parameters["RD_CLK_ENABLE"], 2), 0),
        "it is written at the beginning of the queue": (ports["WR_ADDR"], into),
        "it takes the sums of the grid": (ports["WR_DATA"], sums["sums_out"]),
        "it takes them when they arrive": (ports["WR_EN"], array.net("arrives") * len(ports["WR_DATA"])),
        "it takes them at the rising edge of clk": (
            (ports["WR_CLK"], int(parameters["WR_CLK_POLARITY"], 2)),
            (array.port("clk"), 1),
        ),
        "what is read is out_of__data": (ports["RD_DATA"], array.net("out_of__data")),
    }
    return [f"it is not so that {what}" for what, (found, wanted) in right.items() if found != wanted]


class _Check:
    """What is found wrong with the wires of a module."""

    def __init__(self, module: Module, instances: Mapping[str, str | None]) -> None:
        self.module = module
        self.faults = []
        found = module.instances
        if set(found) != set(instances):
            odd = sorted(set(found) ^ set(instances))
            self.faults.append(f"{module.name} must have {len(instances)} instances, and {', '.join(odd[:3])} is odd")
        self.faults += [
            f"{name} must be a {kind}, not {found[name].type}"
            for name, kind in instances.items()
            if kind is not None and name in found and found[name].type != kind
        ]

    def same(self, instance: Instance, port: str, wanted: Bits) -> None:
        """Note a port of an instance that is not connected to these nets."""
        if instance.connections.get(port) != wanted:
            self.faults.append(f"{instance.name}.{port} is connected to something else")

    def puts_out(self, port: str, wanted: Bits) -> None:
        """Note an output of the module that is not these nets."""
        if self.module.port(port) != wanted:
            self.faults.append(f"{port} of {self.module.name} comes from something else")

    def no_more_cells(self) -> None:
        """Note any cell: a module of wires has none."""
        self.faults += [f"{self.module.name} has the cell {name}" for name, _ in self.module.cells()]
