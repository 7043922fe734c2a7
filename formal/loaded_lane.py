# amaranth: UnusedElaboratable=no
"""Lane with its loader as a module of its own, to be proved."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import anchor_width, folded
from lmul.hdl.dot.lane import Lane
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.style import Style

WORD, LANE = "word", "lane"
"""Names of the wire of the stored word, and of the lane."""

OUTPUTS = ("addend", "sign", "saturated")
"""Outputs of a lane."""


class LoadedLane(wiring.Component):
    """Lane behind the loader of y, without the register that stands between them in a dot product. Combinational.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored.
    style : Style
        Style of the description.

    Members
    -------
    x, y : In(1 + E + M)
        Operands as they are multiplied: see `hdl.arith.entering`.
    anchor : In(anchor_width)
        The anchor, if there is one.
    idle : In(1)
        The product counts as zero.
    addend, sign, saturated : Out
        As of a `Lane`.
    """

    x: Signal
    y: Signal
    anchor: Signal
    idle: Signal

    clocked = False

    def __init__(self, dot: DotParameters, style: Style = Style.RTL) -> None:
        self.dot, self.lane = dot, Lane(dot, style=style)
        operands = {name: In(layout.width) for name, layout in zip("xy", entering(dot.product), strict=True)}
        anchor = {"anchor": In(anchor_width(dot))} if dot.kind.has_anchor else {}
        super().__init__({**operands, **anchor, "idle": In(1), **{n: Out(len(getattr(self.lane, n))) for n in OUTPUTS}})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return f"{self.dot.name}_lane"

    @property
    def parts(self) -> Sequence[Part]:
        """List the lane."""
        return [self.lane]

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a lane with its loader. Combinational."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        anchor = self.anchor.as_signed() if self.dot.kind.has_anchor else None
        word = Signal(len(self.lane.word), name=WORD)
        m.d.comb += word.eq(folded(m, "y", self.dot, self.y, anchor))
        place(m, LANE, self.lane, x=self.x, word=word, idle=self.idle, **{n: getattr(self, n) for n in OUTPUTS})
        return m
