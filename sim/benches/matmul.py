"""cocotb bench that multiplies matrices with an array and checks every sum."""

import time
from dataclasses import dataclass, field

import cocotb
import numpy as np
from cocotb.handle import HierarchyObject

from lmul.golden.dot.sums import Sums
from lmul.golden.types import Array
from lmul.sim.benches.compare import RESERVED, SATURATED, TileComparison, compare_tiles
from lmul.sim.benches.play import Counts, Run, play, results
from lmul.sim.jobs.matmul import MatmulJob, Outcome, read_matmul, write_result
from lmul.sim.jobs.mutants import write_progress
from lmul.sim.stimulus.tiling import Chunk, Tiling


@cocotb.test()
async def product_is_made(dut: HierarchyObject) -> None:
    """Multiply the matrices of the job and write the outcome, which tells whether the product is right."""
    started = time.perf_counter()
    job, a, b = read_matmul()
    tiling = Tiling.of(job.shape, a.shape, b.shape)
    size = (tiling.batch, tiling.m, tiling.n)
    made = _Made(job, tiling, np.zeros(size), np.zeros(size, bool))
    macs = 0
    for chunk in tiling.chunks(a, b, job.anchor):
        x, y, count = chunk.tiles.beats(job.shape)
        run = Run(x, y, count)
        before = time.perf_counter()
        counts = (await play(dut, {job.name: run}))[job.name]
        made.simulating += time.perf_counter() - before
        made.take(chunk, run, counts)
        macs += len(chunk.places) * tiling.macs_of_a_tile
        write_progress(macs)
        if made.broken:
            break
    write_result(made.values, made.saturated, made.outcome(time.perf_counter() - started))


@dataclass
class _Made:
    """Product and counters so far."""

    job: MatmulJob
    tiling: Tiling
    values: Array
    saturated: Array
    broken: str = ""
    comparison: TileComparison = field(default_factory=TileComparison)
    cycles: int = 0
    steps: int = 0
    span: int = 0
    simulating: float = 0.0

    def take(self, chunk: Chunk, run: Run, counts: Counts) -> None:
        """Store the products of a chunk and compare them."""
        self.cycles += counts.cycles - counts.idle
        self.steps += counts.a_taken
        self.span += counts.last - counts.first + 1
        self.broken = counts.complaint(run)
        if self.broken:
            return
        shape, tiles = self.job.shape, chunk.tiles
        compared = compare_tiles(shape, tiles, results(self.job.name, shape, counts))
        if not compared.complaint and counts.flags != compared.flags:
            compared.complaint = f"flags were {counts.flags:03b}, expected {compared.flags:03b}"
        self.comparison.add(compared)
        anchor = None if tiles.anchor is None else tiles.anchor[:, None, None]
        values = Sums(compared.codes, compared.golden_saturated).values(shape.dot, anchor)
        for (s, i, j), tile, above in zip(chunk.places, values, compared.golden_saturated, strict=True):
            here = self.values[s, i : i + tile.shape[0], j : j + tile.shape[1]]
            here[:] = tile[: here.shape[0], : here.shape[1]]
            self.saturated[s, i : i + here.shape[0], j : j + here.shape[1]] = above[: here.shape[0], : here.shape[1]]

    def outcome(self, seconds: float) -> Outcome:
        """Collect all counters."""
        shape, t = self.job.shape, self.tiling
        return Outcome(
            sums=self.comparison.sums,
            mismatches=self.comparison.mismatches,
            complaint=self.broken or self.comparison.complaint,
            cycles=self.cycles,
            steps=self.steps,
            span=self.span,
            useful=t.batch * t.m * t.k * t.n,
            offered=self.steps * shape.rows * shape.columns * shape.lanes,
            simulating=self.simulating,
            seconds=seconds,
            reserved=bool(self.comparison.flags & RESERVED),
            saturated=bool(self.comparison.flags & SATURATED),
        )
