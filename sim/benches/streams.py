"""cocotb bench of pipelined units: products and their order equal the golden model's, under all stalls."""

import time

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject
from cocotb.triggers import Timer

from lmul.golden.codes import Codes
from lmul.golden.parameters import Parameters
from lmul.golden.types import Flags
from lmul.sim.jobs.products import Checked, Work, compare, lane_type, port, read_job, write_outcome
from lmul.sim.verilog.unit_top import STREAM_LANES, STREAM_SIGNALS

RATES = (0.1, 0.5, 0.9, 1.0)
"""Shares of cycles in which a side is active. The lanes have every pair of source and sink rate."""

PATIENCE = 2000
"""Cycles without a transfer anywhere after which a unit counts as stuck."""

AFTERMATH = 50
"""Cycles that a unit is watched after its last product, for one too many."""

WARM_UP = 100
"""Cycles of traffic before a reset in the middle of it."""

STEP = Timer(1, "step")


@cocotb.test()
async def streams_equal_golden(dut: HierarchyObject) -> None:
    """Send all pairs of the job through each unit; write the outcome, then assert it."""
    outcome = await play(dut, read_job())
    write_outcome(outcome)
    wrong = [f"{checked.name}: {checked.complaint}" for checked in outcome if not checked.passed]
    assert not wrong, "; ".join(wrong)


async def play(dut: HierarchyObject, jobs: list[Work]) -> list[Checked]:
    """Send all pairs through the lanes of each unit, after a reset in full traffic."""
    rng = np.random.default_rng(0)

    def fresh() -> list[Lanes]:
        return [
            Lanes(dut, unit.name, parameters, pipeline, work.x, work.y, rng)
            for work in jobs
            for unit, parameters, pipeline in zip(work.group.units, work.parameters, work.pipelines, strict=True)
        ]

    started = time.perf_counter()
    await _reset(dut)
    lanes = fresh()
    for _ in range(WARM_UP):
        await _cycle(dut, lanes)
    # In full traffic. A product that survives is one too many for the lanes that start afresh.
    await _reset(dut)
    lanes = fresh()
    while waiting := [unit for unit in lanes if not unit.finished]:
        await _cycle(dut, waiting)
    share = (time.perf_counter() - started) / len(lanes)
    return [unit.judged(share) for unit in lanes]


async def _reset(dut: HierarchyObject) -> None:
    port(dut, "rst").value = 1
    await _cycle(dut, [])
    port(dut, "rst").value = 0


async def _cycle(dut: HierarchyObject, lanes: "list[Lanes]") -> None:
    port(dut, "clk").value = 0
    for unit in lanes:
        unit.drive()
    await STEP
    for unit in lanes:
        unit.sample()
    port(dut, "clk").value = 1
    await STEP


class Lanes:
    """Copies of one unit, with a source that holds offers, a sink with random stalls, and checks of the rules.

    A copy gets the next operands whenever it can take some, so that the fast ones do most of the work.
    """

    def __init__(
        self,
        dut: HierarchyObject,
        name: str,
        parameters: Parameters,
        pipeline: int,
        x: Codes,
        y: Codes,
        rng: np.random.Generator,
    ) -> None:
        self.name, self.parameters, self.pipeline, self.x, self.y, self.rng = name, parameters, pipeline, x, y, rng
        self.ports = {signal: port(dut, f"{name}_{signal}") for signal in STREAM_SIGNALS}
        self.lane = lane_type(parameters.result.width)
        self.operands = {
            "x": x.astype(lane_type(parameters.format.width)),
            "y": y.astype(lane_type(parameters.y_format.width)),
        }
        self.products = np.zeros(len(x), self.lane)
        self.next = 0
        self.index = np.zeros(STREAM_LANES, np.int64)  # which operands each copy is offered
        self.offered = np.zeros(STREAM_LANES, bool)
        self.accepted = np.zeros((STREAM_LANES, len(x)), np.int32)  # by copy and order: the indices that went in
        self.sent = np.zeros(STREAM_LANES, np.int64)
        self.taken = np.zeros(STREAM_LANES, np.int64)
        self.stalled = np.zeros(STREAM_LANES, bool)
        self.previous = np.zeros(STREAM_LANES, self.lane)
        self.copies = np.arange(STREAM_LANES)
        self.source_rate = np.array(RATES)[self.copies % len(RATES)]
        self.sink_rate = np.array(RATES)[self.copies // len(RATES) % len(RATES)]
        self.idle = 0
        self.complaint = ""

    @property
    def finished(self) -> bool:
        """Tell whether a rule was broken, or all products have come out and none since."""
        return bool(self.complaint) or (self.complete and self.idle > AFTERMATH)

    @property
    def complete(self) -> bool:
        """Tell whether as many products have come out as were asked for."""
        return int(self.taken.sum()) == len(self.x)

    def drive(self) -> None:
        """Drive operands, valid and ready; an offer stands until it is taken."""
        fresh = ~self.offered & (self.rng.random(STREAM_LANES) < self.source_rate)
        fresh &= self.next + np.cumsum(fresh) <= len(self.x)
        self.index[fresh] = self.next + np.arange(fresh.sum())
        self.next += int(fresh.sum())
        self.offered |= fresh
        self.room: Flags = self.rng.random(STREAM_LANES) < self.sink_rate
        for operand, codes in self.operands.items():
            self.ports[operand].value = int.from_bytes(codes[self.index].tobytes(), "little")
        self.ports["i_valid"].value = _packed(self.offered)
        self.ports["o_ready"].value = _packed(self.room)

    def sample(self) -> None:
        """Sample just before the clock edge: record transfers and check the rules."""
        valid = self._flags("o_valid")
        size = self.lane.itemsize * STREAM_LANES
        product = np.frombuffer(int(self.ports["p"].value).to_bytes(size, "little"), self.lane)
        came = valid & self.room
        self._require(~(self.stalled & ~valid), "a product that was not taken was withdrawn")
        self._require(~self.stalled | (product == self.previous), "a product changed while it waited")
        self._require(~came | (self.taken < self.sent), "a product came out for which no operands went in")
        ready = self._flags("i_ready")
        self._require(ready | (self.sent - self.taken >= self.pipeline), "operands were refused while there was room")
        if self.complaint:
            return
        self.products[self.accepted[came, self.taken[came]]] = product[came]
        self.taken += came
        went = ready & self.offered
        self.accepted[went, self.sent[went]] = self.index[went]
        self.sent += went
        self.offered &= ~went
        self.stalled, self.previous = valid & ~self.room, product
        self.idle = 0 if (came | went).any() else self.idle + 1
        patient = self.complete or self.idle <= PATIENCE
        self._require(np.full(STREAM_LANES, patient), f"nothing moved for {PATIENCE} cycles")

    def judged(self, seconds: float) -> Checked:
        """Compare the products with the golden model, or report the first broken rule."""
        if self.complaint:
            return Checked(self.name, 0, 0, self.complaint, np.zeros(0, np.uint32), seconds)
        return compare(self.name, self.parameters, self.x, self.y, self.products, seconds)

    def _flags(self, signal: str) -> Flags:
        value = int(self.ports[signal].value).to_bytes(STREAM_LANES // 8, "little")
        return np.unpackbits(np.frombuffer(value, np.uint8), bitorder="little").astype(bool)

    def _require(self, holds: Flags, otherwise: str) -> None:
        if not self.complaint and not holds.all():
            self.complaint = (
                f"{otherwise} (copy {int(np.flatnonzero(~holds)[0])}, after {int(self.taken.sum())} products)"
            )


def _packed(flags: Flags) -> int:
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
