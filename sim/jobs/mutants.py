"""What the bench of mutants has to do, and what came of it: the files by which it and its caller talk."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lmul.sim.jobs.products import Work


@dataclass(frozen=True)
class Campaign:
    """One unit, many mutants.

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
    """What the bench said of a mutant.

    Attributes
    ----------
    mutant : int
        Its number.
    products : int
        How many products were compared until it was killed, or all.
    complaint : str
        What the bench complained of; empty if the mutant survived.
    """

    mutant: int
    products: int
    complaint: str

    @property
    def killed(self) -> bool:
        """Whether the bench found it."""
        return bool(self.complaint)


def write_campaign(folder: Path, campaign: Campaign) -> Path:
    """Leave the work for the bench; the path is what it finds as LMUL_JOB."""
    path = folder / "campaign.pickle"
    path.write_bytes(pickle.dumps(campaign))
    return path


def read_campaign() -> Campaign:
    """The work that this process, a simulator, was started for."""
    campaign: Campaign = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return campaign


def write_progress(done: int) -> None:
    """Tell how many mutants have been judged."""
    Path(os.environ["LMUL_JOB"]).with_name("progress").write_text(f"{done}\n")


def read_progress(folder: Path) -> int:
    """How many mutants have been judged."""
    try:
        return int((folder / "progress").read_text() or 0)  # it can be seen while it is written
    except FileNotFoundError:
        return 0


def write_judgement(judged: Sequence[Judged]) -> None:
    """Leave what came of the work."""
    Path(os.environ["LMUL_JOB"]).with_name("judged.pickle").write_bytes(pickle.dumps(list(judged)))


def read_judgement(folder: Path) -> list[Judged]:
    """What came of the work that was left in `folder`."""
    judged: list[Judged] = pickle.loads((folder / "judged.pickle").read_bytes())
    return judged
