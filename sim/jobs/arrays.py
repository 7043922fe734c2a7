"""What a bench of arrays or dot products has to do, and what came of it: the files by which it and its caller talk."""

import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

S = TypeVar("S")
"""What a bench has to know of a unit: `Shape` of an array, `DotShape` of a dot product."""


@dataclass(frozen=True)
class ArrayJob(Generic[S]):
    """Arrays, or dot products, of one build.

    Attributes
    ----------
    units : mapping of str to shape
        By the name of their players.
    cycles : int
        Each is tried with waits at random until it has been simulated for so many.
    seed : int
        Of all that is random.
    """

    units: Mapping[str, S]
    cycles: int = 0
    seed: int = 0


@dataclass(frozen=True)
class CheckedArray:
    """What the comparison of one array with the golden model gave.

    Attributes
    ----------
    name : str
        The array.
    sums : int
        How many sums were compared.
    mismatches : int
        How many were not equal, bit for bit.
    complaint : str
        The first mismatch, or what broke a stream's rules; empty if nothing did.
    cycles : int
        Clock cycles that were simulated, those before a reset in the middle of a run not counted.
    steps, span : int
        Beats of a in runs without waits, and the cycles from the first to the last of them.
    seconds : float
        Time that the simulation took.
    """

    name: str
    sums: int
    mismatches: int
    complaint: str
    cycles: int
    steps: int
    span: int
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether there was nothing to complain about."""
        return not self.complaint


def write_arrays(folder: Path, job: ArrayJob[Any]) -> Path:
    """Leave the work for a bench; the path is what the bench finds as LMUL_JOB."""
    path = folder / "arrays.pickle"
    path.write_bytes(pickle.dumps(job))
    return path


def read_arrays() -> ArrayJob[Any]:
    """The work that this process, a simulator, was started for."""
    job: ArrayJob[Any] = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return job


def write_checked(outcome: Sequence[CheckedArray]) -> None:
    """Leave what came of the work."""
    Path(os.environ["LMUL_JOB"]).with_name("outcome.pickle").write_bytes(pickle.dumps(list(outcome)))


def read_checked(folder: Path) -> list[CheckedArray]:
    """What came of the work that was left in `folder`."""
    outcome: list[CheckedArray] = pickle.loads((folder / "outcome.pickle").read_bytes())
    return outcome
