"""Tables as text and as Markdown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Text in rows and columns.

    Parameters
    ----------
    titles : list of str
        Titles of the columns; the first column is text, the others are numbers.
    groups : list of list of list of str
        Groups of rows, such as those of one format.
    """

    titles: list[str]
    groups: list[list[list[str]]]


def percent(share: float, digits: int = 3) -> str:
    """Write a share of one in percent, with `digits` significant digits."""
    return f"{100 * share:#.{digits}g}".rstrip(".") + " %"


def markdown_table(table: Table) -> str:
    """Write a table in Markdown."""
    rows = [row for group in table.groups for row in group]
    lines = [table.titles, ["---", *("---:" for _ in table.titles[1:])], *rows]
    escaped = [[cell.strip().replace("*", r"\*") for cell in line] for line in lines]
    widths = [max(len(line[column]) for line in escaped) for column in range(len(table.titles))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in escaped
    )
