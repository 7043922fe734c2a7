# amaranth: UnusedElaboratable=no
"""Processing elements of a systolic array."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Module, Mux, ResetSignal, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.dot.products import add_products, product_parts
from lmul.hdl.hierarchy import Part
from lmul.hdl.style import Style


class _Element(wiring.Component):
    """Base class of the processing elements of both dataflows."""

    clocked = True

    dot: DotParameters
    lanes: int
    style: Style

    @property
    def parts(self) -> Sequence[Part]:
        """List the module that forms a product: a lane or a floating-point step."""
        return product_parts(self.dot, style=self.style)


class OutputStationary(_Element):
    """Element that keeps a sum and adds the products of passing operands to it until the tile ends.

    x goes to the right and y down, one cycle later each. Two cycles after operands with `last`, the sum moves to the
    register that drains down the column, and the accumulator starts from 0. All registers hold while `enable` is low.
    Reset clears the element in one cycle.

    Members
    -------
    enable : In(1)
    x, x_out : In, Out(lanes * (1 + E + M))
        Codes, or log codes.
    valid, valid_out, last, last_out : In, Out(1)
        x and y are operands, and the last ones of a tile.
    y, y_out : In, Out(lanes * Stored.width)
        Stored words.
    drain : In(1)
        The results of all elements of the column start to move down, one place a cycle.
    above, below : In, Out(accumulator, and one bit if it can saturate)
        A result on its way down the column: the sum, and on top whether it saturated.
    held : Out(1)
        `below` is this element's own result, and waits for `drain`.
    """

    enable: Signal
    x: Signal
    x_out: Signal
    valid: Signal
    valid_out: Signal
    last: Signal
    last_out: Signal
    y: Signal
    y_out: Signal
    drain: Signal
    above: Signal
    below: Signal
    held: Signal

    horizontal = ("x", "valid", "last")
    vertical = (("y", "y_out"), ("above", "below"))
    columns = ("drain",)
    columns_out = ("held",)

    def __init__(self, dot: DotParameters, lanes: int = 1, style: Style = Style.RTL) -> None:
        self.dot, self.lanes, self.style = dot, lanes, style
        x, y = lanes * entering(dot.product)[0].width, lanes * Stored.of(dot).width
        sizes = {"x": x, "valid": 1, "last": 1, "y": y}
        passed = {port: flow for name, size in sizes.items() for port, flow in _passed(name, size).items()}
        result = result_width(dot)
        drained = {"drain": In(1), "above": In(result), "below": Out(result), "held": Out(1)}
        super().__init__({"enable": In(1), **passed, **drained})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "element"

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a processing element, output-stationary, products a step: {self.lanes}."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        total = Signal(self.dot.width, name="total", reset_less=True)
        done, clear = Signal(name="done"), Signal(name="clear")
        x, y, last, result = (_register(m, out) for out in (self.x_out, self.y_out, self.last_out, self.below))
        with m.If(self.enable):
            m.d.sync += [
                x.eq(self.x),
                y.eq(self.y),
                last.eq(self.last),
                self.valid_out.eq(self.valid),
                done.eq(self.valid_out & last),
            ]
        m.d.comb += clear.eq((done & self.enable) | ResetSignal())
        start = Signal(self.dot.width, name="start")
        m.d.comb += start.eq(Mux(clear, 0, total))
        idle = Signal(name="idle")
        m.d.comb += idle.eq(~(self.enable & self.valid_out) | ResetSignal())
        following, above = add_products(m, self.dot, start, (x, y), idle, style=self.style)
        m.d.sync += total.eq(following)
        drained: Value = total
        if can_saturate(self.dot):
            saturated = Signal(name="saturated", reset_less=True)
            m.d.sync += saturated.eq((saturated & ~clear) | above)
            drained = Cat(total, saturated)
        with m.If(done & self.enable):
            m.d.sync += [result.eq(drained), self.held.eq(1)]
        with m.Elif((self.drain | ~self.held) & self.enable):
            # Results of the previous tile from above pass until this tile's own result is here.
            m.d.sync += [result.eq(self.above), self.held.eq(0)]
        return m


class WeightStationary(_Element):
    """Element that keeps words of y and adds their products with x to a sum that passes down.

    x goes to the right, and the sum, which starts at the top of the column, goes down, one cycle later each. Words come
    down a chain of shadow registers, one place a `push`. `swap`, which comes with x, puts them in use for that x and
    the following ones. All registers hold while `enable` is low.

    Members
    -------
    enable : In(1)
    x, x_out : In, Out(lanes * (1 + E + M))
        Codes, or log codes.
    swap, swap_out : In, Out(1)
        x is the first to be multiplied with the words in the shadow registers.
    push, push_out : In, Out(1)
        This row's shadow registers take the words from above.
    word, word_out : In, Out(lanes * Stored.width)
        Words for the shadow registers.
    sum, sum_out : In, Out(accumulator, and one bit if it can saturate)
        The sum, and on top whether it saturated.
    """

    enable: Signal
    x: Signal
    x_out: Signal
    swap: Signal
    swap_out: Signal
    push: Signal
    push_out: Signal
    word: Signal
    word_out: Signal
    sum: Signal
    sum_out: Signal

    horizontal = ("x", "swap", "push")
    vertical = (("word", "word_out"), ("sum", "sum_out"))
    columns = ()
    columns_out = ()

    def __init__(self, dot: DotParameters, lanes: int = 1, style: Style = Style.RTL) -> None:
        self.dot, self.lanes, self.style = dot, lanes, style
        x, word = lanes * entering(dot.product)[0].width, lanes * Stored.of(dot).width
        sizes = {"x": x, "swap": 1, "push": 1, "word": word, "sum": result_width(dot)}
        passed = {port: flow for name, size in sizes.items() for port, flow in _passed(name, size).items()}
        super().__init__({"enable": In(1), **passed})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "element"

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a processing element, weight-stationary, products a step: {self.lanes}."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        word = Signal(len(self.word), name="word_in_use", reset_less=True)
        x, shadow, total = (_register(m, out) for out in (self.x_out, self.word_out, self.sum_out))
        width = self.dot.width
        following, above = add_products(m, self.dot, self.sum[:width], (x, word), style=self.style)
        with m.If(self.enable):
            m.d.sync += [x.eq(self.x), self.swap_out.eq(self.swap), self.push_out.eq(self.push)]
            m.d.sync += total.eq(Cat(following, self.sum[width:] | above))
            with m.If(self.push):
                m.d.sync += shadow.eq(self.word)
            with m.If(self.swap):
                m.d.sync += word.eq(shadow)
        return m


def _register(m: Module, out: Signal) -> Signal:
    """Add a register behind an output. Reset does not change it."""
    register = Signal(len(out), name=f"{out.name}_register", reset_less=True)
    m.d.comb += out.eq(register)
    return register


def _passed(name: str, width: int) -> dict[str, Any]:
    return {name: In(width), f"{name}_out": Out(width)}


def can_saturate(dot: DotParameters) -> bool:
    """Tell whether a sum can be flagged as saturated."""
    return dot.kind is not AccumulatorKind.FIXED


def result_width(dot: DotParameters) -> int:
    """Return the bits of a sum with its flag."""
    return dot.width + can_saturate(dot)
