"""What the files of reports made of sections have in common: where numbers come from, CSV and JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from lmul.synth.report import library_of
from lmul.synth.sections import Section, named_rows
from lmul.synth.technology import Technology


def provenance(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, str]:
    """Command, tools and libraries, as one line each."""
    return {
        "command": command,
        "tools": ", ".join(f"{name} {number}" for name, number in tools.items()),
        "library": "; ".join(library_of(technology) for technology in technologies),
    }


def provenance_json(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, Any]:
    """The same for programs; of several libraries a list."""
    found = [_library(technology) for technology in technologies]
    each = found[0] if len(found) == 1 else {"libraries": found}
    return {"command": command, "tools": dict(tools), **each}


def _library(technology: Technology) -> dict[str, Any]:
    return {
        "library": None if technology.is_generic else {"name": technology.name, "sha256": technology.sha256},
        "nand2_area": technology.nand2_area,
        "flow": technology.flow("UNIT"),
    }


def flow_markdown(technology: Technology) -> str:
    """The commands that every module goes through."""
    return "\n".join(["```", *technology.flow("UNIT"), "```"])


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
