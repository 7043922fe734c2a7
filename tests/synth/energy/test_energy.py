"""Energies that can be added up by hand, and those of exported units."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import hand
from support.libraries import NANGATE45

from lmul.golden.codes import encode
from lmul.golden.formats import BF16, E4M3, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.energy import Energy, energy
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

_CHAIN = hand.module({"a": 2}, {"y": 4}, ("INV", {"A": 2, "Y": 3}), ("INV", {"A": 3, "Y": 4}))
_STEP = hand.module({"a": 2}, {"y": 4}, ("INV", {"A": 2, "Y": 3}), ("XOR", {"A": 2, "B": 3, "Y": 4}))
_REGISTER = hand.module({"d": 2, "clk": 3}, {"q": 4}, ("DFF", {"D": 2, "C": 3, "Q": 4}))


def test_two_inverters() -> None:
    # A toggle: a charges 3 fF at 2 V, 6 fJ. The net between does too, and uses (1.6 + 2) / 2 at this load inside the
    # inverter. y has no load, and its inverter uses (1 + 2) / 2. There are two toggles in the three cycles.
    found = energy(_CHAIN, hand.technology(), {"a": [[0, 1, 1, 0]]}, warm_up=1)
    assert found.inputs == pytest.approx(2 / 3 * 6)
    assert found.combinational == pytest.approx(2 / 3 * (6 + 1.8 + 1.5))
    assert (found.registers, found.clock) == (0, 0)
    assert found.fj_per_cycle == pytest.approx(2 / 3 * 15.3)


def test_streams_are_averaged() -> None:
    found = energy(_CHAIN, hand.technology(), {"a": [[0, 1, 1, 0], [0, 1, 0, 1], [1, 1, 1, 1]]}, warm_up=1)
    assert found.inputs == pytest.approx((2 + 3 + 0) / 9 * 6)


def test_a_glitch_counts_when_it_is_asked_for() -> None:
    # y is 1 at rest. a changes it at once, and its inverse changes it back.
    stimulus = {"a": [[0, 0, 1, 1, 1]]}
    quiet = energy(_STEP, hand.technology(), stimulus, warm_up=1)
    glitching = energy(_STEP, hand.technology(), stimulus, glitches=True, warm_up=1)
    inverter = (2 * 5 + (1 + 0.2 * 5 + 2) / 2) / 4  # one toggle in four cycles, at the 5 fF of the XOR
    assert quiet == glitching == Energy(pytest.approx(inverter), 0, 0, pytest.approx(2 * 7 / 4))  # y drives nothing


def test_what_a_glitch_drives_is_charged_twice() -> None:
    behind = {**_STEP["cells"], "u2": {"type": "XOR", "connections": {"A": [4], "B": ["0"], "Y": [5]}}}
    loaded = {**_STEP, "cells": behind}
    stimulus = {"a": [[0, 0, 1, 1, 1]]}
    quiet, glitching = (energy(loaded, hand.technology(), stimulus, glitches, 1) for glitches in (False, True))
    assert glitching.combinational - quiet.combinational == pytest.approx(2 * (2 * 4) / 4)


def test_a_register() -> None:
    # d is 1 1 0 0 in the cycles that count, and q follows one later: 0 1 1 0. Two toggles each.
    found = energy(_REGISTER, hand.technology(), {"d": [[0, 1, 1, 0, 0]]}, warm_up=1)
    assert found.inputs == pytest.approx(2 * (2 * 1) / 4)
    assert found.registers == pytest.approx((2 * 1 + 2 * 5) / 4)  # d inside the register while the clock is high, and q
    assert found.clock == pytest.approx(4 * 2 + (7 + 3 + 7 + 3) / 4)  # 2 fF up and down; 7 where d and q differ
    assert found.combinational == 0


def test_inputs_that_have_energies_of_their_own() -> None:
    # y stays; what the XOR uses inside for each of a's two toggles is the mean of 1 and 3 fJ.
    own = 'internal_power() { rise_power(scalar) { values("1"); } fall_power(scalar) { values("3"); } }'
    library = hand.technology(xor=own)
    stimulus = {"a": [[0, 1, 1, 0]]}
    before, after = (energy(_STEP, each, stimulus, warm_up=1) for each in (hand.technology(), library))
    assert after.combinational - before.combinational == pytest.approx(2 / 3 * 2)
    assert after.inputs == before.inputs


@pytest.mark.parametrize(
    ("next_state", "reset", "values"),
    [
        ("(D&R) | (S&!R)", [0] * 8, [0, 0, 1, 1, 1, 0, 0, 1]),
        ("!X & ((D&R) | (!SN&!R))", [0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 1]),
        ("(D&R&!X) | (S&!R)", [0, 0, 0, 1, 0, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0, 0]),
    ],
)
def test_a_register_that_keeps_its_state(next_state: str, reset: list[int], values: list[int]) -> None:
    """R is its enable, X clears it at the clock edge: always, or while R is on."""
    library = hand.technology(next_state=next_state)
    pins = {"C": 2, "D": 3, "R": 5, "Q": 4, "N": 6, "X": 7}
    ports = {"clk": 2, "d": 3, "r": 5, **({"x": 7} if "X" in next_state else {})}
    circuit = Circuit(hand.module(ports, {"q": 4}, ("DFF", pins)), read_library(library))
    stimulus = {"d": [[1, 1, 0, 0, 0, 1, 1, 1]], "r": [[0, 1, 0, 0, 1, 0, 1, 0]], "x": [reset]}
    steps = simulate(circuit, {name: stimulus[name] for name in ports if name != "clk"})
    assert [int(port_values(step, "q")[0]) for step in steps] == values


def test_energies_of_rails_add_everywhere() -> None:
    """At an input of a gate, and at clock, data and output of a register."""
    plain = hand.technology()
    text = str(plain.files["cells.lib"], "utf-8")
    rails = ("related_pg_pin : VDD;", "related_pg_pin : VSS;")
    both = re.sub(r"internal_power \(\) \{\n(?:[^{}]|\{[^{}]*\})*\}\n", lambda m: _twice(m[0], rails), text)
    doubled = replace(plain, files={"cells.lib": both.encode()})
    for netlist, stimulus in ((_REGISTER, {"d": [[0, 1, 1, 0, 0]]}), (_STEP, {"a": [[0, 1, 1, 0]]})):
        once, twice = (energy(netlist, each, stimulus, warm_up=1) for each in (plain, doubled))
        nets = energy(netlist, _without_internal(plain), stimulus, warm_up=1)
        for part in ("combinational", "registers", "clock", "inputs"):
            inside = getattr(once, part) - getattr(nets, part)
            assert getattr(twice, part) == pytest.approx(getattr(once, part) + inside)


def _twice(group: str, rails: tuple[str, ...]) -> str:
    return "".join(group.replace("{", f"{{\n{rail}", 1) for rail in rails)


def _without_internal(technology: Technology) -> Technology:
    text = str(technology.files["cells.lib"], "utf-8").replace("internal_power", "not_internal_power")
    return replace(technology, files={"cells.lib": text.encode()})


def test_some_cycle_must_count() -> None:
    with pytest.raises(ValueError, match=r"^stimulus must have more than the 8 cycles of warm-up$"):
        energy(_CHAIN, hand.technology(), {"a": [[0] * 8]})


@pytest.mark.skipif(
    not NANGATE45.exists(), reason="needs nangate45_typ.lib.gz in the folder shared beside the repository"
)
def test_energies_of_products_in_nangate45(tmp_path: Path) -> None:
    technology = open_liberty(NANGATE45)
    numbers = np.random.default_rng(1).standard_normal((2, 256, 40))

    def one(f: Format, method: Method, glitches: bool) -> float:
        p = Parameters(f, method)
        mapped = map_module(export(Multiplier(p, style=Style.GATES), tmp_path).verilog.read_text(), p.name, technology)
        x, y = encode(f, numbers)
        return energy(mapped.module, technology, {"x": x, "y": y}, glitches).fj_per_cycle

    found = {
        (f.name, m.name, g): one(f, m, g) for f in (E4M3, BF16) for m in (Method.LMUL, Method.EXACT) for g in (0, 1)
    }
    expected = {
        ("e4m3", "lmul", 0): 83,
        ("e4m3", "lmul", 1): 148,
        ("e4m3", "exact", 0): 105,
        ("e4m3", "exact", 1): 200,
        ("bf16", "lmul", 0): 165,
        ("bf16", "lmul", 1): 371,
        ("bf16", "exact", 0): 638,
        ("bf16", "exact", 1): 3490,
    }
    assert found == {key: pytest.approx(fj, rel=0.05) for key, fj in expected.items()}
