"""`lmul report --arrays`: what lanes, processing elements and arrays cost."""

import shlex
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import MofNCompleteColumn

from lmul.cli.progress import progress_bar
from lmul.cli.tables import terminal_table
from lmul.golden.formats import Format
from lmul.hdl.files import check_writable, write_files
from lmul.synth.array_files import array_files, provenance
from lmul.synth.array_report import ArrayReport, Study
from lmul.synth.designs import FORMATS, Chosen
from lmul.synth.notes import NOISE_PERCENT
from lmul.synth.report import tool_versions
from lmul.synth.technology import Technology

_WIDTH_OF_A_FILE = 160


def report_arrays(
    technology: Technology, liberty: str | None, formats: Sequence[Format], everything: bool, output: Path
) -> None:
    """Measure, write arrays.md, .csv, .json, .png and .svg into a folder, and show the tables."""
    check_writable(output)
    study = Study(technology, Chosen(tuple(formats) or FORMATS, everything))
    with progress_bar(MofNCompleteColumn()) as progress:
        for stage in ("measure", "rivals"):
            tasks = study.measured.missing(study.first_stage if stage == "measure" else study.second_stage)
            step = progress.add_task(stage, total=len(tasks))
            study.measured.find_out(tasks, partial(progress.advance, step))
    made = study.report(_command(liberty, formats, everything), tool_versions())
    _show(made, write_files(output, array_files(made)))


def _command(liberty: str | None, formats: Sequence[Format], everything: bool) -> str:
    words = ["lmul", "report", "--arrays", *(["--all"] if everything else [])]
    words += [] if liberty is None else ["--liberty", liberty]
    for f in formats:
        words += ["--format", f.name]
    return shlex.join(words)


def _show(made: ArrayReport, files: Sequence[Path]) -> None:
    # A pipe or a file has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False)
    for section in made.sections:
        console.print(section.title, style="bold")
        console.print(terminal_table(section.table))
        console.print()
    for sentence in made.verdict:
        console.print(sentence)
    console.print()
    for what in ("library", "tools"):
        console.print(f"{what}: {provenance(made)[what]}", soft_wrap=True)
    console.print(f"Differences under about {NOISE_PERCENT} % are noise. Notes and the flow are in arrays.md.\n")
    for path in files:
        console.print(path, soft_wrap=True)
