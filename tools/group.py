"""The process group of all that is started here, which ends when this process does, however that dies.

A guard leads the group: a small process that reads from a pipe whose other end this process alone holds. When this
process ends, by SIGKILL too, the pipe does, and the guard kills the group, itself included. Tools are members before
they run, workers of `parallel` as they start; what these start is born into the group. One guard is enough for all.
"""

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_GUARD = "import os; os.read(0, 1); os.kill(0, 9)"


class Group:
    """The group of this process, or, in a worker, that of its parent."""

    def __init__(self) -> None:
        self._guard: subprocess.Popen[bytes] | None = None
        self._joined: int | None = None
        self._lock = threading.Lock()

    def number(self) -> int:
        """Give the number by which processes join; the guard is started if there is none."""
        if self._joined is not None:
            return self._joined
        with self._lock:
            if self._guard is None or self._guard.poll() is not None:
                self._guard = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", _GUARD],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    process_group=0,
                )
            return self._guard.pid

    def join(self, number: int) -> None:
        """Make this process, a worker, a member of its parent's group; without a parent or a group it ends."""
        try:
            os.setpgid(0, number)
        except OSError:  # the guard has died
            os._exit(1)
        parent = multiprocessing.parent_process()
        if parent is None or not parent.is_alive():  # the guard may have killed the group before this joined
            os._exit(1)
        self._joined = number

    def end(self) -> None:
        """Kill all members; a worker, which is one itself, leaves that to its parent."""
        with self._lock:
            guard, self._guard = self._guard, None
        if guard is not None:
            with suppress(ProcessLookupError):
                os.killpg(guard.pid, signal.SIGKILL)  # its number is not given to others before `wait`
            with guard:
                pass


GROUP = Group()
"""That of this process."""

atexit.register(GROUP.end)
