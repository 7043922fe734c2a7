"""Other programs end with this one, and know no more of the user's environment than where things are."""

import os
import signal
import sys
import threading
import time

import pytest

from lmul.tools.process import run_tool, tool_environment


def test_the_status_and_what_was_printed_come_back(tmp_path):
    assert run_tool(["sh", "-c", "cat; pwd >&2; exit 3"], tmp_path, {}, given="in\n") == (3, f"in\n{tmp_path}\n")


def test_an_interruption_ends_all_that_the_program_started(tmp_path):
    """The grandchild would otherwise leave a file behind."""
    script = "(sleep 0.7; touch late) & touch started; wait"

    def interrupt():
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_tool(["sh", "-c", script], tmp_path, tool_environment())
    assert time.monotonic() - before < 0.7
    time.sleep(0.8)
    assert not (tmp_path / "late").exists()


def test_preferences_stay_outside(monkeypatch):
    for name in ("CXXFLAGS", "MAKEFLAGS", "COCOTB_TEST_FILTER", "PYTHONOPTIMIZE"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("CXX", "clang++")
    monkeypatch.delenv("PATH")
    environment = tool_environment()
    assert environment["CXX"] == "clang++" and environment["PATH"] == os.defpath
    assert environment["PYTHONPATH"].split(os.pathsep) == [folder for folder in sys.path if folder]
    assert not {"CXXFLAGS", "MAKEFLAGS", "COCOTB_TEST_FILTER", "PYTHONOPTIMIZE"} & set(environment)
