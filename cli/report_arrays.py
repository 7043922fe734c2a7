"""`lmul report --arrays`: what lanes, processing elements and arrays cost."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rich.progress import MofNCompleteColumn

from lmul.cli.console import show_files, show_sections, wide_console
from lmul.cli.progress import progress_bar
from lmul.golden.formats import Format
from lmul.synth.measure.catalog import FORMATS, Chosen
from lmul.synth.measure.session import Measured
from lmul.synth.report.arrays.files import array_files
from lmul.synth.report.arrays.report import ArrayReport, Study
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.provenance import provenance, tool_versions
from lmul.tools.files import check_writable, write_files


def report_arrays(
    measured: Measured, formats: Sequence[Format], everything: bool, command: str, output: Path
) -> dict[str, str | bytes]:
    """Measure, write arrays.md, .csv, .json, .png and .svg into a folder, show the tables, and return the files."""
    check_writable(output)
    study = Study(measured, Chosen(tuple(formats) or FORMATS, everything))
    with progress_bar(MofNCompleteColumn()) as progress:
        for stage in ("measure", "rivals"):
            tasks = study.measured.missing(study.first_stage if stage == "measure" else study.second_stage)
            step = progress.add_task(stage, total=len(tasks))
            study.measured.find_out(tasks, partial(progress.advance, step))
    made = study.report(command, tool_versions())
    contents = array_files(made)
    _show(made, write_files(output, contents))
    return contents


def _show(made: ArrayReport, files: Sequence[Path]) -> None:
    console = wide_console(160)
    show_sections(console, made.sections)
    for sentence in made.verdict:
        console.print(sentence)
    console.print()
    source = provenance(made.command, made.tools, [made.technology])
    for what in ("library", "tools"):
        console.print(f"{what}: {source[what]}", soft_wrap=True)
    console.print(f"Differences under about {NOISE_PERCENT} % are noise. Notes and the flow are in arrays.md.\n")
    show_files(console, files)
