"""Children that do not end or hold too much memory are ended with all that they started, and a line says why."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmul.cli.main import _run
from lmul.tools.limits import MEMORY, TIMEOUT, check_limits, end_tree, memory_allowed, memory_held, seconds_allowed
from lmul.tools.process import LimitError, run_tool, tool_environment
from lmul.tools.yosys import YosysError, run_yosys

SLEEPS = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], start_new_session=True)"
"""A program that starts another in a session, and so in a process group, of its own, and waits for it."""

LATE = "import time; from pathlib import Path; Path('started').touch(); time.sleep(1.5); Path('late').touch()"
TAKES = "import time; from pathlib import Path; held = bytearray(b'x') * (100 << 20); time.sleep(20)"


def run(folder: Path, program: str, **limits: float) -> tuple[int, str]:
    return run_tool([sys.executable, "-I", "-c", SLEEPS, program], folder, tool_environment(), **limits)


def test_what_does_not_end_is_ended_with_what_it_started(tmp_path):
    before = time.monotonic()
    said = rf"^{Path(sys.executable).name} did not end within 1 seconds; LMUL_TIMEOUT=SECONDS in the environment .*$"
    with pytest.raises(LimitError, match=said):
        run(tmp_path, LATE, seconds=1.0)
    assert time.monotonic() - before < 1.5 and (tmp_path / "started").exists()
    time.sleep(1.7)
    assert not (tmp_path / "late").exists()


def test_what_holds_too_much_is_ended(tmp_path, monkeypatch):
    """The one that holds it is not the one that was started."""
    monkeypatch.setenv(MEMORY, "80")
    before = time.monotonic()
    said = r"held 1?\d\d MiB of memory, above its limit of 80; LMUL_MEMORY=MIB in the environment sets another$"
    with pytest.raises(LimitError, match=said):
        run(tmp_path, TAKES)
    assert time.monotonic() - before < 10


def test_memory_is_that_of_the_process_and_its_descendants():
    with subprocess.Popen([sys.executable, "-I", "-c", SLEEPS, TAKES]) as process:
        held = 0
        for _ in range(100):
            held = max(held, memory_held(process.pid))
            if held > 100 << 20:
                break
            time.sleep(0.05)
        end_tree(process.pid)
    assert 100 << 20 < held < 200 << 20 and memory_held(process.pid) == 0


def test_what_ends_in_time_is_not_disturbed(tmp_path):
    """It starts to read after the first look at it, more than a pipe holds."""
    given = "x" * 200_000
    assert run_tool(["sh", "-c", "sleep 0.5; cat"], tmp_path, {}, given=given, seconds=20) == (0, given)


def test_others_run_on(tmp_path):
    """In a worker, a child that meets a limit takes neither the worker along nor the tools of others."""
    program = """
import sys
from pathlib import Path
from lmul.tools.parallel import on_all_cores
from lmul.tools.process import LimitError, run_tool

def work(seconds):
    try:
        return run_tool(["sleep", "1"], Path(), {}, seconds=seconds)[0]
    except LimitError as error:
        return str(error)

if __name__ == "__main__":
    print(on_all_cores(work, [0.1, 60.0], lambda seconds: seconds))
"""
    (tmp_path / "program.py").write_text(program)
    status, printed = run_tool([sys.executable, "program.py"], tmp_path, tool_environment(), seconds=30)
    assert status == 0 and "sleep did not end within 0.1 seconds" in printed and printed.endswith(", 0]\n")


def test_the_environment_has_the_last_word(monkeypatch):
    assert seconds_allowed(7) == 7 and 0 < memory_allowed() < 1 << 50
    monkeypatch.setenv(TIMEOUT, "2.5")
    monkeypatch.setenv(MEMORY, "inf")
    assert seconds_allowed(7) == 2.5 and memory_allowed() == float("inf")
    assert tool_environment()[TIMEOUT] == "2.5"  # benches run in such an environment, and start tools


@pytest.mark.parametrize("text", ["0", "-1", "1h", "nan"])
@pytest.mark.parametrize(("name", "unit"), [(TIMEOUT, "seconds"), (MEMORY, "MiB")])
def test_bad_limits_are_refused(monkeypatch, name, unit, text):
    monkeypatch.setenv(name, text)
    said = f"{name} must be a positive number of {unit}, not {text!r}"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check_limits()
    assert _run(["verilog", "--help"]) == (2, said)


def test_yosys_is_named_and_no_error_of_its_own(tmp_path):
    with pytest.raises(LimitError, match=r"^Yosys did not end within 0\.2 seconds; .*$") as caught:
        run_yosys(["exec -- sleep 9"], tmp_path, seconds=0.2)
    assert not isinstance(caught.value, YosysError)  # after which other ways are tried
