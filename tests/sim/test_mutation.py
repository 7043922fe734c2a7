# amaranth: UnusedElaboratable=no
"""The benches kill what is wrong, and only with operands that can tell."""

import time

import numpy as np
import pytest

from lmul.formal.mutation.mutant_equivalence import prove
from lmul.formal.mutation.mutants import make_mutants
from lmul.formal.mutation.sum_mutants import mutate_sums
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim import mutation, sum_mutation
from lmul.sim.jobs.mutants import Judged
from lmul.sim.multiplier import work_of
from lmul.sim.mutation import judge, watched
from lmul.sim.stimulus.vectors import operands
from lmul.sim.verilator import SimulationError
from lmul.sim.verilog.unit_top import LANES
from lmul.tools.process import run_tool, tool_environment

COMBINATIONAL, PIPELINED = Multiplier(Parameters(E2M1)), Multiplier(Parameters(E2M1), 1)


def judged(unit, folder, most, pairs=None):
    """All mutants, with what is proved of each and what the bench says."""
    exported = export(unit, folder)
    made = make_mutants(exported.verilog.read_text(), most)
    numbers = range(1, len(made.mutations) + 1)
    verdicts = judge(unit, exported.ports, made.verilog, made.bits, numbers, folder / "sim", pairs)
    assert [each.mutant for each in verdicts] == list(numbers)
    return list(zip(made.mutations, prove(made), verdicts, strict=True))


def test_weak_operands_leave_survivors_which_the_solver_can_kill(tmp_path):
    x, y = operands((E2M1, E2M1, E2M1), 1)
    positive = (x < E2M1.sign_bit) & (y < E2M1.sign_bit)
    found = judged(COMBINATIONAL, tmp_path, 1000, (x[positive], y[positive]))
    survivors = [(proof, str(place)) for place, proof, verdict in found if not verdict.killed]
    kills = [proof.operands for proof, _ in survivors if not proof.equivalent]
    assert 0 < len(kills) < len(found) // 10
    assert all(max(pair) >= E2M1.sign_bit for pair in kills)
    assert all("x[3] ^ y[3]" in place for proof, place in survivors if not proof.equivalent)
    # A proof and a kill never meet.
    assert all(proof.operands for _, proof, verdict in found if verdict.killed)
    assert any(proof.equivalent for proof, _ in survivors)
    assert all("expected" in verdict.complaint for _, _, verdict in found if verdict.killed)


def test_mutants_of_a_pipelined_unit_break_the_rules_of_streams_too(tmp_path):
    found = judged(PIPELINED, tmp_path, 60)
    assert [str(place) for place, proof, verdict in found if proof.equivalent == verdict.killed] == []
    complaints = {verdict.complaint.partition(" (")[0] for _, _, verdict in found if verdict.killed}
    assert any("expected" in each for each in complaints) and len(complaints) > 2


def test_mutants_of_sums_are_killed_or_proved_to_be_none(tmp_path):
    """A few of every module: element, skew, control, slices."""
    dot = DotParameters(Parameters(E2M1), Accumulator.FIXED, 8)
    unit = AxiStreamArray(SystolicArray(dot, 1, 2, 1, Dataflow.OUTPUT_STATIONARY))
    counted = []
    outcome = mutate_sums(unit, 30, tmp_path, proved=lambda count, total: counted.append((count, total)))
    counts = outcome.counts()
    assert sum(mutants for mutants, *_ in counts.values()) == len(outcome.judged) == 30
    assert {"top", "array", "grid", "row", "element", "lane"} < set(counts)
    assert list(map(str, outcome.survivors)) == []
    assert sum(each.killed for each in outcome.judged) > 20 and outcome.right and outcome.equal
    rest = len(outcome.equal)
    assert counted == [(k + 1, rest) for k in range(rest)]
    assert len({each.complaint.partition(" (")[0] for each in outcome.judged if each.killed}) > 3


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_unit_of_sums_that_the_bench_complains_of_ends_it(wrong, tmp_path, monkeypatch):
    judged = [Judged(0, 9, ""), Judged(1, 9, "sum"), Judged(0, 9, "")]
    judged[wrong] = Judged(0, 9, "sum 0 was 1")
    monkeypatch.setattr(sum_mutation, "judged_in", lambda *arguments: judged)
    unit = DotProduct(DotParameters(Parameters(E2M1), depth=8), 2)
    with pytest.raises(SimulationError, match=rf"^the bench complains of {unit.name} itself: sum 0 was 1$"):
        sum_mutation.judge_sums(unit, "", 1, [1], tmp_path)


def test_operands_come_in_parts_of_an_even_number_of_packs():
    pairs = operands((BF16, BF16, BF16), 50_000)
    parts = mutation._parts(work_of([COMBINATIONAL], "g", pairs))
    assert [len(part.x) % (2 * LANES) for part in parts] == [0, 0, 0]
    assert len(parts[0].x) == 2 * LANES < len(parts[1].x) < len(parts[2].x)
    played = {pair for part in parts for pair in zip(part.x.tolist(), part.y.tolist(), strict=True)}
    assert played == set(zip(*(codes.tolist() for codes in pairs), strict=True))


def test_a_few_operands_are_one_part():
    (part,) = mutation._parts(work_of([COMBINATIONAL], "g", (np.array([1]), np.array([2]))))
    assert (part.x == 1).all() and (part.y == 2).all() and len(part.x) == 2 * LANES


@pytest.mark.parametrize(
    ("passed", "message"),
    [
        (True, r"the bench complains of lmul_e2m1_flush itself: x 0x0, y 0x0: expected 0x0, got 0x1"),
        (False, "the bench of mutants failed: AssertionError: a reason"),
    ],
)
def test_what_the_bench_says_of_the_unit_itself_ends_it(passed, message, tmp_path, monkeypatch):
    def run_bench(folder, *arguments, **options):
        (folder / "test.log").write_text("a line\nAssertionError: a reason\nthe end\n")
        return passed

    monkeypatch.setattr(mutation, "run_bench", run_bench)
    original = Judged(0, 512, "x 0x0, y 0x0: expected 0x0, got 0x1")
    monkeypatch.setattr(mutation, "read_judgement", lambda folder: [original, Judged(1, 512, "")])
    with pytest.raises(SimulationError, match=f"^{message}$"):
        judge(COMBINATIONAL, [], "", 1, [1], tmp_path)


def test_an_error_of_who_watches_ends_the_bench(tmp_path):
    """As if the bench were a process that takes a minute."""

    def done(progress):
        raise ValueError("that is enough")

    started = time.monotonic()
    with pytest.raises(ValueError, match=r"^that is enough$"), watched(tmp_path, done):
        status, _ = run_tool(["sleep", "60"], tmp_path, tool_environment())
        raise SimulationError(f"ended with {status}")
    assert time.monotonic() - started < 30
