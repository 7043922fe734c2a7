"""Multiplier component, for every method, format and policy."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith import flush, ieee, mantissa, wire_names
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.exponent import converted_sum, exponent_width, placed
from lmul.hdl.arith.fields import split
from lmul.hdl.arith.flush import Extended
from lmul.hdl.arith.gates import Bit, bits_of, inverse, wire
from lmul.hdl.arith.ieee import Special
from lmul.hdl.arith.mantissa import Mantissa
from lmul.hdl.describe.multiplier import describe, format_manifest
from lmul.hdl.hierarchy import Part
from lmul.hdl.names import checked_name
from lmul.hdl.rtl import multiplier as rtl
from lmul.hdl.style import Style

PIPELINE_DEPTHS = range(3)

Cut = Callable[[str, Sequence[Bit]], list[Bit]]


class Multiplier(wiring.Component):
    """Multiplier of two codes.

    In the style `rtl` L-Mul is X + Y and a subtraction of the offset; exact is that with a carry-in from a table up to
    three mantissa bits, and else a product of significands with one rounding (`hdl/rtl/`).

    In the style `gates`, under raw and flush with one format, L-Mul is one carry chain of E + M - 1 full adders. The
    offset adds none: D's lowest bit is the carry-in, other constant bits are folded into the operands column by column,
    and 2^(E-1) of the bias changes only how the top column is read (`flush`). With two formats and under ieee the chain
    is as long as T >> M in two's complement (`exponent`). The exact multiplier is the same adder up to three mantissa
    bits, with a carry-in from a table over both mantissas. At four bits, except under ieee to nearest, the table has a
    second bit, which a short second row adds. Else it is an array of full adders with one rounding (`mantissa`).

    There are no flags. Under `raw` a product wraps. Under `flush` it saturates, and codes that the format reserves for
    Inf or NaN are multiplied as the numbers that their bits spell. Under `ieee` they are Inf and NaN; operands are
    normalised first, and T is shifted and rounded if it is subnormal (`ieee`).

    Latency is `pipeline` cycles from an accepted pair of operands to its product, if the consumer is ready. Throughput
    is one product a cycle. A stalled product and `o.valid` hold until `o.ready`. `i.ready` depends combinationally on
    `o.ready`. Reset is synchronous and active high and drops all products in flight. `i.ready` is high during reset; a
    pair offered then is lost.

    Parameters
    ----------
    parameters : Parameters
        Formats, method, policy and rounding.
    pipeline : int
        Ranks of registers: 0 is combinational; 1 registers the product; 2 also cuts the arithmetic, before the edges
        or, for an array multiplier, after the array.
    form : Form
        Form of an exact product of significands that is not from a table, for the style `gates`; all but the array
        are for measuring.
    style : Style
        Style of the description.
    name : str, optional
        Name of the exported module instead of one that says what it is.

    Members
    -------
    x, y : In(1 + E + M)
        Operands, each as wide as its format; pipeline 0 only.
    p : Out(1 + E + M)
        Product, as wide as the result's format; pipeline 0 only.
    i : In(stream of x, y)
        Operand pairs; from pipeline 1 on.
    o : Out(stream of p)
        Products, in the order of their operands; from pipeline 1 on.

    Raises
    ------
    ValueError
        The pipeline depth is none of these, only dot products have the method, or the name is no identifier.
    """

    x: Signal
    y: Signal
    p: Signal
    i: stream.Interface
    o: stream.Interface

    def __init__(
        self,
        parameters: Parameters,
        pipeline: int = 0,
        form: Form = Form.ARRAY,
        style: Style = Style.RTL,
        name: str | None = None,
    ) -> None:
        if type(pipeline) is not int or pipeline not in PIPELINE_DEPTHS:
            raise ValueError(f"pipeline must be {PIPELINE_DEPTHS[0]} to {PIPELINE_DEPTHS[-1]}, not {pipeline!r}")
        parameters.check_multiplier()
        self.parameters = parameters
        self.pipeline, self.form, self.style = pipeline, form, Style(style)
        self._name = checked_name(name, parameters.name + (f"_p{pipeline}" if pipeline else ""))
        x, y, p = (f.width for f in (parameters.format, parameters.y_format, parameters.result))
        if pipeline == 0:
            super().__init__({"x": In(x), "y": In(y), "p": Out(p)})
        else:
            operands, product = data.StructLayout({"x": x, "y": y}), data.StructLayout({"p": p})
            super().__init__({"i": In(stream.Signature(operands)), "o": Out(stream.Signature(product))})

    @property
    def name(self) -> str:
        """Return the name of the exported module: the parameters' and the pipeline depth if not 0, or the one given."""
        return self._name

    @property
    def clocked(self) -> bool:
        """Tell whether it has registers."""
        return self.pipeline > 0

    @property
    def parts(self) -> Sequence[Part]:
        """Return no parts: it is one module."""
        return ()

    @property
    def description(self) -> list[str]:
        """Return the comment lines at the top of the Verilog file."""
        return describe(self.name, self.parameters, self.pipeline)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, parameters and latency, for programs to read."""
        p = self.parameters
        formats = {"x": p.format, "y": p.y_format, "p": p.result}
        return {
            "kind": "multiplier",
            "formats": {port: format_manifest(f) for port, f in formats.items()},
            "method": p.method.kind,
            "policy": p.policy,
            "overflow": p.overflow,
            "rounding": p.rounding if p.method.is_exact else None,
            "constant": p.method.d,
            "table_bits": p.method.table_bits,
            "correction": None if p.method.is_exact else p.correction,
            "offset": p.offset,
            "style": self.style,
            "pipeline": self.pipeline,
            "latency": self.pipeline,
        }

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self.style is Style.RTL:
            self._described_by_words(m)
            return m
        if self.pipeline == 0:
            m.d.comb += self.p.eq(_code(self._product(m, self.x, self.y, _uncut)))
            return m
        *inner, outer = self._ranks(m)
        cut = partial(_held, m, inner[0]) if inner else _uncut
        product = self._product(m, self.i.p.x, self.i.p.y, cut)
        m.d.comb += self.o.p.p.eq(_code(_held(m, outer, "product", product)))
        return m

    def _described_by_words(self, m: Module) -> None:
        if self.pipeline == 0:
            m.d.comb += self.p.eq(rtl.product(m, self.parameters, self.x, self.y, dict))
            return
        *inner, outer = self._ranks(m)
        cut = partial(_held_words, m, inner[0]) if inner else dict
        m.submodules.datapath = datapath = Module()
        product = rtl.product(datapath, self.parameters, self.i.p.x, self.i.p.y, cut)
        m.d.comb += self.o.p.p.eq(_held_words(m, outer, {"product": product})["product"])

    def _correction(self, m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> Sequence[Bit]:
        """Build D. `AnyConstant` overrides it with a port."""
        return mantissa.correction(m, self.parameters, x, y)

    def _ranks(self, m: Module) -> list[Value]:
        """Build the handshake; return for each rank of registers, first to last, its enable."""
        valids = [*(Signal(name=wire_names.valid(rank)) for rank in range(1, self.pipeline)), self.o.valid]
        takes: list[Value] = []
        following: Value = self.o.ready
        for rank, valid in reversed(list(enumerate(valids, 1))):
            following = Value.cast(wire(m, f"take_{rank}", following | ~valid))
            takes.insert(0, following)
        m.d.comb += self.i.ready.eq(following)
        for take, before, valid in zip(takes, [self.i.valid, *valids], valids, strict=False):
            with m.If(take):
                m.d.sync += valid.eq(before)
        return takes

    def _product(self, m: Module, x: Value, y: Value, cut: Cut) -> list[Bit]:
        p, width = self.parameters, self.parameters.mantissa_bits
        (left, x_sign), (right, y_sign) = split(p.format, width, x), split(p.y_format, width, y)
        aside: list[Bit] = [wire(m, "sign", x_sign ^ y_sign)]
        if p.policy is Policy.IEEE:
            left, right, special = ieee.operands(m, p, left, right)
            aside += [special.nan, special.infinite, special.zero]
        elif p.policy is Policy.FTZ:
            normal = flush.normal_operands(m, left.exponent, right.exponent)
            special = ieee.special_values(m, p, left, right, normal)
            aside += [special.nan, special.infinite, special.zero]
        exponents, bits = [*left.exponent, *right.exponent], len(left.exponent)
        sides = p.policy is Policy.IEEE and p.rounding is Rounding.NEAREST
        widest_table = mantissa.TABLE_WITH_SIDES_BITS if sides else mantissa.TABLE_MANTISSA_BITS
        if p.method.is_adder:
            d = self._correction(m, left.mantissa, right.mantissa)
            fraction = mantissa.added(m, d, left.mantissa, right.mantissa)
        elif p.result.mantissa_bits == width <= widest_table:
            fraction = mantissa.tabled(m, p.rounding, left.mantissa, right.mantissa, sides)
        else:
            full = mantissa.significand_product(m, left.mantissa, right.mantissa, self.form)
            full = cut("significand_product", full)
            aside_and_exponents = cut("sign_and_exponents", [*aside, *exponents])
            aside, exponents = aside_and_exponents[: len(aside)], aside_and_exponents[len(aside) :]
            fraction = mantissa.rounded(m, p.rounding, full, p.result.mantissa_bits)
            cut = _uncut
        return self._edges(m, fraction, exponents[:bits], exponents[bits:], aside, cut)

    def _edges(
        self, m: Module, fraction: Mantissa, x: Sequence[Bit], y: Sequence[Bit], aside: Sequence[Bit], cut: Cut
    ) -> list[Bit]:
        """Build the code of the product from its mantissa, the exponents, the sign and the special values."""
        p = self.parameters
        if p.policy is Policy.RAW:
            return cut("wrapped", [*flush.wrapped(m, p, fraction, x, y), *aside])
        if p.policy is Policy.FLUSH:
            t = flush.extended(m, p, fraction, x, y)
            *bits, keep, above, sign = cut("extended", [*t.bits, t.keep, t.above, *aside])
            return [*flush.clamped(m, p.result, Extended(bits, keep, above)), sign]
        if p.policy is Policy.FTZ:
            sign, nan, infinite, zero = aside
            t = flush.extended(m, p, fraction, x, y, (inverse(zero), 1))
            *bits, keep, above, sign, nan, infinite = cut("extended", [*t.bits, t.keep, t.above, sign, nan, infinite])
            flushed = Extended(bits, keep, above)
            magnitude, sign = ieee.flushed_products(m, p, flushed, Special(nan, infinite, zero), sign)
            return [*magnitude, sign]
        bits, exponent = converted_sum(m, p, exponent_width(p), fraction, x, y)
        sides = [fraction.above, fraction.below]
        held = cut("extended", [*exponent, *bits, *sides, *aside])
        exponent, rest = held[: len(exponent)], held[len(exponent) :]
        *bits, above, below, sign, nan, infinite, zero = rest
        t_ieee = placed(m, p, bits, exponent)
        magnitude, sign = ieee.products(m, p, t_ieee, (above, below), Special(nan, infinite, zero), sign)
        return [*magnitude, sign]


def _code(bits: Sequence[Bit]) -> Value:
    return Cat(Const(bit, 1) if isinstance(bit, int) else bit for bit in bits)


def _uncut(name: str, bits: Sequence[Bit]) -> list[Bit]:
    return list(bits)


def _held(m: Module, take: Value, name: str, bits: Sequence[Bit]) -> list[Bit]:
    """Register bits while `take` is 1. Constants need no register; there is no reset, as valid bits qualify them."""
    wires = [bit for bit in bits if not isinstance(bit, int)]
    register = Signal(len(wires), name=name, reset_less=True)
    with m.If(take):
        m.d.sync += register.eq(Cat(wires))
    held = iter(bits_of(register))
    return [bit if isinstance(bit, int) else next(held) for bit in bits]


def _held_words(m: Module, take: Value, words: dict[str, Value]) -> dict[str, Value]:
    """Register words while `take` is 1."""
    held = dict(words)
    for name, value in words.items():
        if not isinstance(value, Const):  # which needs no register
            held[name] = register = Signal(value.shape(), name=f"{name}_held", reset_less=True)
            with m.If(take):
                m.d.sync += register.eq(value)
    return held
