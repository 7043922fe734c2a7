"""The files of a report of arrays: Markdown, CSV, JSON and the pictures."""

import csv
import io
import json

from lmul.synth.array_notes import array_notes
from lmul.synth.array_picture import array_picture
from lmul.synth.array_report import ArrayReport
from lmul.synth.files import markdown_table
from lmul.synth.report import library_of
from lmul.synth.sections import row_name


def array_files(report: ArrayReport) -> dict[str, str | bytes]:
    """The contents of all files, by name."""
    return {
        "arrays.md": markdown(report),
        "arrays.csv": csv_text(report),
        "arrays.json": json_text(report),
        "arrays.png": array_picture(report, "png"),
        "arrays.svg": array_picture(report, "svg"),
    }


def provenance(report: ArrayReport) -> dict[str, str]:
    """Command, tools and library, as one line each."""
    return {
        "command": report.command,
        "tools": ", ".join(f"{name} {number}" for name, number in report.tools.items()),
        "library": library_of(report.technology),
    }


def markdown(report: ArrayReport) -> str:
    """The report to read."""
    parts = [
        "# Dot products and arrays: what multiplication by integer addition saves there",
        "\n".join(f"- {what}: {text}" for what, text in provenance(report).items()),
        "![Area of a lane's product by what it is for](arrays.png)",
        "\n".join(f"- {note}" for note in array_notes(report.technology)),
    ]
    for section in report.sections:
        parts += [f"## {section.title}", *section.notes, markdown_table(section.table)]
        if section.key == "scaled_errors":
            parts += ["## Does e3m4 win with scales?", "\n".join(f"- {sentence}" for sentence in report.verdict)]
    parts += ["## The flow", "\n".join(["```", *report.technology.flow("UNIT"), "```"])]
    return "\n\n".join(parts) + "\n"


def csv_text(report: ArrayReport) -> str:
    """One line a number: table, row, column, value; after the provenance in lines that begin with `#`."""
    text = io.StringIO()
    for what, line in provenance(report).items():
        text.write(f"# {what}: {line}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["table", "row", "column", "value"])
    for section in report.sections:
        for record in section.records:
            row = row_name(record)
            numbers = [(key, value) for key, value in record.items() if isinstance(value, int | float)]
            writer.writerows([section.key, row, key, value] for key, value in numbers)
    return text.getvalue()


def json_text(report: ArrayReport) -> str:
    """Everything, for programs to read."""
    technology = report.technology
    content = {
        "command": report.command,
        "tools": dict(report.tools),
        "library": None if technology.is_generic else {"name": technology.name, "sha256": technology.sha256},
        "nand2_area": technology.nand2_area,
        "flow": technology.flow("UNIT"),
        "notes": array_notes(technology),
        **{section.key: section.records for section in report.sections},
        "verdict": report.verdict,
    }
    return json.dumps(content, indent=2) + "\n"
