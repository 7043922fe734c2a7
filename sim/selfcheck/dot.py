"""Bench of an exported dot-product unit, with the beats that it plays."""

import numpy as np

from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import ports_of
from lmul.sim.dot_product import adapter, player_ports, shape_of
from lmul.sim.selfcheck.files import bench_texts, with_core
from lmul.sim.stimulus.beats import pack
from lmul.sim.stimulus.dot_trials import short_traffic
from lmul.sim.verilog.player import Player
from lmul.sim.verilog.stream_bench import RESERVED, SATURATED, StreamBench, file_names

_STREAMS = {"a": "x", "b": "y", "c": "sum"}
_AFTERMATH = 50


def dot_files(unit: DotProduct, seed: int = 0) -> dict[str, str]:
    """Write the companions of an exported unit of dot products, as text by name: NAME.core, bench, and its data."""
    p = unit.dot.product
    codes = f"codes of the format {p.format}" if p.format == p.y_format else f"codes of {p.format} and {p.y_format}"
    return with_core(unit.name, f"dot products, {unit.lanes} a beat, {codes}", dot_bench(unit, seed))


def dot_bench(unit: DotProduct, seed: int = 0) -> dict[str, str]:
    """Write NAME_tb.v, NAME_x.hex, NAME_y.hex and NAME_sum.hex, as text by name."""
    shape, name = shape_of(unit), unit.name
    traffic = short_traffic(shape, np.random.default_rng(seed))
    x, y, _ = traffic.beats(shape)
    golden = traffic.golden(unit.dot)
    saturated = np.asarray(golden.saturated)
    flags = [saturated, traffic.nan] if unit.dot.scaled else [saturated]
    sums = pack([(golden.codes[:, None], unit.dot.width), (np.stack(flags, axis=1), 1)])
    beats = {"a": x, "b": y, "c": sums}
    ports = player_ports(ports_of(unit))
    inner = f"{name}_as_streams"
    player = Player(
        name,
        {port: own.width for port, own in ports.items()},
        {stream: len(each) for stream, each in beats.items()},
        _AFTERMATH,
        inner,
        file_names(name, _STREAMS),
    )
    bench = StreamBench(
        name,
        player,
        _STREAMS,
        beats,
        "sums",
        RESERVED * traffic.reserved(unit.dot) | SATURATED * bool(saturated.any()),
        unit.latency,
        completes=f"play.a[{ports['a'].width}]",
        reset=8,
    )
    return bench_texts(bench, [adapter(inner, name, ports)])
