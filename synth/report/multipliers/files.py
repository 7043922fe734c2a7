"""The files of a report: Markdown, CSV, JSON and the pictures."""

import csv
import io
import json
from typing import Any

from lmul.reporting.sections import section_markdown
from lmul.reporting.tables import markdown_table
from lmul.synth.report.multipliers.comparison import Row
from lmul.synth.report.multipliers.notes import PARTS, notes
from lmul.synth.report.multipliers.picture import picture
from lmul.synth.report.multipliers.report import Report
from lmul.synth.report.multipliers.tables import main_table, parts, parts_table


def report_files(report: Report) -> dict[str, str | bytes]:
    """The contents of all files, by name."""
    return {
        "report.md": markdown(report),
        "report.csv": csv_text(report),
        "report.json": json_text(report),
        "report.png": picture(report, "png"),
        "report.svg": picture(report, "svg"),
    }


def markdown(report: Report) -> str:
    """The report to read."""
    comparison = report.comparison
    provenance = [f"- {what}: {text}" for what, text in report.provenance.items() if what != "flow"]
    cells = [f"- `{row.parameters.name}`: {_kinds(row)}" for row in comparison.rows]
    sections = [
        "# Multiplication by integer addition, against exact multiplication: gates",
        "\n".join(provenance),
        "![Area of the units under the policy flush, as a share of the exact unit's](report.png)",
        markdown_table(main_table(comparison)),
        "\n".join(f"- {note.replace('*', chr(92) + '*')}" for note in notes(comparison)),
        "## What each part buys",
        PARTS,
        markdown_table(parts_table(comparison)),
        *(section_markdown(report.rivals) if report.rivals else []),
        "## The flow",
        "For every UNIT; `cells` are those of the liberty file, unpacked, or the generic gates.",
        "\n".join(["```", *comparison.technology.flow("UNIT"), "```"]),
        "## Cells by kind",
        "\n".join(cells),
    ]
    return "\n\n".join(sections) + "\n"


def _kinds(row: Row) -> str:
    return " ".join(f"{kind}:{count}" for kind, count in row.cost.cells.items())


def _record(row: Row) -> dict[str, Any]:
    """The numbers of a row, unrounded; None where there is none."""
    p, cost = row.parameters, row.cost
    return {
        "unit": p.name,
        "format": p.format.name,
        "method": p.method.kind.value,
        "table_bits": p.method.table_bits,
        "policy": p.policy.value,
        "overflow": p.overflow,
        "cells": cost.cell_count,
        "nand2_equivalents": cost.nand2,
        "transistors": cost.transistors,
        "depth": cost.depth,
        "area_um2": cost.area_um2,
        "delay_ps": cost.delay_ps,
        "area_saved": row.saving,
        "area_saved_against": None if p.method.is_exact else f"exact_{p.format}_flush",
        "mean_relative_error": row.error,
        "paper_gates": row.paper_gates,
    }


def csv_text(report: Report) -> str:
    """One line a unit, after the provenance in lines that begin with `#`."""
    text = io.StringIO()
    for what, line in report.provenance.items():
        text.write(f"# {what}: {line}\n")
    records = [{**_record(row), "cells_by_kind": _kinds(row)} for row in report.comparison.rows]
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def json_text(report: Report) -> str:
    """Everything, for programs to read."""
    comparison = report.comparison
    technology = comparison.technology
    content = {
        "command": report.command,
        "tools": dict(report.tools),
        "library": None if technology.is_generic else {"name": technology.name, "sha256": technology.sha256},
        "nand2_area": technology.nand2_area,
        "flow": technology.flow("UNIT"),
        "products_verified": None if report.products is None else dict(report.products),
        "notes": notes(comparison),
        "units": [{**_record(row), "cells_by_kind": row.cost.cells} for row in comparison.rows],
        "bare_sums": {f.name: vars(cost) for f, cost in comparison.sums.items()},
        "parts_in_nand2_equivalents": {f.name: parts(comparison, f) for f in comparison.sums},
        **({report.rivals.key: report.rivals.records} if report.rivals else {}),
    }
    return json.dumps(content, indent=2) + "\n"
