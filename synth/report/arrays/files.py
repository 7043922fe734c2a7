"""The files of a report of arrays: Markdown, CSV, JSON and the pictures."""

from lmul.reporting.documents import csv_text, json_text
from lmul.reporting.sections import section_markdown
from lmul.synth.report.arrays.notes import array_notes
from lmul.synth.report.arrays.picture import array_picture
from lmul.synth.report.arrays.report import ArrayReport
from lmul.synth.report.provenance import flow_markdown, provenance, provenance_json


def array_files(report: ArrayReport) -> dict[str, str | bytes]:
    """The contents of all files, by name."""
    source = report.command, report.tools, [report.technology]
    notes = array_notes(report.technology)
    return {
        "arrays.md": _markdown(report, notes),
        "arrays.csv": csv_text(provenance(*source), report.sections),
        "arrays.json": json_text({**provenance_json(*source), "notes": notes}, report.sections, verdict=report.verdict),
        "arrays.png": array_picture(report, "png"),
        "arrays.svg": array_picture(report, "svg"),
    }


def _markdown(report: ArrayReport, notes: list[str]) -> str:
    """The report to read."""
    source = provenance(report.command, report.tools, [report.technology])
    parts = [
        "# Dot products and arrays: what multiplication by integer addition saves there",
        "\n".join(f"- {what}: {text}" for what, text in source.items()),
        "![Area of a lane's product by what it is for](arrays.png)",
        "\n".join(f"- {note}" for note in notes),
    ]
    for section in report.sections:
        parts += section_markdown(section)
        if section.key == "scaled_errors":
            parts += [
                "## Does e3m4 win with scales?",
                "\n".join(f"- {sentence}" for sentence in report.verdict),
            ]
    parts += ["## The flow", flow_markdown(report.technology)]
    return "\n\n".join(parts) + "\n"
