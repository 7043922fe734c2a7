"""What the files of reports made of sections have in common: where numbers come from, CSV and JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lmul.reporting.sections import Section, named_rows


def csv_text(lines: Mapping[str, str], sections: Sequence[Section]) -> str:
    """One line a number: table, row, column, value; after the provenance in lines that begin with `#`."""
    text = io.StringIO()
    for what, line in lines.items():
        text.write(f"# {what}: {line}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["table", "row", "column", "value"])
    for section in sections:
        for name, record in named_rows(section.records):
            numbers = [(key, value) for key, value in record.items() if isinstance(value, int | float)]
            writer.writerows([section.key, name, key, value] for key, value in numbers)
    return text.getvalue()


def json_text(head: Mapping[str, Any], sections: Sequence[Section], **rest: Any) -> str:
    """Everything, for programs to read."""
    return json.dumps({**head, **{section.key: section.records for section in sections}, **rest}, indent=2) + "\n"
