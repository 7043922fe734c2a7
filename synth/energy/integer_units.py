# amaranth: UnusedElaboratable=no
"""Integer adders and multipliers, to which the technology-free energy model is fitted."""

from collections.abc import Sequence
from enum import StrEnum

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.arith import wire_names
from lmul.hdl.arith.gates import Bit, add_columns, bits_of, both, ripple, wire
from lmul.hdl.arith.words import cat
from lmul.hdl.hierarchy import Part


class IntegerKind(StrEnum):
    """Operation of an integer unit."""

    ADD = "add"  # x + y, without the carry out
    MULTIPLY = "multiply"  # x times y, all bits, without signs


class Integer(wiring.Component):
    """Integer adder or multiplier. Combinational.

    Parameters
    ----------
    kind : Kind
        Adder or multiplier.
    width : int
        Bits of an operand.
    ours : bool
        Built of full adders: one carry chain, or columns of bits for a product. Else what Yosys makes
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

    def __init__(self, kind: IntegerKind, width: int, ours: bool) -> None:
        self.kind, self.width, self.ours = kind, width, ours
        result = width if kind is IntegerKind.ADD else 2 * width
        super().__init__({"x": In(width), "y": In(width), "z": Out(result)})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return f"{self.kind}{self.width}{'_full_adders' if self.ours else ''}"

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a part that is measured."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if not self.ours:
            m.d.comb += self.z.eq(self.x + self.y if self.kind is IntegerKind.ADD else self.x * self.y)
            return m
        x, y = bits_of(self.x), bits_of(self.y)
        if self.kind is IntegerKind.ADD:
            bits, _ = ripple(m, "sum", x, y, 0)
        else:
            columns: list[list[Bit]] = [[] for _ in self.z]
            for i, p in enumerate(x):
                for j, q in enumerate(y):
                    columns[i + j].append(wire(m, wire_names.partial_product(i, j), both(p, q)))
            bits = add_columns(m, columns)
        m.d.comb += self.z.eq(cat(bits))
        return m
