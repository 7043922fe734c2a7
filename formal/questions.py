"""Questions to the solver, kept as SMT-LIB files that other solvers read, and what a second solver says of them.

A file asserts the premises and the negation of a claim: `unsat` means that the claim holds. Its `:status` is what
bitwuzla has answered.
"""

import re
import shutil
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from lmul.tools.files import write_files
from lmul.tools.parallel import on_all_cores
from lmul.tools.process import LimitError, ToolError, run_tool, tool_environment

SECOND_SOLVER = "z3"
"""Program of the second solver."""

SECONDS = 60.0
"""Time limit of the second solver for each question."""

_STATUS = {True: "unsat", False: "sat", None: "unknown"}


class _Kept:
    """Where the questions of one part go."""

    def __init__(self, folder: Path, part: str) -> None:
        self.folder, self.part, self.count = folder, part, 0


_KEPT: ContextVar[_Kept | None] = ContextVar("questions", default=None)


@contextmanager
def questions_kept(folder: Path | None, part: str) -> Iterator[None]:
    """Keep all questions that are asked meanwhile in a folder, in files named after the part; without one, do not.

    Raises
    ------
    ValueError
        It is a file.
    """
    if folder is not None and folder.exists() and not folder.is_dir():
        raise ValueError(f"questions must be kept in a folder, not in the file {folder}")
    token = _KEPT.set(None if folder is None else _Kept(folder, part))
    try:
        yield
    finally:
        _KEPT.reset(token)


def are_kept() -> bool:
    """Tell whether questions are kept."""
    return _KEPT.get() is not None


def keep(text: str, about: str, holds: bool | None) -> None:
    """Keep a question.

    Parameters
    ----------
    text : str
        SMT-LIB of the solver.
    about : str
        Name of the claim.
    holds : bool or None
        The claim holds; None if that is unknown.
    """
    kept = _KEPT.get()
    if kept is None:
        return
    kept.count += 1
    first, rest = text.replace("@bzla.", "bzla_").split("\n", 1)  # a name with @ is the solvers' own
    name = re.sub(r"[^\w-]+", "_", f"{kept.part}-{kept.count:02}-{about}")
    write_files(kept.folder, {f"{name}.smt2": f"{first}\n(set-info :status {_STATUS[holds]})\n{rest}"})


@dataclass(frozen=True)
class Verdicts:
    """Answers of both solvers to a question.

    Attributes
    ----------
    path : Path
        The file.
    ours, theirs : str
        `sat`, `unsat` or `unknown`.
    """

    path: Path
    ours: str
    theirs: str

    @property
    def outcome(self) -> str:
        """Return whether they agree, disagree, or one of them has no answer."""
        if "unknown" in (self.ours, self.theirs):
            return "unanswered"
        return "agree" if self.ours == self.theirs else "disagree"


def second_solver(name: str = SECOND_SOLVER) -> str:
    """Find the program of a solver: beside Python, or on PATH.

    Raises
    ------
    ToolError
        It is not there.
    """
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise ToolError(f"a second solver needs the program {name}: pip install z3-solver has z3")
    return found


def compare(
    paths: Sequence[Path], solver: str, seconds: float = SECONDS, done: Callable[[], None] = lambda: None
) -> list[Verdicts]:
    """Ask a second solver all questions, one process a core.

    Parameters
    ----------
    paths : sequence of Path
        SMT-LIB files with a `:status`.
    solver : str
        Program that takes a file and prints its answer.
    seconds : float
        Time limit for each.
    done : callable
        Called after each.
    """
    return on_all_cores(partial(_compared, solver, seconds), paths, lambda path: path.stat().st_size, done)


def _compared(solver: str, seconds: float, path: Path) -> Verdicts:
    status = re.search(r"^\(set-info :status (sat|unsat|unknown)\)$", path.read_text(), re.MULTILINE)
    if status is None:
        raise ValueError(f"{path} must have a :status, sat, unsat or unknown")
    try:
        _, printed = run_tool([solver, str(path.resolve())], path.parent, tool_environment(), seconds=seconds)
    except LimitError:
        printed = "unknown"
    # What follows may be a complaint that the answer is not the :status.
    answer = re.match(r"(sat|unsat|unknown)$", printed, re.MULTILINE)
    if answer is None:
        raise ToolError(f"{solver} must answer sat, unsat or unknown to {path}, not {printed.strip()[:200]!r}")
    return Verdicts(path, status[1], answer[1])
