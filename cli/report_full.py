"""`lmul report --full`: area, timing and energy in every technology, and where multiplication by addition pays."""

import shlex
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.progress import MofNCompleteColumn

from lmul.cli.progress import progress_bar
from lmul.cli.tables import show_files, show_sections, wide_console
from lmul.golden.formats import Format
from lmul.hdl.files import check_writable, write_files
from lmul.synth.designs import FORMATS
from lmul.synth.documents import provenance
from lmul.synth.full_files import full_files
from lmul.synth.full_report import FullReport, FullStudy
from lmul.synth.measurement import Measured
from lmul.synth.report import tool_versions
from lmul.synth.topics import Setting


def report_full(
    each: list[Measured], liberties: Sequence[str], formats: Sequence[Format], output: Path
) -> dict[str, str | bytes]:
    """Measure, write full.md, .csv, .json and pictures into a folder, show the main tables, and return the files."""
    check_writable(output)
    study = FullStudy(Setting(each, tuple(formats) or FORMATS))
    with progress_bar(MofNCompleteColumn()) as progress:
        step = progress.add_task("measure", total=study.missing)
        study.find_out(partial(progress.advance, step))
        progress.update(progress.add_task("write", total=None))
        made = study.report(_command(liberties, formats), tool_versions())
        contents = full_files(made)
    _show(made, write_files(output, contents))
    return contents


def _command(liberties: Sequence[str], formats: Sequence[Format]) -> str:
    words = ["lmul", "report", "--full"]
    for name in liberties:
        words += ["--liberty", name]
    for f in formats:
        words += ["--format", f.name]
    return shlex.join(words)


def _show(made: FullReport, files: Sequence[Path]) -> None:
    console = wide_console(180)
    show_sections(console, made.sections)
    source = provenance(made.command, made.tools, made.technologies)
    for what in ("library", "tools"):
        console.print(f"{what}: {source[what]}", soft_wrap=True)
    console.print("What the numbers mean, and what not to conclude from them, is in full.md.\n")
    show_files(console, files)
