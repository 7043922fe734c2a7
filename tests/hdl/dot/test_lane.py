# amaranth: UnusedElaboratable=no
"""Lanes of log codes and normalised codes, behind converters and the loader, simulated for every pair of codes."""

import re

import numpy as np
import pytest
from amaranth.hdl import Const, Elaboratable, Module, Signal, signed
from amaranth.sim import Simulator

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.dot.sums import dot_product
from lmul.golden.formats import E2M1, E2M3, E3M2, E3M4, E5M2, format_named
from lmul.golden.logarithms import SEGMENTS
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.stored_operand import anchor_width, folded
from lmul.hdl.dot.converter import converter
from lmul.hdl.dot.lane import Lane
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style


class Pair(Elaboratable):
    """One product: two converters, a loader and a lane; `product` is what the accumulator gets."""

    def __init__(self, dot, style, anchor):
        self.dot, self.style, self.anchor = dot, style, anchor
        self.x, self.y = Signal(dot.product.format.width), Signal(dot.product.y_format.width)
        self.product = Signal(signed(dot.width + 1))

    def elaborate(self, platform):
        m = Module()
        dot = self.dot
        x, y = (converter(dot, side) for side in "xy")
        lane = Lane(dot, style=self.style)
        m.submodules += [x, y, lane]
        anchor = Const(self.anchor, signed(anchor_width(dot))) if dot.kind.has_anchor else None
        m.d.comb += [x.code.eq(self.x), y.code.eq(self.y), lane.x.eq(x.word)]
        m.d.comb += lane.word.eq(folded(m, "word", dot, y.word, anchor))
        addend = Signal(signed(len(lane.addend) + 1))
        m.d.comb += [addend.eq(lane.addend | (lane.sign << len(lane.addend))), self.product.eq(addend + lane.sign)]
        return m


def products(dot, style, anchor):
    pair = Pair(dot, style, anchor)
    found = np.zeros((1 << len(pair.x), 1 << len(pair.y)), object)

    async def bench(ctx):
        for x, y in np.ndindex(found.shape):
            ctx.set(pair.x, x)
            ctx.set(pair.y, y)
            await ctx.delay(1e-9)
            found[x, y] = ctx.get(pair.product)

    simulator = Simulator(pair)
    simulator.add_testbench(bench)
    simulator.run()
    return found


INTEGERS = [("int4", "int4"), ("int6", "int4"), ("int4", "int5")]
METHODS = [Method.LMUL, Method.corrected(1, ((1, 0), (1, 1))), Method.ROUNDED, Method.EXACT]
CASES = [
    (Parameters(E2M1, Method.log(0)), None),
    (Parameters(E2M1, Method.log(4, 2)), None),
    (Parameters(E2M1, Method.log(4, 4, -3)), 5),
    (Parameters(E2M3, Method.log(2, 2, 7)), 4),
    (Parameters(E2M3, Method.log(1, 4)), None),
    (Parameters(E2M3, Method.log(1), subnormals=False), 3),
    (Parameters(E2M3, Method.log(1, table=(0, 2, 2, 9, 9, 11, 16, 16))), None),
    (Parameters(E2M1, Method.log(3, 2), y_format=E5M2), 9),
    (Parameters(E3M4, Method.log(0, 4), y_format=E2M1), None),
    *((Parameters(E2M1, method, subnormals=True), window) for method in METHODS for window in (None, 4)),
    *((Parameters(E2M3, method, y_format=E3M2, subnormals=True), 6) for method in METHODS[1:]),
    *((Parameters(format_named(x), Method.EXACT, y_format=format_named(y)), None) for x, y in INTEGERS),
    *((Parameters(E3M2, method, y_format=E2M1, subnormals=True), None) for method in METHODS[2:]),
]


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize(("product", "window"), CASES, ids=lambda case: getattr(case, "name", case))
def test_every_product_is_as_the_model_has_it(product, window, style):
    kind = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    dot = DotParameters(product, kind, 1, window)
    x, y = np.arange(1 << product.format.width), np.arange(1 << product.y_format.width)
    # From above all products to below most of them, where they saturate.
    for anchor in (dot.highest_exponent, dot.highest_exponent - 3) if window else (None,):
        expected = dot_product(dot, x[:, None, None], y[None, :, None], anchor, saturate=True).codes
        np.testing.assert_array_equal(products(dot, style, anchor), expected)


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("segments", SEGMENTS)
def test_no_bit_of_a_wire_is_made_from_another_bit_of_it(segments, style):
    """Some versions of Verilator take that for a loop (UNOPTFLAT)."""
    text = verilog(Lane(DotParameters(Parameters(E3M4, Method.log(1, segments))), style=style))
    assert not re.search(r"assign (\w+)\[\d+\] = [^;]*\b\1\[", text)
