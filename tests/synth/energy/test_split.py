"""Energies of given toggles, by hand; the same toggles give what the simulation gives."""

import pytest
from support import hand

from lmul.synth.energy.energy import energy
from lmul.synth.energy.split import split_energy

_NETLIST = hand.module(
    {"a": 2, "b": 3}, {"y": 5}, ("INV", {"A": 2, "Y": 4}), ("XOR", {"A": 4, "B": 3, "Y": 5}), ("INV", {"A": 4, "Y": 6})
)


def test_by_hand() -> None:
    found = split_energy(_NETLIST, hand.technology(), {"u0/Y": 0.5, "u1/Y": 2.0, "u2/Y": 0.25}, inputs=1.0)
    # n has the 4 fF of the XOR and the 3 fF of an inverter, at 2 V. At 7 fF an inverter uses (2.4 + 2) / 2, without
    # a load (1 + 2) / 2.
    assert found.switching == pytest.approx(0.5 * 7 * 4 / 2)
    assert found.internal == {"u0": pytest.approx(0.5 * 2.2), "u1": 0, "u2": pytest.approx(0.25 * 1.5)}
    assert found.simple == {"u0", "u2"}


def test_it_agrees_with_the_simulation() -> None:
    # In the three cycles that count a toggles twice, and b once, in a cycle of its own.
    stimulus = {"a": [[0, 1, 1, 0]], "b": [[0, 0, 1, 1]]}
    simulated = energy(_NETLIST, hand.technology(), stimulus, warm_up=1)
    found = split_energy(_NETLIST, hand.technology(), {"u0/Y": 2 / 3, "u1/Y": 1.0, "u2/Y": 2 / 3}, inputs=0.0)
    assert found.switching + sum(found.internal.values()) == pytest.approx(simulated.combinational)
