"""cocotb bench of arrays: sums equal the golden model's, and streams keep their rules under all waits."""

from collections.abc import Iterator

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.benches.compare import FRAMING, RESERVED, TileComparison, compare_tiles
from lmul.sim.benches.play import Counts, Run, results
from lmul.sim.benches.tally import Tally, play_all
from lmul.sim.jobs.arrays import read_arrays, write_checked
from lmul.sim.stimulus.array_trials import Trial, random_trial, trials
from lmul.sim.stimulus.axi_beats import AxiShape, axi_trials, with_zeros
from lmul.sim.stimulus.tiles import Shape, any_reserved


@cocotb.test()
async def arrays_equal_golden(dut: HierarchyObject) -> None:
    """Play all trials to each array; write the outcome, then assert it."""
    job = read_arrays()
    tallies = {name: ArrayTally(name, shape) for name, shape in job.units.items()}
    outcome = await play_all(dut, job, tallies, array_trials, _random_trial)
    write_checked(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


def array_trials(shape: Shape, rng: np.random.Generator) -> Iterator[Trial]:
    """Yield the trials that an array must pass."""
    return axi_trials(shape, rng) if isinstance(shape, AxiShape) else trials(shape, rng)


def _random_trial(shape: Shape, rng: np.random.Generator) -> Trial:
    trial = random_trial(shape, rng)
    return with_zeros(trial, rng) if isinstance(shape, AxiShape) else trial


class ArrayTally(Tally[Shape, Trial]):
    """Results for an array."""

    def run(self, trial: Trial) -> Run:
        """Build the run of a trial."""
        beats = [tiles.beats(self.shape) for tiles in trial.tiles]
        if trial.spare:
            a, b, _ = beats[-1]
            beats[-1] = a[:0], b, 0
        a, b = (np.concatenate([each[i] for each in beats]) for i in (0, 1))
        if trial.misframed:
            place = self.shape.columns * self.shape.lanes * self.shape.dot.port_formats[1].width
            b[len(b) // 2, place // 8] ^= 1 << place % 8
        if isinstance(self.shape, AxiShape):
            a, b = self.shape.thinned(a, b)
        return Run(a, b, sum(each[2] for each in beats), trial.rates)

    def judge(self, trial: Trial, run: Run, counts: Counts) -> None:
        """Compare a run with the golden model; keep the first complaint."""
        self.cycles += counts.cycles
        if trial.miscounted:
            told = counts.flags & FRAMING
            self.complaint = counts.unsteady() or ("" if told else "flag framing was 0 in spite of the rows of a pass")
            return
        if trial.dense:
            self.steps, self.span = self.steps + counts.a_taken, self.span + counts.last - counts.first + 1
        self.complaint = counts.complaint(run)
        if not self.complaint:
            self.complaint = self._compare(trial, run, counts) or counts.left_over()
        bubbles = counts.last - counts.first + 1 - counts.a_taken
        if not self.complaint and trial.dense and bubbles > self._early():
            self.complaint = f"steps were refused in {bubbles} cycles of {counts.a_taken} without waits"

    def _early(self) -> int:
        """Return the cycles for which the first beats of a may wait in a register slice: words of b come first."""
        loads = self.shape.stationary == "ws" and isinstance(self.shape, AxiShape)
        return self.shape.rows if loads else 0

    def _compare(self, trial: Trial, run: Run, counts: Counts) -> str:
        beats, all_of_them = results(self.name, self.shape, counts), TileComparison()
        for tiles in trial.tiles[: -1 if trial.spare else None]:
            size = tiles.beats(self.shape)[2]
            all_of_them.add(compare_tiles(self.shape, tiles, beats[:size]))
            beats = beats[size:]
        self.sums += all_of_them.sums
        self.mismatches += all_of_them.mismatches
        flags = all_of_them.flags | FRAMING * trial.misframed
        if trial.spare:
            flags |= RESERVED * any_reserved(self.shape.dot, np.zeros(0, np.uint32), trial.tiles[-1].b)
        if not all_of_them.complaint and counts.flags != flags:
            return f"flags framing, saturated, reserved were {counts.flags:03b}, expected {flags:03b}"
        return all_of_them.complaint
