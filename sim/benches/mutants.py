"""cocotb bench of the benches: plays each mutant of a unit like the unit until a bench complains."""

import cocotb
from cocotb.handle import HierarchyObject

from lmul.sim.benches import products as bench_products
from lmul.sim.benches import streams
from lmul.sim.jobs.mutants import Campaign, Judged, read_campaign, write_judgement, write_progress
from lmul.sim.jobs.products import port


@cocotb.test()
async def mutants_are_judged(dut: HierarchyObject) -> None:
    """Judge all mutants of the campaign; the caller draws the conclusions."""
    campaign: Campaign = read_campaign()
    judged = []
    for mutant in campaign.mutants:
        judged.append(await _judge(dut, campaign, mutant))
        write_progress(len(judged))
    write_judgement(judged)


async def _judge(dut: HierarchyObject, campaign: Campaign, mutant: int) -> Judged:
    port(dut, "mutant").value = mutant
    products = 0
    for part in campaign.parts:
        if campaign.bench == "products":
            (checked,) = await bench_products.play(dut, part)
        else:
            (checked,) = await streams.play(dut, [part])
        products += checked.products
        if not checked.passed:
            return Judged(mutant, products, checked.complaint)
    return Judged(mutant, products, "")
