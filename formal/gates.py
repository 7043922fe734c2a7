"""A Verilog module as gates, for questions about small parts of it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from lmul.hdl.files import scratch_folder
from lmul.hdl.yosys import run_yosys

Net = int | str
"""A number, or "0", "1" or "x"."""

_GATES: dict[str, tuple[str, Callable[..., int]]] = {
    "$_AND_": ("AB", lambda a, b: a & b),
    "$_OR_": ("AB", lambda a, b: a | b),
    "$_XOR_": ("AB", lambda a, b: a ^ b),
    "$_XNOR_": ("AB", lambda a, b: 1 ^ a ^ b),
    "$_NOT_": ("A", lambda a: 1 ^ a),
    "$_BUF_": ("A", lambda a: a),
    "$_MUX_": ("ABS", lambda a, b, s: b if s else a),
}


@dataclass(frozen=True)
class Gates:
    """The gates of a module.

    Parameters
    ----------
    wires : dict of str to list of Net
        The nets of every wire that has a name in the file, lowest bit first.
    drivers : dict of Net to (str, list of Net)
        The gate that drives a net, and its inputs.
    """

    wires: Mapping[str, list[Net]]
    drivers: Mapping[Net, tuple[str, list[Net]]]

    def support(self, net: Net, cut: Collection[Net]) -> set[Net]:
        """What a net depends on, as far back as the nets `cut`, which stand for themselves, or to an input."""
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
        """The value of a net, which need not be the one in `known`, from those in it."""
        if net in ("0", "1"):
            return int(net)
        if net in known and not (first and net in self.drivers):
            return known[net]
        kind, inputs = self.drivers[net]
        return _GATES[kind][1](*(self.value(n, known, False) for n in inputs))

    def table(self, nets: Sequence[Net], inputs: Sequence[Net]) -> list[tuple[int, ...]]:
        """The values of some nets for all values of the inputs, the last of which changes fastest."""
        rows = (dict(zip(inputs, row, strict=True)) for row in product((0, 1), repeat=len(inputs)))
        return [tuple(self.value(net, known) for net in nets) for known in rows]


def gates(verilog: str, top: str) -> Gates:
    """The gates of the module `top` of a Verilog text.

    Raises
    ------
    ValueError
        It has something other than simple gates.
    YosysError
        Yosys refuses the text.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        commands = ["read_verilog unit.v", f"hierarchy -check -top {top}", "proc", "flatten", "opt_clean"]
        run_yosys([*commands, "simplemap", "check -assert", "write_json unit.json"], folder)
        module: dict[str, Any] = json.loads((folder / "unit.json").read_text())["modules"][top]
    drivers = {}
    for cell in module["cells"].values():
        kind, pins = cell["type"], cell["connections"]
        if kind not in _GATES:
            continue  # a register: its output counts as an input
        drivers[pins["Y"][0]] = kind, [pins[pin][0] for pin in _GATES[kind][0]]
    return Gates({name: net["bits"] for name, net in module["netnames"].items() if not net["hide_name"]}, drivers)
