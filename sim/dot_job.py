"""What the bench of dot products has to do: the file by which its caller tells it."""

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lmul.sim.traffic import DotShape


@dataclass(frozen=True)
class DotJob:
    """Units of one build.

    Attributes
    ----------
    units : mapping of str to DotShape
        By the name of their players.
    cycles : int
        Each is tried with waits at random until it has been simulated for so many.
    seed : int
        Of all that is random.
    """

    units: Mapping[str, DotShape]
    cycles: int = 0
    seed: int = 0


def write_dots(folder: Path, job: DotJob) -> Path:
    """Leave the work for a bench; the path is what the bench finds as LMUL_JOB."""
    path = folder / "dots.pickle"
    path.write_bytes(pickle.dumps(job))
    return path


def read_dots() -> DotJob:
    """The work that this process, a simulator, was started for."""
    job: DotJob = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return job
