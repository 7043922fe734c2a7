"""The files of the full report: Markdown, CSV, JSON and the pictures."""

from lmul.reporting.documents import csv_text, json_text
from lmul.reporting.drawing import KINDS
from lmul.reporting.sections import section_markdown
from lmul.synth.report.full.report import FullReport
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.provenance import flow_markdown, provenance, provenance_json

NOTES = [
    "Every module goes through the same flow in a technology, exact ones included: mapped for area, without a search"
    " over scripts and without a clock to meet, unless a table says otherwise. Sums of cells: no wires, no placement.",
    f"Differences in area of less than about {NOISE_PERCENT} % mean nothing: equivalent descriptions vary that much.",
    "A saving is 1 - ours / rival's, with the rival of the same format and policy through the same flow. It says"
    " nothing of accuracy: the methods do not compute the same.",
    "Energy is of toggling nets and of the clock at registers, on the same operands for all. 'fJ' has every net change"
    " at most once a cycle, a lower estimate; 'with glitches' gives every gate the same delay, an upper one, which long"
    " carry chains suffer from most. The truth lies between.",
]
"""What a reader has to know before believing a number."""


def full_files(report: FullReport) -> dict[str, str | bytes]:
    """The contents of all files, by name."""
    source = report.command, report.tools, report.technologies
    pictures = {
        f"full_{name}.{kind}": picture.draw(kind) for name, picture in report.pictures.items() for kind in KINDS
    }
    return {
        "full.md": _markdown(report),
        "full.csv": csv_text(provenance(*source), report.sections),
        "full.json": json_text({**provenance_json(*source), "notes": NOTES}, report.sections),
        **pictures,
    }


def _markdown(report: FullReport) -> str:
    """The report to read."""
    source = provenance(report.command, report.tools, report.technologies)
    parts = [
        "# What multiplication by integer addition costs, and where it pays",
        "\n".join(f"- {what}: {text}" for what, text in source.items()),
        "\n".join(f"- {note}" for note in NOTES),
        *(f"![{picture.title}](full_{name}.png)" for name, picture in report.pictures.items()),
    ]
    for section in report.sections:
        parts += section_markdown(section)
    for technology in report.technologies:
        parts += [f"## The flow, {technology.name}", flow_markdown(technology)]
    return "\n\n".join(parts) + "\n"
