"""Interruptions: by the terminal, by a scheduler, by a connection that is lost. They end the command, all alike."""

import signal
import sys
import time
from types import FrameType

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_PATIENCE_SECONDS = 2.0
_AGAIN_SECONDS = 0.01


class Interruptions:
    """Raises KeyboardInterrupt for every kind of interruption, and sees that it is not lost.

    Tidying up after one is not interrupted by the next, if that comes soon: two are sent where a shell and a
    terminal both send one. One raised while Python runs a destructor is swallowed, and is raised again.
    """

    def __init__(self) -> None:
        self.seen = False
        self._last = float("-inf")

    def install(self) -> None:
        """Handle interruptions from now on, less those that our caller has switched off, as `nohup` does."""
        for number in INTERRUPTIONS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._interrupted)
        signal.signal(signal.SIGALRM, self._again)
        sys.unraisablehook = self._unraisable

    def ignore(self) -> None:
        """Let the rest, which takes no time, be done without them."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in INTERRUPTIONS:
            signal.signal(number, signal.SIG_IGN)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last > _PATIENCE_SECONDS:
            self._last = now
            self._again(number, frame)

    def _again(self, number: int, frame: FrameType | None) -> None:
        self.seen = True
        raise KeyboardInterrupt

    def _unraisable(self, unraisable: "sys.UnraisableHookArgs") -> None:
        if isinstance(unraisable.exc_value, KeyboardInterrupt):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        else:
            sys.__unraisablehook__(unraisable)
