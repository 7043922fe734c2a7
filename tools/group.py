"""Process group of all processes started here, which ends with this process, even by SIGKILL.

The group's leader is a guard: a small process that reads from a pipe whose other end only this process holds. When this
process ends, the pipe closes, and the guard kills the group, itself included. Tools join before they run, workers of
`parallel` when they start; their children are in the group from birth. One guard serves all.
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
    """Process group of this process, or, in a worker, of its parent."""

    def __init__(self) -> None:
        self._guard: subprocess.Popen[bytes] | None = None
        self._joined: int | None = None
        self._lock = threading.Lock()

    def number(self) -> int:
        """Return the number by which processes join; start the guard if there is none."""
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
        """Join the parent's group, in a worker; end the process if parent or group are gone."""
        try:
            os.setpgid(0, number)
        except OSError:  # the guard has died
            os._exit(1)
        parent = multiprocessing.parent_process()
        if parent is None or not parent.is_alive():  # the guard may have killed the group before this joined
            os._exit(1)
        self._joined = number

    def end(self) -> None:
        """Kill all members. In a worker, which is a member itself, leave that to the parent."""
        with self._lock:
            guard, self._guard = self._guard, None
        if guard is not None:
            with suppress(ProcessLookupError):
                os.killpg(guard.pid, signal.SIGKILL)  # its number is not given to others before `wait`
            with guard:
                pass


GROUP = Group()
"""Group of this process."""

atexit.register(GROUP.end)
