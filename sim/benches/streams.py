"""cocotb bench of pipelined units: products and their order equal the golden model's, under all stalls."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject
from cocotb.triggers import Timer
from numpy.typing import NDArray

from lmul.golden.codes import Codes
from lmul.golden.parameters import Parameters
from lmul.sim.benches.play import toggle, until_done
from lmul.sim.jobs.products import Checked, Work, compare, lane_type, port, read_job, write_outcome
from lmul.sim.stimulus.beats import read_beats, write_beats
from lmul.sim.verilog.stream_top import DEPTH, FAULTS, PATIENCE

WARM_UP = 100
"""Cycles of traffic before a reset in the middle of it."""


@cocotb.test()
async def streams_equal_golden(dut: HierarchyObject) -> None:
    """Send all pairs of the job through each unit; write the outcome, then assert it."""
    outcome = await play(dut, read_job())
    write_outcome(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


async def play(dut: HierarchyObject, jobs: list[Work]) -> list[Checked]:
    """Send all pairs through the copies of each unit, in parts, the first after a reset in full traffic."""
    fed = [
        _Fed(dut, unit.name, parameters, work.x, work.y)
        for work in jobs
        for unit, parameters in zip(work.group.units, work.parameters, strict=True)
    ]
    started = time.perf_counter()
    for start in range(0, max(len(unit.x) for unit in fed), DEPTH):
        for unit in fed:
            unit.load(start)
        await Timer(1, "ns")
        # A product that survives the second reset is one too many.
        for cycles in (WARM_UP, 0) if start == 0 else (0,):
            port(dut, "rst").value = 1
            port(dut, "limit").value = 1
            await until_done(dut)
            port(dut, "rst").value = 0
            port(dut, "limit").value = cycles
            await until_done(dut)
        for unit in fed:
            toggle(dut, f"{unit.name}_dump")
        await Timer(1, "ns")
        for unit in fed:
            unit.collect()
    share = (time.perf_counter() - started) / len(fed)
    return [unit.judged(share) for unit in fed]


@dataclass
class _Fed:
    """A unit and what its copies have made of its operands so far."""

    dut: HierarchyObject
    name: str
    parameters: Parameters
    x: Codes
    y: Codes
    count: int = 0
    products: list[NDArray[np.unsignedinteger]] = field(default_factory=list)
    complaint: str = ""

    def load(self, start: int) -> None:
        """Load the next operands, or none after a complaint."""
        p = self.parameters
        x, y = (codes[start : start + DEPTH] if not self.complaint else codes[:0] for codes in (self.x, self.y))
        lanes = [codes.astype(lane_type(f.width)) for codes, f in ((x, p.format), (y, p.y_format))]
        beats = np.concatenate([lane.view(np.uint8).reshape(len(x), lane.itemsize) for lane in lanes], axis=1)
        write_beats(Path(f"{self.name}_operands.hex"), beats)
        self.count = len(x)
        port(self.dut, f"{self.name}_count").value = self.count
        toggle(self.dut, f"{self.name}_load")

    def collect(self) -> None:
        """Collect the products, or the first broken rule."""
        done, fault, copy = (int(port(self.dut, f"{self.name}_{signal}").value) for signal in ("done", "fault", "copy"))
        before = sum(map(len, self.products)) + done
        if self.complaint:
            return
        if fault:
            self.complaint = f"{FAULTS[fault - 1]} (copy {copy}, after {before} products)"
        elif done != self.count:
            self.complaint = f"nothing moved for {PATIENCE} cycles (after {before} products)"
        elif done:
            lane = lane_type(self.parameters.result.width)
            beats = read_beats(Path(f"{self.name}_products.hex"), lane.itemsize)
            self.products.append(np.ascontiguousarray(beats).view(lane).ravel())

    def judged(self, seconds: float) -> Checked:
        """Compare the products with the golden model, or report the first broken rule."""
        if self.complaint:
            return Checked(self.name, 0, 0, self.complaint, np.zeros(0, np.uint32), seconds)
        return compare(self.name, self.parameters, self.x, self.y, np.concatenate(self.products), seconds)
