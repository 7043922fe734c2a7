# amaranth: UnusedElaboratable=no
"""Components as instances of Verilog modules. Equal components share one module."""

from collections.abc import Sequence
from typing import Any, Protocol

from amaranth.hdl import ClockSignal, Instance, Module, ResetSignal, Value
from amaranth.lib import data
from amaranth.lib.wiring import Flow, In, Signature


class Part(Protocol):
    """Component that becomes a module of its own."""

    @property
    def signature(self) -> Signature:
        """Return the ports: plain signals, or streams."""

    @property
    def name(self) -> str:
        """Return the name of the module."""

    @property
    def clocked(self) -> bool:
        """Tell whether it has registers, and so the ports clk and rst."""

    @property
    def parts(self) -> "Sequence[Part]":
        """List the components that it instantiates, each once."""

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""


def place(m: Module, name: str, part: Part, **signals: Value) -> None:
    """Put an instance of a component into a module and connect all its ports.

    Raises
    ------
    ValueError
        The signals are not exactly those of its ports, or one has another width.
    """
    ports = flat_ports(part)
    if set(ports) != set(signals):
        raise ValueError(f"signals must be {', '.join(ports)} for {part.name}, not {', '.join(signals)}")
    connections: dict[str, Any] = {}
    for port, (flow, own) in ports.items():
        value = signals[port]
        if len(value) != len(own):
            raise ValueError(f"{port} must have {len(own)} bits for {part.name}, not {len(value)}")
        connections[f"{'i' if flow is In else 'o'}_{port}"] = value
    if part.clocked:
        connections |= {"i_clk": ClockSignal(), "i_rst": ResetSignal()}
    m.submodules[name] = Instance(part.name, **connections)


def flat_ports(part: Part) -> dict[str, tuple[Flow, Value]]:
    """List the ports of a component's module as plain signals, each with its direction and value.

    A stream's handshake is named as in `i_valid`; the fields of its payload keep their own names.
    """
    ports: dict[str, tuple[Flow, Value]] = {}
    leaves: list[Any] = list(part.signature.flatten(part))  # the stub has another type for the second item
    for path, member, value in leaves:
        if isinstance(value, data.View):
            ports |= {name: (member.flow, value[name]) for name in value.shape().members}
        else:
            ports["_".join(map(str, path))] = (member.flow, value)
    return ports


def all_parts(part: Part) -> list[Part]:
    """List all components that a component instantiates, directly or not: each module once, the innermost first."""
    found: dict[str, Part] = {}
    for inner in part.parts:
        for each in (*all_parts(inner), inner):
            found.setdefault(each.name, each)
    return list(found.values())
