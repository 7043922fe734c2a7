"""cocotb bench of dot products: sums equal the golden model's, and streams keep their rules under all waits."""

from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.benches.compare import RESERVED, SATURATED
from lmul.sim.benches.play import Counts, Run
from lmul.sim.benches.tally import Tally, play_all
from lmul.sim.jobs.arrays import read_arrays, write_checked
from lmul.sim.stimulus.beats import read_beats
from lmul.sim.stimulus.dot_trials import DotTrial, random_trial, trials
from lmul.sim.stimulus.traffic import DotShape, beat_size, sums_of
from lmul.sim.verilog.player import PATIENCE


@cocotb.test()
async def dots_equal_golden(dut: HierarchyObject) -> None:
    """Play all trials to each unit; write the outcome, then assert it."""
    job = read_arrays()
    tallies = {name: DotTally(name, shape) for name, shape in job.units.items()}
    outcome = await play_all(dut, job, tallies, trials, random_trial)
    write_checked(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


class DotTally(Tally[DotShape, DotTrial]):
    """Results for a dot-product unit."""

    def run(self, trial: DotTrial) -> Run:
        """Build the run of a trial."""
        return Run(*trial.traffic.beats(self.shape), trial.rates)

    def judge(self, trial: DotTrial, run: Run, counts: Counts) -> None:
        """Compare a run with the golden model; keep the first complaint."""
        self.cycles += counts.cycles
        self.complaint = _protocol(run, counts) or self._compare(trial, counts) or counts.left_over()
        if trial.dense and not self.complaint:
            self.complaint = self._pace(counts)

    def _compare(self, trial: DotTrial, counts: Counts) -> str:
        shape, golden = self.shape, trial.traffic.golden(self.shape.dot)
        beats = read_beats(Path(f"{self.name}_c.hex"), beat_size(shape))[: counts.c_taken]
        sums, saturated, nan = sums_of(shape, beats)
        wrong = np.flatnonzero(sums != golden.codes)
        self.sums += len(sums)
        self.mismatches += len(wrong)
        if len(wrong):
            first = wrong[0]
            return f"sum {first} was {sums[first]}, expected {golden.codes[first]}{_anchor(trial, first)}"
        flagged = np.flatnonzero(saturated != golden.saturated)
        if len(flagged):
            first = flagged[0]
            return f"sum_saturated of sum {first} was {saturated[first]}{_anchor(trial, first)}"
        if (nan != trial.traffic.nan).any():
            first = np.flatnonzero(nan != trial.traffic.nan)[0]
            return f"sum_nan of sum {first} was {nan[first]}"
        flags = RESERVED * trial.traffic.reserved(shape.dot) | SATURATED * bool(golden.saturated.any())
        if counts.flags != flags:
            return f"flags saturated, reserved were {counts.flags:02b}, expected {flags:02b}"
        return ""

    def _pace(self, counts: Counts) -> str:
        span = counts.last - counts.first + 1
        self.steps, self.span = self.steps + counts.a_taken, self.span + span
        if span != counts.a_taken:
            return f"beats of x were refused in {span - counts.a_taken} cycles of {span} without waits"
        latency = counts.cycles - counts.idle - 1 - counts.last  # the last transfer is the last sum
        if latency != self.shape.latency:
            return f"a sum came {latency} cycles after its last beat, not {self.shape.latency}"
        return ""


def _protocol(run: Run, counts: Counts) -> str:
    """Describe the stream rule that was broken, or return "". The player calls x, y and the sums a, b and c."""
    if counts.withdrawn:
        return f"a sum that was not taken was withdrawn ({counts.withdrawn} times)"
    if counts.changed:
        return f"a sum changed while it waited ({counts.changed} times)"
    if counts.excess:
        return f"a sum came out for which nothing went in ({counts.excess} times)"
    if (counts.a_taken, counts.b_taken, counts.c_taken) != (len(run.a), len(run.b), run.results):
        return (
            f"nothing moved for {PATIENCE} cycles after {counts.a_taken} of {len(run.a)} beats of x, "
            f"{counts.b_taken} of {len(run.b)} of y and {counts.c_taken} of {run.results} sums"
        )
    return ""


def _anchor(trial: DotTrial, number: int) -> str:
    t = trial.traffic
    if t.anchor is None:
        return ""
    return f" (anchor {t.anchor[t.used[np.flatnonzero(t.last)[number]]]})"
