"""Simulated netlists: values against the golden model, and toggles counted by hand."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import hand, one_by_one

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import E2M1, E4M3
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.toggles import Simulation, port_values, simulate
from lmul.synth.mapping.flow import map_module
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.pieces import Piece, PieceKind, mapped
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

_STEP = hand.module({"a": 2}, {"y": 4}, ("INV", {"A": 2, "Y": 3}), ("XOR", {"A": 2, "B": 3, "Y": 4}))
_REGISTER = hand.module({"d": 2, "clk": 3}, {"q": 4, "n": 5}, ("DFF", {"D": 2, "C": 3, "Q": 4, "N": 5}))


def _circuit(module: dict[str, Any], clear: str = "") -> Circuit:
    return Circuit(module, read_library(hand.technology(clear)))


def _toggles(simulations: Iterable[Simulation], port: str) -> int:
    return sum(each.toggles[each.circuit.outputs[port][0]] for each in simulations)


def test_toggles_of_a_glitch() -> None:
    for glitches, toggles in ((False, 0), (True, 2 * 3)):
        found = simulate(_circuit(_STEP), {"a": [[0, 1, 1, 0], [1, 1, 1, 1]]}, glitches)
        assert _toggles(found, "y") == toggles


def test_what_is_settled_is_counted_beside_the_glitches() -> None:
    stimulus = {"a": [[0, 1, 1, 0], [1, 1, 1, 1], [0, 1, 0, 1]]}
    circuit = _circuit(_STEP)
    glitching, quiet = (list(simulate(circuit, stimulus, glitches)) for glitches in (True, False))
    [a], [y] = circuit.inputs["a"], circuit.outputs["y"]
    assert [each.toggles[a] for each in glitching] == [each.settled[a] for each in glitching] == [1, 2, 1, 2]
    assert [each.toggles[y] for each in glitching] == [2, 4, 2, 4]
    assert not any(each.settled[y] for each in glitching)
    assert [each.settled for each in glitching] == [each.toggles for each in quiet] == [each.settled for each in quiet]


def test_the_warm_up_is_neither_counted_nor_yielded() -> None:
    stimulus = {"a": [[0, 1, 1, 0]]}
    [last] = simulate(_circuit(_STEP), stimulus, glitches=True, warm_up=3)
    assert _toggles([last], "y") == 2
    register = list(simulate(_circuit(_REGISTER), {"d": [[1, 0, 0]]}, warm_up=1))
    assert len(register) == 2
    assert _toggles(register, "q") == 2  # up by what the warm-up left, and down


@pytest.mark.parametrize(("streams", "cycles", "warm_up"), [(1, 3, 0), (64, 12, 0), (100, 21, 2)])
def test_counts_are_those_of_one_cycle_and_gate_after_the_other(
    tiny: Technology, streams: int, cycles: int, warm_up: int
) -> None:
    """Also with a batch of cycles that is not full, and streams that fill no word."""
    piece = Piece(PieceKind.ELEMENT_CORE, dot_parameters(E2M1, Method.EXACT, Accumulator.FP32, depth=4))
    circuit = Circuit(mapped(piece, tiny).module, read_library(tiny))
    ports = {name: nets for name, nets in circuit.inputs.items() if nets != [circuit.clock]}
    rng = np.random.default_rng(1)
    stimulus = {name: rng.integers(0, 2, (streams, cycles, len(nets))) for name, nets in ports.items() if name != "rst"}
    if "rst" in ports:
        stimulus["rst"] = np.zeros((streams, cycles, 1), int)
        stimulus["rst"][:, 0] = 1
    inputs = [
        {
            net: sum(int(bit) << stream for stream, bit in enumerate(stimulus[name][:, cycle, place]))
            for name, nets in ports.items()
            for place, net in enumerate(nets)
        }
        for cycle in range(cycles)
    ]
    words = {name: bits @ (1 << np.arange(bits.shape[2])) for name, bits in stimulus.items()}
    found = [(each.settled, each.toggles) for each in simulate(circuit, words, glitches=True, warm_up=warm_up)]
    expected = list(one_by_one.toggles(circuit, streams, inputs))[warm_up:]
    assert found == expected
    assert any(settled != glitching for settled, glitching in expected)


def test_a_register_delays_by_a_cycle() -> None:
    d = np.array([[1, 1, 0, 1], [0, 1, 1, 0]])
    values = [
        (port_values(s, "q").tolist(), port_values(s, "n").tolist()) for s in simulate(_circuit(_REGISTER), {"d": d})
    ]
    assert values == [([0, 0], [1, 1]), ([1, 0], [0, 1]), ([1, 1], [0, 0]), ([0, 1], [1, 0])]


def test_reset_is_driven_in_the_first_cycle() -> None:
    module = hand.module({"a": 2, "rst": 3}, {"y": 4}, ("XOR", {"A": 2, "B": 3, "Y": 4}))
    assert [int(port_values(s, "y")[0]) for s in simulate(_circuit(module), {"a": [[0, 0, 0]]})] == [1, 0, 0]
    driven = simulate(_circuit(module), {"a": [[0, 0, 0]], "rst": [[0, 1, 0]]})
    assert [int(port_values(s, "y")[0]) for s in driven] == [0, 1, 0]


@pytest.mark.parametrize("glitches", [False, True])
def test_products_of_a_mapped_unit(tiny: Technology, tmp_path: Path, glitches: bool) -> None:
    p = Parameters(E4M3)
    mapped = map_module(export(Multiplier(p, style=Style.GATES), tmp_path).verilog.read_text(), p.name, tiny)
    x, y = np.random.default_rng(1).integers(0, 256, (2, 300, 10))
    running = simulate(Circuit(mapped.module, read_library(tiny)), {"x": x, "y": y}, glitches)
    found = np.stack([port_values(simulation, "p") for simulation in running], axis=1)
    assert np.array_equal(found, multiply(p, x, y))


@pytest.mark.parametrize("glitches", [False, True])
def test_products_of_a_mapped_pipeline(tiny: Technology, tmp_path: Path, glitches: bool) -> None:
    unit = Multiplier(Parameters(E4M3, Method.EXACT), pipeline=2, style=Style.GATES)
    mapped = map_module(export(unit, tmp_path).verilog.read_text(), unit.name, tiny)
    x, y = np.random.default_rng(1).integers(0, 256, (2, 70, 20))
    high = np.ones((70, 20), int)
    stimulus = {"x": x, "y": y, "i_valid": high, "o_ready": high}
    running = simulate(Circuit(mapped.module, read_library(tiny)), stimulus, glitches)
    found = np.array([[port_values(simulation, port) for port in ("p", "o_valid")] for simulation in running])
    assert found[3:, 1].all()
    assert np.array_equal(found[3:, 0].T, multiply(unit.parameters, x, y)[:, 1:-2])


def test_ports_may_be_wide() -> None:
    wide = {"direction": "input", "bits": list(range(2, 102))}
    module = {"ports": {"a": wide, "y": {**wide, "direction": "output", "bits": [101, 2]}}, "cells": {}}
    values = np.array([[1 << 99], [1], [(1 << 100) - 1]], object)
    [simulation] = simulate(_circuit(module), {"a": values})
    assert port_values(simulation, "y").tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("stimulus", "fault"),
    [
        ({"a": [[2]]}, "stimulus of a must fit its 1 bits"),
        ({"a": [[-1]]}, "stimulus of a must fit its 1 bits"),
        ({"b": [[1]]}, "stimulus must have the ports a, not b"),
        ({"a": [1]}, r"stimulus must have arrays of one shape, \(streams, cycles\), not .*"),
        ({"a": [[1]], "b": [[1, 2]]}, r"stimulus must have arrays of one shape, \(streams, cycles\), not .*"),
        ({}, r"stimulus must have arrays of one shape, \(streams, cycles\), not .*"),
    ],
)
def test_what_the_stimulus_must_be(stimulus: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        list(simulate(_circuit(_STEP), stimulus))


def test_stimulus_is_of_integers() -> None:
    with pytest.raises(TypeError, match=r"^stimulus of a must be integers, not float64$"):
        list(simulate(_circuit(_STEP), {"a": [[1.0]]}))


def test_what_a_circuit_must_be() -> None:
    loop = hand.module({}, {}, ("INV", {"A": 2, "Y": 3}), ("INV", {"A": 3, "Y": 2}))
    with pytest.raises(ValueError, match=r"^gates must not make a loop that no register cuts$"):
        _circuit(loop)
    with pytest.raises(ValueError, match=r"^cells must be the library's, not NAND9$"):
        _circuit(hand.module({}, {}, ("NAND9", {})))
    with pytest.raises(ValueError, match=r"^TIE must have a function for its pin Y, to be simulated$"):
        _circuit(hand.module({}, {}, ("TIE", {"Y": 2})))
    two = hand.module({"c": 2, "d": 3}, {}, ("DFF", {"C": 2}), ("DFF", {"C": 3}))
    with pytest.raises(ValueError, match=r"^registers must have one clock, not 2$"):
        _circuit(two)
    gated = hand.module({"c": 2}, {}, ("DFF", {"C": 2}), ("INV", {"A": 2}))
    with pytest.raises(ValueError, match=r"^clock must drive registers only, not gates$"):
        _circuit(gated)


def test_an_asynchronous_clear_must_be_tied_off() -> None:
    for tied, inputs in (("1", {}), (2, {"r": 2})):
        module = hand.module({"c": 9, **inputs}, {}, ("DFF", {"C": 9, "R": tied}))
        if tied == "1":
            assert len(_circuit(module, "R'").registers) == 1
        else:
            with pytest.raises(ValueError, match=r"^DFF must have its clear and preset tied off, .*$"):
                _circuit(module, "R'")
