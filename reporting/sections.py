"""Sections of a report: records of numbers, and how they are shown as a table."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lmul.reporting.tables import Table, markdown_table, percent

Number = float | int | None
Record = dict[str, str | Number]
Show = Callable[[str | Number], str]


def row_name(record: Record, outcomes: Collection[str] = ()) -> str:
    """Join the texts of a record that say what it is about, such as format and method: those that are no outcomes."""
    return " ".join(value for key, value in record.items() if isinstance(value, str) and key not in outcomes)


def named_rows(records: Sequence[Record], outcomes: Collection[str] = ()) -> Iterator[tuple[str, Record]]:
    """Pair records with names of their own: rows that are called the same are numbered.

    Parameters
    ----------
    records : sequence of Record
        As in a section.
    outcomes : collection of str
        Keys whose texts are outcomes, and no part of a row's name.
    """
    seen = Counter[str]()
    for record in records:
        name = row_name(record, outcomes)
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} #{seen[name]}", record


def plain(value: str | Number) -> str:
    """Text as it is; nothing for None."""
    return "" if value is None else str(value)


def decimals(count: int) -> Show:
    """A number with so many digits behind the point."""
    return lambda value: "" if value is None else f"{float(value):,.{count}f}"


def percent_of(count: int) -> Show:
    """A share of one in percent, with so many digits behind the point."""
    return lambda value: "" if value is None else f"{round(100 * float(value), count) + 0.0:.{count}f} %"


def significant(count: int) -> Show:
    """A number with so many significant digits."""
    return lambda value: "" if value is None else f"{float(value):.{count}g}"


def significant_percent(count: int) -> Show:
    """Show a share of one in percent, with so many significant digits."""
    return lambda value: "" if value is None else percent(float(value), count)


area = decimals(1)
saving = percent_of(0)
error = percent_of(2)


@dataclass(frozen=True)
class Section:
    """A table with its heading and what has to be said about it.

    Parameters
    ----------
    key : str
        Its name for programs.
    title : str
        Its heading.
    records : list of dict
        One a row, unrounded.
    columns : dict of str to (str, callable)
        By key of the records: title, and how the value is shown.
    group : sequence of str
        Keys of the records: rows that agree in them stand together.
    notes : list of str
        Paragraphs under the table.
    outcomes : sequence of str
        Keys of the records whose texts are outcomes, such as the name of the best design; other texts name the row.
    """

    key: str
    title: str
    records: list[Record]
    columns: dict[str, tuple[str, Show]]
    group: Sequence[str] = ("format",)
    notes: list[str] = field(default_factory=list)
    outcomes: Sequence[str] = ()

    @property
    def table(self) -> Table:
        """The table as text; columns without any value are left out."""
        kept = {key: column for key, column in self.columns.items() if any(r[key] is not None for r in self.records)}
        rows = [
            [[show(record[key]) for key, (_, show) in kept.items()] for record in group]
            for _, group in groupby(self.records, key=lambda record: [record[key] for key in self.group])
        ]
        return Table([title for title, _ in kept.values()], rows)


def section_markdown(section: Section) -> list[str]:
    """Its heading, what has to be said about it, and the table, as paragraphs."""
    return [f"## {section.title}", *section.notes, *([markdown_table(section.table)] if section.records else [])]
