"""The technology-free model, on netlists that can be counted by hand."""

import numpy as np
import pytest
from support import hand

from lmul.synth.energy.energy import energies, energy
from lmul.synth.energy.gate_input_model import FJ_PER_GATE_INPUT, REGISTER_CLOCK, REGISTER_STATE
from lmul.synth.mapping.flow import map_module
from lmul.synth.technology.generic import REGISTER, REGISTER_TRANSISTORS
from lmul.synth.technology.technology import GENERIC

_ADDER = "module add (input [2:0] x, y, output [2:0] z); assign z = x + y; endmodule\n"


def test_a_toggle_counts_the_gate_inputs_behind_it() -> None:
    # a toggles twice in three cycles, and drives an inverter and two inputs of an XOR; n drives one; y none.
    module = hand.module(
        {"a": 2},
        {"y": 5},
        ("INV", {"A": 2, "Y": 3}),
        ("XOR2", {"A": 2, "B": 3, "Y": 4}),
        ("NAND2", {"A": 4, "B": 4, "Y": 5}),
    )
    found = energy(module, GENERIC, {"a": [[0, 1, 1, 0]]}, warm_up=1)
    assert found.inputs == pytest.approx(FJ_PER_GATE_INPUT * 2 / 3 * 2)
    assert found.combinational == pytest.approx(FJ_PER_GATE_INPUT * 2 / 3 * 1)
    assert (found.registers, found.clock) == (0, 0)
    # The XOR's output falls and rises again each time, and drives two inputs.
    glitching = energy(module, GENERIC, {"a": [[0, 1, 1, 0]]}, glitches=True, warm_up=1)
    assert glitching.combinational == pytest.approx(FJ_PER_GATE_INPUT * 2 / 3 * (1 + 2 * 2))


def test_a_register_counts_its_transistors() -> None:
    module = hand.module({"d": 2, "clk": 3}, {"q": 5}, (REGISTER, {"D": 2, "C": 3, "Q": 4}), ("INV", {"A": 4, "Y": 5}))
    found = energies(module, GENERIC, {"d": [[0, 1, 1, 0, 0]]}, warm_up=1)
    # d and q toggle twice in four cycles; d drives the register's input, q an inverter and what is inside.
    assert found.counted_settled.inputs == pytest.approx(2 / 4)
    assert found.counted_settled.registers == pytest.approx(2 / 4 * (1 + 5))
    assert found.counted_settled.clock == pytest.approx(2 * 6)
    assert found.settled.fj_per_cycle == pytest.approx(FJ_PER_GATE_INPUT * (0.5 + 3 + 12))
    assert 2 * (REGISTER_CLOCK + REGISTER_STATE + 1) == REGISTER_TRANSISTORS


def test_the_netlist_of_a_library_is_counted_besides() -> None:
    module = hand.module({"a": 2}, {"y": 4}, ("INV", {"A": 2, "Y": 3}), ("XOR", {"A": 2, "B": 3, "Y": 4}))
    stimulus = {"a": [[0, 1, 1, 0]]}
    found = energies(module, hand.technology(), stimulus, warm_up=1)
    for own, glitches in ((found.settled, False), (found.glitches, True)):
        assert own == energy(module, hand.technology(), stimulus, glitches, warm_up=1)
    assert (found.counted_settled.inputs, found.counted_settled.combinational) == pytest.approx((4 / 3, 2 / 3))
    assert found.counted_glitches == found.counted_settled  # y drives nothing


def test_a_register_of_a_library_is_counted_besides() -> None:
    module = hand.module({"d": 2, "clk": 3}, {"q": 4}, ("DFF", {"D": 2, "C": 3, "Q": 4}))
    found = energies(module, hand.technology(), {"d": [[0, 1, 1, 0, 0]]}, warm_up=1).counted_settled
    assert (found.inputs, found.registers, found.clock) == pytest.approx((2 / 4, 2 / 4 * 5, 12))


def test_a_mapped_adder_is_counted_net_by_net() -> None:
    module = map_module(_ADDER, "add", GENERIC).module
    x, y = np.random.default_rng(1).integers(0, 8, (2, 1, 50))
    found = energies(module, GENERIC, {"x": x, "y": y}, warm_up=1).counted_settled
    # Values of all nets by an evaluation of its own: each gate until nothing changes.
    total = 0
    before: dict[int | str, int] = {}
    for a, b in zip(x[0], y[0], strict=True):
        nets: dict[int | str, int] = {"0": 0, "1": 1}
        for name, value in (("x", a), ("y", b)):
            nets |= {bit: int(value) >> i & 1 for i, bit in enumerate(module["ports"][name]["bits"])}
        while missing := [c for c in module["cells"].values() if c["connections"]["Y"][0] not in nets]:
            for cell in missing:
                pins = {pin: bits[0] for pin, bits in cell["connections"].items()}
                if all(bit in nets for pin, bit in pins.items() if pin != "Y"):
                    nets[pins["Y"]] = _value(cell["type"], {p: nets[bit] for p, bit in pins.items() if p != "Y"})
        loads = [bit for cell in module["cells"].values() for pin, [bit] in cell["connections"].items() if pin != "Y"]
        total += sum(nets[bit] != before.get(bit, nets[bit]) for bit in loads)
        before = nets
    assert found.fj_per_cycle == pytest.approx(total / 49)
    assert total > 100


def _value(gate: str, pins: dict[str, int]) -> int:
    a, b, c, d = (pins.get(name, 0) for name in "ABCD")
    if gate.startswith(("NAND", "NOR", "AND", "OR")):
        values = list(pins.values())
        found = all(values) if "AND" in gate else any(values)
        return int(found) ^ gate.startswith("N")
    simple = {"INV": 1 - a, "BUF": a, "XOR2": a ^ b, "XNOR2": 1 - (a ^ b), "MUX2": b if pins.get("S") else a}
    complex_gates = {
        "AOI21": 1 - (a & b | c),
        "AOI22": 1 - (a & b | c & d),
        "OAI21": 1 - ((a | b) & c),
        "OAI22": 1 - ((a | b) & (c | d)),
    }
    return {**simple, **complex_gates}[gate]
