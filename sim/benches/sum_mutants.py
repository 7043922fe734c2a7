"""cocotb bench of the benches of sums: plays each mutant of a unit like the unit until a bench complains."""

from collections.abc import Callable, Iterable
from typing import Any

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.sim.benches.arrays import ArrayTally, array_trials
from lmul.sim.benches.dots import DotTally
from lmul.sim.benches.play import play_through
from lmul.sim.benches.tally import Tally
from lmul.sim.jobs.mutants import Judged, SumCampaign, read_campaign, write_judgement, write_progress
from lmul.sim.jobs.products import port
from lmul.sim.stimulus import dot_trials
from lmul.sim.stimulus.tiles import Shape


@cocotb.test()
async def mutants_of_sums_are_judged(dut: HierarchyObject) -> None:
    """Judge all mutants of the campaign; the caller draws the conclusions."""
    campaign: SumCampaign = read_campaign()
    shape, rng = campaign.shape, np.random.default_rng([0, 0])
    made: Callable[..., Tally[Any, Any]] = ArrayTally if isinstance(shape, Shape) else DotTally
    trials = list(array_trials(shape, rng) if isinstance(shape, Shape) else dot_trials.trials(shape, rng))
    first = made(campaign.name, shape)
    runs = [(trial, first.run(trial)) for trial in trials]
    judged = []
    for mutant in campaign.mutants:
        port(dut, "mutant").value = mutant
        tally = made(campaign.name, shape)
        await _play(dut, tally, runs)
        judged.append(Judged(mutant, tally.sums, tally.complaint))
        write_progress(len(judged))
    write_judgement(judged)


async def _play(dut: HierarchyObject, tally: Tally[Any, Any], runs: Iterable[tuple[Any, Any]]) -> None:
    """Play the trials until there is a complaint."""
    for trial, run in runs:
        counts = await play_through(dut, {tally.name: run}, trial.interrupts)
        tally.judge(trial, run, counts[tally.name])
        if tally.complaint:
            return
