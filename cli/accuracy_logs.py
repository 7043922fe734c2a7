"""`lmul accuracy logs`."""

import shlex
from pathlib import Path

import click

from lmul.accuracy.dots.logs import NOTES, TITLE, Logs
from lmul.accuracy.dots.total import COUNT
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


@click.command()
@click.option("--count", type=click.IntRange(2), default=COUNT, show_default=True, help="Dot products a condition.")
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets accuracy_logs.md, .csv and .json, all or none.")
@cache_option
def logs(count: int, output: Path | None, cache: bool) -> None:
    """Total error of dot products of log codes, with the quantisation, beside exact products and L-Mul.

    \b
    lmul accuracy logs
    lmul accuracy logs --count 2000 -o accuracy
    """
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "logs", *([] if count == COUNT else ["--count", str(count)])]
    topic = Logs(count)
    session = studied([topic], output, cache)
    lines, shown = topic.lines(session), [section.key for section in topic.sections(session)]
    show(numbers_report([topic], session, shlex.join(command), "logs", TITLE, NOTES, lines, shown), output)
