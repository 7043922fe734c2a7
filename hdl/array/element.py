# amaranth: UnusedElaboratable=no
"""Processing elements: what one place of a systolic array multiplies, adds and passes on."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Module, Mux, ResetSignal, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.dot.products import add_products, product_parts
from lmul.hdl.hierarchy import Part


class _Element(wiring.Component):
    """What both dataflows share."""

    clocked = True

    dot: DotParameters
    lanes: int

    @property
    def parts(self) -> Sequence[Part]:
        """The lane, where there is one."""
        return product_parts(self.dot)


class OutputStationary(_Element):
    """Adds up the products of what passes by; the sum stays until its tile ends.

    x goes on to the right and y down, a cycle later each. Two cycles after operands marked `last` came in, the sum
    moves into the register that drains down the column, and the accumulator starts afresh with whatever comes then.
    Everything stands still while `enable` is low. Reset empties it in one cycle.

    Members
    -------
    enable : In(1)
    x, x_out : In, Out(lanes * (1 + E + M))
        Codes.
    valid, valid_out, last, last_out : In, Out(1)
        Whether x and y are operands at all, and the last ones of a tile.
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

    def __init__(self, dot: DotParameters, lanes: int = 1) -> None:
        self.dot, self.lanes = dot, lanes
        x, y = lanes * dot.product.format.width, lanes * Stored.of(dot).width
        sizes = {"x": x, "valid": 1, "last": 1, "y": y}
        passed = {port: flow for name, size in sizes.items() for port, flow in _passed(name, size).items()}
        result = result_width(dot)
        drained = {"drain": In(1), "above": In(result), "below": Out(result), "held": Out(1)}
        super().__init__({"enable": In(1), **passed, **drained})

    @property
    def name(self) -> str:
        """The name of the module."""
        return "element"

    @property
    def description(self) -> list[str]:
        """What it does, for the head of the module."""
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
        following, above = add_products(m, self.dot, start, (x, y), idle)
        m.d.sync += total.eq(following)
        drained: Value = total
        if can_saturate(self.dot):
            saturated = Signal(name="saturated", reset_less=True)
            m.d.sync += saturated.eq((saturated & ~clear) | above)
            drained = Cat(total, saturated)
        with m.If(done & self.enable):
            m.d.sync += [result.eq(drained), self.held.eq(1)]
        with m.Elif((self.drain | ~self.held) & self.enable):
            # What the tile before left above passes by until this tile's own result is here, and no longer.
            m.d.sync += [result.eq(self.above), self.held.eq(0)]
        return m


class WeightStationary(_Element):
    """Adds the products of x and the words that it holds to a sum that passes down.

    x goes on to the right; the sum, which starts at the top of the column, goes down, a cycle later each. The words
    come down a chain of shadow registers, one place with each `push`; `swap`, which belongs to x, puts them in use
    for that x and what follows. Everything stands still while `enable` is low.

    Members
    -------
    enable : In(1)
    x, x_out : In, Out(lanes * (1 + E + M))
        Codes.
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

    def __init__(self, dot: DotParameters, lanes: int = 1) -> None:
        self.dot, self.lanes = dot, lanes
        x, word = lanes * dot.product.format.width, lanes * Stored.of(dot).width
        sizes = {"x": x, "swap": 1, "push": 1, "word": word, "sum": result_width(dot)}
        passed = {port: flow for name, size in sizes.items() for port, flow in _passed(name, size).items()}
        super().__init__({"enable": In(1), **passed})

    @property
    def name(self) -> str:
        """The name of the module."""
        return "element"

    @property
    def description(self) -> list[str]:
        """What it does, for the head of the module."""
        return [f"{self.name}: a processing element, weight-stationary, products a step: {self.lanes}."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        word = Signal(len(self.word), name="word_in_use", reset_less=True)
        x, shadow, total = (_register(m, out) for out in (self.x_out, self.word_out, self.sum_out))
        width = self.dot.width
        following, above = add_products(m, self.dot, self.sum[:width], (x, word))
        with m.If(self.enable):
            m.d.sync += [x.eq(self.x), self.swap_out.eq(self.swap), self.push_out.eq(self.push)]
            m.d.sync += total.eq(Cat(following, self.sum[width:] | above))
            with m.If(self.push):
                m.d.sync += shadow.eq(self.word)
            with m.If(self.swap):
                m.d.sync += word.eq(shadow)
        return m


def _register(m: Module, out: Signal) -> Signal:
    """A register behind an output, which reset leaves as it is."""
    register = Signal(len(out), name=f"{out.name}_register", reset_less=True)
    m.d.comb += out.eq(register)
    return register


def _passed(name: str, width: int) -> dict[str, Any]:
    return {name: In(width), f"{name}_out": Out(width)}


def can_saturate(dot: DotParameters) -> bool:
    """Whether a sum can be flagged as saturated."""
    return dot.kind is not AccumulatorKind.FIXED


def result_width(dot: DotParameters) -> int:
    """Bits of a sum with its flag."""
    return dot.width + can_saturate(dot)
