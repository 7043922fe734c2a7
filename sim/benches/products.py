"""cocotb bench of combinational units: every product equals the golden model's."""

import time

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject
from cocotb.triggers import Timer

from lmul.sim.jobs.products import Checked, Work, compare, lane_type, port, read_job, write_outcome
from lmul.sim.verilog.unit_top import LANES


@cocotb.test()
async def products_equal_golden(dut: HierarchyObject) -> None:
    """Multiply all pairs of the job; write the outcome, then assert it."""
    outcome = [checked for work in read_job() for checked in await play(dut, work)]
    write_outcome(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


async def play(dut: HierarchyObject, work: Work) -> list[Checked]:
    """Multiply the pairs of a group of units. `go` must be 0, as it is after an even number of packs."""
    group, count = work.group, len(work.x)
    lanes = [lane_type(width) for width in (group.x_width, group.y_width)]
    product_lanes = [lane_type(unit.width) for unit in group.units]
    padded = -(-count // LANES) * LANES
    x, y = (np.resize(codes, padded).astype(lane) for codes, lane in zip((work.x, work.y), lanes, strict=True))
    go, x_port, y_port = (port(dut, f"{signal}_{group.name}") for signal in ("go", "x", "y"))
    p_ports = [port(dut, f"p_{unit.name}") for unit in group.units]
    products = [bytearray() for _ in p_ports]
    started = time.perf_counter()
    played = Timer(LANES + 1, "ns")
    for step, start in enumerate(range(0, padded, LANES)):
        x_port.value = int.from_bytes(x[start : start + LANES].tobytes(), "little")
        y_port.value = int.from_bytes(y[start : start + LANES].tobytes(), "little")
        go.value = (step + 1) % 2
        await played
        for collected, p_port, lane in zip(products, p_ports, product_lanes, strict=True):
            collected.extend(int(p_port.value).to_bytes(LANES * lane.itemsize, "little"))
    share = (time.perf_counter() - started) / len(products)
    return [
        compare(unit.name, parameters, work.x, work.y, np.frombuffer(codes, lane)[:count], share)
        for unit, parameters, codes, lane in zip(group.units, work.parameters, products, product_lanes, strict=True)
    ]
