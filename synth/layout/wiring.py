"""Connections of a mapped netlist with names that Verilog, DEF and SPEF share: cells u0, u1, nets n2, n3, bits x[0]."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lmul.synth.technology.netlist import REGISTER


@dataclass(frozen=True)
class Net:
    """Net: its name, the port bits on it, and the pins of cells, as numbers of cells and names of pins."""

    name: str
    bit: int
    ports: list[str] = field(default_factory=list)
    pins: list[tuple[int, str]] = field(default_factory=list)


class Wiring:
    """Cells and nets of a module.

    Parameters
    ----------
    module : dict
        Module of mapped cells in Yosys' JSON.

    Attributes
    ----------
    ports : dict of str to (str, list)
        Directions and bits of the ports, by name; a bit is the number of a net or the text of a constant.
    cells, registers : list of str, list of bool
        Type of each cell, and whether it is a register.
    nets : dict of int to Net
        Nets by Yosys' numbers of bits. Constants are none.
    """

    def __init__(self, module: dict[str, Any]) -> None:
        self.ports: dict[str, tuple[str, list[int | str]]] = {
            name: (port["direction"], port["bits"]) for name, port in module["ports"].items()
        }
        self._cells = list(module["cells"].values())
        self.cells = [str(cell["type"]) for cell in self._cells]
        self.registers = [REGISTER in cell["attributes"] for cell in self._cells]
        self.nets: dict[int, Net] = {}
        for named in self.port_bits.values():
            for name, bit in named:
                if isinstance(bit, int):
                    self.nets.setdefault(bit, Net(name, bit)).ports.append(name)
        for number, cell in enumerate(self._cells):
            for pin, bits in cell["connections"].items():
                for bit in bits:
                    if isinstance(bit, int):
                        self.nets.setdefault(bit, Net(f"n{bit}", bit)).pins.append((number, pin))

    @property
    def port_bits(self) -> dict[str, list[tuple[str, int | str]]]:
        """List the bits of each port with their names, inputs first, so that nets are named after what drives them."""
        order = sorted(self.ports, key=lambda name: self.ports[name][0] != "input")
        return {
            name: [(bit_name(name, place, bits), bit) for place, bit in enumerate(bits)]
            for name in order
            for bits in [self.ports[name][1]]
        }

    def direction(self, cell: int, pin: str) -> str:
        """Return the direction of a cell's pin."""
        return str(self._cells[cell]["port_directions"][pin])

    def driver(self, net: Net) -> tuple[int, str] | None:
        """Return the pin that drives a net; None for an input port."""
        return next((pin for pin in net.pins if self.direction(*pin) == "output"), None)

    @property
    def wires(self) -> list[Net]:
        """List the nets that join two places or more."""
        return [net for net in self.nets.values() if len(net.ports) + len(net.pins) > 1]

    def verilog(self, top: str) -> str:
        """Write the netlist as Verilog with these names."""
        return "\n".join([f"module {top} ({', '.join(self.ports)});", *self._lines(), "endmodule", ""])

    def _lines(self) -> Iterator[str]:
        for name, (direction, bits) in self.ports.items():
            yield f"  {direction} {f'[{len(bits) - 1}:0] ' if len(bits) > 1 else ''}{name};"
        inner = [net.name for net in self.nets.values() if not net.ports]
        if inner:
            yield f"  wire {', '.join(inner)};"
        for named in self.port_bits.values():
            for name, bit in named:
                source = self._source(bit)
                if source != name:
                    yield f"  assign {name} = {source};"
        for number, cell in enumerate(self._cells):
            pins = [f".{pin}({self._source(bits[0])})" for pin, bits in cell["connections"].items() if bits]
            yield f"  {cell['type']} u{number} ({', '.join(pins)});"

    def _source(self, bit: int | str) -> str:
        return self.nets[bit].name if isinstance(bit, int) else f"1'b{bit}"


def bit_name(port: str, place: int, bits: list[int | str]) -> str:
    """Name a bit of a port."""
    return f"{port}[{place}]" if len(bits) > 1 else port
