"""Show and write the result of a study of accuracy."""

import sys
from pathlib import Path

from rich.console import Console

from lmul.accuracy.report import Study
from lmul.cli.console import terminal_table
from lmul.tools.files import write_files

_WIDTH_OF_A_FILE = 160


def show(study: Study, folder: Path | None) -> None:
    """Print the main tables, and write the files where a folder is given."""
    # A pipe or a file has no width of its own.
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE, highlight=False)
    for section in study.sections:
        if section.key in study.shown:
            console.print(section.title, style="bold")
            console.print(terminal_table(section.table))
            console.print()
    for sentence in study.findings:
        console.print(f"- {sentence}")
    console.print()
    if folder is None:
        console.print("All numbers, and the picture: -o DIR.")
        return
    for path in write_files(folder, study.files()):
        console.print(path, soft_wrap=True)
