"""`lmul mutate` as its user sees it."""

import re

import pytest

import lmul.cli.mutate as module
from lmul.formal.mutation import sum_mutants
from lmul.sim.jobs.mutants import Judged

MUTATE = ("mutate", "multiplier", "--format", "e2m1", "--mutants")


@pytest.fixture
def bench(monkeypatch):
    """A bench that kills all mutants but those named."""
    spared = set()

    def judge(unit, ports, verilog, bits, mutants, folder, done):
        done(len(mutants))
        return [Judged(k, 512, "" if k in spared else "wrong") for k in mutants]

    monkeypatch.setattr(module, "judge", judge)
    return spared


def test_no_survivor_gives_exit_code_0(lmul, workplace, bench):
    outcome = lmul(*MUTATE, "1000")
    assert (outcome.code, outcome.err) == (None, "")
    lines = outcome.out.splitlines()
    counts = [[int(number) for number in re.findall(r"\b\d+\b", line)] for line in lines]
    (made, possible), (equivalent, others), (killed, survived) = (each[:2] for each in counts)
    assert re.fullmatch(r"lmul_e2m1_flush: \d+ mutants of \d+ possible, \d+\.\d s", lines[0])
    assert re.fullmatch(r"\d+ proved equivalent to the unit, \d+ others", lines[1])
    assert re.fullmatch(r"bench_products killed \d+, \d+ survived", lines[2])
    assert made == possible == equivalent + others and (killed, survived) == (others, 0) and equivalent > 0
    assert list((workplace / "tmp").iterdir()) == []


def test_survivors_are_shown_with_what_would_kill_them(lmul, bench):
    bench |= set(range(1, 21))
    outcome = lmul(*MUTATE, "20")
    assert (outcome.code, outcome.err) == (1, "")
    lines = outcome.out.splitlines()
    assert re.fullmatch(r"bench_products killed 0, \d+ survived", lines[2])
    assert len(lines) == 3 + int(lines[2].split()[3])
    for line in lines[3:]:
        assert re.fullmatch(r"survivor: [ABSY]\[\d+\] .* in line \d+, `.*`; killed by: 0x[\da-f] \* 0x[\da-f]", line)


def test_a_pipelined_unit_has_no_operands_to_show(lmul, bench):
    bench |= set(range(1, 6))
    outcome = lmul(*MUTATE, "5", "--pipeline", "1")
    assert outcome.code == 1 and "bench_streams killed 0, " in outcome.out
    assert outcome.out.splitlines()[3].endswith("; killed by: no operands known")


def test_no_mutants_is_refused(lmul):
    outcome = lmul(*MUTATE, "0")
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(r"lmul: Invalid value for '--mutants': 0 is not .*\n", outcome.err)


SUMS = (
    ("mutate", "dot", "--lanes", "2", "--format", "e2m1", "--depth", "8"),
    ("mutate", "array", "--rows", "1", "--cols", "2", "--format", "e2m1", "--depth", "8", "--axi"),
)


@pytest.fixture
def verdicts(monkeypatch):
    """A bench that kills all mutants but the first three, and a solver that proves some of them equal."""
    equal = {1, 2, 3}

    def judge(unit, verilog, bits, mutants, folder, done):
        done(len(mutants))
        return [Judged(k, 9, "" if k < 4 else "sum") for k in mutants]

    monkeypatch.setattr(sum_mutants, "judge_sums", judge)
    monkeypatch.setattr(sum_mutants, "meets_specification", lambda unit, text, seconds: text is None)
    monkeypatch.setattr(sum_mutants, "prove_steps", lambda made, rest, *others: [k in equal for k in rest])
    return equal


@pytest.mark.parametrize("command", SUMS, ids=lambda command: command[1])
def test_mutants_of_sums_are_counted_by_module(lmul, verdicts, command):
    outcome = lmul(*command, "--mutants", "30")
    assert (outcome.code, outcome.err) == (None, "")
    head, columns, *rows = outcome.out.splitlines()
    assert re.fullmatch(r"lmul_e2m1_fixed_k8_\w+: 30 mutants of \d+ possible, \d+\.\d s", head)
    assert columns.split() == ["module", "mutants", "killed", *("proved", "right"), *("proved", "equal"), "survived"]
    counts = {module: [int(number) for number in numbers] for module, *numbers in map(str.split, rows)}
    assert counts.pop("all") == [30, 27, 0, 3, 0] == [sum(column) for column in zip(*counts.values(), strict=True)]
    assert {"top", "lane"} <= set(counts)


def test_mutants_of_sums_that_survive_are_shown_with_their_module(lmul, verdicts):
    verdicts -= {2, 3}
    outcome = lmul(*SUMS[0], "--mutants", "30")
    assert outcome.code == 1
    survivors = [line for line in outcome.out.splitlines() if line.startswith("survivor")]
    assert len(survivors) == 2
    assert all(re.fullmatch(r"survivor: (top|lane): \w+\[\d+\] .* in line \d+, `.*`", line) for line in survivors)
