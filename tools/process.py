"""Child processes, with an environment of their own, ended with all that they started."""

import os
import select
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from lmul.tools.files import uninterrupted
from lmul.tools.group import GROUP

_KEPT = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR"} | {
    "CXX",
    "LD_LIBRARY_PATH",
    "LIBRARY_PATH",
    "LIBPYTHON_LOC",
    "VERILATOR_ROOT",
}
_KEPT_PREFIXES = ("LC_", "NIX_", "CCACHE_")
_DYING_SECONDS = 1.0


class ToolError(RuntimeError):
    """Failure or absence of a program; the message is the line in which it says why."""


def tool_environment() -> dict[str, str]:
    """Return the environment for a tool: the user's paths and locale, no other settings.

    Other variables could change builds or measurements: CXXFLAGS, MAKEFLAGS, COCOTB_TEST_FILTER, PYTHONOPTIMIZE.
    """
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return {"PATH": os.defpath, **kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run_tool(
    command: Sequence[str], folder: Path, environment: dict[str, str], given: str = "", output: IO[str] | None = None
) -> tuple[int, str]:
    """Run a program; return its exit status and output.

    The program is in this process' `group`. An interruption ends it with all that it has started before it is passed
    on; so does the end of this process by SIGKILL.

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
    """
    alive, held = os.pipe()  # ends when no process holds it any more
    child = None
    with os.fdopen(alive, "rb") as watch, os.fdopen(held, "wb") as hold:
        try:
            with uninterrupted():  # otherwise an interruption could leave it running
                child = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=output or subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    pass_fds=[held],
                    text=True,
                    errors="replace",
                    process_group=GROUP.number(),
                )
            printed, _ = child.communicate(given)
        except BaseException:
            if child is not None:
                _end(child)
                hold.close()
                select.select([watch], [], [], _DYING_SECONDS)  # until no process holds the pipe
            raise
    return child.returncode, printed or ""


def _end(child: subprocess.Popen[str]) -> None:
    child.kill()
    GROUP.end()
    with suppress(BrokenPipeError), child:  # closes its pipes, and waits for it
        pass
