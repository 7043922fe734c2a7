"""Combinational parts simulated for many inputs at once: their gates on integers of one bit per input."""

from typing import ClassVar

from amaranth.hdl import Cat, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.formal.gates import gates
from lmul.hdl.files import scratch_folder
from lmul.hdl.verilog import export
from lmul.hdl.yosys import run_yosys


class Parts(wiring.Component):
    """Several parts side by side, each a function of `m` and lists of bits that returns a list of bits."""

    name = "parts"
    description: ClassVar = ["parts"]
    manifest: ClassVar = {}

    def __init__(self, parts):
        self.parts = parts
        ports = {}
        for i, (widths, output, _) in enumerate(parts):
            ports |= {f"in_{i}_{k}": In(width) for k, width in enumerate(widths)}
            ports[f"out_{i}"] = Out(output)
        super().__init__(ports)

    def elaborate(self, platform):
        m = Module()
        for i, (widths, output, build) in enumerate(self.parts):
            m.submodules[f"part_{i}"] = inner = Module()
            bits = build(inner, *([*getattr(self, f"in_{i}_{k}")] for k in range(len(widths))))
            assert len(bits) == output
            inner.d.comb += getattr(self, f"out_{i}").eq(Cat(*bits))
        return m


def transposed(numbers, width):
    """Bit i of every number, as one integer."""
    texts = [f"{n & (1 << width) - 1:0{width}b}" for n in reversed(numbers)]
    return [int("".join(column), 2) for column in zip(*texts, strict=True)][::-1]


def simulate(parts, rows):
    """The outputs of each part, (input widths, output width, function), for its rows of inputs."""
    with scratch_folder() as folder:
        export(Parts(parts), folder)
        flat = ["proc", "flatten", "opt_clean", "techmap", "simplemap", "opt_clean", "write_verilog -noattr gates.v"]
        run_yosys(["read_verilog parts.v", *flat], folder)
        circuit = gates((folder / "gates.v").read_text(), "parts")
    results = []
    for i, (widths, output, _) in enumerate(parts):
        known = {}
        for k, (width, column) in enumerate(zip(widths, zip(*rows[i], strict=True), strict=True)):
            known |= dict(zip(circuit.wires[f"in_{i}_{k}"], transposed(column, width), strict=True))
        values = circuit.values(circuit.wires[f"out_{i}"], known, (1 << len(rows[i])) - 1)
        results.append(transposed(values, len(rows[i])))
    return results
