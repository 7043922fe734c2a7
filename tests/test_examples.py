"""The examples that are quick run, on copies; a defect in one of them is found. `make examples` runs all."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lmul.sim.verilator import shell_lines

EXAMPLES = Path(__file__).parent.parent / "examples"

needs_iverilog = pytest.mark.skipif(shutil.which("iverilog") is None, reason="iverilog is not on PATH")


@pytest.fixture
def run(tmp_path):
    """Run a command in a copy of an example, in which `old` is replaced by `new`."""

    def run(example, command, file="", old="", new=""):
        shutil.copytree(EXAMPLES / example, tmp_path / example, ignore=shutil.ignore_patterns("build"))
        if file:
            text = (tmp_path / example / file).read_text()
            assert text.count(old) == 1
            (tmp_path / example / file).write_text(text.replace(old, new))
        environment = {**os.environ, "SIM": "icarus"}
        return subprocess.run(
            command, cwd=tmp_path / example, env=environment, capture_output=True, text=True, check=False
        )

    return run


PYTHON = [sys.executable, "-P", "run.py"]


@needs_iverilog
@pytest.mark.parametrize("example", ["cocotb", "riscv"])
def test_the_benches_pass(run, example):
    done = run(example, PYTHON)
    assert done.returncode == 0 and "PASS=1 FAIL=0" in done.stdout, done.stdout + done.stderr


DEFECTS = {
    "another multiplier": ("cocotb", "run.py", "lmul.Parameters(lmul.E4M3)", "lmul.Parameters(lmul.BF16)"),
    "another method": ("cocotb", "run.py", "Parameters(lmul.E4M3)", "Parameters(lmul.E4M3, lmul.Method.EXACT)"),
    "a kill that is forgotten": ("riscv", "dot_xif.v", "if (taken && !killed)", "if (taken)"),
    "a commit that is forgotten": ("riscv", "dot_xif.v", "early <= known;", "early <= 0;"),
    "a commit of its own id alone": (
        *("riscv", "dot_xif.v"),
        "covers = kill ? !older[X_ID_WIDTH-1] : !newer[X_ID_WIDTH-1];",
        "covers = kill ? older == 0 : newer == 0;",
    ),
    "a sum that goes on": ("riscv", "dot_xif.v", ".x_last(what == END)", ".x_last(what != HIGH)"),
    "a high word without its sign": ("riscv", "dot_xif.v", "{64-SUM_WIDTH{sum[SUM_WIDTH-1]}}", "{64-SUM_WIDTH{1'b0}}"),
}


@needs_iverilog
@pytest.mark.parametrize("what", DEFECTS)
def test_the_benches_find_a_defect(run, what):
    example, *change = DEFECTS[what]
    done = run(example, PYTHON, *change)
    assert done.returncode == 1 and "PASS=0 FAIL=1" in done.stdout, done.stdout + done.stderr


def test_the_test_of_the_users_own_is_short():
    lines = (EXAMPLES / "cocotb" / "test_products.py").read_text().splitlines()
    assert len([line for line in lines if line]) < 20


def command_lmul(folder):
    """Make a command `lmul` that runs this package."""
    folder.mkdir()
    program = f"#!{sys.executable} -P\nfrom lmul.cli.main import main\nmain()\n"
    (folder / "lmul").write_text(program)
    (folder / "lmul").chmod(0o755)


@needs_iverilog
@pytest.mark.skipif(shutil.which("fusesoc") is None, reason="fusesoc is not on PATH")
@pytest.mark.parametrize("wrong", [False, True])
def test_fusesoc_builds_and_ends_with_the_verdict(run, tmp_path, wrong):
    command_lmul(tmp_path / "bin")
    script = "\n".join([f'export PATH="{tmp_path / "bin"}:$PATH"', *shell_lines(), "./run.sh"])
    change = ("square_tb.v", "(8'h40, 8'h49)", "(8'h40, 8'h48)") if wrong else ()
    done = run("fusesoc", ["bash", "-euc", script], *change)
    assert "PASS: mul, 65536 products compared" in done.stdout, done.stdout + done.stderr
    assert (done.returncode == 0, "PASS: square" in done.stdout) == (not wrong, not wrong)
