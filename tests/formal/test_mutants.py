# amaranth: UnusedElaboratable=no
"""Mutants of small circuits and of a small unit: which there are, and what is proved of them."""

import re

import pytest

from lmul.formal.mutant_equivalence import prove
from lmul.formal.mutants import make_mutants
from lmul.golden.formats import E2M1
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.tools.yosys import YosysError, run_yosys

CIRCUIT = """\
module circuit (input [1:0] x, y, output p);
  assign p = (x[0] & y[0])
           | x[0];
endmodule
"""


def products(mutants, folder, asked):
    """What Yosys evaluates the mutants to, for triples of number, x and y."""
    (folder / "mutants.v").write_text(mutants.verilog)
    evals = [f"eval -set mutant {k} -set x {x} -set y {y} -show p" for k, x, y in asked]
    printed = run_yosys(["read_verilog mutants.v", "hierarchy -auto-top", *evals], folder)
    return [int(bits, 2) for bits in re.findall(r"\\p = \d+'([01]+)\.$", printed, re.MULTILINE)]


def test_each_bit_of_each_port_of_each_gate_is_wrong_in_three_ways():
    mutants = make_mutants(CIRCUIT)
    assert mutants.possible == len(mutants.mutations) == 2 * 3 * 3
    assert mutants.bits == 5
    places = {
        f"{port}[0] {how} in line 2, {text}"
        for port in "ABY"
        for how in ("inverted", "always 0", "always 1")
        for text in ("`x[0] & y[0]`", "`(x[0] & y[0]) | x[0]`")
    }
    assert {str(m) for m in mutants.mutations} == places


def test_the_choice_is_the_same_each_time_and_as_small_as_asked_for():
    chosen = make_mutants(CIRCUIT, most=7)
    assert (len(chosen.mutations), chosen.possible, chosen.bits) == (7, 18, 3)
    assert chosen == make_mutants(CIRCUIT, most=7)
    assert chosen.mutations != make_mutants(CIRCUIT, most=7, seed=1).mutations


def test_what_makes_no_difference_is_proved_and_the_rest_told_apart(tmp_path):
    mutants = make_mutants(CIRCUIT)
    advanced = []
    proofs = prove(mutants, lambda: advanced.append(1))
    assert len(advanced) == 1 + len(proofs)
    # p is x[0], whatever the first gate makes of y[0] where x[0] is 1, as long as it makes 0 where x[0] is 0.
    harmless = {str(m) for m, proof in zip(mutants.mutations, proofs, strict=True) if proof.equivalent}
    first = "line 2, `x[0] & y[0]`"
    assert harmless == {
        f"B[0] inverted in {first}",
        f"B[0] always 0 in {first}",
        f"B[0] always 1 in {first}",
        f"A[0] always 0 in {first}",
        f"Y[0] always 0 in {first}",
        "A[0] always 0 in line 2, `(x[0] & y[0]) | x[0]`",
    }
    told = [(k, *proof.operands) for k, proof in enumerate(proofs, 1) if not proof.equivalent]
    assert [p != x & 1 for p, (_, x, _) in zip(products(mutants, tmp_path, told), told, strict=True)] == [True] * 12


def test_proofs_of_a_unit_hold_for_every_pair_of_codes(tmp_path):
    p = Parameters(E2M1)
    mutants = make_mutants(export(Multiplier(p, style=Style.GATES), tmp_path).verilog.read_text())
    proofs = prove(mutants)
    equivalent = [k for k, proof in enumerate(proofs, 1) if proof.equivalent]
    assert 10 < len(equivalent) < 40
    every = [(k, x, y) for k in (0, *equivalent[:4]) for x in range(16) for y in range(16)]
    told = [(k, *proof.operands) for k, proof in enumerate(proofs, 1) if proof.operands]
    assert len(told) == len(proofs) - len(equivalent)
    got = products(mutants, tmp_path, every + told)
    expected = multiply(p, *([each[k] for each in every + told] for k in (1, 2))).tolist()
    assert got[: len(every)] == expected[: len(every)]
    assert all(a != b for a, b in zip(got[len(every) :], expected[len(every) :], strict=True))


@pytest.mark.parametrize("pipeline", [1, 2])
def test_a_pipelined_unit_is_proved_step_by_step(pipeline, tmp_path):
    unit = Multiplier(Parameters(E2M1), pipeline, style=Style.GATES)
    mutants = make_mutants(export(unit, tmp_path).verilog.read_text(), most=2000)
    by_place = dict(zip(map(str, mutants.mutations), prove(mutants), strict=True))
    verdicts = {place: proof.equivalent for place, proof in by_place.items()}
    assert all(proof.operands is None for proof in by_place.values())

    def of(pattern):
        return [equivalent for place, equivalent in verdicts.items() if re.search(pattern, place)]

    # Ready while the register is full, a reset that resets nothing, and a product that is not held.
    assert of(r"^A\[0\] always 1 in .*`o_ready \| .*o_valid") == [False]
    assert of(r"^S\[0\] always 0 in .*`if \(rst\) o_valid") == [False]
    assert of(r"^S\[0\] always 1 in .*`if \((take_2|i_ready)\) p <=") == [False]
    # The 0 that a reset brings is one. Where there is no room, valid is 1 and keeps that.
    assert of(r"^B\[0\] always 0 in .*`if \(rst\) o_valid") == [True]
    assert of(r"^A\[0\] always 1 in .*`if \(i_ready\) \w*valid") == [True]
    if pipeline == 2:  # bit 3 of `extended` says whether the product is kept; if not, the others do not matter
        dont_care = of(r"^\w\[[0124]\] inverted where \w\[3\] is 0 in .* extended <=")
        assert dont_care and all(dont_care)
    assert not any("CLK" in place for place in verdicts)


def test_what_takes_too_long_is_not_proved(tmp_path):
    """Not even that number 0 is the unit."""
    mutants = make_mutants(export(Multiplier(Parameters(E2M1)), tmp_path).verilog.read_text())
    with pytest.raises(ValueError, match=r"^mutant 0 must be the unit, which is not proved$"):
        prove(mutants, patience=-1.0)


def test_a_unit_with_an_x_is_not_proved_to_be_itself():
    mutants = make_mutants("module odd (input [1:0] x, y, output p); assign p = x[0] ? y[0] : 1'bx; endmodule")
    with pytest.raises(ValueError, match=r"^mutant 0 must be the unit, which is not proved$"):
        prove(mutants)


def test_what_cannot_be_mutated_is_refused():
    with pytest.raises(YosysError, match=r"^Yosys found nothing to mutate$"):
        make_mutants("module empty (input x, y, output p); assign p = x; endmodule")
    with pytest.raises(ValueError, match=r"^number of mutants must be at least 1, not 0$"):
        make_mutants(CIRCUIT, most=0)
