"""Sections of a report: records of numbers, and how a table shows them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from lmul.reporting.tables import Table, markdown_table, percent
from lmul.tools.failure import FAILED, as_text

Number = float | int | None
Record = dict[str, str | Number]
Show = Callable[[str | Number], str]


def row_name(record: Record, outcomes: Collection[str] = ()) -> str:
    """Join the texts of a record that name its row, such as format and method; texts of `outcomes` are left out."""
    texts = ((key, value) for key, value in record.items() if isinstance(value, str) and value != FAILED)
    return " ".join(value for key, value in texts if key not in outcomes)


def named_rows(records: Sequence[Record], outcomes: Collection[str] = ()) -> Iterator[tuple[str, Record]]:
    """Yield records with unique names: rows of the same name are numbered.

    Parameters
    ----------
    records : sequence of Record
        Records of a section.
    outcomes : collection of str
        Keys whose texts are outcomes, not part of a row's name.
    """
    seen = Counter[str]()
    for record in records:
        name = row_name(record, outcomes)
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} #{seen[name]}", record


def plain(value: str | Number) -> str:
    """Show text as it is, and nothing for None."""
    return "" if value is None else str(value)


def decimals(count: int) -> Show:
    """Return a function that shows a number with `count` digits after the point, and nothing for None."""
    return lambda value: "" if value is None else f"{float(value):,.{count}f}"


def percent_of(count: int) -> Show:
    """Return a function that shows a share of one in percent, with `count` digits after the point."""
    return lambda value: "" if value is None else f"{round(100 * float(value), count) + 0.0:.{count}f} %"


def significant(count: int) -> Show:
    """Return a function that shows a number with `count` significant digits."""
    return lambda value: "" if value is None else f"{float(value):.{count}g}"


def scientific(value: str | Number) -> str:
    """Show a number with two digits behind the point and its power of ten."""
    return "" if value is None else f"{float(value):.2e}"


def significant_percent(count: int) -> Show:
    """Return a function that shows a share of one in percent, with `count` significant digits."""
    return lambda value: "" if value is None else percent(float(value), count)


area = decimals(1)
saving = percent_of(0)
error = percent_of(2)


@dataclass(frozen=True)
class Section:
    """Table with its heading and notes.

    Parameters
    ----------
    key : str
        Name for programs, unique in a report.
    title : str
        Heading.
    records : list of dict
        Rows, with unrounded numbers.
    columns : dict of str to (str, callable)
        Title and show function of each column, by key of the records.
    group : sequence of str
        Keys of the records; adjacent rows that agree in them form a group.
    notes : list of str
        Paragraphs above the table.
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
        """Lay out the table as text; columns without any value are left out."""
        kept = {key: column for key, column in self.columns.items() if any(r[key] is not None for r in self.records)}
        rows = [
            [[_told(record[key], show) for key, (_, show) in kept.items()] for record in group]
            for _, group in groupby(self.records, key=lambda record: [record[key] for key in self.group])
        ]
        return Table([title for title, _ in kept.values()], rows)


def _told(value: str | Number, show: Show) -> str:
    return FAILED if value == FAILED else show(value)


def as_shown(section: Section) -> Section:
    """Return the section with the text `failed` in place of outcomes of failed jobs."""
    return replace(section, records=as_text(section.records))


def section_markdown(section: Section) -> list[str]:
    """Write heading, notes and table as paragraphs of Markdown."""
    return [f"## {section.title}", *section.notes, *([markdown_table(section.table)] if section.records else [])]
