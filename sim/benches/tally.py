"""Loop of a bench over the trials of all units of a build, with a tally for each."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.benches.play import Counts, Run, play_through
from lmul.sim.jobs.arrays import ArrayJob, CheckedArray, S
from lmul.sim.jobs.mutants import write_progress


class Tried(Protocol):
    """Trial, as far as the loop needs it."""

    @property
    def interrupts(self) -> tuple[int, ...]:
        """List numbers of cycles after each of which a reset comes, and all is played again."""


T = TypeVar("T", bound=Tried)


@dataclass
class Tally(Generic[S, T]):
    """Results for one unit so far; see `CheckedArray`."""

    name: str
    shape: S
    sums: int = 0
    mismatches: int = 0
    complaint: str = ""
    cycles: int = 0
    steps: int = 0
    span: int = 0
    seconds: float = 0.0

    def run(self, trial: T) -> Run:
        """Build the run of a trial."""
        raise NotImplementedError

    def judge(self, trial: T, run: Run, counts: Counts) -> None:
        """Compare a run with the golden model; keep the first complaint."""
        raise NotImplementedError

    def checked(self) -> CheckedArray:
        """Return the outcome."""
        return CheckedArray(
            self.name, self.sums, self.mismatches, self.complaint, self.cycles, self.steps, self.span, self.seconds
        )


async def play_all(
    dut: HierarchyObject,
    job: ArrayJob[S],
    tallies: Mapping[str, Tally[S, T]],
    trials: Callable[[S, np.random.Generator], Iterator[T]],
    random_trial: Callable[[S, np.random.Generator], T],
) -> list[CheckedArray]:
    """Play all trials to each unit, then random ones until it has run for the job's cycles."""
    rngs = {name: np.random.default_rng([job.seed, i]) for i, name in enumerate(job.units)}
    sequences = {name: trials(shape, rngs[name]) for name, shape in job.units.items()}
    while True:
        sound = [name for name, tally in tallies.items() if not tally.complaint]
        chosen = {name: trial for name in sound if (trial := next(sequences[name], None))}
        if not chosen:
            behind = [name for name in sound if tallies[name].cycles < job.cycles]
            chosen = {name: random_trial(job.units[name], rngs[name]) for name in behind}
        if not chosen:
            return [tally.checked() for tally in tallies.values()]
        await _play(dut, chosen, tallies)
        write_progress(min(tally.cycles for tally in tallies.values()))


async def _play(dut: HierarchyObject, chosen: Mapping[str, T], tallies: Mapping[str, Tally[S, T]]) -> None:
    runs = dict.fromkeys(tallies, Run(np.zeros((0, 1), np.uint8), np.zeros((0, 1), np.uint8), 0))
    runs |= {name: tallies[name].run(trial) for name, trial in chosen.items()}
    started = time.perf_counter()
    counts = await play_through(dut, runs, max((trial.interrupts for trial in chosen.values()), key=len))
    seconds = time.perf_counter() - started
    for name, trial in chosen.items():
        tallies[name].seconds += seconds / len(chosen)
        tallies[name].judge(trial, runs[name], counts[name])
