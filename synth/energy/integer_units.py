# amaranth: UnusedElaboratable=no
"""Adders and multipliers of integers, whose energies are published: what the technology-free model is fitted to."""

from collections.abc import Sequence
from enum import StrEnum

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.arith.gates import Bit, add_columns, bits_of, both, ripple, wire
from lmul.hdl.arith.words import cat
from lmul.hdl.hierarchy import Part


class Kind(StrEnum):
    """What is computed."""

    ADD = "add"  # x + y, without the carry out
    MULTIPLY = "multiply"  # x times y, all bits, without signs


class Integer(wiring.Component):
    """An adder or a multiplier. Combinational.

    Parameters
    ----------
    kind : Kind
        Which of them.
    width : int
        Bits of an operand.
    ours : bool
        Of full adders: one carry chain, or for a product columns of bits that full adders reduce. Else what Yosys makes
        of `+` and `*`.

    Members
    -------
    x, y : In(width)
        Operands.
    z : Out(width or 2 width)
        Result.
    """

    x: Signal
    y: Signal
    z: Signal

    clocked = False
    parts: Sequence[Part] = ()

    def __init__(self, kind: Kind, width: int, ours: bool) -> None:
        self.kind, self.width, self.ours = kind, width, ours
        result = width if kind is Kind.ADD else 2 * width
        super().__init__({"x": In(width), "y": In(width), "z": Out(result)})

    @property
    def name(self) -> str:
        """Name of the module."""
        return f"{self.kind}{self.width}{'_full_adders' if self.ours else ''}"

    @property
    def description(self) -> list[str]:
        """What it is, for the head of the module."""
        return [f"{self.name}: a part that is measured."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if not self.ours:
            m.d.comb += self.z.eq(self.x + self.y if self.kind is Kind.ADD else self.x * self.y)
            return m
        x, y = bits_of(self.x), bits_of(self.y)
        if self.kind is Kind.ADD:
            bits, _ = ripple(m, "sum", x, y, 0)
        else:
            columns: list[list[Bit]] = [[] for _ in self.z]
            for i, p in enumerate(x):
                for j, q in enumerate(y):
                    columns[i + j].append(wire(m, f"partial_{i}_{j}", both(p, q)))
            bits = add_columns(m, columns)
        m.d.comb += self.z.eq(cat(bits))
        return m
