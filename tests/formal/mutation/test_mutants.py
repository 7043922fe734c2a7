# amaranth: UnusedElaboratable=no
"""Mutants of small circuits and of a small unit: which there are, and what is proved of them."""

import re

import pytest

from lmul.formal.mutation.mutant_equivalence import prove
from lmul.formal.mutation.mutant_steps import prove_steps
from lmul.formal.mutation.mutants import make_mutants
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


STREAM = """\
module stream (input clk, rst, i_valid, input [1:0] i, output reg o_valid, v, output [1:0] o, output reg [1:0] count);
  cell low (.clk(clk), .rst(rst), .enable(i_valid), .d(i[0]), .q(o[0]));
  cell high (.clk(clk), .rst(rst), .enable(i_valid), .d(i[1]), .q(o[1]));
  always @(posedge clk) if (rst) v <= 1'h0; else if (i_valid) v <= i[0];
  always @(posedge clk) if (rst) o_valid <= 1'h0; else o_valid <= i_valid;
  always @(posedge clk) if (rst) count <= 2'h0; else count <= count == 2'h2 ? 2'h0 : count + 2'h1;
endmodule
module cell (input clk, rst, enable, d, output reg q);
  always @(posedge clk) if (rst) q <= 1'h0; else if (enable) q <= d;
endmodule
"""


def by_step(mutants, numbers=None, patience=60.0):
    numbers = range(1, len(mutants.mutations) + 1) if numbers is None else numbers
    verdicts = prove_steps(mutants, numbers, "clk", ("rst", 1), [("o_valid", ["v"])], patience=patience)
    return {mutants.mutations[k - 1]: verdict for k, verdict in zip(numbers, verdicts, strict=True)}


def test_modules_below_are_wrong_wherever_they_are_and_get_an_equal_share():
    mutants = make_mutants(STREAM, most=40)
    assert [sum(m.module == module for m in mutants.mutations) for module in ("unit", "cell")] == [20, 20]
    # The input that selects reaches both instances.
    assert len(re.findall(r"\.mutant\(mutant\)", mutants.verilog)) == 2
    every = make_mutants(STREAM, most=1000)
    assert {m.module for m in every.mutations} == {"unit", "cell"} and len(every.mutations) == every.possible
    assert not any(re.match(r"(CLK|clk)\[", str(m)) for m in every.mutations)


def test_registers_that_nobody_sees_may_differ_and_counts_past_the_end_too():
    mutants = make_mutants(STREAM, most=1000)

    def of(module, pattern):
        chosen = [k for k, m in enumerate(mutants.mutations, 1) if m.module == module and re.search(pattern, str(m))]
        assert chosen
        return list(by_step(mutants, chosen).values())

    # Data beside a valid bit that a reset clears: what a reset makes of it, and what it is while nothing comes in.
    assert of("unit", r"^B\[0\] always 1 in .*`if \(rst\) v <=") == [True]
    assert of("unit", r"^S\[0\] always 1 in .*`if \(i_valid\) v <=") == [True]
    assert not any(of("unit", r"^D\[0\] (inverted|always [01]) in .* v <="))
    # The same where it is seen all the time.
    assert of("cell", r"^B\[0\] always 1 in .*`if \(rst\)") == [False]
    assert of("cell", r"^S\[0\] always 1 in .*`if \(enable\)") == [False]
    # Bit 1 of the count is what tells its last value, as long as 3 does not come.
    assert of("unit", r"^A\[0\] always 0 in .*`count == 2'h2`") == [True]
    assert of("unit", r"^A\[1\] always 1 in .*`count == 2'h2`") == [False]
    assert not any(of("unit", r"^Y\[1\] inverted in "))


def test_what_takes_too_long_or_knows_no_unit_is_not_proved():
    with pytest.raises(ValueError, match=r"^mutant 0 must be the unit, which is not proved$"):
        by_step(make_mutants(STREAM, most=3), patience=-1.0)
