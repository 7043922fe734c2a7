# amaranth: UnusedElaboratable=no
"""Register slice: cuts all combinational paths between the two sides of a stream."""

from collections.abc import Sequence

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.hierarchy import Part


class Slice(wiring.Component):
    """Register slice. Passes beats on in order; none is lost or repeated.

    Latency is one cycle; throughput is a beat a cycle. A beat and `o_valid` hold until `o_ready`. All outputs are
    registers: one for the offered beat, one more for a beat that arrives while that one cannot leave. Reset drops both,
    and no beat is taken during it. Data registers take valid beats only and are reset, so that X on an invalid beat
    never gets in.

    Parameters
    ----------
    width : int
        Bits of a beat.

    Members
    -------
    i, i_valid, i_ready : In(width), In(1), Out(1)
    o, o_valid, o_ready : Out(width), Out(1), In(1)
    """

    clocked = True

    i: Signal
    i_valid: Signal
    i_ready: Signal
    o: Signal
    o_valid: Signal
    o_ready: Signal

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(
            {
                "i": In(width),
                "i_valid": In(1),
                "i_ready": Out(1),
                "o": Out(width),
                "o_valid": Out(1),
                "o_ready": In(1),
            }
        )

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return f"slice_{self.width}"

    @property
    def parts(self) -> Sequence[Part]:
        """Return no parts: it instantiates nothing."""
        return []

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: beats of {self.width} bits, through registers in both directions."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        spare, held = Signal(self.width, name="spare"), Signal(name="held")
        taken, leaves, some = (Signal(name=name) for name in ("taken", "leaves", "some"))
        m.d.comb += [
            taken.eq(self.i_valid & self.i_ready),
            leaves.eq(self.o_ready | ~self.o_valid),
            some.eq(held | taken),
        ]
        m.d.sync += self.i_ready.eq(leaves | ~some)
        with m.If(leaves):
            m.d.sync += [self.o_valid.eq(some), held.eq(0)]
            with m.If(some):
                m.d.sync += self.o.eq(Mux(held, spare, self.i))
        with m.Elif(taken):
            m.d.sync += [spare.eq(self.i), held.eq(1)]
        return m
