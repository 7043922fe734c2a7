"""cocotb bench: arrays behind AXI4-Stream between cocotbext-axi's sources and sink, against the golden model."""

import json
import os
import pickle
from pathlib import Path
from random import Random

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, ReadOnly, RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from lmul.hdl.describe.ports import Field
from lmul.sim.stimulus.array_trials import uniform
from lmul.sim.stimulus.beats import unpack
from lmul.sim.stimulus.tiles import Shape, Tiles

PATIENCE = 20_000
MOODS = (0.0, 0.3, 0.9)


@cocotb.test()
async def axi_arrays(dut):
    """Leave for each array the first complaint, empty if there is none."""
    job = Path(os.environ["LMUL_JOB"])
    outcome = {}
    Clock(dut.aclk, 2, "ns").start()
    for name, (shape, tdata) in pickle.loads(job.read_bytes()).items():
        outcome[name] = await Harness(dut, name, shape, tdata).complaint()
    job.with_name("outcome.json").write_text(json.dumps(outcome))


class Harness:
    """Sources and sink around one array."""

    def __init__(self, dut, name: str, shape: Shape, tdata: dict[str, Field]) -> None:
        self.dut, self.name, self.shape, self.tdata = dut, name, shape, tdata
        self.rng, self.random = np.random.default_rng(7), Random(7)
        self.a, self.b = (self._side(AxiStreamSource, f"s_axis_{stream}") for stream in "ab")
        self.c = self._side(AxiStreamSink, "m_axis_c")
        self.broken = ""

    def _side(self, kind, prefix):
        bus = AxiStreamBus.from_prefix(self.dut, f"{self.name}_{prefix}")
        return kind(bus, self.dut.aclk, self.dut.aresetn, reset_active_level=False)

    async def complaint(self) -> str:
        """Play tiles, with waits at random, and with none."""
        self.dut.aresetn.value = 0
        await ClockCycles(self.dut.aclk, 4)
        self.dut.aresetn.value = 1
        rules = cocotb.start_soon(self._rules())
        said = await self._offered_without_ready()
        for mood in MOODS:
            for side in (self.a, self.b, self.c):
                side.set_pause_generator(self._pauses(mood))
            said = said or await self._tiles(6)
        rules.cancel()
        return said or self.broken

    def _pauses(self, mood: float):
        while True:
            yield self.random.random() < mood

    async def _rules(self) -> None:
        """A beat of c that waits stays as it is."""
        before = None
        bus = self.c.bus
        while True:
            await RisingEdge(self.dut.aclk)
            await ReadOnly()
            beat = tuple(int(signal.value) for signal in (bus.tdata, bus.tkeep, bus.tlast, bus.tuser))
            valid, ready = int(bus.tvalid.value), int(bus.tready.value)
            if before is not None and (not valid or beat != before):
                self.broken = self.broken or "a beat of c that waited changed"
            before = beat if valid and not ready else None

    async def _offered_without_ready(self) -> str:
        """tvalid of c does not wait for tready."""
        self.c.pause = True
        tiles, clean = self._made(1)
        self._send(tiles)
        for _ in range(100):
            await RisingEdge(self.dut.aclk)
        offered = int(self.c.bus.tvalid.value)
        self.c.pause = False
        said = await self._compare(clean)
        return said if offered else "c was not offered before it was ready"

    async def _tiles(self, count: int) -> str:
        for k in {1, self.shape.terms, 2 * self.shape.terms + 1}:
            tiles, clean = self._made(count, k)
            self._send(tiles)
            if said := await self._compare(clean):
                return f"K = {k}: {said}"
        return ""

    def _made(self, count: int, k: int = 3) -> tuple[tuple[Tiles, Tiles], Tiles]:
        """Tiles, which of their codes are not kept, and what they are worth then."""
        rows = self.shape.rows
        tiles = uniform(self.shape, self.rng, count, k, rows)
        lost_a, lost_b = (self.rng.integers(8, size=codes.shape) == 0 for codes in (tiles.a, tiles.b))
        lost = Tiles(lost_a, lost_b, tiles.anchor)
        a, b = (np.where(gone, 0, codes) for codes, gone in ((tiles.a, lost.a), (tiles.b, lost.b)))
        return (tiles, lost), Tiles(a, b, tiles.anchor)

    def _send(self, tiles: tuple[Tiles, Tiles]) -> None:
        beats, gone = (each.beats(self.shape) for each in tiles)
        p = self.shape.dot.product
        for i, (stream, f, source) in enumerate((("a", p.format, self.a), ("b", p.y_format, self.b))):
            field = self.tdata[stream]
            users = {"a": 1 if self.shape.stationary == "ws" else 0, "b": len(getattr(source.bus, "tuser", ()))}[stream]
            fields = [(field.count, f.width, False), (1, 1, False)] + [(1, users, False)] * bool(users)
            codes, last, *user = unpack(beats[i], fields)
            lost, *_ = unpack(gone[i], fields)
            size = field.element // 8
            tdata = codes.astype("<u8").reshape(*codes.shape, 1).view(np.uint8)[..., :size]
            # What is not kept is anything, and of an element of several bytes any one is enough, or more.
            dropped = self.rng.integers(1, 1 << size, lost.shape)[..., None] >> np.arange(size) & 1
            tkeep = 1 - lost[..., None] * dropped
            begin = 0
            for end in np.flatnonzero(last) + 1:
                frame = AxiStreamFrame(
                    tdata[begin:end].tobytes(),
                    tkeep=tkeep[begin:end].ravel().tolist(),
                    tuser=np.repeat(user[0][begin:end, 0], size * field.count).tolist() if user else None,
                )
                source.send_nowait(frame)
                begin = end

    async def _compare(self, clean: Tiles) -> str:
        golden, field, shape = clean.golden(self.shape), self.tdata["c"], self.shape
        size, signed = field.element // 8, (shape.dot.output or shape.dot.format) is None
        for sums, saturated in zip(golden.codes, golden.saturated, strict=True):
            try:
                frame = await with_timeout(self.c.recv(compact=False), PATIENCE, "ns")
            except SimTimeoutError:
                return "no packet came"
            expected = b"".join(int(code).to_bytes(size, "little", signed=signed) for code in sums.ravel())
            if bytes(frame.tdata) != expected:
                return f"tdata was {bytes(frame.tdata).hex()}, expected {expected.hex()}"
            if frame.tuser != np.repeat(saturated.any(axis=1), size * field.count).astype(int).tolist():
                return "tuser was not where a sum has saturated"
            if not all(frame.tkeep):
                return "tkeep was not all ones"
        return "" if self.c.empty() else "a packet came for which no tile went in"
