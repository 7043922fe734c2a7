"""A test of your own: random codes and waits into a multiplier, with the golden model as scoreboard."""

import random

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

import lmul


@cocotb.test()
async def products_are_those_of_the_model(dut):
    model, expected = lmul.Parameters(lmul.E4M3), []
    Clock(dut.clk, 10, "ns").start()
    for cycle in range(5000):
        x, y = dut.x.value, dut.y.value = random.choices(range(256), k=2)
        dut.rst.value, dut.i_valid.value, dut.o_ready.value = cycle == 0, *random.choices((0, 1), k=2)
        await RisingEdge(dut.clk)
        if not dut.rst.value and dut.i_valid.value and dut.i_ready.value:
            expected.append(int(lmul.multiply(model, x, y)))
        if not dut.rst.value and dut.o_valid.value and dut.o_ready.value:
            assert dut.p.value == expected.pop(0)
