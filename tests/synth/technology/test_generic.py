"""The generic gates: what they are made of and what they compute."""

import pytest

from lmul.synth.mapping.flow import synthesise
from lmul.synth.technology.generic import GATES, TRANSISTORS, Gate, declarations, genlib
from lmul.synth.technology.technology import GENERIC


def test_a_nand2_is_the_unit() -> None:
    assert {gate.name: gate.nand2 for gate in GATES}["NAND2"] == 1


@pytest.mark.parametrize("gate", [g for g in GATES if g.function.startswith("!")], ids=lambda gate: gate.name)
def test_an_inverting_gate_has_two_transistors_an_input(gate: Gate) -> None:
    assert gate.transistors == 2 * len(gate.pins)


def test_every_gate_has_one_line_in_either_file() -> None:
    assert genlib().count("\n") == declarations().count("endmodule\n") == len(GATES) == len(TRANSISTORS) - 1
    assert "GATE AOI21 1.5 Y=!(A*B+C); PIN * UNKNOWN 1 999 1 0 1 0\n" in genlib()
    assert "module AOI21 (input A, B, C, output Y); endmodule\n" in declarations()


@pytest.mark.parametrize("gate", [g for g in GATES if g.name not in ("BUF", "XOR2", "XNOR2", "MUX2")], ids=str)
def test_the_mapper_uses_the_gate_for_its_function(gate: Gate) -> None:
    function = gate.function.replace("!", "~").replace("*", "&").replace("+", "|")
    cost = synthesise(
        f"module m (input {', '.join(gate.pins)}, output Y); assign Y = {function}; endmodule", "m", GENERIC
    )
    assert (cost.cells, cost.transistors) == ({gate.name: 1}, gate.transistors)


@pytest.mark.parametrize(("operator", "transistors"), [("A ^ B", 10), ("~(A ^ B)", 10), ("S ? B : A", 12)])
def test_wider_functions_cost_no_more_than_their_gate(operator: str, transistors: int) -> None:
    cost = synthesise(f"module m (input A, B, S, output Y); assign Y = {operator}; endmodule", "m", GENERIC)
    assert cost.transistors is not None
    assert cost.transistors <= transistors
