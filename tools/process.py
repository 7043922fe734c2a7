"""Child processes, with an environment of their own, ended with all that they started."""

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from lmul.tools.files import uninterrupted
from lmul.tools.group import GROUP
from lmul.tools.limits import (
    MEMORY,
    SECONDS,
    TIMEOUT,
    end_tree,
    memory_allowed,
    memory_held,
    seconds_allowed,
    too_large,
    too_long,
)

_KEPT = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR"} | {
    "CXX",
    "LD_LIBRARY_PATH",
    "LIBRARY_PATH",
    "LIBPYTHON_LOC",
    "VERILATOR_ROOT",
    TIMEOUT,
    MEMORY,
}
_KEPT_PREFIXES = ("LC_", "NIX_", "CCACHE_")
DYING_SECONDS = 1.0
"""How long what was killed may take to end."""

_LOOKING_SECONDS = 0.2  # between two looks at a child's memory; a process takes a few hundred megabytes in that time


Awaited = TypeVar("Awaited")


class ToolError(RuntimeError):
    """Failure or absence of a program; the message is the line in which it says why."""


class LimitError(ToolError):
    """End of a program that met its limit of time or memory; the message says which, and how to set another."""


def tool_environment() -> dict[str, str]:
    """Return the environment for a tool: the user's paths and locale, no other settings.

    Other variables could change builds or measurements: CXXFLAGS, MAKEFLAGS, COCOTB_TEST_FILTER, PYTHONOPTIMIZE.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return {"PATH": os.defpath, **kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run_tool(
    command: Sequence[str],
    folder: Path,
    environment: dict[str, str],
    given: str = "",
    output: IO[str] | None = None,
    name: str = "",
    seconds: float = SECONDS,
) -> tuple[int, str]:
    """Run a program; return its exit status and output.

    The program is in this process' `group`. An interruption ends it with all that it has started before it is passed
    on; so does the end of this process by SIGKILL. So do the limits of `limits`, for this program alone.

    Parameters
    ----------
    command : sequence of str
        Program and arguments.
    folder : Path
        Working directory.
    environment : dict of str to str
        Complete environment.
    given : str
        Standard input.
    output : file, optional
        File for standard output and standard error, which are then not returned.
    name : str
        Name of the program in messages; that of its file where it is left out.
    seconds : float
        Default of the limit of time.

    Raises
    ------
    LimitError
        The program met a limit, and was ended with all that it had started.
    ValueError
        The environment has a limit that is not a positive number.
    """
    limits = (seconds_allowed(seconds), memory_allowed())
    alive, held = os.pipe()  # ends when no process holds it any more
    child = None
    with (
        os.fdopen(alive, "rb") as watch,
        os.fdopen(held, "wb") as hold,
        # Not a pipe: `communicate` forgets what is left to write when its timeout passes (CPython 3.11).
        tempfile.TemporaryFile("w+") as source,
    ):
        source.write(given)
        source.seek(0)
        try:
            with uninterrupted():  # otherwise an interruption could leave it running
                child = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=source,
                    stdout=output or subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=[held],
                    text=True,
                    errors="replace",
                    process_group=GROUP.number(),
                )
            printed = _output(child, name or Path(command[0]).name, *limits)
        except LimitError:
            assert child is not None
            end_tree(child.pid)  # not the group: other programs run in it, and in a worker so does this process
            _close(child)
            hold.close()
            if not select.select([watch], [], [], DYING_SECONDS)[0]:  # something has left the tree
                GROUP.end()
            raise
        except BaseException:
            if child is not None:
                child.kill()
                GROUP.end()
                _close(child)
                hold.close()
                select.select([watch], [], [], DYING_SECONDS)  # until no process holds the pipe
            raise
    return child.returncode, printed


def _output(child: subprocess.Popen[str], name: str, seconds: float, memory: float) -> str:
    """Wait for a program, and return what it printed."""

    def printed(timeout: float) -> str | None:
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(timeout=timeout)[0] or ""
        return None

    return await_within(printed, child.pid, name, seconds, memory)


def await_within(
    result: Callable[[float], Awaited | None], root: int, name: str, seconds: float, memory: float
) -> Awaited:
    """Wait for a result while a process and its descendants keep their limits.

    Parameters
    ----------
    result : callable
        Wait for at most so many seconds; return the result, or None if there is none yet.
    root : int
        Number of the process.
    name : str
        Name of the program in messages.
    seconds, memory : float
        Limits, in seconds and in bytes.

    Raises
    ------
    LimitError
        A limit was met; nothing has been ended.
    """
    end = time.monotonic() + seconds
    while (found := result(min(max(end - time.monotonic(), 0), _LOOKING_SECONDS))) is None:
        if time.monotonic() >= end:
            raise LimitError(too_long(name, seconds))
        if (held := memory_held(root)) > memory:
            raise LimitError(too_large(name, held, memory))
    return found


def _close(child: subprocess.Popen[str]) -> None:
    with suppress(BrokenPipeError), child:  # closes its pipes, and waits for it
        pass
