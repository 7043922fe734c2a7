"""Combinational parts simulated for many inputs at once: their gates on integers of one bit per input."""

import json

from amaranth.back.rtlil import convert
from amaranth.hdl import Cat, Module, Signal

from lmul.formal.gates import Gates
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

_COMMANDS = [
    "read_rtlil parts.il",
    "flatten -noscopeinfo",
    "proc",
    "opt",
    "techmap",
    "simplemap",
    "opt_clean",
    "check -assert",
]
PINS = {"$_AND_": "AB", "$_OR_": "AB", "$_XOR_": "AB", "$_XNOR_": "AB", "$_NOT_": "A", "$_BUF_": "A", "$_MUX_": "ABS"}


def _gates(parts):
    top, ports = Module(), []
    for i, (widths, output, build) in enumerate(parts):
        top.submodules[f"part_{i}"] = m = Module()
        inputs = [Signal(width, name=f"in_{i}_{k}") for k, width in enumerate(widths)]
        result = Signal(output, name=f"out_{i}")
        bits = build(m, *([*signal] for signal in inputs))
        assert len(bits) == output
        m.d.comb += result.eq(Cat(*bits))
        ports += [*inputs, result]
    with scratch_folder() as folder:
        (folder / "parts.il").write_text(convert(top, name="parts", ports=ports, emit_src=False))
        run_yosys([*_COMMANDS, "write_json parts.json"], folder)
        module = json.loads((folder / "parts.json").read_text())["modules"]["parts"]
    drivers = {}
    for cell in module["cells"].values():
        pins = cell["connections"]
        drivers[pins["Y"][0]] = cell["type"], [pins[pin][0] for pin in PINS[cell["type"]]]
    return Gates({name: port["bits"] for name, port in module["ports"].items()}, drivers)


def transposed(numbers, width):
    """Bit i of every number, as one integer."""
    texts = [f"{n & (1 << width) - 1:0{width}b}" for n in reversed(numbers)]
    return [int("".join(column), 2) for column in zip(*texts, strict=True)][::-1]


def simulate(parts, rows):
    """The outputs of each part for its rows of inputs.

    A part is the widths of its inputs, that of its output and what builds it: a function of a module and, for each
    input, a list of bits, that returns a list of bits.
    """
    circuit = _gates(parts)
    results = []
    for i, (widths, output, _) in enumerate(parts):
        known = {}
        for k, (width, column) in enumerate(zip(widths, zip(*rows[i], strict=True), strict=True)):
            known |= dict(zip(circuit.wires[f"in_{i}_{k}"], transposed(column, width), strict=True))
        values = circuit.values(circuit.wires[f"out_{i}"], known, (1 << len(rows[i])) - 1)
        assert len(values) == output
        results.append(transposed(values, len(rows[i])))
    return results
