"""`lmul prove` as its user sees it."""

import json
import re
from dataclasses import replace

import pytest

import lmul.cli.prove as module
from lmul.cli import netlists
from lmul.formal.multipliers.proof_list import ProvedUnit
from lmul.formal.multipliers.prove_netlists import Equality, NetlistProof, ProductDifference
from lmul.golden.formats import E2M1
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.mapping.flow import Cost


def test_a_proof_says_what_is_proved_and_shows_its_control(lmul):
    outcome = lmul("prove", "multiplier", "--format", "e4m3")
    assert (outcome.code, outcome.err) == (None, "")
    proved, control = outcome.out.splitlines()
    assert re.fullmatch(r"lmul_e4m3_flush: proved, for all operands \(.*, \d+\.\d s\)", proved)
    assert re.fullmatch(r"control, T one larger: refuted, x 0x\w+, y 0x\w+: expected 0x\w+, got 0x\w+", control)


def test_a_pipelined_unit_has_two_controls(lmul):
    outcome = lmul("prove", "multiplier", "--format", "e2m1", "--pipeline", "1")
    assert (outcome.code, outcome.err) == (None, "")
    first, *shown, control, careless = outcome.out.splitlines()
    assert first.startswith("lmul_e2m1_flush_p1: proved, for all operands and however both sides wait (induction")
    assert len(shown) == 4 and all(line.startswith("- ") for line in shown)
    assert control.startswith("control, T one larger: refuted, x 0x")
    assert "refuted, 'a stalled product holds', 'every step keeps the order'" in careless


def test_what_is_refuted_gives_exit_code_1(lmul, monkeypatch):
    prove = module.prove
    monkeypatch.setattr(module, "prove", lambda unit: replace(prove(unit), holds=False))
    outcome = lmul("prove", "multiplier", "--format", "e2m1")
    assert outcome.code == 1 and "lmul_e2m1_flush: refuted" in outcome.out


def test_all_writes_its_files(lmul, workplace, monkeypatch):
    chosen = [ProvedUnit(Parameters(E2M1)), ProvedUnit(Parameters(E2M1, Method.MITCHELL), 1)]
    monkeypatch.setattr(module, "units", lambda formats: chosen)
    outcome = lmul("prove", "--all", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert re.fullmatch(r"2 units: 2 proved; \d+ s of work\nout/proofs.md\nout/proofs.json\n", outcome.out)
    assert "2 units: 2 proved" in (workplace / "out" / "proofs.md").read_text()
    assert len(json.loads((workplace / "out" / "proofs.json").read_text())["proofs"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "e4m3"], "--all or a command must be given"),
        (
            ["--all", "multiplier", "--format", "e4m3"],
            "--all, --format, --smt2 and -o must stand alone, not before multiplier",
        ),
        (["multiplier", "--format", "e4m3", "--pipeline", "3"], "pipeline must be "),
        (["netlists", "--liberty", "none.lib"], "none.lib: No such file or directory"),
        (["netlists", "--format", "e99m1"], "exponent bits of a format must be 2 to 8, not 99"),
    ],
)
def test_bad_input_gives_one_line(lmul, arguments, message):
    outcome = lmul("prove", *arguments)
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.err.startswith(f"lmul: {message}") and outcome.err.count("\n") == 1


def test_netlists_are_proved(lmul, monkeypatch):
    monkeypatch.setattr(netlists, "units", lambda formats: [Parameters(f) for f in formats])
    outcome = lmul("prove", "netlists", "--format", "e2m1")
    assert (outcome.code, outcome.err) == (None, "")
    line, total = outcome.out.splitlines()
    by = r"net by net: \d+ pairs in truth tables, \d+ by the solver"
    refuted = r"refuted, x 0x\w, y 0x\w: expected 0x\w, got 0x\w"
    assert re.fullmatch(rf"lmul_e2m1_flush: proved, [\d.]+ NAND2 \({by}\); one cell wrong: {refuted}", line)
    assert re.fullmatch(r"1 netlists of generic: 1 proved; \d+ s of work", total)


@pytest.mark.parametrize(
    ("holds", "control", "outcome"),
    [(False, True, "refuted"), (None, True, "simulated"), (True, False, "void")],
)
def test_a_netlist_that_is_not_proved_gives_exit_code_1(lmul, monkeypatch, holds, control, outcome):
    found = ProductDifference(1, 2, 3, 4)
    equality = Equality(holds, "how", None if holds is not False else found)
    proof = NetlistProof("unit", Cost({}, 1.0, 1), equality, found if control else None, 1.0)
    monkeypatch.setattr(netlists, "on_all_cores", lambda work, items, size, done: [proof])
    said = lmul("prove", "netlists", "--format", "e4m3")
    assert said.code == 1 and f"unit: {outcome}, 1.0 NAND2 (how" in said.out
    assert f"1 netlists of generic: 0 proved, 1 {outcome};" in said.out


def test_a_format_that_is_not_on_the_list_is_refused(lmul):
    outcome = lmul("prove", "--all", "--format", "e6m9")
    assert outcome.code == 2 and re.fullmatch(r"lmul: format of --all must be one of e4m3, .*, not e6m9\n", outcome.err)


def test_output_that_cannot_be_written_is_found_before_the_work(lmul, tmp_path):
    (tmp_path / "file").write_text("")
    outcome = lmul("prove", "--all", "--format", "e2m1", "-o", tmp_path / "file")
    assert (outcome.code, outcome.err) == (2, f"lmul: {tmp_path / 'file'}: Not a directory\n")
