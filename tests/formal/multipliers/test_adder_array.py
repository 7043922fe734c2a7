# amaranth: UnusedElaboratable=no
"""Arrays of full adders, right ones and wrong ones."""

import random
import re

import pytest

from lmul.formal.gates import gates
from lmul.formal.multipliers.adder_array import product_nets
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style

UNIT = Multiplier(Parameters(format_named("e5m6"), Method.EXACT), style=Style.GATES)
WRONG = {
    "a sum": (r"(wire column_9_sum_3 =) ([^;]*);", r"\1 ~(\2);"),
    "a carry": (r"(wire column_8_carry_3 =) ([^;]*);", r"\1 ~(\2);"),
    "a partial product": (r"(wire partial_3_4 =) (\S+) & (\S+);", r"\1 \2 | \3;"),
    "a column": (r"\bcolumn_7_(sum|carry)_1\b", r"column_6_\g<1>_99"),
}


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return export(UNIT, tmp_path_factory.mktemp("v")).verilog.read_text()


def significands(circuit):
    return [[*circuit.wires[port][:6], "1"] for port in "xy"]


def test_the_nets_found_are_the_product(text):
    circuit = gates(text, UNIT.name)
    x, y = significands(circuit)
    nets = product_nets(circuit, x, y)
    rng = random.Random(1)
    for _ in range(50):
        a, b = rng.randrange(64, 128), rng.randrange(64, 128)
        bits = {n: v >> i & 1 for v, ns in ((a, x), (b, y)) for i, n in enumerate(ns[:-1])}
        for i, net in enumerate(nets):
            if not str(net).startswith("lost"):
                assert circuit.values([net], bits, 1) == [(a * b) >> i & 1]


@pytest.mark.parametrize(("right", "wrong"), WRONG.values(), ids=WRONG)
def test_a_wrong_array_is_not_taken_for_one(text, right, wrong):
    changed, count = re.subn(right, wrong, text)
    assert count
    circuit = gates(changed, UNIT.name)
    assert product_nets(circuit, *significands(circuit)) is None


def test_an_array_of_other_operands_is_none_of_these(text):
    circuit = gates(text, UNIT.name)
    x, y = significands(circuit)
    assert product_nets(circuit, x, [y[1], y[0], *y[2:]]) is None
