"""Jobs and outcomes of the benches of arrays and dot products, passed as files."""

import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

S = TypeVar("S")
"""Properties of a unit that a bench needs: `Shape` of an array, `DotShape` of a dot product."""


@dataclass(frozen=True)
class ArrayJob(Generic[S]):
    """Arrays or dot products of one build.

    Attributes
    ----------
    units : mapping of str to shape
        Shapes by the players' names.
    cycles : int
        Cycles to reach with random trials.
    seed : int
        Seed of random choices.
    """

    units: Mapping[str, S]
    cycles: int = 0
    seed: int = 0


@dataclass(frozen=True)
class CheckedArray:
    """Result of the comparison of one array with the golden model.

    Attributes
    ----------
    name : str
        The array.
    sums : int
        Sums compared.
    mismatches : int
        Sums or products that differ in any bit.
    complaint : str
        First mismatch or broken stream rule; empty if there is none.
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
        """Tell whether there is no complaint."""
        return not self.complaint


def write_arrays(folder: Path, job: ArrayJob[Any]) -> Path:
    """Write the job for a bench; return the path for LMUL_JOB."""
    path = folder / "arrays.pickle"
    path.write_bytes(pickle.dumps(job))
    return path


def read_arrays() -> ArrayJob[Any]:
    """Read the job of this process, a simulator."""
    job: ArrayJob[Any] = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return job


def write_checked(outcome: Sequence[CheckedArray]) -> None:
    """Write the outcome."""
    Path(os.environ["LMUL_JOB"]).with_name("outcome.pickle").write_bytes(pickle.dumps(list(outcome)))


def read_checked(folder: Path) -> list[CheckedArray]:
    """Read the outcome of the job in `folder`."""
    outcome: list[CheckedArray] = pickle.loads((folder / "outcome.pickle").read_bytes())
    return outcome
