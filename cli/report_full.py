"""`lmul report --full`: area, timing and energy in every technology, and where multiplication by addition pays."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.progress import MofNCompleteColumn

from lmul.cli.console import show_files, show_sections, wide_console
from lmul.cli.progress import progress_bar
from lmul.synth.energy.operands import Stream
from lmul.synth.report.full.files import full_files
from lmul.synth.report.full.report import FullReport, FullStudy, all_topics
from lmul.synth.report.full.topic import Setting
from lmul.synth.report.provenance import provenance, tool_versions
from lmul.synth.rivals.source import Rival
from lmul.tools.files import check_writable, write_files


def report_full(
    setting: Setting, rivals: Sequence[Rival], streams: Sequence[Stream], command: str, output: Path
) -> dict[str, str | bytes]:
    """Measure, write full.md, .csv, .json and pictures into a folder, show the tables, and return the files."""
    check_writable(output)
    study = FullStudy(setting, all_topics(tuple(rivals), tuple(streams)))
    with progress_bar(MofNCompleteColumn()) as progress:
        step = progress.add_task("measure", total=study.missing)
        study.find_out(partial(progress.advance, step))
        progress.update(progress.add_task("write", total=None))
        made = study.report(command, tool_versions())
        contents = full_files(made)
    _show(made, write_files(output, contents))
    return contents


def _show(made: FullReport, files: Sequence[Path]) -> None:
    console = wide_console(180)
    show_sections(console, made.sections)
    source = provenance(made.command, made.tools, made.technologies)
    for what in ("library", "tools"):
        console.print(f"{what}: {source[what]}", soft_wrap=True)
    console.print("What the numbers mean, and what not to conclude from them, is in full.md.\n")
    show_files(console, files)
