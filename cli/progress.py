"""Progress bars and time estimates of long commands."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn


def progress_bar(*figures: ProgressColumn) -> Progress:
    """Build a bar on standard error that vanishes when done; without a terminal there is none.

    Parameters
    ----------
    figures : ProgressColumn
        Columns after the bar; by default percent and the time left.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        *(figures or (TaskProgressColumn(), TimeRemainingColumn())),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


WORTH_SAYING_SECONDS = 60.0


class Estimate:
    """Estimate of the remaining time. It is printed once, if it is a minute or more.

    Parameters
    ----------
    total : int
        Amount of work.
    say : callable
        Called with the remaining seconds.
    """

    def __init__(self, total: int, say: Callable[[float], None]) -> None:
        self._total = total
        self._say = say
        self._first: tuple[float, int] | None = None
        self._said = False

    def __call__(self, done: int) -> None:
        """Record the work that is done so far."""
        now = time.monotonic()
        if self._said or done == 0:
            return
        if self._first is None:
            self._first = now, done
        elif done > self._first[1]:
            began, before = self._first
            left = (self._total - done) * (now - began) / (done - before)
            self._said = True
            if left >= WORTH_SAYING_SECONDS:
                self._say(left)


def in_words(seconds: float) -> str:
    """Write a time in the unit that fits, such as `25 minutes`, `2.5 hours` or `12 days`."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}" if seconds < 10 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} seconds"
