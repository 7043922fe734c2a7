"""Run a study of accuracy, show it and write its files."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from lmul.cli.console import wide_console
from lmul.cli.report_output import WIDTH, end_by, find_out, show_report, write_report
from lmul.reporting.report import Report, made_of
from lmul.reporting.sections import Record
from lmul.reporting.topic import Topic
from lmul.tools.cache import CACHE_HELP, Cache, default_folder
from lmul.tools.session import NoContext, Session

DIGITS = 6
"""Significant digits in files; samples are less accurate than that."""

cache_option = click.option("--cache/--no-cache", default=True, show_default=True, help=CACHE_HELP)


def studied(topics: Sequence[Topic[Session]], output: Path | None, cache: bool) -> Session:
    """Do the jobs that topics of accuracy plan, and return the session with their outcomes.

    Parameters
    ----------
    topics : sequence of Topic
        Topics of the study.
    output : Path or None
        Output folder, checked before the work; None for none.
    cache : bool
        Read and keep outcomes in the user's cache.
    """
    session = Session(NoContext(), Cache(default_folder()) if cache else None)
    find_out(topics, session, output)
    return session


def numbers_report(
    topics: Sequence[Topic[Session]],
    session: Session,
    command: str,
    name: str,
    title: str,
    notes: Sequence[str],
    lines: Sequence[Record],
    shown: Sequence[str],
) -> Report:
    """Make a report of numbers with files named accuracy_`name`; see `Report` for the other arguments."""
    tools = {tool: version(tool) for tool in ("lmul", "numpy")}
    return made_of(
        topics,
        session,
        name=f"accuracy_{name}",
        title=title,
        source={"command": command, "tools": ", ".join(f"{tool} {number}" for tool, number in tools.items())},
        head={"command": command, "tools": tools},
        notes=notes,
        lines=lines,
        digits=DIGITS,
        shown=shown,
        failures=session.failures,
    )


def show(report: Report, folder: Path | None) -> None:
    """Print the main tables, and write the files where a folder is given; end with exit code 1 if jobs failed."""
    if folder is not None:
        write_report(report, folder)
    else:
        show_report(report)
        wide_console(WIDTH).print(f"All numbers{', and the picture' if report.pictures else ''}: -o DIR.")
    end_by(report)
