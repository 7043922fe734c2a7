"""The bar that long commands show."""

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn


def progress_bar(*figures: ProgressColumn) -> Progress:
    """A bar on standard error, gone when done; none where nobody looks on.

    Parameters
    ----------
    figures : ProgressColumn
        What stands behind the bar; without any, percent and the time left.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description:10}"),
        BarColumn(),
        *(figures or (TaskProgressColumn(), TimeRemainingColumn())),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
