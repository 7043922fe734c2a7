"""`lmul mutate` as its user sees it."""

import re

import pytest

import lmul.cli.mutate as module
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
