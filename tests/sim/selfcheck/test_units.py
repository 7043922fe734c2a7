# amaranth: UnusedElaboratable=no
"""Benches of multipliers and dot products in plain Verilog: they pass, and they find defects."""

import os
import re
import shutil
import subprocess

import pytest
from support.selfcheck import verdicts_of_verilator

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.selfcheck.dot import dot_files
from lmul.sim.selfcheck.multiplier import PAIRS, multiplier_files
from lmul.sim.verilator import verilator_settings
from lmul.sim.verilog.stream_bench import RUNS

needs_iverilog = pytest.mark.skipif(shutil.which("iverilog") is None, reason="iverilog is not on PATH")

E4M3_PAIRS = 1 << 16


def dot(lanes, product, window=None, depth=16, **more):
    accumulator = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    return DotProduct(DotParameters(product, accumulator, depth, window), lanes, **more)


UNITS = {
    "all pairs": (Multiplier(Parameters(E4M3)), rf"{E4M3_PAIRS} products"),
    "two widths": (Multiplier(Parameters(E2M1, y_format=E5M2, result=BF16)), "4096 products"),
    "chosen pairs": (Multiplier(Parameters(BF16, Method.EXACT), name="PAIRS_COUNT"), f"{PAIRS} products"),
    "ieee": (Multiplier(Parameters(E4M3, Method.LMUL, Policy.IEEE, Overflow.INF), 2), f"{RUNS * PAIRS} products"),
    "narrow": (Multiplier(Parameters(E2M1), 1, name="NAME"), f"{RUNS * 256} products"),
    "dot": (dot(3, Parameters(E2M1)), r"\d{3} sums"),
    "anchored": (dot(2, Parameters(E5M2), 8, name="C_COUNT"), r"\d{3} sums"),
    "one lane": (dot(1, Parameters(E4M3, Method.ROUNDED), depth=1), r"\d{3} sums"),
}


def files(unit, seed=0):
    return (multiplier_files if isinstance(unit, Multiplier) else dot_files)(unit, seed)


def run(folder, name):
    """Build with Icarus Verilog, which has nothing to complain about, and run."""
    command = ["iverilog", "-g2005", "-Wall", "-o", "tb", f"{name}.v", f"{name}_tb.v"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert built.stderr == built.stdout == ""
    return subprocess.run(["vvp", "-n", "tb"], cwd=folder, capture_output=True, text=True, check=False)


@needs_iverilog
@pytest.mark.parametrize("what", UNITS)
def test_everything_is_compared_and_passes(tmp_path, what):
    unit, compared = UNITS[what]
    export(unit, tmp_path, files(unit))
    done = run(tmp_path, unit.name)
    cycles = getattr(unit, "pipeline", 1)
    latency = f", latency {cycles} cycle{'s' if cycles > 1 else ''}" if cycles else ""
    assert re.fullmatch(rf"PASS: {unit.name}, {compared} compared{latency}\n", done.stdout), done.stdout
    assert done.returncode == 0


WRONG = r"run 0, beat \d+ of (p|sum): [0-9a-fx]+, expected [0-9a-f]+"
DEFECTS = {
    "a wrong sign": ("all pairs", r"(wire sign = .*) \^ ", r"\1 | ", r"x [0-9a-f]{2}, y [0-9a-f]{2}: p is .., exp.*"),
    "a wrong sign of a pair": (
        "chosen pairs",
        r"(wire sign = .*) \^ ",
        r"\1 | ",
        r"x [0-9a-f]{4}, y [0-9a-f]{4}: p .*",
    ),
    "a wrong sign behind registers": ("narrow", r"(wire sign = .*) \^ ", r"\1 | ", WRONG),
    "a stall that is dropped": ("narrow", r"(assign i_ready = ).*;", r"\1 1'b1;", r"run 1: \d+ beats that waited .*"),
    "products that are lost": (
        "narrow",
        "o_valid <= i_valid;",
        "o_valid <= 1'b0;",
        r"run 0: \d+ of 256 beats of x, .*",
    ),
    "a sum that is not begun anew": ("dot", r"((?:assign|wire.*) start = ).*;", r"\1 sum;", WRONG),
    "words that stay": (
        "dot",
        r"((?:assign|wire.*) y_ready = ).*;",
        r"\1 ~loaded;",
        r"(run 0: \d+ of \d+ beats of x|run 0, beat).*",
    ),
    "a flag that is not set": ("one lane", r"else if \([^;]*\)\s+reserved <= [^;]*;", "", "run 0: flags framing, .*"),
    "another latency": ("narrow", "LATENCY = 1;", "LATENCY = 2;", "latency is 1 cycles, expected 2"),
}


@needs_iverilog
@pytest.mark.parametrize("what", DEFECTS)
def test_defects_are_found(tmp_path, what):
    which, pattern, replacement, told = DEFECTS[what]
    unit = UNITS[which][0]
    export(unit, tmp_path, files(unit))
    count = 0
    for path in tmp_path.glob("*.v"):
        text, found = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        path.write_text(text)
        count += found
    assert count == 1, (tmp_path / f"{unit.name}.v").read_text()
    done = run(tmp_path, unit.name)
    assert done.returncode == 1 and re.search(f"^{told}", done.stdout, re.MULTILINE), done.stdout
    assert f"FAIL: {unit.name}, " in done.stdout and "PASS" not in done.stdout


@needs_iverilog
@pytest.mark.parametrize(
    ("what", "missing"), [("all pairs", "p"), ("chosen pairs", "x"), ("narrow", "y"), ("dot", "sum")]
)
def test_without_its_data_it_fails(tmp_path, what, missing):
    unit = UNITS[what][0]
    export(unit, tmp_path, files(unit))
    (tmp_path / f"{unit.name}_{missing}.hex").unlink()
    done = run(tmp_path, unit.name)
    assert done.returncode == 1 and "PASS" not in done.stdout


@pytest.mark.parametrize("what", ["all pairs", "narrow", "anchored"])
def test_verilator_has_no_warning_at_all_in_the_bench(tmp_path, what):
    unit = UNITS[what][0]
    export(unit, tmp_path, files(unit))
    command = ["verilator", "--lint-only", "--timing", "-Wall", "--top-module", f"{unit.name}_tb"]
    environment = {**os.environ, **verilator_settings()[0]}
    sources = [f"{unit.name}.v", f"{unit.name}_tb.v"]
    done = subprocess.run(
        [*command, *sources], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert f"{unit.name}_tb.v:" not in done.stderr, done.stderr


def test_verilator_ends_with_the_verdict(tmp_path):
    unit = UNITS["narrow"][0]
    export(unit, tmp_path, files(unit))
    assert verdicts_of_verilator(tmp_path, unit.name, "p") == [(0, True), (1, False)]


def test_the_seed_chooses_what_is_played():
    for what in "chosen pairs", "dot":
        unit = UNITS[what][0]
        assert files(unit) == files(unit) != files(unit, seed=1)
    assert files(UNITS["all pairs"][0]) == files(UNITS["all pairs"][0], seed=1)
