"""Everything that a report of arrays measures, on all cores: areas, energies, and total errors."""

import pickle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from lmul.golden.accumulators import DotParameters
from lmul.golden.scaling import Rule
from lmul.golden.total_error import COUNT, Condition, Experiment, TotalError, Unit
from lmul.hdl.files import scratch_folder
from lmul.hdl.parallel import on_all_cores
from lmul.synth.energy import Energy, energy
from lmul.synth.flow import Cost
from lmul.synth.pieces import Kind, Piece, mapped
from lmul.synth.stimulus import gaussian_stimulus
from lmul.synth.technology import Technology

_STUDY_EFFORT = 4000.0  # before all else, since one takes as long as a dozen pieces
_ENERGY_EFFORT = 3000.0


@dataclass(frozen=True)
class Energies:
    """Energy of a core's cycle, of all its lanes.

    Parameters
    ----------
    settled, glitches : Energy
        With every net changing at most once a cycle, and with unit delays, which is an upper estimate.
    """

    settled: Energy
    glitches: Energy


@dataclass(frozen=True)
class Task:
    """One thing to find out: what a piece costs, its energy besides, or the total error in a condition."""

    piece: Piece | None = None
    rule: Rule | None = None
    condition: Condition | None = None
    units: tuple[Unit, ...] = ()
    count: int = COUNT

    @property
    def effort(self) -> float:
        """About how long it takes."""
        if self.piece is None:
            return _STUDY_EFFORT
        return self.piece.effort + (0 if self.rule is None else _ENERGY_EFFORT)


Outcome = Cost | Energies | list[TotalError]


class Measured:
    """What has been found out, task by task."""

    def __init__(self, technology: Technology) -> None:
        self.technology = technology
        self._outcomes: dict[Task, Outcome] = {}

    def find_out(self, tasks: Iterable[Task], done: Callable[[], None] = lambda: None) -> None:
        """Do what is not done yet; `done` is called after each task of `missing`.

        Raises
        ------
        ValueError, YosysError
            As `mapped`.
        """
        missing = self.missing(tasks)
        with scratch_folder() as folder:
            path = folder / "technology"
            path.write_bytes(pickle.dumps(self.technology))
            outcomes = on_all_cores(partial(_outcome, path), missing, lambda task: task.effort, done)
        self._outcomes |= zip(missing, outcomes, strict=True)

    def missing(self, tasks: Iterable[Task]) -> list[Task]:
        """Those of some tasks that are not done yet, each once."""
        return [task for task in dict.fromkeys(tasks) if task not in self._outcomes]

    def cost(self, piece: Piece) -> Cost:
        """What a piece costs."""
        outcome = self._outcomes[Task(piece)]
        assert isinstance(outcome, Cost)
        return outcome

    def nand2(self, piece: Piece) -> float:
        """The area of a piece in NAND2 equivalents."""
        return self.cost(piece).nand2

    def energies(self, piece: Piece, rule: Rule) -> Energies | None:
        """The energy of a piece's cycle; None where the technology has none."""
        outcome = self._outcomes.get(Task(piece, rule))
        assert outcome is None or isinstance(outcome, Energies)
        return outcome

    def error(self, condition: Condition, dot: DotParameters) -> TotalError:
        """The total error of a dot product in a condition."""
        unit = Unit(dot.product, dot.rounded, dot.window)
        found = (errors for errors in self._outcomes.values() if isinstance(errors, list))
        return next(each for errors in found for each in errors if (each.condition, each.unit) == (condition, unit))


def cost_tasks(pieces: Iterable[Piece]) -> list[Task]:
    """What pieces cost."""
    return [Task(piece) for piece in pieces]


def error_tasks(conditions: Sequence[Condition], dots: Iterable[DotParameters], count: int = COUNT) -> list[Task]:
    """The total error of dot products in some conditions."""
    units = tuple(dict.fromkeys(Unit(dot.product, dot.rounded, dot.window) for dot in dots))
    return [Task(condition=condition, units=units, count=count) for condition in conditions]


@cache
def _technology(path: Path) -> Technology:
    technology: Technology = pickle.loads(path.read_bytes())
    return technology


def _outcome(technology: Path, task: Task) -> Outcome:
    if task.condition is not None:
        experiment = Experiment(task.condition, task.count)
        return [experiment.measured(unit) for unit in task.units]
    assert task.piece is not None
    found = mapped(task.piece, _technology(technology))
    if task.rule is None:
        return found.cost
    assert task.piece.kind is Kind.DOT_CORE
    stimulus = gaussian_stimulus(task.piece.known, task.piece.lanes, task.rule)
    settled, glitches = (energy(found.module, _technology(technology), stimulus, each) for each in (False, True))
    return Energies(settled, glitches)
