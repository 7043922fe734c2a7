"""The command as its user sees it."""

import gc
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from amaranth.hdl import UnusedElaboratable

from lmul.cli.main import main
from lmul.cli.signals import INTERRUPTIONS


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
