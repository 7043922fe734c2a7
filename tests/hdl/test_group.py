"""All that a process has started ends with it: tools, what these start, workers, and the tools of workers."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = """
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lmul.cli.signals import Interruptions
from lmul.tools.parallel import on_all_cores
from lmul.tools.process import run_tool, tool_environment


def run(name):
    script = f"sleep 60 & echo $PPID $$ $! > {name}.part; mv {name}.part {name}.pids; wait"
    run_tool(["sh", "-c", script], Path(), tool_environment())


def tool():
    run("tool")


def pool():
    run_tool(["true"], Path(), tool_environment())
    on_all_cores(run, ["first", "second"], len)


if __name__ == "__main__":
    Interruptions().install()
    {"tool": tool, "pool": pool}[sys.argv[1]]()
"""
ALL = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_SECONDS = 20


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    try:
        return not re.search(r"\) [ZX] ", Path(f"/proc/{pid}/stat").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for(condition) -> bool:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def started(folder: Path, what: str) -> subprocess.Popen:
    (folder / "program.py").write_text(PROGRAM)
    # One of two workers may have no core of its own, and then starts nothing before the other's end.
    process = subprocess.Popen([sys.executable, "program.py", what], cwd=folder, stderr=subprocess.DEVNULL)
    assert wait_for(lambda: list(folder.glob("*.pids"))), "it did not start"
    return process


def members(pids: list[int]) -> list[int]:
    """Of which group each is."""
    return [os.getpgid(pid) for pid in pids]


@pytest.mark.parametrize("number", ALL, ids=lambda number: number.name)
@pytest.mark.parametrize("what", ["tool", "pool"])
def test_all_ends_with_the_process_that_started_it(tmp_path, what, number):
    process = started(tmp_path, what)
    pids = [int(pid) for path in tmp_path.glob("*.pids") for pid in path.read_text().split()]
    group = members(pids)[-1]
    assert all(map(alive, pids)) and group != os.getpgid(0) and alive(group)
    process.send_signal(number)
    assert process.wait(_SECONDS) != 0
    assert wait_for(lambda: not any(map(alive, [*pids, group]))), "something runs on"


def test_a_worker_that_dies_takes_nothing_along_but_the_work(tmp_path):
    """As when memory is short: the command ends, and the tool of the dead worker with it."""
    process = started(tmp_path, "pool")
    worker, *others = [int(pid) for pid in next(tmp_path.glob("*.pids")).read_text().split()]
    os.kill(worker, signal.SIGKILL)
    assert process.wait(_SECONDS) == 1
    assert wait_for(lambda: not any(map(alive, others)))


def test_no_guard_is_left_where_all_went_well(tmp_path):
    program = "from lmul.tools.group import GROUP\nprint(GROUP.number(), GROUP.number())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    first, second = map(int, done.stdout.split())
    assert first == second and not alive(first) and not done.stderr
