"""`lmul accuracy dots`."""

import shlex
from pathlib import Path

import click

from lmul.accuracy.dots.by_length import COUNT, LENGTHS, STUDIED_FORMATS
from lmul.accuracy.dots.topic import NOTES, TITLE, Dots
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.options import floating_formats
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


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
@cache_option
def dots(names: tuple[str, ...], longest: str, count: int, output: Path | None, cache: bool) -> None:
    """Error and bias of dot products by their length, for every accumulator, before and after a gain.

    \b
    lmul accuracy dots
    lmul accuracy dots --format e4m3 -o accuracy
    """
    formats = floating_formats(names) or list(STUDIED_FORMATS)
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "dots", *(word for f in formats if names for word in ("--format", f.name))]
    command += [] if longest == str(LENGTHS[-1]) else ["--longest", longest]
    command += [] if count == COUNT else ["--count", str(count)]
    topic = Dots(formats, tuple(n for n in LENGTHS if n <= int(longest)), count)
    session = studied([topic], output, cache)
    lines, shown = topic.lines(session), topic.shown(session)
    show(numbers_report([topic], session, shlex.join(command), "dots", TITLE, NOTES, lines, shown), output)
