"""`lmul prove lane` and `lmul prove lanes` as their user sees them."""

import json
import re
from dataclasses import replace

import pytest

from lmul.cli import prove_lanes as module
from lmul.formal.lane_list import parts


def test_each_part_is_proved_with_its_control(lmul):
    options = ["--format", "e3m4", "--method", "log", "--guard", "0", "--accumulator", "anchored", "--window", "12"]
    outcome = lmul("prove", "lane", *options)
    assert (outcome.code, outcome.err) == (None, "")
    converter, control, lane, other = outcome.out.splitlines()
    assert re.fullmatch(r"to_e3m4_log4: proved, for all operands \(\d+\.\d s\)", converter)
    assert re.fullmatch(r"control, one larger: refuted, code 0x\w+: expected \d+, got \d+", control)
    assert lane.startswith("log0_e3m4_anchored12_k64_lane: proved, for all operands (")
    assert re.fullmatch(r"control, .*: refuted, x 0x\w+, y 0x\w+, anchor -?\d+: expected -?\d+, got -?\d+", other)


def test_what_is_refuted_gives_exit_code_1(lmul, monkeypatch):
    prove = module.prove_parts
    monkeypatch.setattr(module, "prove_parts", lambda *given: [replace(each, holds=False) for each in prove(*given)])
    outcome = lmul("prove", "lane", "--format", "e2m1")
    assert outcome.code == 1 and "lmul_e2m1_fixed_k64_lane: refuted" in outcome.out


def test_a_step_is_proved_with_its_control(lmul):
    outcome = lmul("prove", "step", "--format", "e2m1", "--accumulator", "e4m3")
    assert (outcome.code, outcome.err) == (None, "")
    proved, control = outcome.out.splitlines()
    assert proved.startswith("lmul_e2m1_e4m3_step: proved, for all operands and sums (")
    assert re.fullmatch(r"control, one larger: refuted, start 0x\w+, .*: .* exactly, rounded to 0x.*", control)


def test_a_rounder_is_proved_with_its_control(lmul):
    outcome = lmul("prove", "rounder", "--format", "e2m1", "--output", "e4m3")
    assert (outcome.code, outcome.err) == (None, "")
    proved, control = outcome.out.splitlines()
    assert proved.startswith("rounder_of_14_bits_lsb_-1_to_e4m3: proved, for all sums (")
    assert re.fullmatch(r"control, one larger: refuted, sum 0x\w+: .* exactly, rounded to 0x.*", control)


def test_an_element_is_proved_with_its_controls(lmul):
    outcome = lmul("prove", "element", "--format", "e2m1", "--dataflow", "ws", "--depth", 4)
    assert (outcome.code, outcome.err) == (None, "")
    proved, controls = outcome.out.splitlines()
    assert proved.startswith("lmul_e2m1_fixed_k4_ws_x1_element: proved, for all states and inputs (")
    assert controls == "controls, a sum one larger and a register that does not wait: refuted"


def test_a_list_writes_its_files(lmul, workplace, monkeypatch):
    monkeypatch.setattr(module, "parts", lambda: parts(["e2m1"], [], [], [(1, 1)])[::37])
    outcome = lmul("prove", "lanes", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert re.fullmatch(r"(\d+) parts: \1 proved; \d+ s of work\nout/lanes.md\nout/lanes.json\n", outcome.out)
    written = json.loads((workplace / "out" / "lanes.json").read_text())["proofs"]
    assert {each["outcome"] for each in written} == {"proved"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "e4m3", "--window", "3"], "window must be left out unless the accumulator is anchored, not 3"),
        (
            ["--format", "e4m3", "--accumulator", "anchored"],
            "--window must be given with --accumulator anchored",
        ),
        (["--format", "e4m3", "--accumulator", "fp32"], "'fp32' is not one of 'fixed', 'anchored'"),
    ],
)
def test_bad_input(lmul, arguments, message):
    outcome = lmul("prove", "lane", *arguments)
    assert outcome.code == 2 and message in outcome.err and outcome.err.count("\n") <= 4
