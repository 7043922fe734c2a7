"""Gate-level view of a Verilog module, for proofs about small parts of it."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import product
from typing import Any

from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

PRIVATE = "unnamed_"
"""Begins the names of wires that have none in the text."""

NAME_PRIVATE = f"rename -enumerate -pattern {PRIVATE}% w:$*"
"""Command of Yosys that gives them these names, the same in all readings of a text up to there."""

Net = int | str
"""A number, or "0", "1" or "x"."""

_GATES: dict[str, tuple[str, Callable[..., int]]] = {
    "$_AND_": ("AB", lambda ones, a, b: a & b),
    "$_OR_": ("AB", lambda ones, a, b: a | b),
    "$_XOR_": ("AB", lambda ones, a, b: a ^ b),
    "$_XNOR_": ("AB", lambda ones, a, b: ones ^ a ^ b),
    "$_NOT_": ("A", lambda ones, a: ones ^ a),
    "$_BUF_": ("A", lambda ones, a: a),
    "$_MUX_": ("ABS", lambda ones, a, b, s: (a & (ones ^ s)) | (b & s)),
}
"""Pins, and the output as a function of them, for as many bits as `ones` has."""


@dataclass(frozen=True)
class Addition:
    """Addition of two words, as the operator `+` makes one.

    Parameters
    ----------
    a, b, y : list of Net
        Operands and result, lowest bits first.
    signed : bool
        An operand shorter than the result is extended by its sign.
    name : str
        Name of the wire that is the result; it may be one that `NAME_PRIVATE` gives.
    """

    a: list[Net]
    b: list[Net]
    y: list[Net]
    signed: bool
    name: str


@dataclass(frozen=True)
class Gates:
    """Gates of a module.

    Parameters
    ----------
    wires : dict of str to list of Net
        The nets of every wire that has a name in the file, lowest bit first.
    drivers : dict of Net to (str, list of Net)
        The gate that drives a net, and its inputs.
    additions : sequence of Addition
        Additions of words, which are no gates: the nets of their results count as inputs.
    """

    wires: Mapping[str, list[Net]]
    drivers: Mapping[Net, tuple[str, list[Net]]]
    additions: Sequence[Addition] = ()

    def support(self, net: Net, cut: Collection[Net]) -> set[Net]:
        """Find the nets that a net depends on, back to inputs or to nets of `cut`."""
        found, seen, ahead = set(), set(), [net]
        while ahead:
            n = ahead.pop()
            if n in seen or n in ("0", "1"):
                continue
            seen.add(n)
            if n in self.drivers and (n not in cut or n == net):
                ahead += self.drivers[n][1]
            else:
                found.add(n)
        return found

    def value(self, net: Net, known: Mapping[Net, int], first: bool = True) -> int:
        """Evaluate a net from the values in `known`; `first` ignores a value known for the net itself."""
        if net in ("0", "1"):
            return int(net)
        if net in known and not (first and net in self.drivers):
            return known[net]
        kind, inputs = self.drivers[net]
        return _GATES[kind][1](1, *(self.value(n, known, False) for n in inputs))

    def table(self, nets: Sequence[Net], inputs: Sequence[Net]) -> list[tuple[int, ...]]:
        """Evaluate nets for all values of the inputs; the last input changes fastest."""
        rows = (dict(zip(inputs, row, strict=True)) for row in product((0, 1), repeat=len(inputs)))
        return [tuple(self.value(net, known) for net in nets) for known in rows]

    def values(self, outputs: Sequence[Net], inputs: Mapping[Net, int], ones: int) -> list[int]:
        """Evaluate nets for many values of the inputs at once, one a bit; `ones` has all these bits set."""
        known: dict[Net, int] = {"0": 0, "1": ones, **inputs}
        for net in self.order(outputs):
            kind, pins = self.drivers[net]
            known[net] = _GATES[kind][1](ones, *(known[pin] for pin in pins))
        return [known[net] for net in outputs]

    def order(self, nets: Iterable[Net]) -> list[Net]:
        """Sort the driven nets on which `nets` depend, themselves included, from inputs to outputs."""
        behind = {net: self.drivers[net][1] for net in self._behind(nets)}
        return [net for net in TopologicalSorter(behind).static_order() if net in self.drivers]

    def _behind(self, nets: Iterable[Net]) -> set[Net]:
        found: set[Net] = set()
        ahead = list(nets)
        while ahead:
            net = ahead.pop()
            if net in self.drivers and net not in found:
                found.add(net)
                ahead += self.drivers[net][1]
        return found


def read_flat(top: str, cut: Sequence[tuple[str, str]] = ()) -> list[str]:
    """List Yosys' commands that read unit.v and make one flat module of it.

    Parameters
    ----------
    top : str
        Name of the module.
    cut : sequence of tuple of str
        Modules, and instances in each by their names, with `*`, that are taken out: ports of an instance become wires
        `instance.port`, and nothing drives what it puts out, nor what is read of memories.
    """
    taken_out = [part for module, cells in cut for part in (f"cd {module}", f"expose -evert -sep . c:{cells}", "cd")]
    # It takes away registers that only what is cut below `top` used.
    tidy = [] if any(module != top for module, _ in cut) else ["opt_clean"]
    memories = ["memory_collect", "delete t:$mem_v2"] if cut else []
    return ["read_verilog unit.v", f"hierarchy -check -top {top}", "proc", *taken_out, "flatten", *tidy, *memories]


def gates(verilog: str, top: str, cells: str = "", cut: Sequence[tuple[str, str]] = ()) -> Gates:
    """Read the gates of the module `top` of a Verilog text.

    Parameters
    ----------
    verilog : str
        The text.
    top : str
        Name of the module.
    cells : str
        Modules of its cells.
    cut : sequence of tuple of str
        What is taken out: see `read_flat`.

    Raises
    ------
    ValueError
        The module has cells other than simple gates.
    YosysError
        Yosys refuses the text.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        (folder / "cells.v").write_text(cells)
        commands = ["read_verilog cells.v", *read_flat(top, cut), NAME_PRIVATE]
        run_yosys([*commands, "simplemap", *([] if cut else ["check -assert"]), "write_json unit.json"], folder)
        module: dict[str, Any] = json.loads((folder / "unit.json").read_text())["modules"][top]
    drivers, additions = {}, []
    whole = {tuple(net["bits"]): name for name, net in module["netnames"].items() if not net["hide_name"]}
    for cell in module["cells"].values():
        kind, pins = cell["type"], cell["connections"]
        if kind == "$add":
            signed = int(cell["parameters"]["A_SIGNED"], 2) != 0
            additions.append(Addition(pins["A"], pins["B"], pins["Y"], signed, whole.get(tuple(pins["Y"]), "")))
        if kind not in _GATES:
            continue  # a register: its output counts as an input
        drivers[pins["Y"][0]] = kind, [pins[pin][0] for pin in _GATES[kind][0]]
    named = {name: net["bits"] for name, net in module["netnames"].items() if not net["hide_name"]}
    return Gates({name: nets for name, nets in named.items() if not name.startswith(PRIVATE)}, drivers, additions)
