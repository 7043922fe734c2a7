# amaranth: UnusedElaboratable=no
"""Components as instances of Verilog modules: one module for each distinct component, however often it stands there."""

from collections.abc import Sequence
from typing import Any, Protocol

from amaranth.hdl import ClockSignal, Instance, Module, ResetSignal, Value
from amaranth.lib.wiring import In, Signature


class Part(Protocol):
    """A component that becomes a module of its own."""

    @property
    def signature(self) -> Signature:
        """Its ports, plain signals all of them."""

    @property
    def name(self) -> str:
        """Name of the module."""

    @property
    def clocked(self) -> bool:
        """Whether it has registers, and so the ports clk and rst."""

    @property
    def parts(self) -> "Sequence[Part]":
        """What it instantiates itself, each once."""

    @property
    def description(self) -> list[str]:
        """What it does, in lines for the head of the module."""


def place(m: Module, name: str, part: Part, **signals: Value) -> None:
    """Put an instance of a component into a module and connect all its ports.

    Raises
    ------
    ValueError
        The signals are not exactly those of its ports, or one has another width.
    """
    ports = dict(part.signature.members)
    if set(ports) != set(signals):
        raise ValueError(f"signals must be {', '.join(ports)} for {part.name}, not {', '.join(signals)}")
    connections: dict[str, Any] = {}
    for port, member in ports.items():
        value = signals[port]
        if len(value) != len(part_port(part, port)):
            raise ValueError(f"{port} must have {len(part_port(part, port))} bits for {part.name}, not {len(value)}")
        connections[f"{'i' if member.flow is In else 'o'}_{port}"] = value
    if part.clocked:
        connections |= {"i_clk": ClockSignal(), "i_rst": ResetSignal()}
    m.submodules[name] = Instance(part.name, **connections)


def part_port(part: Part, port: str) -> Value:
    """A port of a component."""
    value: Value = getattr(part, port)
    return value


def all_parts(part: Part) -> list[Part]:
    """What a component instantiates, directly or not, each module once, the innermost first."""
    found: dict[str, Part] = {}
    for inner in part.parts:
        for each in (*all_parts(inner), inner):
            found.setdefault(each.name, each)
    return list(found.values())
