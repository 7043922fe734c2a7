# amaranth: UnusedElaboratable=no
"""Lanes of integers are smaller than those of two's complement, so that nobody calls them a straw man."""

import pytest
from amaranth.hdl import Cat, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import INTEGERS
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.gates import add_columns, bits_of, both, constant_bits, inverse, is_constant, wire
from lmul.hdl.export.verilog import verilog
from lmul.synth.mapping.flow import synthesise
from lmul.synth.measure.cores import DotCore
from lmul.synth.technology.technology import GENERIC

LANES = 2


class TwosComplement(wiring.Component):
    """`DotCore` of two's complement: all partial products of C. R. Baugh and B. A. Wooley in one array, or `*`."""

    clocked, parts, name, description = True, (), "core", ()

    def __init__(self, n, width, array):
        self.n, self.array = n, array
        ports = {"x": In(LANES * n), "word": In(LANES * n), "clear": In(1), "load": In(1), "total": Out(width)}
        super().__init__(ports)

    def elaborate(self, platform):
        m = Module()
        words, total = Signal.like(self.word), Signal.like(self.total)
        with m.If(self.load):
            m.d.sync += words.eq(self.word)
        start = Mux(self.clear, 0, total)
        pairs = [(self.x.word_select(i, self.n), words.word_select(i, self.n)) for i in range(LANES)]
        products = (x.as_signed() * y.as_signed() for x, y in pairs)
        m.d.sync += total.eq(self._array(m, start, pairs) if self.array else sum(products, start))
        m.d.comb += self.total.eq(total)
        return m

    def _array(self, m, start, pairs):
        n, width = self.n, len(self.total)
        columns = [[] for _ in range(width)]
        numbers = [constant_bits(LANES * ((1 << n) - (1 << (2 * n - 1))), width), bits_of(start[:width])]
        for number in numbers:
            for i, bit in enumerate(number):
                columns[i] += [] if is_constant(bit, 0) else [bit]
        for k, (x, y) in enumerate(pairs):
            for i in range(n):
                for j in range(n):
                    bit = both(x[i], y[j])
                    bit = inverse(bit) if (i == n - 1) != (j == n - 1) else bit
                    columns[i + j].append(wire(m, f"partial_{k}_{i}_{j}", bit))
        return Cat(Value.cast(bit) for bit in add_columns(m, columns))


@pytest.mark.parametrize("array", [True, False])
def test_the_rival_of_the_rival_multiplies(array):
    core = TwosComplement(4, 12, array)

    async def bench(ctx):
        for x in range(-7, 8):
            for y in range(-7, 8):
                ctx.set(core.word, y & 15 | (7 << 4))
                ctx.set(core.load, 1)
                await ctx.tick()
                ctx.set(core.x, x & 15 | ((-x & 15) << 4))
                ctx.set(core.clear, 1)
                await ctx.tick()
                assert ctx.get(core.total.as_signed()) == x * y - 7 * x

    simulator = Simulator(core)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()


@pytest.mark.parametrize("n", [4, 8])
def test_a_lane_is_smaller_than_those_of_twos_complement(n):
    dot = DotParameters(Parameters(INTEGERS[f"int{n}"], Method.EXACT))
    ours = synthesise(verilog(DotCore(dot, LANES)), "core", GENERIC).nand2
    for array in (True, False):
        other = synthesise(verilog(TwosComplement(n, dot.width, array)), "core", GENERIC).nand2
        assert ours < 0.95 * other
