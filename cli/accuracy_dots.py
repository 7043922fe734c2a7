"""`lmul accuracy dots`."""

import shlex
from functools import partial
from pathlib import Path

import click

from lmul.accuracy.dots.by_length import (
    COUNT,
    DISTRIBUTIONS,
    FORMATS,
    LENGTHS,
    MEASURES,
    DotError,
    DotExperiment,
    units,
)
from lmul.accuracy.dots.picture import dots_figure
from lmul.accuracy.dots.sections import best_section, findings, length_section, summary_section
from lmul.accuracy.report import Study
from lmul.cli.accuracy import show
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.golden.formats import Format, format_named
from lmul.reporting.drawing import image
from lmul.reporting.sections import Record
from lmul.tools.files import check_writable

_TITLE = "Error and bias of dot products by their length"
_FORMATS = f"Repeatable. Without it: {', '.join(map(str, FORMATS))}."

_NOTES = [
    "True dot products are those of the operands before they became codes, by truncation or by rounding to nearest. "
    "Positive operands: uniform from 0 to 1. Gaussian: mean 0, deviation 1. All are independent.",
    "Units flush subnormal codes. Operands of a format whose normal numbers end above 2^-6 (e3m4) are scaled up by a "
    "power of two as far as none saturates.",
    "bias: the slope of computed on true sums, less 1. before: NRMSE as computed. after: NRMSE times one gain, which "
    "an output scale can hold; it is fitted on half of the dot products and judged on the other half.",
    "Of positive sums the error of single products averages out and their bias stays. Of sums with mean 0 nothing "
    "averages out: the sum itself grows no faster than its error. Which of them a layer is like decides.",
    "Exact sums: the accumulator fixed, or fp32 for formats that are too wide for it, as bf16 is.",
    "Anchored sums: one anchor for all of a kind, as an array's tile has it, of 12 bits.",
    "The constants of the method `constant` are the best for rounded Gaussian operands, without and with a gain.",
    "A floating-point accumulator of few bits stops growing where a product is less than half of its last place: that "
    "is no fault of the multiplier, and exact products have it too.",
]


@click.command()
@click.option(
    "--format", "names", multiple=True, metavar="NAME", help="Repeatable. Without it: e4m3, e3m4, e5m2, bf16."
)
@click.option("--longest", type=click.Choice([str(n) for n in LENGTHS]), default="4096", show_default=True, help="K.")
@click.option("--count", type=click.IntRange(2), default=COUNT, show_default=True, help="Of each kind, even.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_dots.md, .csv, .json, .png and .svg, all or none.",
)
def dots(names: tuple[str, ...], longest: str, count: int, output: Path | None) -> None:
    """Error and bias of dot products by their length, for every accumulator, before and after a gain.

    \b
    lmul accuracy dots
    lmul accuracy dots --format e4m3 -o accuracy
    """
    formats = list(dict.fromkeys(format_named(name) for name in names)) or list(FORMATS)
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "dots", *(word for f in formats if names for word in ("--format", f.name))]
    command += [] if longest == str(LENGTHS[-1]) else ["--longest", longest]
    command += [] if count == COUNT else ["--count", str(count)]
    lengths = [n for n in LENGTHS if n <= int(longest)]
    rows: list[DotError] = []
    with progress_bar() as progress:
        for format in formats:
            experiment = DotExperiment(format, lengths, count)
            for unit in progress.track(list(units(format, lengths[-1])), description=format.name):
                rows += experiment.measured(unit)
    show(_study(rows, formats, shlex.join(command)), output)


def _study(rows: list[DotError], formats: list[Format], command: str) -> Study:
    best = best_section(formats)
    sections = [summary_section(rows, d, accumulators) for accumulators in (False, True) for d in DISTRIBUTIONS]
    shown = [section.key for section in sections[:-1]]
    sections.append(best)
    sections += [length_section(rows, d, what) for d in DISTRIBUTIONS for what in ("bias", "before", "after")]
    return Study(
        "accuracy_dots",
        _TITLE,
        command,
        {"rows": [row.row for row in rows], "best": best.records},
        _lines(rows),
        sections,
        [*shown, "best"],
        partial(_drawn, rows),
        findings(rows, best),
        _NOTES,
    )


def _lines(rows: list[DotError]) -> list[Record]:
    lines: list[Record] = []
    for row in rows:
        names: Record = {"distribution": row.distribution.value, "cut": row.cut.value, "format": row.format}
        names |= {"method": row.method, "accumulator": row.accumulator}
        for at, length in enumerate(row.lengths):
            lines.append({**names, "K": length, **{what: getattr(row, what)[at] for what in MEASURES}})
    return lines


def _drawn(rows: list[DotError], kind: str) -> bytes:
    return image(partial(dots_figure, rows), kind, Title=_TITLE)
