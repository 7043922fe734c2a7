# amaranth: UnusedElaboratable=no
"""Lane of a processing element: forms one product and aligns it to the accumulator."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.gates import bits_of
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.arith.words import cat
from lmul.hdl.dot.align import Addend, addend_width, aligned
from lmul.hdl.dot.integers import integer_addend
from lmul.hdl.dot.wide_product import wide_product
from lmul.hdl.hierarchy import Part
from lmul.hdl.rtl import accumulate
from lmul.hdl.rtl import wide_product as rtl
from lmul.hdl.style import Style


class Lane(wiring.Component):
    """Lane. Multiplies a code of x by a stored word of y and aligns the product; for integer accumulators.

    Combinational.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    form : Form
        Form of an exact product of significands, for the style gates.
    style : Style
        Style of the description.

    Members
    -------
    x : In(1 + E + M)
        An operand as it is multiplied: see `hdl.arith.entering`.
    word : In(Stored.width)
        A stored word, as `stored_operand.folded` makes it from one of y.
    idle : In(1)
        The product counts as zero.
    addend : Out(addend_width)
        The product in units of the accumulator, in one's complement.
    sign : Out(1)
        Sign above the addend's bits, also to be added as a carry.
    saturated : Out(1)
        The product was above the anchor; the addend is the largest there is. Anchored only, else 0.
    """

    x: Signal
    word: Signal
    idle: Signal
    addend: Signal
    sign: Signal
    saturated: Signal

    clocked = False

    def __init__(self, dot: DotParameters, form: Form = Form.ARRAY, style: Style = Style.RTL) -> None:
        self.dot, self.form, self.style = dot, form, style
        super().__init__(
            {
                "x": In(entering(dot.product)[0].width),
                "word": In(Stored.of(dot).width),
                "idle": In(1),
                "addend": Out(addend_width(dot)),
                "sign": Out(1),
                "saturated": Out(1),
            }
        )

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "lane"

    @property
    def parts(self) -> Sequence[Part]:
        """Return no parts: it instantiates nothing."""
        return ()

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: one product, aligned to the accumulator. Combinational."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        addend: Addend
        if self.dot.product.is_integer:
            addend = integer_addend(m, self.dot, self.x, self.word, self.idle, self.form, self.style)
        elif self.style is Style.RTL:
            addend = accumulate.aligned(m, self.dot, rtl.wide_product(m, self.dot, self.x, self.word), self.idle)
        else:
            product = wide_product(m, self.dot, self.x, bits_of(self.word), self.form)
            addend = aligned(m, self.dot, product, self.idle)
        m.d.comb += [
            self.addend.eq(cat(addend.bits)),
            self.sign.eq(Value.cast(addend.sign)),
            self.saturated.eq(Value.cast(addend.saturated)),
        ]
        return m
