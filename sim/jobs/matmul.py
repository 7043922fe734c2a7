"""Jobs and outcomes of the bench that multiplies matrices, passed as files."""

import os
import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import Codes
from lmul.sim.stimulus.tiles import Shape


@dataclass(frozen=True)
class MatmulJob:
    """Array that multiplies, and the anchor; None is the least anchor of each tile."""

    name: str
    shape: Shape
    anchor: int | None


@dataclass(frozen=True)
class Outcome:
    """Result of a multiplication of matrices.

    Attributes
    ----------
    sums, mismatches : int
        Sums compared with the golden model's, and those that were not equal.
    complaint : str
        First mismatch or broken stream rule; empty if there is none.
    cycles : int
        Clock cycles.
    steps, span : int
        Beats of a, and the cycles from the first to the last of them, both inclusive.
    useful, offered : int
        Multiplications asked for, and those that the steps could have held.
    simulating, seconds : float
        Time that Verilator took, and with it packing, unpacking and the golden model.
    reserved, saturated : bool
        The array's flags.
    """

    sums: int
    mismatches: int
    complaint: str
    cycles: int
    steps: int
    span: int
    useful: int
    offered: int
    simulating: float
    seconds: float
    reserved: bool
    saturated: bool

    @property
    def passed(self) -> bool:
        """Tell whether there is no complaint."""
        return not self.complaint


def write_matmul(folder: Path, job: MatmulJob, a: Codes, b: Codes) -> Path:
    """Write the job for the bench; return the path for LMUL_JOB."""
    np.save(folder / "a.npy", a)
    np.save(folder / "b.npy", b)
    (folder / "progress").unlink(missing_ok=True)
    (folder / "results.xml").unlink(missing_ok=True)
    path = folder / "matmul.pickle"
    path.write_bytes(pickle.dumps(job))
    return path


def read_matmul() -> tuple[MatmulJob, Codes, Codes]:
    """Read the job of this process, a simulator."""
    path = Path(os.environ["LMUL_JOB"])
    a, b = (np.load(path.with_name(f"{name}.npy"), mmap_mode="r") for name in "ab")
    job: MatmulJob = pickle.loads(path.read_bytes())
    return job, a, b


def write_result(values: NDArray[np.float64], saturated: NDArray[np.bool_], outcome: Outcome) -> None:
    """Write product, flags and outcome."""
    path = Path(os.environ["LMUL_JOB"])
    np.save(path.with_name("values.npy"), values)
    np.save(path.with_name("saturated.npy"), saturated)
    path.with_name("outcome.pickle").write_bytes(pickle.dumps(outcome))


def read_result(folder: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_], Outcome]:
    """Read product, flags and outcome of the job in `folder`."""
    outcome: Outcome = pickle.loads((folder / "outcome.pickle").read_bytes())
    return np.load(folder / "values.npy"), np.load(folder / "saturated.npy"), outcome
