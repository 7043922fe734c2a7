"""Tables on a terminal."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from lmul.reporting.sections import Section
from lmul.reporting.tables import Table


def terminal_table(table: Table) -> RichTable:
    """Build a table without lines; titles of several words take two lines."""
    shown = RichTable(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for number, title in enumerate(table.titles):
        shown.add_column("\n".join(title.rsplit(" ", 1)), justify="right" if number else "left", no_wrap=True)
    for number, group in enumerate(table.groups):
        if number and len(group) > 1:
            shown.add_row()
        for row in group:
            shown.add_row(*row)
    return shown


def wide_console(width: int) -> Console:
    """Return a console on standard output; a pipe or file gets the width `width`."""
    return Console(width=None if sys.stdout.isatty() else width, highlight=False)


def show_sections(console: Console, sections: Iterable[Section]) -> None:
    """Print sections one after the other, without their notes."""
    for section in sections:
        console.print(section.title, style="bold")
        console.print(terminal_table(section.table))
        console.print()


def show_files(console: Console, files: Sequence[Path]) -> None:
    """Print the paths of written files."""
    for path in files:
        console.print(path, soft_wrap=True)
