"""What the tests of the parts and of the exported files share."""

from collections.abc import Callable, Iterable, Sequence

import pytest
from amaranth.hdl import Cat, Module, Signal
from amaranth.sim import Simulator

from lmul.golden.formats import BF16, E2M1, E2M5, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.export.verilog import Exported, export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style

Evaluate = Callable[[Sequence[int], Callable[..., list], Iterable[tuple[int, ...]]], list[int]]


def _evaluate(widths, build, vectors):
    m = Module()
    inputs = [Signal(width, name=f"input_{i}") for i, width in enumerate(widths)]
    bits = build(m, *([*signal] for signal in inputs))
    output = Signal(len(bits), name="result")
    m.d.comb += output.eq(Cat(*bits))
    results = []

    async def bench(context):
        for vector in vectors:
            for signal, value in zip(inputs, vector, strict=True):
                context.set(signal, value)
            results.append(context.get(output))

    simulator = Simulator(m)
    simulator.add_testbench(bench)
    simulator.run()
    return results


@pytest.fixture(scope="session")
def evaluate() -> Evaluate:
    """Simulate `build(m, *operands)`, lists of bits to a list of bits, for each vector of operands, as integers."""
    return _evaluate


def _methods(f):
    for policy in Policy:
        if policy is not Policy.RAW:
            yield Parameters(f, Method.EXACT, policy)
            yield Parameters(f, Method.EXACT_RTZ, policy)
        yield Parameters(f, Method.LMUL, policy)
        yield Parameters(f, Method.MITCHELL, policy)
        yield Parameters(f, Method.constant(f.hidden_one - 1), policy)
        yield Parameters(f, Method.corrected(min(f.mantissa_bits, 2)), policy)


_BOTH = (Method.LMUL, Method.EXACT)
_EDGES = (Policy.FLUSH, Policy.IEEE)


@pytest.fixture(scope="session")
def exported(tmp_path_factory) -> list[Exported]:
    """In both styles: every method and policy for two formats, some for two more and for both, and pipelined."""
    units = [Multiplier(p) for f in (E4M3, BF16) for p in _methods(f)]
    units += [Multiplier(Parameters(f, method, p)) for f in (E2M1, E2M5) for method in _BOTH for p in _EDGES]
    units += [Multiplier(Parameters(E4M3, method, y_format=E5M2)) for method in _BOTH]
    for f, policy in ((E4M3, Policy.IEEE), (BF16, Policy.FLUSH), (BF16, Policy.IEEE), (E2M1, Policy.FLUSH)):
        for pipeline in (1, 2):
            units += [Multiplier(Parameters(f, method, policy), pipeline) for method in _BOTH]
    units += [Multiplier(Parameters(f, Method.corrected(1), Policy.RAW), 2) for f in (E4M3, BF16)]
    folder = tmp_path_factory.mktemp("exported")
    gates = [Multiplier(unit.parameters, unit.pipeline, style=Style.GATES) for unit in units]
    return [export(unit, folder / unit.style) for unit in [*units, *gates]]
