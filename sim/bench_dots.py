"""cocotb bench: dot products are those of the golden model, and the streams keep their rules, whatever waits."""

import time
from dataclasses import dataclass
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.array_job import CheckedArray, write_checked
from lmul.sim.beats import read_beats
from lmul.sim.campaign import write_progress
from lmul.sim.compare import RESERVED, SATURATED
from lmul.sim.dot_job import DotJob, read_dots
from lmul.sim.dot_trials import DotTrial, random_trial, trials
from lmul.sim.play import Counts, Run, play
from lmul.sim.player import PATIENCE
from lmul.sim.traffic import DotShape, beat_size, sums_of


@cocotb.test()
async def dots_equal_golden(dut: HierarchyObject) -> None:
    """Play all trials to each unit; the outcome is written before it is judged."""
    outcome = await _all(dut, read_dots())
    write_checked(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


async def _all(dut: HierarchyObject, job: DotJob) -> list[CheckedArray]:
    tallies = {name: _Tally(name, shape) for name, shape in job.units.items()}
    rngs = {name: np.random.default_rng([job.seed, i]) for i, name in enumerate(job.units)}
    sequences = {name: trials(shape, rngs[name]) for name, shape in job.units.items()}
    while True:
        sound = {name for name, tally in tallies.items() if not tally.complaint}
        chosen = {name: trial for name in sound if (trial := next(sequences[name], None))}
        if not chosen:
            behind = [name for name in sound if tallies[name].cycles < job.cycles]
            chosen = {name: random_trial(job.units[name], rngs[name]) for name in behind}
        if not chosen:
            return [tally.checked() for tally in tallies.values()]
        await _trial(dut, job, chosen, tallies)
        write_progress(min(tally.cycles for tally in tallies.values()))


async def _trial(dut: HierarchyObject, job: DotJob, chosen: dict[str, DotTrial], tallies: "dict[str, _Tally]") -> None:
    runs = dict.fromkeys(job.units, Run(np.zeros((0, 1), np.uint8), np.zeros((0, 1), np.uint8), 0))
    runs |= {name: Run(*trial.traffic.beats(job.units[name]), trial.rates) for name, trial in chosen.items()}
    started = time.perf_counter()
    for cycles in max((trial.interrupts for trial in chosen.values()), key=len):
        await play(dut, runs, cycles)
    counts = await play(dut, runs)
    seconds = time.perf_counter() - started
    for name, trial in chosen.items():
        tallies[name].seconds += seconds / len(chosen)
        tallies[name].judge(trial, runs[name], counts[name])


@dataclass
class _Tally:
    """What has been found out about one unit."""

    name: str
    shape: DotShape
    sums: int = 0
    mismatches: int = 0
    complaint: str = ""
    cycles: int = 0
    steps: int = 0
    span: int = 0
    seconds: float = 0.0

    def judge(self, trial: DotTrial, run: Run, counts: Counts) -> None:
        """Compare a run with the golden model; the first complaint is kept."""
        self.cycles += counts.cycles
        self.complaint = _protocol(run, counts) or self._compare(trial, counts)
        if trial.dense and not self.complaint:
            self.complaint = self._pace(counts)

    def _compare(self, trial: DotTrial, counts: Counts) -> str:
        shape, golden = self.shape, trial.traffic.golden(self.shape.dot)
        beats = read_beats(Path(f"{self.name}_c.hex"), beat_size(shape))[: counts.c_taken]
        sums, saturated = sums_of(shape, beats)
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
        flags = RESERVED * trial.traffic.reserved(shape.dot) | SATURATED * bool(golden.saturated.any())
        if counts.flags != flags:
            return f"flags saturated, reserved were {counts.flags:02b}, expected {flags:02b}"
        return ""

    def _pace(self, counts: Counts) -> str:
        span = counts.last - counts.first + 1
        self.steps, self.span = self.steps + counts.a_taken, self.span + span
        if span != counts.a_taken:
            return f"beats of x were refused in {span - counts.a_taken} cycles of {span} without waits"
        latency = counts.cycles - counts.idle - 1 - counts.last  # what moved last is the last sum
        if latency != self.shape.latency:
            return f"a sum came {latency} cycles after its last beat, not {self.shape.latency}"
        return ""

    def checked(self) -> CheckedArray:
        """The outcome."""
        return CheckedArray(
            self.name, self.sums, self.mismatches, self.complaint, self.cycles, self.steps, self.span, self.seconds
        )


def _protocol(run: Run, counts: Counts) -> str:
    """Which rule of the streams was broken; empty if none was. The player calls x, y and the sums a, b and c."""
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
