"""`lmul sweep` as its user sees it."""

import re

import lmul.cli.sweep as module
from lmul.sim.sweep import Mismatch, Swept

SWEEP = ("sweep", "multiplier", "--format")


def test_a_sound_unit_gives_one_line(lmul, workplace):
    outcome = lmul(*SWEEP, "e2m1")
    assert (outcome.code, outcome.err) == (None, "")
    assert re.fullmatch(r"lmul_e2m1_flush: 256 pairs compared, 0 mismatches, \d+\.\d s\n", outcome.out)
    assert list((workplace / "tmp").iterdir()) == []


def test_mismatches_are_shown_and_give_exit_code_1(lmul, monkeypatch):
    wrong = Swept("unit", 256, 1, (Mismatch(1, 2, 0x2A, 4),), 0.5)
    monkeypatch.setattr(module, "sweep", lambda unit, folder, advance: wrong)
    outcome = lmul(*SWEEP, "bf16")
    assert (outcome.code, outcome.err) == (1, "")
    assert (
        outcome.out == "unit: 256 pairs compared, 1 mismatches, 0.5 s\n0x0001 * 0x0002 gave 0x0004, expected 0x002a\n"
    )


def test_what_it_cannot_sweep_gives_one_line(lmul):
    outcome = lmul(*SWEEP, "fp32")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "lmul: format of a sweep must have at most 16 bits, not 32 (fp32)\n"
