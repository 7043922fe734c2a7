"""Tables on a terminal."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from lmul.reporting.sections import Section
from lmul.reporting.tables import Table

_GAP = 2  # characters between two columns


def terminal_tables(section: Section, width: int) -> list[RichTable]:
    """Lay out a section's table without lines, in as many parts as its columns need.

    No number is cut: columns that do not fit go to a further part, which begins with the columns that name the rows.
    Those, and texts too long for a line, are folded.

    Parameters
    ----------
    section : Section
        Section with the table, of one row or more.
    width : int
        Columns of the terminal.
    """
    table = section.table
    titles = ["\n".join(title.rsplit(" ", 1)) for title in table.titles]
    rows = [row for group in table.groups for row in group]
    natural = [
        max(len(line) for cell in (title, *(row[n] for row in rows)) for line in cell.split("\n"))
        for n, title in enumerate(titles)
    ]
    names = _naming_columns(section)
    room = width - min(sum(natural[n] + _GAP for n in range(names)), width // 2)
    parts: list[list[int]] = [[]]
    for n in range(names, len(titles)):
        if parts[-1] and sum(natural[k] + _GAP for k in (*parts[-1], n)) > room + _GAP:
            parts.append([])
        parts[-1].append(n)
    return [_laid_out(table, titles, [*range(names), *part], names, natural, room) for part in parts]


def _naming_columns(section: Section) -> int:
    """Count the columns at the left that name a row: at least one, and all texts that follow it."""
    keys = [key for key in section.columns if any(record[key] is not None for record in section.records)]
    texts = [all(isinstance(record[key], str) for record in section.records) for key in keys]
    return max(1, next((n for n, text in enumerate(texts) if not text or keys[n] in section.outcomes), len(texts)))


def _laid_out(
    table: Table, titles: list[str], columns: list[int], names: int, natural: list[int], room: int
) -> RichTable:
    shown = RichTable(box=None, pad_edge=False, padding=(0, _GAP // 2), header_style="bold")
    for n in columns:
        fixed = n >= names and natural[n] <= room
        shown.add_column(titles[n], justify="right" if n else "left", no_wrap=fixed, overflow="fold")
    for number, group in enumerate(table.groups):
        if number and len(group) > 1:
            shown.add_row()
        for row in group:
            shown.add_row(*(row[n] for n in columns))
    return shown


def wide_console(width: int) -> Console:
    """Return a console on standard output; a pipe or file gets the width `width`."""
    return Console(width=None if sys.stdout.isatty() else width, highlight=False)


def show_sections(console: Console, sections: Iterable[Section]) -> None:
    """Print sections one after the other, without their notes unless these are all there is."""
    for section in sections:
        console.print(section.title, style="bold")
        if not section.records:
            console.print("\n".join([*section.notes, ""]), soft_wrap=True)
            continue
        for part in terminal_tables(section, console.width):
            console.print(part)
            console.print()


def show_files(console: Console, files: Sequence[Path]) -> None:
    """Print the paths of written files."""
    for path in files:
        console.print(path, soft_wrap=True)
