# amaranth: UnusedElaboratable=no
"""Dot products into one integer accumulator."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.golden.dot.scaled_sums import E8M0_BIAS
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import Stored, anchor_width, folded
from lmul.hdl.describe.dot import LATENCY, describe_dot, dot_manifest
from lmul.hdl.dot.converter import any_reserved, converted, converters
from lmul.hdl.dot.products import add_products, product_parts
from lmul.hdl.hierarchy import Part
from lmul.hdl.names import checked_name
from lmul.hdl.style import Style

LANES = range(1, 257)


class DotProduct(wiring.Component):
    """Dot-product unit: sums the products of codes of x with words of y that stay until released.

    Sums are bit for bit those of `golden.dot.sums.dot_product`, with `saturate` for the anchored accumulator.

    When a beat of y is loaded, anchor, bias and a single constant D are folded into it. So each product is one
    addition, whose exponent field is the places to shift. Each beat of x adds `lanes` products to one integer
    accumulator. `x_last` ends the sum. `x_release` releases the words after this beat; the next beat waits for new
    words. The anchor must not change within a sum.

    Latency is one cycle from the beat with `x_last` to its sum, and one from a beat of y to the first beat of x that
    uses it. Throughput is a beat of x a cycle, even with new words for each. A sum that is not taken stalls x. x has no
    register: `x_ready` depends combinationally on `o_ready`, and `y_ready` on that and on x. Reset is synchronous and
    active high.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored; no output format.
    lanes : int
        Products a beat.
    style : Style
        Style of the description.
    name : str, optional
        Name of the exported module instead of one that says what it is.

    Members
    -------
    y : In(stream of y, and anchor if there is one, and x_scale and y_scale of a scaled unit)
        `lanes` codes, or converted words, the first in the lowest bits, and the signed biased exponent A, the same
        throughout a sum. The scales, E8M0 codes, belong to these words and to the codes of x that they meet.
    x : In(stream of x, x_last, x_release)
        `lanes` codes likewise. Those of the last beat beyond the end of a sum are zero; sums of more than `dot.depth`
        products wrap.
    o : Out(stream of sum, sum_saturated, and sum_nan of a scaled unit)
        The accumulator in two's complement, whether one of its products was above the anchor, which never is without
        one, and whether a scale was NaN.
    reserved, saturated : Out(1)
        Sticky until reset: a code that its format reserves came in; a sum was flagged as saturated (anchored only).

    Raises
    ------
    ValueError
        `lanes` is not 1 to 256 or more than `dot.depth`, or the accumulator is a floating-point one, or there is an
        output format, or the name is no identifier.
    """

    x: stream.Interface
    y: stream.Interface
    o: stream.Interface
    reserved: Signal
    saturated: Signal

    clocked = True

    def __init__(self, dot: DotParameters, lanes: int, style: Style = Style.RTL, name: str | None = None) -> None:
        if type(lanes) is not int or lanes not in LANES:
            raise ValueError(f"lanes must be {LANES[0]} to {LANES[-1]}, not {lanes!r}")
        if lanes > dot.depth:
            raise ValueError(f"lanes must be at most K = {dot.depth}, the products of the longest sums, not {lanes}")
        if not dot.kind.is_integer:
            raise ValueError(f"accumulator must be fixed or anchored, not {dot.accumulator.value!r}")
        if dot.output is not None:
            raise ValueError(f"output must be left out for a dot product, not {dot.output}")
        self.dot, self.lanes, self.style = dot, lanes, Style(style)
        self._name = checked_name(name, f"{dot.name}_dot_x{lanes}")
        x_format, y_format = dot.port_formats
        y: dict[str, Any] = {"y": lanes * y_format.width}
        if dot.kind.has_anchor:
            y["anchor"] = signed(anchor_width(dot))
        o = {"sum": dot.width, "sum_saturated": 1}
        if dot.scaled:
            y |= {"x_scale": 8, "y_scale": 8}
            o["sum_nan"] = 1
        x = {"x": lanes * x_format.width, "x_last": 1, "x_release": 1}
        super().__init__(
            {
                "y": In(stream.Signature(data.StructLayout(y))),
                "x": In(stream.Signature(data.StructLayout(x))),
                "o": Out(stream.Signature(data.StructLayout(o))),
                "reserved": Out(1),
                "saturated": Out(1),
            }
        )

    @property
    def name(self) -> str:
        """Return the name of the exported module."""
        return self._name

    @property
    def parts(self) -> Sequence[Part]:
        """List the lane, and converters to log codes."""
        return [*converters(self.dot), *product_parts(self.dot, style=self.style)]

    @property
    def latency(self) -> int:
        """Return the cycles from the last beat of a sum to the sum."""
        return LATENCY

    @property
    def description(self) -> list[str]:
        """Return the comment lines at the top of the Verilog file."""
        return describe_dot(self.name, self.dot, self.lanes)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, parameters, latency and the layout of every port, for programs to read."""
        return {**dot_manifest(self.dot, self.lanes), "style": self.style}

    def elaborate(self, platform: object) -> Module:
        m = Module()
        x, y, o, p = self.x, self.y, self.o, self.dot.product
        loaded, running = Signal(name="loaded"), Signal(name="running")
        step, load = Signal(name="step"), Signal(name="load")
        m.d.comb += [
            x.ready.eq(loaded & (~o.valid | o.ready)),
            step.eq(x.valid & x.ready),
            y.ready.eq(~loaded | (step & x.p.x_release)),
            load.eq(y.valid & y.ready),
        ]
        with m.If(y.ready):
            m.d.sync += loaded.eq(y.valid)
        words = Signal(self.lanes * Stored.of(self.dot).width, name="words", reset_less=True)
        anchor = self._anchor(m)
        entered, width = converted(m, self.dot, "y", "y", y.p.y), entering(p)[1].width
        codes = [entered[i : i + width] for i in range(0, len(entered), width)]
        following_words = Cat(folded(m, f"word_{i}", self.dot, code, anchor) for i, code in enumerate(codes))
        with m.If(load):
            m.d.sync += words.eq(following_words)

        total, saturated = Signal(self.dot.width, name="total", reset_less=True), Signal(name="above", reset_less=True)
        start = Signal(self.dot.width, name="start")
        fresh = Signal(name="fresh")
        m.d.comb += [fresh.eq(step & ~running), start.eq(Mux(fresh, 0, total))]
        operands = converted(m, self.dot, "x", "x", x.p.x), words
        following, above = add_products(m, self.dot, start, operands, ~step, style=self.style)
        m.d.sync += [total.eq(following), saturated.eq((saturated & ~fresh) | above)]
        m.d.comb += [o.p.sum.eq(total), o.p.sum_saturated.eq(saturated)]
        with m.If(step):
            m.d.sync += [running.eq(~x.p.x_last), o.valid.eq(x.p.x_last)]
        with m.Elif(o.ready):
            m.d.sync += o.valid.eq(0)

        if self.dot.scaled:
            nan, scale_nan = Signal(name="nan", reset_less=True), Signal(name="scale_nan", reset_less=True)
            is_nan = y.p.x_scale.all() | y.p.y_scale.all()
            with m.If(load):
                m.d.sync += scale_nan.eq(is_nan)
                with m.If(is_nan):
                    m.d.sync += self.reserved.eq(1)
            m.d.sync += nan.eq((nan & ~fresh) | (step & scale_nan))
            m.d.comb += o.p.sum_nan.eq(nan)

        with m.If(o.valid & o.ready & saturated):
            m.d.sync += self.saturated.eq(1)
        for taken, side, value in ((step, "x", x.p.x), (load, "y", y.p.y)):
            with m.If(taken & any_reserved(self.dot, side, value)):
                m.d.sync += self.reserved.eq(1)
        return m

    def _anchor(self, m: Module) -> Value | None:
        """Return the anchor of the words that come in, if there is one: the sum's less the exponents of scales."""
        if not self.dot.kind.has_anchor:
            return None
        y = self.y.p
        anchor: Value = y.anchor
        if not self.dot.scaled:
            return anchor
        moved = Signal(signed(len(anchor) + 2), name="block_anchor")
        m.d.comb += moved.eq(anchor - (y.x_scale + y.y_scale) + 2 * E8M0_BIAS)
        return moved
