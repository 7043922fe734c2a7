# amaranth: UnusedElaboratable=no
"""Modules that are measured but not exported: parts of units, and cores without streams, stalls and handshakes."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.float_add import WideProduct, accumulated
from lmul.hdl.arith.gates import bits_of, inverse
from lmul.hdl.arith.stored_operand import Stored, anchor_width, folded
from lmul.hdl.arith.words import cat
from lmul.hdl.dot.products import add_products, product_parts
from lmul.hdl.dot.wide_product import wide_product
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.style import Style


class _Measured(wiring.Component):
    """Base class: clocked, and without parts."""

    name: str
    clocked = True
    parts: Sequence[Part] = ()

    @property
    def description(self) -> list[str]:
        """Return the comment lines at the top of the module."""
        return [f"{self.name}: a part that is measured."]


class Product(_Measured):
    """Multiplier alone: a code or log code times a stored word, before alignment. Combinational."""

    x: Signal
    word: Signal
    product: Signal

    name = "product"
    clocked = False

    def __init__(self, dot: DotParameters) -> None:
        self.dot = dot
        ports = {"x": entering(dot.product)[0].width, "word": Stored.of(dot).width}
        wide = wide_product(Module(), dot, Signal(ports["x"]), bits_of(Signal(ports["word"])))
        width = 2 + len(wide.significand) + len(wide.exponent)
        super().__init__({**{name: In(bits) for name, bits in ports.items()}, "product": Out(width)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        wide = wide_product(m, self.dot, self.x, bits_of(self.word))
        m.d.comb += self.product.eq(cat([wide.sign, wide.zero, *wide.significand, *wide.exponent]))
        return m


class Loader(_Measured):
    """Loader: turns a code or log code of y into a stored word. Combinational."""

    code: Signal
    anchor: Signal
    word: Signal

    name = "loader"
    clocked = False

    def __init__(self, dot: DotParameters) -> None:
        self.dot = dot
        anchor = {"anchor": In(anchor_width(dot))} if dot.kind.has_anchor else {}
        super().__init__({"code": In(entering(dot.product)[1].width), **anchor, "word": Out(Stored.of(dot).width)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        anchor = self.anchor.as_signed() if self.dot.kind.has_anchor else None
        m.d.comb += self.word.eq(folded(m, "word", self.dot, self.code, anchor))
        return m


class Words(_Measured):
    """Register for one stored word, with an enable."""

    d: Signal
    load: Signal
    q: Signal

    name = "words"

    def __init__(self, width: int) -> None:
        super().__init__({"d": In(width), "load": In(1), "q": Out(width)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        register = Signal(len(self.q), name="register", reset_less=True)
        with m.If(self.load):
            m.d.sync += register.eq(self.d)
        m.d.comb += self.q.eq(register)
        return m


class Bit(_Measured):
    """Register of one bit."""

    d: Signal
    q: Signal

    name = "bit"

    def __init__(self) -> None:
        super().__init__({"d": In(1), "q": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        register = Signal(name="register", reset_less=True)
        m.d.sync += register.eq(self.d)
        m.d.comb += self.q.eq(register)
        return m


class _Core(_Measured):
    """Multiply-add core, with an accumulator that `clear` starts afresh.

    Members
    -------
    x : In(lanes * (1 + E + M))
        Codes, or log codes, of x, the first in the lowest bits.
    word : In(lanes * Stored.width)
        Stored words of y, the first in the lowest bits.
    clear : In(1)
        The sum begins with the products of this cycle.
    total : Out(dot.width)
        The accumulator.
    saturated : Out(1)
        A product or a sum since the last `clear` was too large.
    """

    x: Signal
    word: Signal
    clear: Signal
    total: Signal
    saturated: Signal

    name = "core"

    def __init__(self, dot: DotParameters, lanes: int, form: Form, **others: Any) -> None:
        self.dot, self.lanes, self.form = dot, lanes, form
        ports = {
            "x": In(lanes * entering(dot.product)[0].width),
            "word": In(lanes * Stored.of(dot).width),
            "clear": In(1),
        }
        super().__init__({**ports, **others, "total": Out(dot.width), "saturated": Out(1)})
        self.parts = product_parts(dot, form, Style.GATES)

    def _add(self, m: Module, x: Value, words: Value) -> None:
        total = Signal(self.dot.width, name="sum", reset_less=True)
        above = Signal(name="above", reset_less=True)
        start = Signal(self.dot.width, name="start")
        m.d.comb += start.eq(Mux(self.clear, 0, total))
        following, too_large = add_products(m, self.dot, start, (x, words), Const(0, 1), self.form, Style.GATES)
        m.d.sync += [total.eq(following), above.eq((above & ~self.clear) | too_large)]
        m.d.comb += [self.total.eq(total), self.saturated.eq(above)]


class DotCore(_Core):
    """Dot product without streams: words stay until others are loaded, and all lanes share one accumulator.

    One more port, `load`: In(1) stores the words at the clock edge.
    """

    load: Signal

    def __init__(self, dot: DotParameters, lanes: int, form: Form = Form.ARRAY) -> None:
        super().__init__(dot, lanes, form, load=In(1))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words = Signal(len(self.word), name="words", reset_less=True)
        with m.If(self.load):
            m.d.sync += words.eq(self.word)
        self._add(m, self.x, words)
        return m


CORES = 4
"""Cores side by side in `DotCores`."""


class DotCores(_Measured):
    """Dot product of four cores side by side, each with a quarter of the lanes, whose integer sums are added up.

    Its ports are those of `DotCore` with all lanes; `total` has two bits more.
    """

    x: Signal
    word: Signal
    load: Signal
    clear: Signal
    total: Signal
    saturated: Signal

    name = "cores"

    def __init__(self, dot: DotParameters, lanes: int, form: Form = Form.ARRAY) -> None:
        if lanes % CORES or not dot.kind.is_integer:
            found = f"{lanes} with {dot.accumulator}"
            raise ValueError(f"lanes must be a multiple of {CORES} with integer sums, not {found}")
        self.core = DotCore(dot, lanes // CORES, form)
        self.parts = [self.core]
        x, word, total = (len(port) for port in (self.core.x, self.core.word, self.core.total))
        ports = {"x": In(CORES * x), "word": In(CORES * word), "load": In(1), "clear": In(1)}
        super().__init__({**ports, "total": Out(total + CORES.bit_length() - 1), "saturated": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        totals = [Signal(len(self.core.total), name=f"total_{i}") for i in range(CORES)]
        above = [Signal(name=f"saturated_{i}") for i in range(CORES)]
        for i, (total, saturated) in enumerate(zip(totals, above, strict=True)):
            x, word = (
                port.word_select(i, len(one)) for port, one in ((self.x, self.core.x), (self.word, self.core.word))
            )
            both = {"load": self.load, "clear": self.clear, "total": total, "saturated": saturated}
            place(m, f"core_{i}", self.core, x=x, word=word, **both)
        a, b, c, d = (total.as_signed() for total in totals)
        m.d.comb += [self.total.eq((a + b) + (c + d)), self.saturated.eq(Cat(above).any())]
        return m


class ElementCore(_Core):
    """Processing element without stalls or outputs to neighbours: registers for both operands, multiply, add."""

    def __init__(self, dot: DotParameters, form: Form = Form.ARRAY) -> None:
        super().__init__(dot, 1, form)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        both = Signal(len(self.x) + len(self.word), name="operands", reset_less=True)
        m.d.sync += both.eq(Cat(self.x, self.word))
        self._add(m, both[: len(self.x)], both[len(self.x) :])
        return m


class Adder(_Measured):
    """Floating-point accumulator that adds one code of its own format a cycle. No multiplier; x has no register.

    Members
    -------
    x : In(1 + E + M)
        Code to add. Subnormal codes count as zero, reserved ones as the numbers that their bits spell.
    clear : In(1)
        The sum begins with the code of this cycle.
    total : Out(1 + E + M)
        The sum.
    """

    x: Signal
    clear: Signal
    total: Signal

    name = "adder"

    def __init__(self, f: Format) -> None:
        self.format = f
        super().__init__({"x": In(f.width), "clear": In(1), "total": Out(f.width)})

    def elaborate(self, platform: object) -> Module:
        m, f = Module(), self.format
        total = Signal(f.width, name="sum", reset_less=True)
        start = Signal(f.width, name="start")
        m.d.comb += [start.eq(Mux(self.clear, 0, total)), self.total.eq(total)]
        *magnitude, sign = bits_of(self.x)
        mantissa, exponent = magnitude[: f.mantissa_bits], magnitude[f.mantissa_bits :]
        zero = inverse(self.x[f.mantissa_bits : f.magnitude_bits].any())
        product = WideProduct(sign, zero, [*mantissa, 1], [*exponent, 0], False, 1, (1 << f.exponent_bits) - 1)
        code, _ = accumulated(m, f, start, product)
        m.d.sync += total.eq(cat(code))
        return m
