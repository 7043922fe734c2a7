"""cocotb bench of arrays: sums equal the golden model's, and streams keep their rules under all waits."""

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.benches.compare import TileComparison, compare_tiles
from lmul.sim.benches.play import Counts, Run, results
from lmul.sim.benches.tally import Tally, play_all
from lmul.sim.jobs.arrays import read_arrays, write_checked
from lmul.sim.stimulus.array_trials import Trial, random_trial, trials
from lmul.sim.stimulus.tiles import Shape


@cocotb.test()
async def arrays_equal_golden(dut: HierarchyObject) -> None:
    """Play all trials to each array; write the outcome, then assert it."""
    job = read_arrays()
    tallies = {name: _Tally(name, shape) for name, shape in job.units.items()}
    outcome = await play_all(dut, job, tallies, trials, random_trial)
    write_checked(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


class _Tally(Tally[Shape, Trial]):
    def run(self, trial: Trial) -> Run:
        beats = [tiles.beats(self.shape) for tiles in trial.tiles]
        a, b = (np.concatenate([each[i] for each in beats]) for i in (0, 1))
        return Run(a, b, sum(each[2] for each in beats), trial.rates)

    def judge(self, trial: Trial, run: Run, counts: Counts) -> None:
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
        beats, all_of_them = results(self.name, self.shape, counts), TileComparison()
        for tiles in trial.tiles:
            size = tiles.beats(self.shape)[2]
            all_of_them.add(compare_tiles(self.shape, tiles, beats[:size]))
            beats = beats[size:]
        self.sums += all_of_them.sums
        self.mismatches += all_of_them.mismatches
        if not all_of_them.complaint and counts.flags != all_of_them.flags:
            return f"flags framing, saturated, reserved were {counts.flags:03b}, expected {all_of_them.flags:03b}"
        return all_of_them.complaint
