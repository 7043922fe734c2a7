"""Interruptions by terminal, scheduler or lost connection. All of them end a command in the same way."""

import signal
import sys
import time
import warnings
from types import FrameType

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_PATIENCE_SECONDS = 2.0
_LOOK_SECONDS = 0.05


class Interruptions:
    """Handler that raises KeyboardInterrupt for all kinds of interruptions and makes sure that it is not lost.

    Clean-up after one is not interrupted by another that comes soon, as when a shell and a terminal both send one. One
    that is swallowed, as in a destructor, is raised again.
    """

    def __init__(self) -> None:
        self.seen = False
        self._last = float("-inf")

    def install(self) -> None:
        """Handle interruptions from now on, except those that the caller switched off, as `nohup` does."""
        for number in INTERRUPTIONS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._interrupted)
        signal.signal(signal.SIGALRM, self._look)
        sys.unraisablehook = _unraisable

    def ignore(self) -> None:
        """Ignore interruptions from now on, for the short rest of the command."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in INTERRUPTIONS:
            signal.signal(number, signal.SIG_IGN)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last > _PATIENCE_SECONDS:
            self.seen, self._last = True, now
            warnings.simplefilter("ignore")  # warnings about unfinished work
            signal.setitimer(signal.ITIMER_REAL, _LOOK_SECONDS, _LOOK_SECONDS)
            raise KeyboardInterrupt

    def _look(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt again, unless it is being handled."""
        error = sys.exception()
        while error is not None and not isinstance(error, KeyboardInterrupt):
            error = error.__context__
        if error is None:
            raise KeyboardInterrupt


def _unraisable(unraisable: "sys.UnraisableHookArgs") -> None:
    if not isinstance(unraisable.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
