"""The command as its user sees it."""

import gc
import io
import re
import signal
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from amaranth.hdl import UnusedElaboratable
from rich.console import Console

from lmul.cli import console, report, report_output
from lmul.cli.main import main
from lmul.cli.signals import INTERRUPTIONS
from lmul.reporting.sections import Section


@dataclass(frozen=True)
class Outcome:
    """Exit code, standard output and standard error."""

    code: int | None
    out: str
    err: str


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs, with `tmp` in it as the place for temporary files."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table that a command shows in these tests is laid out for 80 columns as well, and loses nothing."""
    show = console.show_sections

    def checked(shown: Console, sections: Sequence[Section]) -> None:
        for section in sections:
            text = io.StringIO()
            show(Console(width=80, file=text), [section])
            lines = text.getvalue().splitlines()
            assert "\u2026" not in text.getvalue() and max(map(len, lines)) <= 80, text.getvalue()
            printed = Counter(word for line in lines for word in line.split())
            numbers = Counter(
                word
                for group in section.table.groups
                for row in group
                for cell in row
                for word in cell.split()
                if re.fullmatch(r"[-+]?[\d,]*\d(\.\d*)?(e[-+]\d+)?", word)
            )
            assert numbers <= printed, (section.key, numbers - printed, text.getvalue())
        show(shown, sections)

    for user in (report_output, report):
        monkeypatch.setattr(user, "show_sections", checked)


@pytest.fixture
def lmul(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Outcome]]:
    """Run `lmul` with the arguments given."""

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["lmul", *map(str, arguments)])
        capsys.readouterr()
        code = None
        # Amaranth warns of a unit that was made and not built, but in a process that has built another one only.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnusedElaboratable)
            try:
                main()
            except SystemExit as end:
                code = end.code
            gc.collect()
        return Outcome(code, *capsys.readouterr())

    handlers = {number: signal.getsignal(number) for number in (*INTERRUPTIONS, signal.SIGALRM)}
    hook = sys.unraisablehook
    yield run
    sys.unraisablehook = hook
    for number, handler in handlers.items():
        signal.signal(number, handler)
