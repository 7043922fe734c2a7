"""The multiplier component, for every method, format and policy."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from amaranth.hdl import Cat, Module, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl import edges, mantissa
from lmul.hdl.describe import describe
from lmul.hdl.edges import Extended
from lmul.hdl.gates import Bit, bits_of, wire

PIPELINE_DEPTHS = range(3)

Cut = Callable[[str, Sequence[Bit]], list[Bit]]


class Multiplier(wiring.Component):
    """Multiplies two codes.

    L-Mul is one carry chain, E + M - 1 full adders long. Its offset adds none: D's lowest bit is the chain's carry-in,
    the other constant bits are folded into the operands column by column, and 2^(E-1) of the bias is how the top
    column is read (`edges`). The exact multiplier up to three mantissa bits is the same adder with a carry-in from a
    table over both mantissas; at four the table has a second bit, which a short second row adds; above it is an array
    of full adders with one rounding (`mantissa`).

    It does not raise flags: under `raw` a product wraps, under `flush` it saturates, and codes that the format reserves
    for Inf or NaN are multiplied as the numbers that their bits spell.

    Latency is `pipeline` cycles from an accepted operand pair to its product, if the consumer is ready. Throughput is
    one product a cycle. A stalled product and `o.valid` hold until `o.ready`. `i.ready` depends combinationally on
    `o.ready`. Reset forgets all products under way; it is synchronous and active high, and as `i.ready` is high during
    it, a pair that is offered then is lost.

    Parameters
    ----------
    parameters : Parameters
        What is computed.
    pipeline : int
        Ranks of registers: 0 is combinational; 1 registers the product; 2 also cuts the arithmetic, before the edges
        or, for an array multiplier, after the array.

    Members
    -------
    x, y : In(1 + E + M)
        Operands; pipeline 0 only.
    p : Out(1 + E + M)
        Product; pipeline 0 only.
    i : In(stream of x, y)
        Operand pairs; from pipeline 1 on.
    o : Out(stream of p)
        Products, in the order of their operands; from pipeline 1 on.

    Raises
    ------
    ValueError
        The pipeline depth is none of these, or the bias of the format is not 1 to 2^(E-1).
    """

    x: Signal
    y: Signal
    p: Signal
    i: stream.Interface
    o: stream.Interface

    def __init__(self, parameters: Parameters, pipeline: int = 0) -> None:
        if type(pipeline) is not int or pipeline not in PIPELINE_DEPTHS:
            raise ValueError(f"pipeline must be {PIPELINE_DEPTHS[0]} to {PIPELINE_DEPTHS[-1]}, not {pipeline!r}")
        self.parameters = parameters
        self.pipeline = pipeline
        width = parameters.format.width
        edges.check_bias(parameters.format)
        if pipeline == 0:
            super().__init__({"x": In(width), "y": In(width), "p": Out(width)})
        else:
            operands, product = data.StructLayout({"x": width, "y": width}), data.StructLayout({"p": width})
            super().__init__({"i": In(stream.Signature(operands)), "o": Out(stream.Signature(product))})

    @property
    def name(self) -> str:
        """The name of the exported module: that of the parameters, and the depth of the pipeline if there is one."""
        return self.parameters.name + (f"_p{self.pipeline}" if self.pipeline else "")

    @property
    def description(self) -> list[str]:
        """What it computes, for the head of the Verilog file."""
        return describe(self.name, self.parameters, self.pipeline)

    @property
    def manifest(self) -> dict[str, Any]:
        """Kind, parameters and latency, for programs to read."""
        p, f = self.parameters, self.parameters.format
        return {
            "kind": "multiplier",
            "format": {
                "name": f.name,
                "exponent_bits": f.exponent_bits,
                "mantissa_bits": f.mantissa_bits,
                "bias": f.bias,
                "kind": f.kind,
                "top": f.top,
            },
            "method": p.method,
            "policy": p.policy,
            "constant": p.constant,
            "table_bits": p.table_bits,
            "correction": None if p.method is Method.EXACT else p.correction,
            "offset": p.offset,
            "pipeline": self.pipeline,
            "latency": self.pipeline,
        }

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self.pipeline == 0:
            m.d.comb += self.p.eq(Cat(self._product(m, self.x, self.y, _uncut)))
            return m
        *inner, outer = self._ranks(m)
        cut = partial(_held, m, inner[0]) if inner else _uncut
        product = self._product(m, self.i.p.x, self.i.p.y, cut)
        m.d.comb += self.o.p.p.eq(Cat(_held(m, outer, "product", product)))
        return m

    def _correction(self, m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> Sequence[Bit]:
        """D, which a formal proof puts a port for."""
        return mantissa.correction(m, self.parameters, x, y)

    def _ranks(self, m: Module) -> list[Value]:
        """The handshake: for each rank of registers, first to last, whether it takes what stands before it."""
        valids = [*(Signal(name=f"valid_{rank}") for rank in range(1, self.pipeline)), self.o.valid]
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
        p, width = self.parameters, self.parameters.format.mantissa_bits
        (*x_bits, x_sign), (*y_bits, y_sign) = bits_of(x), bits_of(y)
        operands = x_bits[:width], y_bits[:width]
        exponents = x_bits[width:], y_bits[width:]
        sign: Bit = wire(m, "sign", x_sign ^ y_sign)
        array = p.method is Method.EXACT and width > mantissa.TABLE_MANTISSA_BITS
        if array:
            full = mantissa.significand_product(m, *operands)
            full = cut("significand_product", full)
            sign, *both = cut("sign_and_exponents", [sign, *exponents[0], *exponents[1]])
            exponents = both[: len(both) // 2], both[len(both) // 2 :]
            fraction, carries = mantissa.rounded(m, full)
        elif p.method is Method.EXACT:
            fraction, carries = mantissa.tabled(m, *operands)
        else:
            fraction, carries = mantissa.added(m, self._correction(m, *operands), *operands)
        after = _uncut if array else cut
        if p.policy is Policy.RAW:
            return after("wrapped", [*edges.wrapped(m, p.format, fraction, *exponents, carries), sign])
        t = edges.extended(m, p.format, fraction, *exponents, carries)
        *bits, keep, above, sign = after("extended", [*t.bits, t.keep, t.above, sign])
        return [*edges.clamped(m, p.format, Extended(bits, keep, above)), sign]


def _uncut(name: str, bits: Sequence[Bit]) -> list[Bit]:
    return list(bits)


def _held(m: Module, take: Value, name: str, bits: Sequence[Bit]) -> list[Bit]:
    """Registers for some bits. They are not reset: what is valid says the handshake."""
    register = Signal(len(bits), name=name, reset_less=True)
    with m.If(take):
        m.d.sync += register.eq(Cat(bits))
    return bits_of(register)
