"""Skews of every number of fields up to 16, simulated: when each field comes out, whatever stands still."""

import random

import pytest
from amaranth.sim import Simulator

from lmul.hdl.array.skew import Skew

WIDTH, STEPS = 5, 60


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("count", range(2, 17))
def test_field_n_waits_n_steps_or_all_but_the_last(count, falling):
    skew, rng = Skew(count, WIDTH, falling, reset=True), random.Random(count)
    waits = [count - 1 - n if falling else n for n in range(count)]
    taken = [[0] * count for _ in range(count)]  # registers begin cleared

    async def bench(context):
        for _ in range(STEPS):
            fields, enable = [rng.getrandbits(WIDTH) for _ in range(count)], rng.random() < 0.7
            context.set(skew.i, sum(field << n * WIDTH for n, field in enumerate(fields)))
            context.set(skew.enable, enable)
            o = context.get(skew.o)
            seen = [o >> n * WIDTH & (1 << WIDTH) - 1 for n in range(count)]
            history = [*taken, fields]
            assert seen == [history[-1 - wait][n] for n, wait in enumerate(waits)]
            if enable:
                taken.append(fields)
            await context.tick()

    simulator = Simulator(skew)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
