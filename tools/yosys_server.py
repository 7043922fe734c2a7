"""Yosys loaded once, in a process that forks for each run.

A fork starts in 2 ms where a new process takes 80, and each begins in the same state as a new process would: what one
run does, no other sees.
"""

import atexit
import json
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from lmul.tools.files import uninterrupted
from lmul.tools.group import GROUP
from lmul.tools.limits import end_tree
from lmul.tools.process import DYING_SECONDS, LimitError, await_within

_PROGRAM = """
import ctypes, json, os, socket, sys
from pyosys import libyosys

calls = socket.socket(fileno=int(sys.argv[1]))
while files := socket.recv_fds(calls, 1, 2)[1]:
    run = os.fork()
    if not run:
        break
    for file in files:
        os.close(file)
    status = os.waitstatus_to_exitcode(os.waitpid(run, 0)[1])
    calls.sendall(status.to_bytes(4, "little", signed=True))

if files:
    given, printed = files
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    with open(given) as text:
        folder, commands = json.load(text)
    os.chdir(folder)
    design = libyosys.Design()
    for command in commands:
        libyosys.run_pass(command, design)
    ctypes.CDLL(None).fflush(None)
    os._exit(0)
"""
"""Waits for a call, which is two files: the folder and the commands as JSON, and what is to take the output.

A run ends without tearing down what it has built, which takes as long as reading a small unit does.
"""


class _Server:
    """Process that has loaded Yosys.

    Parameters
    ----------
    start : tuple
        Python, environment and process group, from `_start`.
    """

    def __init__(self, start: tuple[str, dict[str, str], int]) -> None:
        self.start = start
        executable, environment, group = start
        self._calls, theirs = socket.socketpair()
        self._files = ExitStack()
        self._said = self._files.enter_context(_file())
        with theirs, uninterrupted():  # otherwise an interruption could leave it running
            self._process = subprocess.Popen(
                # -P: no module of the folder in which the user works.
                [executable, "-P", "-c", _PROGRAM, str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=subprocess.STDOUT,
                pass_fds=[theirs.fileno()],
                process_group=group,
            )

    def call(self, given: IO[str], printed: IO[str], seconds: float, memory: float) -> int | None:
        """Run commands; return the exit status, or None if the server itself has ended.

        An interruption ends the server with all that it has started, and so does a limit.
        """
        try:
            with suppress(BrokenPipeError):
                socket.send_fds(self._calls, [b"."], [given.fileno(), printed.fileno()])

            def status(timeout: float) -> bytes | None:
                if not select.select([self._calls], [], [], timeout)[0]:
                    return None
                with suppress(ConnectionResetError):  # it ended with a call unread
                    return self._calls.recv(4, socket.MSG_WAITALL)
                return b""

            answer = await_within(status, self._process.pid, "Yosys", seconds, memory)
        except BaseException as error:
            end_tree(self._process.pid)
            if not isinstance(error, LimitError):
                GROUP.end()
            if not self._is_alone():
                GROUP.end()  # something has left the tree
            self.close()
            raise
        return int.from_bytes(answer, "little", signed=True) if answer else None

    def _is_alone(self) -> bool:
        """Wait until no process holds the other end; tell whether that is so."""
        return bool(select.select([self._calls], [], [], DYING_SECONDS)[0])

    def last_words(self) -> tuple[int, str]:
        """Wait for a server that has ended; return its exit status and what it printed itself."""
        status = self._process.wait()
        self._said.seek(0)
        said = self._said.read()
        self.close()
        return status, said

    def close(self) -> None:
        """End the server, which waits for a call."""
        self._calls.close()
        self._process.wait()
        self._files.close()


_idle: list[_Server] = []
"""Servers that wait for a call; more than one only if threads run Yosys at once."""


@atexit.register
def _close_all() -> None:
    while _idle:
        _idle.pop().close()


def call_yosys(
    commands: Sequence[str], folder: Path, environment: dict[str, str], seconds: float, memory: float
) -> tuple[int, str]:
    """Run Yosys commands in a folder; return exit status and output.

    Parameters
    ----------
    commands : sequence of str
        Commands, in order.
    folder : Path
        Working directory.
    environment : dict of str to str
        Complete environment.
    seconds, memory : float
        Limits, in seconds and in bytes.

    Raises
    ------
    LimitError
        Yosys met a limit, and was ended with all that it had started.
    """
    server = _waiting((sys.executable, environment, GROUP.number()))
    with _file(json.dumps([str(folder.absolute()), list(commands)])) as given, _file() as printed:
        status = server.call(given, printed, seconds, memory)
        if status is None:
            status, said = server.last_words()
        else:
            _idle.append(server)
            said = ""
        printed.seek(0)
        return status, printed.read() + said


def _waiting(start: tuple[str, dict[str, str], int]) -> _Server:
    """Take a server that was started alike, in the group of now; start one if there is none."""
    with suppress(IndexError):  # none, or another thread took the last
        while True:
            server = _idle.pop()
            if server.start == start:
                return server
            server.close()
    return _Server(start)


@contextmanager
def _file(text: str = "") -> Iterator[IO[str]]:
    with tempfile.TemporaryFile("w+", errors="replace") as file:
        file.write(text)
        file.seek(0)
        yield file
