"""cocotb bench: arrays give the sums of the golden model, and keep the rules of their streams, whatever waits."""

import time
from dataclasses import dataclass

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.array_job import ArrayJob, CheckedArray, read_arrays, write_checked
from lmul.sim.campaign import write_progress
from lmul.sim.compare import Comparison, compare_tiles
from lmul.sim.play import Counts, Run, play, results
from lmul.sim.tiles import Shape
from lmul.sim.trials import Trial, random_trial, trials


@cocotb.test()
async def arrays_equal_golden(dut: HierarchyObject) -> None:
    """Play all trials to each array; the outcome is written before it is judged."""
    outcome = await _all(dut, read_arrays())
    write_checked(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


async def _all(dut: HierarchyObject, job: ArrayJob) -> list[CheckedArray]:
    tallies = {name: Tally(name, shape) for name, shape in job.arrays.items()}
    generators = {
        name: (np.random.default_rng([job.seed, i]), shape) for i, (name, shape) in enumerate(job.arrays.items())
    }
    sequences = {name: trials(shape, rng) for name, (rng, shape) in generators.items()}
    while True:
        chosen = {name: trial for name, sequence in sequences.items() if (trial := next(sequence, None))}
        if not chosen:
            behind = [name for name, tally in tallies.items() if tally.cycles < job.cycles and not tally.complaint]
            chosen = {name: random_trial(generators[name][1], generators[name][0]) for name in behind}
        chosen = {name: trial for name, trial in chosen.items() if not tallies[name].complaint}
        if not chosen:
            return [tally.checked() for tally in tallies.values()]
        await _trial(dut, job, chosen, tallies)
        write_progress(min(tally.cycles for tally in tallies.values()))


async def _trial(dut: HierarchyObject, job: ArrayJob, chosen: dict[str, Trial], tallies: "dict[str, Tally]") -> None:
    played = {name: _run(job.arrays[name], trial) for name, trial in chosen.items()}
    idle = Run(np.zeros((0, 1), np.uint8), np.zeros((0, 1), np.uint8), 0)
    runs = {name: played.get(name, idle) for name in job.arrays}
    started = time.perf_counter()
    for cycles in max((trial.interrupts for trial in chosen.values()), key=len):
        await play(dut, runs, cycles)
    counts = await play(dut, runs)
    seconds = time.perf_counter() - started
    for name, trial in chosen.items():
        tally = tallies[name]
        tally.seconds += seconds / len(chosen)
        tally.judge(trial, played[name], counts[name])


def _run(shape: Shape, trial: Trial) -> Run:
    beats = [tiles.beats(shape) for tiles in trial.tiles]
    a, b = (np.concatenate([each[i] for each in beats]) for i in (0, 1))
    return Run(a, b, sum(each[2] for each in beats), trial.rates)


@dataclass
class Tally:
    """What has been found out about one array."""

    name: str
    shape: Shape
    sums: int = 0
    mismatches: int = 0
    complaint: str = ""
    cycles: int = 0
    steps: int = 0
    span: int = 0
    seconds: float = 0.0

    def judge(self, trial: Trial, run: Run, counts: Counts) -> None:
        """Compare a run with the golden model; the first complaint is kept."""
        self.cycles += counts.cycles
        if trial.dense:
            self.steps, self.span = self.steps + counts.a_taken, self.span + counts.last - counts.first + 1
        self.complaint = counts.complaint(run)
        if not self.complaint:
            self.complaint = self._compare(trial, run, counts)
        if not self.complaint and trial.dense and counts.a_taken != counts.last - counts.first + 1:
            bubbles = counts.last - counts.first + 1 - counts.a_taken
            self.complaint = f"steps were refused in {bubbles} cycles of {counts.a_taken} without waits"

    def _compare(self, trial: Trial, run: Run, counts: Counts) -> str:
        beats, all_of_them = results(self.name, self.shape, counts), Comparison()
        for tiles in trial.tiles:
            size = tiles.beats(self.shape)[2]
            all_of_them.add(compare_tiles(self.shape, tiles, beats[:size]))
            beats = beats[size:]
        self.sums += all_of_them.sums
        self.mismatches += all_of_them.mismatches
        if not all_of_them.complaint and counts.flags != all_of_them.flags:
            return f"flags framing, saturated, reserved were {counts.flags:03b}, expected {all_of_them.flags:03b}"
        return all_of_them.complaint

    def checked(self) -> CheckedArray:
        """The outcome."""
        return CheckedArray(
            self.name, self.sums, self.mismatches, self.complaint, self.cycles, self.steps, self.span, self.seconds
        )
