# amaranth: UnusedElaboratable=no
"""The component: its interface, its products against plain integers, and its latency."""

from itertools import product

import pytest
from amaranth.hdl import Module, ResetInserter, Signal
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from lmul.golden.formats import BF16, E2M1, E2M3, E3M2, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.multiplier import Multiplier


def lmul_flush(f, top, x, y):
    """L-Mul of formats with D = 1, spelt out again: a subnormal is zero, too small is zero, too large is TOP."""
    magnitudes = 1 << f.exponent_bits + f.mantissa_bits
    one, sign = 1 << f.mantissa_bits, (x ^ y) & magnitudes
    x, y = x % magnitudes, y % magnitudes
    t = x + y - (f.bias << f.mantissa_bits) + 1
    return sign if min(x, y, t) < one else sign | min(t, top)


def lmul_raw(f, x, y):
    magnitudes = 1 << f.exponent_bits + f.mantissa_bits
    t = x % magnitudes + y % magnitudes - (f.bias << f.mantissa_bits) + 1
    return (x ^ y) & magnitudes | t % magnitudes


def products(unit, pairs):
    results = []

    async def bench(context):
        for x, y in pairs:
            context.set(unit.x, x)
            context.set(unit.y, y)
            results.append(context.get(unit.p))

    simulator = Simulator(unit)
    simulator.add_testbench(bench)
    simulator.run()
    return results


@pytest.mark.parametrize(("f", "top"), [(E2M1, 0x7), (E2M3, 0x1F), (E3M2, 0x1F)], ids=str)
def test_every_product_of_lmul_flush(f, top):
    pairs = list(product(range(1 << f.width), repeat=2))
    assert products(Multiplier(Parameters(f)), pairs) == [lmul_flush(f, top, x, y) for x, y in pairs]


@pytest.mark.parametrize("f", [E2M1, E2M3, E3M2], ids=str)
def test_every_product_of_lmul_raw(f):
    pairs = list(product(range(1 << f.width), repeat=2))
    assert products(Multiplier(Parameters(f, policy=Policy.RAW)), pairs) == [lmul_raw(f, x, y) for x, y in pairs]


def stream(unit, operands, waits):
    """Offer all operands at once; take products except in the cycles of `waits`. Products, with their cycles."""
    taken, accepted = [], []

    async def bench(context):
        cycle = 0
        pending = list(operands)
        while len(taken) < len(operands):
            assert cycle < 100
            context.set(unit.i.valid, bool(pending))
            if pending:
                context.set(unit.i.p.x, pending[0][0])
                context.set(unit.i.p.y, pending[0][1])
            context.set(unit.o.ready, cycle not in waits)
            if context.get(unit.i.ready) and pending:
                accepted.append(cycle)
                pending.pop(0)
            if context.get(unit.o.valid) and cycle not in waits:
                taken.append((cycle, context.get(unit.o.p.p)))
            await context.tick()
            cycle += 1

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return accepted, [cycle for cycle, _ in taken], [code for _, code in taken]


OPERANDS = [(2, 3), (0x83, 5), (6, 0xC4), (0x7E, 0x7E), (0x38, 0x40)]


@pytest.mark.parametrize("pipeline", [1, 2])
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
def test_the_latency_is_the_pipeline_depth_and_throughput_one_a_cycle(pipeline, method):
    unit = Multiplier(Parameters(E4M3, method), pipeline)
    accepted, taken, codes = stream(unit, OPERANDS, ())
    assert accepted == list(range(5))
    assert taken == [pipeline + cycle for cycle in range(5)]
    assert codes == products(Multiplier(Parameters(E4M3, method)), OPERANDS)


@pytest.mark.parametrize("pipeline", [1, 2])
def test_stalled_products_wait_in_order(pipeline):
    waits = {1, 2, 3, 4, 6, 7}
    accepted, taken, codes = stream(Multiplier(Parameters(E4M3), pipeline), OPERANDS, waits)
    assert accepted[:pipeline] == list(range(pipeline)) and accepted[pipeline] >= 5  # full until the first is taken
    assert not waits.intersection(taken)
    assert codes == [lmul_flush(E4M3, 0x7E, x, y) for x, y in OPERANDS]


@pytest.mark.parametrize("pipeline", [1, 2])
def test_nothing_is_valid_after_a_reset(pipeline):
    rst = Signal()
    unit = Multiplier(Parameters(E4M3), pipeline)
    m = Module()
    m.submodules.unit = ResetInserter(rst)(unit)
    seen = []

    async def bench(context):
        context.set(unit.i.valid, 1)
        await context.tick().repeat(3)
        seen.append(context.get(unit.o.valid))
        context.set(unit.i.valid, 0)
        context.set(rst, 1)
        await context.tick()
        context.set(rst, 0)
        for _ in range(3):
            seen.append(context.get(unit.o.valid))
            await context.tick()

    simulator = Simulator(m)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    assert seen == [1, 0, 0, 0]


def test_a_combinational_unit_has_operands_and_product():
    members = Multiplier(Parameters(BF16)).signature.members
    assert {name: (member.flow, member.shape) for name, member in members.items()} == {
        "x": (In, 16),
        "y": (In, 16),
        "p": (Out, 16),
    }


@pytest.mark.parametrize("pipeline", [1, 2])
def test_a_pipelined_unit_has_streams(pipeline):
    unit = Multiplier(Parameters(E4M3), pipeline)
    assert {name: member.flow for name, member in unit.signature.members.items()} == {"i": In, "o": Out}
    assert {name: len(unit.i.p[name]) for name in unit.i.p.shape().members} == {"x": 8, "y": 8}
    assert {name: len(unit.o.p[name]) for name in unit.o.p.shape().members} == {"p": 8}


@pytest.mark.parametrize(
    ("pipeline", "name"), [(0, "lmul_e4m3_flush"), (1, "lmul_e4m3_flush_p1"), (2, "lmul_e4m3_flush_p2")]
)
def test_the_name_says_the_depth_of_a_pipeline(pipeline, name):
    unit = Multiplier(Parameters(E4M3), pipeline)
    assert unit.name == name
    assert unit.manifest["pipeline"] == unit.manifest["latency"] == pipeline
    assert unit.description[0].startswith(f"{name}: ")


def test_the_manifest_of_the_exact_method_has_neither_table_nor_offset():
    manifest = Multiplier(Parameters(BF16, Method.EXACT)).manifest
    assert (manifest["method"], manifest["correction"], manifest["offset"]) == ("exact", None, None)


@pytest.mark.parametrize("pipeline", [3, 7, -1])
def test_other_depths_are_refused(pipeline):
    with pytest.raises(ValueError, match=rf"^pipeline must be 0 to 2, not {pipeline}$"):
        Multiplier(Parameters(E4M3), pipeline)
