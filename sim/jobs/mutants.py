"""Jobs and outcomes of the bench of mutants, passed as files."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmul.sim.jobs.products import Work
from lmul.sim.stimulus.tiles import Shape
from lmul.sim.stimulus.traffic import DotShape


@dataclass(frozen=True)
class Campaign:
    """Mutants of one unit to judge.

    Attributes
    ----------
    bench : str
        The bench that judges: `products` or `streams`.
    mutants : tuple of int
        Their numbers; 0 is the unit itself.
    parts : tuple of Work
        The operands, in the order in which they are played. A mutant gets the next part if it passes one.
    """

    bench: str
    mutants: tuple[int, ...]
    parts: tuple[Work, ...]


@dataclass(frozen=True)
class Judged:
    """Verdict of the bench on a mutant.

    Attributes
    ----------
    mutant : int
        Number of the mutant.
    products : int
        Products, or sums, compared until it was killed, or all.
    complaint : str
        Complaint of the bench; empty if the mutant survived.
    """

    mutant: int
    products: int
    complaint: str

    @property
    def killed(self) -> bool:
        """Tell whether the bench found the defect."""
        return bool(self.complaint)


@dataclass(frozen=True)
class SumCampaign:
    """Mutants of one array or unit of dot products to judge.

    Attributes
    ----------
    name : str
        Name of the player.
    shape : DotShape or Shape
        Properties of the unit that the bench needs.
    mutants : tuple of int
        Their numbers; 0 is the unit itself.
    """

    name: str
    shape: DotShape | Shape
    mutants: tuple[int, ...]


def write_campaign(folder: Path, campaign: object) -> Path:
    """Write the job for a bench; return the path for LMUL_JOB."""
    path = folder / "campaign.pickle"
    path.write_bytes(pickle.dumps(campaign))
    return path


def read_campaign() -> Any:
    """Read the job of this process, a simulator."""
    campaign: object = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return campaign


def write_progress(done: int) -> None:
    """Write the number that is done, for the caller's progress bar."""
    path = Path(os.environ["LMUL_JOB"]).with_name("progress")
    draft = path.with_name("progress.draft")
    draft.write_text(f"{done}\n")
    draft.replace(path)  # nobody sees half of it


def read_progress(folder: Path) -> int:
    """Read the number that is done; 0 if there is none yet."""
    try:
        return int((folder / "progress").read_text())
    except FileNotFoundError:
        return 0


def write_judgement(judged: Sequence[Judged]) -> None:
    """Write the verdicts."""
    Path(os.environ["LMUL_JOB"]).with_name("judged.pickle").write_bytes(pickle.dumps(list(judged)))


def read_judgement(folder: Path) -> list[Judged]:
    """Read the verdicts of the job in `folder`."""
    judged: list[Judged] = pickle.loads((folder / "judged.pickle").read_bytes())
    return judged
