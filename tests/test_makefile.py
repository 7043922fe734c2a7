"""The environment that the Makefile makes, with programs that stand for Pythons and their pip."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.tree import PACKAGES

ROOT = Path(__file__).parent.parent
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-c "*) exec {python} -c "
import sys
sys.version_info, sys.version = {version}, '{text} x'
exec(sys.argv[2])" "$@" ;;
    "-m venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    "-m pip") echo "$@" >> installs ;;
esac
"""


@pytest.fixture
def make(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    for name in ("lmul", *PACKAGES):
        (tmp_path / name).mkdir()
    for text in ("3.9.1", "3.12.4"):
        version = tuple(map(int, text.split(".")))
        fake = tmp_path / f"python{text}"
        fake.write_text(PYTHON.format(python=sys.executable, version=version, text=text))
        fake.chmod(0o755)

    def run(version):
        (tmp_path / "pyproject.toml").touch()
        command = ["make", ".venv/installed", f"PYTHON=./python{version}"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_a_python_that_is_too_old_is_named_and_makes_nothing(make, tmp_path):
    done = make("3.9.1")
    said = "PYTHON must be Python 3.11 or newer, not 3.9.1: try make PYTHON=python3.11"
    assert done.returncode == 2 and done.stderr.splitlines()[0] == said
    assert not (tmp_path / ".venv").exists() and not (tmp_path / "installs").exists()
    assert make("3.12.4").returncode == 0
    assert (tmp_path / "installs").read_text().count("install") == 1
    assert make("3.9.1").returncode == 0  # the environment that is there is new enough


@pytest.mark.parametrize("broken", ["an old Python", "half made"])
def test_an_environment_that_cannot_work_is_made_anew(make, tmp_path, broken):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "old").touch()
    if broken == "an old Python":
        shutil.copy(tmp_path / "python3.9.1", tmp_path / ".venv" / "bin" / "python")
    assert make("3.9.1").returncode == 2 and (tmp_path / ".venv" / "old").exists()
    assert make("3.12.4").returncode == 0
    assert not (tmp_path / ".venv" / "old").exists()
    assert "3.12.4" in (tmp_path / ".venv" / "bin" / "python").read_text()
