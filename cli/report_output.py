"""Run the jobs of a report with a progress bar, write its files, and show it."""

import sys
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from rich.progress import MofNCompleteColumn

from lmul.cli.console import show_files, show_sections, wide_console
from lmul.cli.exit_codes import FAILED
from lmul.cli.progress import progress_bar
from lmul.reporting import topic
from lmul.reporting.report import Report
from lmul.reporting.topic import Setting, Topic
from lmul.tools.failure import Failure
from lmul.tools.files import check_writable, write_files

WIDTH = 160
"""Default width of tables in a pipe or a file, in columns."""


def find_out(topics: Sequence[Topic[Setting]], setting: Setting, folder: Path | None) -> list[Failure]:
    """Do the jobs of topics with a progress bar, and return those that failed.

    Parameters
    ----------
    topics, setting
        See `reporting.topic.find_out`.
    folder : Path or None
        Output folder, checked before the work; None for none.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    if folder is not None:
        check_writable(folder)
    with progress_bar(MofNCompleteColumn()) as progress:
        step = progress.add_task("measure", total=0)
        jobs = 0

        def started(count: int) -> None:
            nonlocal jobs
            jobs += count
            progress.update(step, total=jobs)

        return topic.find_out(topics, setting, started, partial(progress.advance, step))


def write_report(
    report: Report,
    folder: Path,
    told: Sequence[str] = (),
    beside: Mapping[str, str] | None = None,
    outdated: Collection[Path] = (),
    width: int = WIDTH,
) -> dict[str, str | bytes]:
    """Write a report's files into a folder, show its tables, and return the files by name.

    Parameters
    ----------
    report : Report
        Report to write.
    folder : Path
        Output folder.
    told : sequence of str
        Notes that a terminal also shows.
    beside : mapping of str to str
        Texts of other files that belong to it, by name.
    outdated : collection of Path
        Files to delete after all others are written.
    width : int
        Width of tables in a pipe or a file, in columns.
    """
    contents = report.files()
    files = write_files(folder, {**contents, **(beside or {})}, outdated)
    show_report(report, told, width)
    wide_console(width).print(f"What the numbers mean, and what not to conclude from them, is in {report.name}.md.\n")
    show_files(wide_console(WIDTH), files[: len(contents)])
    return contents


def end_by(report: Report) -> None:
    """End with exit code 1, and a line on standard error, if jobs of a report failed.

    Raises
    ------
    SystemExit
        Jobs failed.
    """
    if report.failures:
        count = len(report.failures)
        first = report.failures[0].sentence
        print(f"lmul: failed: {first}{f' (and {count - 1} more)' if count > 1 else ''}", file=sys.stderr)
        raise SystemExit(FAILED)


def show_report(report: Report, told: Sequence[str] = (), width: int = WIDTH) -> None:
    """Print a report's tables, its findings, and the provenance of its numbers."""
    console = wide_console(width)
    shown = [section for section in report.sections if report.shown is None or section.key in report.shown]
    show_sections(console, shown)
    for sentence in report.findings:
        console.print(f"- {sentence}")
    console.print()
    for what in (what for what in report.source if what != "command"):
        console.print(f"{what}: {report.source[what]}", soft_wrap=True)
    for note in told:
        console.print(note)
