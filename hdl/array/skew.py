"""Skews: delays that grow from field to field, for operands that enter an array and sums that leave it."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.hierarchy import Part


class Skew(wiring.Component):
    """Skew. Delays field n of a word by n steps; if `falling`, by count - 1 - n.

    A step is a cycle in which `enable` is high. Reset clears the lowest `reset_bits` bits of every field on its way.

    Parameters
    ----------
    count, width : int
        Fields, and bits of each.
    falling : bool
        The first field waits longest.

    Members
    -------
    enable : In(1)
    i, o : In, Out(count * width)
    """

    clocked = True

    enable: Signal
    i: Signal
    o: Signal

    def __init__(self, count: int, width: int, falling: bool = False, reset: bool = False) -> None:
        self.count, self.width, self.falling, self.reset = count, width, falling, reset
        super().__init__({"enable": In(1), "i": In(count * width), "o": Out(count * width)})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        reset = "_reset" if self.reset else ""
        return f"skew_{'falling' if self.falling else 'rising'}_{self.count}x{self.width}{reset}"

    @property
    def parts(self) -> Sequence[Part]:
        """Return no parts: it instantiates nothing."""
        return []

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        order = "last" if self.falling else "first"
        return [f"{self.name}: each of {self.count} fields comes out a step later than the next; the {order} at once."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        fields = [self.i.word_select(n, self.width) for n in range(self.count)]
        if self.falling:
            fields.reverse()
        out = []
        for step in range(self.count):
            out.append(fields[0])
            if len(fields) > 1:
                waiting = Signal((len(fields) - 1) * self.width, name=f"after_{step + 1}", reset_less=not self.reset)
                with m.If(self.enable):
                    m.d.sync += waiting.eq(Cat(fields[1:]))
                fields = [waiting.word_select(n, self.width) for n in range(len(fields) - 1)]
        m.d.comb += self.o.eq(Cat(reversed(out) if self.falling else out))
        return m
