# amaranth: UnusedElaboratable=no
"""Datapath of processing elements and dot products: adds products to an accumulator."""

from collections.abc import Sequence
from dataclasses import replace

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.float_add import accumulated
from lmul.hdl.arith.gates import Bit, add_columns, bits_of, both, constant_bits, either, inverse, is_constant
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.arith.wire_names import COUNT
from lmul.hdl.arith.words import cat
from lmul.hdl.dot.lane import Lane
from lmul.hdl.dot.wide_product import wide_product
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.rtl import accumulate
from lmul.hdl.rtl import wide_product as rtl
from lmul.hdl.style import Style


def product_parts(dot: DotParameters, form: Form = Form.ARRAY, style: Style = Style.RTL) -> Sequence[Part]:
    """List the module that `add_products` instantiates: a lane, or a floating-point step."""
    return [Lane(dot, form, style) if dot.kind.is_integer else FloatingStep(dot, form, style)]


def add_products(
    m: Module,
    dot: DotParameters,
    start: Value,
    operands: tuple[Value, Value],
    idle: Value | None = None,
    form: Form = Form.ARRAY,
    style: Style = Style.RTL,
) -> tuple[Value, Value]:
    """Add the products of codes or log codes of x and stored words, one a lane, to an accumulator.

    While `idle` is 1 the products are zeros. The second value tells whether a product, or a floating-point sum, was too
    large.
    """
    x, words = operands
    idle = Const(0, 1) if idle is None else idle
    if not dot.kind.is_integer:
        step = FloatingStep(dot, form, style)
        total, beyond = Signal(dot.width, name="following"), Signal(name="too_large")
        place(m, "step", step, start=start, x=x, word=words, idle=idle, total=total, saturated=beyond)
        return total, beyond
    lane = Lane(dot, form, style)
    addends, signs, saturated = [], [], []
    for i in range(len(x) // len(lane.x)):
        addend = Signal(len(lane.addend), name=f"addend_{i}")
        sign, above = Signal(name=f"sign_{i}"), Signal(name=f"saturated_{i}")
        place(
            m,
            f"lane_{i}",
            lane,
            x=x.word_select(i, len(lane.x)),
            word=words.word_select(i, len(lane.word)),
            idle=idle,
            addend=addend,
            sign=sign,
            saturated=above,
        )
        addends.append(addend)
        signs.append(sign)
        saturated.append(above)
    add = accumulate.total if style is Style.RTL else _total
    return add(m, start, addends, signs)[: dot.width], Cat(saturated).any()


class FloatingStep(wiring.Component):
    """Step of a floating-point accumulator: adds the product of a code of x and a stored word of y.

    Combinational.

    Members
    -------
    start, total : In, Out(accumulator)
        Codes of the accumulator's format, before and after.
    x : In(1 + E + M)
        A code, or a log code.
    word : In(Stored.width)
        A stored word, as `stored_operand.folded` makes it from one of y.
    idle : In(1)
        The product counts as zero.
    saturated : Out(1)
        The product or the sum was above the accumulator format's TOP, and became TOP.
    """

    start: Signal
    total: Signal
    x: Signal
    word: Signal
    idle: Signal
    saturated: Signal

    clocked = False
    name = "step"
    parts: Sequence[Part] = ()

    def __init__(self, dot: DotParameters, form: Form = Form.ARRAY, style: Style = Style.RTL) -> None:
        self.dot, self.form, self.style = dot, form, style
        ports = {"start": In(dot.width), "x": In(entering(dot.product)[0].width), "word": In(Stored.of(dot).width)}
        super().__init__({**ports, "idle": In(1), "total": Out(dot.width), "saturated": Out(1)})

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"step: one product, added to an accumulator of the format {self.dot.float_format}. Combinational."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self.style is Style.RTL:
            product = rtl.wide_product(m, self.dot, self.x, self.word)
        else:
            product = wide_product(m, self.dot, self.x, bits_of(self.word), self.form)
        m.submodules.accumulate = step = Module()
        # Idle, an unknown operand leaves the accumulator known.
        sign = both(product.sign, inverse(self.idle))
        product = replace(product, sign=sign, zero=either(product.zero, self.idle))
        code, above = accumulated(step, self.dot.float_format, self.start, product)
        m.d.comb += [self.total.eq(cat(code)), self.saturated.eq(Value.cast(above))]
        return m


def _total(m: Module, start: Value, addends: Sequence[Signal], signs: Sequence[Signal]) -> Value:
    """Add addends in one's complement: each sign counts once as a carry, and once, negative, above the addend."""
    width = len(addends[0])
    if len(addends) == 1:
        extended = Cat(addends[0], signs[0].replicate(max(len(start) - width, 0)))
        return start + extended + signs[0]
    negative = _count(m, signs)
    columns: list[list[Bit]] = [[] for _ in range(len(start))]
    # -n 2^width is ~n 2^width, with ones above, and one more 2^width.
    constant = (1 << width) - (1 << (width + len(negative)))
    above = [inverse(bit) for bit in negative]
    for offset, bits in ((0, constant_bits(constant, len(start))), *((0, bits_of(a)) for a in addends)):
        for i, bit in enumerate(bits, offset):
            if i < len(start) and not is_constant(bit, 0):
                columns[i].append(bit)
    for offset, bits in ((0, negative), (width, above), (0, bits_of(start))):
        for i, bit in enumerate(bits, offset):
            if i < len(start):
                columns[i].append(bit)
    return Cat(Value.cast(bit) for bit in add_columns(m, columns))


def _count(m: Module, bits: Sequence[Value]) -> list[Bit]:
    """Count the bits that are one."""
    width = len(bits).bit_length()
    count = Signal(width, name="negative")
    columns: list[list[Bit]] = [list(bits), *([] for _ in range(width - 1))]
    counted = Module()
    m.submodules[COUNT.removesuffix("_")] = counted
    counted.d.comb += count.eq(Cat(Value.cast(bit) for bit in add_columns(counted, columns)))
    return bits_of(count)
