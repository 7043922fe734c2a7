"""Comparison of two reports: every number of the rows that both have."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lmul.reporting.sections import Record, Section, decimals, named_rows, percent_of, plain
from lmul.tools.files import check_regular

THRESHOLD = 0.02
"""Relative change up to which a number is not shown."""

_COMMAND = ["lmul", "report"]
_KINDS = ("--full", "--arrays")

_Tables = dict[str, dict[str, Record]]


@dataclass(frozen=True)
class Change:
    """Number that has changed.

    Parameters
    ----------
    table, row, column : str
        Table, row and column of the number.
    before, after : float
        Old and new value.
    """

    table: str
    row: str
    column: str
    before: float
    after: float

    @property
    def share(self) -> float:
        """Compute the change relative to the old value; infinite where that is 0."""
        if self.before == 0:
            return float("inf") if self.after > 0 else float("-inf")
        return (self.after - self.before) / abs(self.before)


@dataclass(frozen=True)
class Growth:
    """Differences between two reports.

    Parameters
    ----------
    changes : list of Change
        Numbers that changed by more than the threshold, the largest growth first.
    compared : int
        Numbers that both have.
    gone, new : list of str
        Rows that only the old or only the new report has, in tables that both have; with the table's name.
    warnings : list of str
        Reasons for numbers to differ though units do not: other cells, other tools.
    """

    changes: list[Change]
    compared: int
    gone: list[str]
    new: list[str]
    warnings: list[str]


def read_report(path: Path) -> dict[str, Any]:
    """Read a report's JSON file.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        The file is not a report's.
    """
    check_regular(path)
    try:
        return parse_report(path.read_text())
    except (ValueError, OverflowError, RecursionError, TypeError) as error:
        raise ValueError(f"{path} must be the JSON file of a report: {error}") from None


def parse_report(text: str) -> dict[str, Any]:
    """Parse a report's JSON text.

    Raises
    ------
    TypeError, ValueError
        The text is not a report's.
    """
    content = json.loads(text, parse_constant=_refused)
    if not isinstance(content, dict) or not _tables(content):
        raise TypeError("it has no tables")
    if str(content.get("command")).split()[:2] != _COMMAND:
        raise TypeError(f"its command is not {' '.join(_COMMAND)}")
    for rows in _tables(content).values():
        for record in rows.values():
            list(_numbers(record))  # raises OverflowError for an integer too large for a float
    return content


def _refused(name: str) -> None:
    """Refuse NaN and infinities, which no report contains and no comparison can use."""
    raise TypeError(f"it has {name} in it")


def kind_of(report: Mapping[str, Any]) -> str:
    """Return the option that chose the kind of a report; empty for the report of multipliers."""
    return next((word for word in report["command"].split() if word in _KINDS), "")


def growth(old: Mapping[str, Any], new: Mapping[str, Any], threshold: float = THRESHOLD) -> Growth:
    """Compare two reports, both parsed from their JSON.

    Raises
    ------
    ValueError
        They have no table in common.
    """
    outcomes = {**old.get("outcomes", {}), **new.get("outcomes", {})}
    before, after = _tables(old, outcomes), _tables(new, outcomes)
    if not set(before) & set(after):
        raise ValueError(f"reports must have a table in common, not {', '.join(before)} and {', '.join(after)}")
    changes: list[Change] = []
    compared, gone, added = 0, list[str](), list[str]()
    for table in [table for table in after if table in before]:
        gone += [f"{table}: {row}" for row in before[table] if row not in after[table]]
        added += [f"{table}: {row}" for row in after[table] if row not in before[table]]
        for row in [row for row in after[table] if row in before[table]]:
            for column, value in _numbers(after[table][row]):
                for _, earlier in (pair for pair in _numbers(before[table][row]) if pair[0] == column):
                    compared += 1
                    changes.append(Change(table, row, column, earlier, value))
    shown = [change for change in changes if change.before != change.after and abs(change.share) > threshold]
    warnings = [
        f"{what} differ: {old.get(key)} before, {new.get(key)} now"
        for key, what in (("tools", "tools"), ("library", "libraries"), ("libraries", "libraries"), ("flow", "flows"))
        if old.get(key) != new.get(key)
    ]
    return Growth(sorted(shown, key=lambda change: -change.share), compared, gone, added, warnings)


def growth_section(found: Growth) -> Section:
    """Make the table of changes."""
    records: list[Record] = [{**vars(change), "share": change.share} for change in found.changes]
    return Section(
        "growth",
        f"What changed by more than {100 * THRESHOLD:.0f} %",
        records,
        {
            "table": ("table", plain),
            "row": ("row", plain),
            "column": ("number", plain),
            "before": ("before", decimals(3)),
            "after": ("now", decimals(3)),
            "share": ("change", percent_of(1)),
        },
        ("table",),
        [f"{found.compared} numbers were compared, {len(records)} differ by more.", *found.warnings],
    )


def _tables(content: Mapping[str, Any], outcomes: Mapping[str, Any] = MappingProxyType({})) -> _Tables:
    """Find the records of all tables, by table and name of the row; `outcomes` has keys by table, as a report's do."""
    return {
        key: dict(named_rows(records, outcomes.get(key, ())))
        for key, records in content.items()
        if isinstance(records, list) and records and all(isinstance(record, dict) for record in records)
    }


def _numbers(record: Record) -> Iterator[tuple[str, float]]:
    for key, value in record.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield key, float(value)
