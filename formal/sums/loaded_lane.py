# amaranth: UnusedElaboratable=no
"""Lane, or floating-point step, with its loader as a module of its own, to be proved."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import anchor_width, folded
from lmul.hdl.dot.products import product_parts
from lmul.hdl.hierarchy import Part, flat_ports, place
from lmul.hdl.style import Style

WORD, LANE = "word", "lane"
"""Names of the wire of the stored word, and of the lane or step."""

OUTPUTS = ("addend", "sign", "saturated")
"""Outputs of a lane."""


class LoadedLane(wiring.Component):
    """Lane behind the loader of y, without the register that stands between them in a dot product. Combinational.

    With a floating-point accumulator it is the step of that accumulator.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    style : Style
        Style of the description.

    Members
    -------
    y : In(1 + E + M)
        Operand as it is multiplied: see `hdl.arith.entering`.
    anchor : In(anchor_width, or two bits more)
        The anchor, if there is one, with the scales of a block.
    x, idle, and all others
        As of a `Lane` or a `FloatingStep`.
    """

    y: Signal
    anchor: Signal

    clocked = False

    def __init__(self, dot: DotParameters, style: Style = Style.RTL) -> None:
        self.dot = dot
        (self.lane,) = product_parts(dot, style=style)
        ports = {name: flow(len(value)) for name, (flow, value) in flat_ports(self.lane).items() if name != WORD}
        # That of a scaled unit has two bits more when the scales are in it.
        anchor = {"anchor": In(anchor_width(dot) + 2 * dot.scaled)} if dot.kind.has_anchor else {}
        super().__init__({"y": In(entering(dot.product)[1].width), **anchor, **ports})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return f"{self.dot.name}_{self.lane.name}"

    @property
    def parts(self) -> Sequence[Part]:
        """List the lane."""
        return [self.lane]

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a {self.lane.name} with its loader. Combinational."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        anchor = self.anchor.as_signed() if self.dot.kind.has_anchor else None
        ports = flat_ports(self.lane)
        word = Signal(len(ports.pop(WORD)[1]), name=WORD)
        m.d.comb += word.eq(folded(m, "y", self.dot, self.y, anchor))
        place(m, LANE, self.lane, word=word, **{name: getattr(self, name) for name in ports})
        return m
