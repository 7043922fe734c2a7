"""Bench of an exported array, with the beats that it plays."""

from collections.abc import Iterator

import numpy as np

from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.describe.array import streams, what
from lmul.sim.array import aftermath, shape_of
from lmul.sim.selfcheck.files import bench_texts, with_core
from lmul.sim.stimulus.array_trials import SPECIAL, gaussian, special, uniform
from lmul.sim.stimulus.beats import pack
from lmul.sim.stimulus.tiles import Beats, Shape, Tiles, any_reserved
from lmul.sim.verilog.axi import packed
from lmul.sim.verilog.player import Player
from lmul.sim.verilog.stream_bench import RESERVED, SATURATED, StreamBench


def array_files(unit: SystolicArray | AxiStreamArray, seed: int = 0) -> dict[str, str]:
    """Write the companions of an exported array, as text by name: NAME.core, bench, and its data."""
    return with_core(unit.name, what(_array(unit)).replace("C = A B, ", ""), bench_files(unit, seed))


def bench_files(unit: SystolicArray | AxiStreamArray, seed: int = 0) -> dict[str, str]:
    """Write NAME_tb.v, NAME_a.hex, NAME_b.hex and NAME_c.hex, as text by name."""
    array = _array(unit)
    shape, fields = shape_of(array), streams(array)
    tiles = list(_tiles(shape, np.random.default_rng(seed)))
    played = [each.beats(shape) for each in tiles]
    a, b = (np.concatenate([beats[i] for beats in played]) for i in (0, 1))
    sums, flags = _expected(shape, tiles)
    beats = {"a": a, "b": b, "c": sums}
    widths = {field.port: field.width for parts in fields.values() for field in parts}
    module = f"{unit.name}_packed" if isinstance(unit, AxiStreamArray) else ""
    depths = {stream: len(each) for stream, each in beats.items()}
    bench = StreamBench(
        unit.name,
        Player(unit.name, widths, depths, aftermath(array), module),
        {stream: stream for stream in "abc"},
        beats,
        f"beats of {array.columns} sums",
        flags,
        unit.latency,
        # Output-stationary the last step completes row 0, else each beat does; the first tile has one pass.
        completes=f"play.a[{fields['a'][0].width}]" if array.dataflow == "os" else "1",
        reset=array.rows + array.columns + 8,
    )
    wrapper = [packed(unit, module)] if isinstance(unit, AxiStreamArray) else []
    return bench_texts(bench, wrapper)


def _array(unit: SystolicArray | AxiStreamArray) -> SystolicArray:
    return unit.array if isinstance(unit, AxiStreamArray) else unit


def _tiles(shape: Shape, rng: np.random.Generator) -> Iterator[Tiles]:
    """Yield a single step or pass first, then tiles of extreme values and random tiles."""
    steady = shape.stationary == "os"
    m = shape.rows if steady else min(shape.rows, shape.sums)
    even = shape.rows * shape.lanes
    long = even + 1 if steady or shape.rows <= shape.sums else even
    short, even, long = (min(k, shape.dot.depth) for k in (1, even, long))
    yield uniform(shape, rng, 1, short, m)
    for kind in SPECIAL:
        yield special(shape, rng, kind, long)
    for k in (long, short, even, even):
        yield uniform(shape, rng, 1, k, m)
        yield gaussian(shape, rng, 1, k, m)


def _expected(shape: Shape, tiles: list[Tiles]) -> tuple[Beats, int]:
    """Compute the expected beats of c, and the final flags."""
    beats, flags = [], 0
    for each in tiles:
        golden, rows = each.golden(shape), each.a.shape[1]
        last = np.zeros((len(each.a), rows), np.uint8)
        last[:, -1] = 1
        saturated = np.asarray(golden.saturated.any(axis=2))
        codes = golden.codes.reshape(-1, shape.columns)
        fields = [(codes, shape.dot.output_width), (last.reshape(-1, 1), 1), (saturated.reshape(-1, 1), 1)]
        beats.append(pack(fields))
        flags |= RESERVED * any_reserved(shape.dot, each.a, each.b)
        flags |= SATURATED * bool(saturated.any())
    return np.concatenate(beats), flags
