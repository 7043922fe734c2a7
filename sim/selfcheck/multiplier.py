"""Bench of an exported multiplier, with its operands and products."""

import numpy as np

from lmul.golden.codes import Codes
from lmul.golden.formats import Format
from lmul.golden.multiply import multiply
from lmul.hdl.export.verilog import OWNERSHIP
from lmul.hdl.multiplier import Multiplier
from lmul.sim.multiplier import chosen_operands
from lmul.sim.selfcheck.files import bench_texts, with_core
from lmul.sim.stimulus.beats import pack
from lmul.sim.stimulus.vectors import Pairs, is_exhaustive
from lmul.sim.verilog.player import Player
from lmul.sim.verilog.product_bench import product_bench
from lmul.sim.verilog.stream_bench import StreamBench, file_names

PAIRS = 1 << 13
"""Pairs that a bench multiplies where it does not take all of them."""

_STREAMS = {"a": "x", "b": "y", "c": "p"}
_AFTERMATH = 50


def multiplier_files(unit: Multiplier, seed: int = 0) -> dict[str, str]:
    """Write the companions of an exported multiplier, as text by name: NAME.core, bench, and its data."""
    what = f"p = x * y, {unit.parameters.method} {unit.parameters.format_name}, policy {unit.parameters.policy}"
    return with_core(unit.name, what, multiplier_bench(unit, seed))


def multiplier_bench(unit: Multiplier, seed: int = 0) -> dict[str, str]:
    """Write NAME_tb.v, NAME_p.hex and, unless all pairs are multiplied in order, NAME_x.hex and NAME_y.hex."""
    p, name = unit.parameters, unit.name
    every = is_exhaustive(p.format, p.y_format) and not unit.pipeline
    x, y = chosen_operands([unit], 1) if every else _pairs(unit, seed)
    codes = {"x": (x, p.format), "y": (y, p.y_format), "p": (multiply(p, x, y), p.result)}
    if unit.pipeline:
        return _streams(unit, codes)
    files = ["p"] if every else [*codes]
    text = product_bench(name, {port: f.width for port, (_, f) in codes.items()}, len(x), files, OWNERSHIP)
    return {f"{name}_tb.v": text, **{f"{name}_{port}.hex": _hexadecimal(*codes[port]) for port in files}}


def _pairs(unit: Multiplier, seed: int) -> Pairs:
    """Choose pairs: corner codes, edges of the result, random ones; a sample of those of `lmul verify`."""
    x, y = chosen_operands([unit], 1 << 17, seed)
    if len(x) <= PAIRS:
        return x, y
    sample = np.random.default_rng(seed).choice(len(x), PAIRS, replace=False)
    return x[sample], y[sample]


def _hexadecimal(codes: Codes, f: Format) -> str:
    digits = -(-f.width // 4)
    return "".join(f"{code:0{digits}x}\n" for code in codes.tolist())


def _streams(unit: Multiplier, codes: dict[str, tuple[Codes, Format]]) -> dict[str, str]:
    name, inner = unit.name, f"{unit.name}_as_streams"
    beats = {stream: pack([(codes[port][0][:, None], codes[port][1].width)]) for stream, port in _STREAMS.items()}
    widths = {stream: codes[port][1].width for stream, port in _STREAMS.items()}
    depths = {stream: len(each) for stream, each in beats.items()}
    bench = StreamBench(
        name,
        Player(name, widths, depths, _AFTERMATH, inner, file_names(name, _STREAMS)),
        _STREAMS,
        beats,
        "products",
        flags=0,
        latency=unit.pipeline,
        completes="1",
        reset=8,
    )
    return bench_texts(bench, [_joined(inner, name, widths)])


def _joined(name: str, module: str, widths: dict[str, int]) -> str:
    """Write a module around the unit in which x and y are streams of their own."""
    bits = {stream: f"[{width - 1}:0]" for stream, width in widths.items()}
    return f"""\
module {name} (
  input clk, input rst,
  input {bits["a"]} a, input a_valid, output a_ready,
  input {bits["b"]} b, input b_valid, output b_ready,
  output {bits["c"]} c, output c_valid, input c_ready,
  output reserved, output saturated, output framing
);
  wire ready;
  assign a_ready = ready & b_valid;
  assign b_ready = ready & a_valid;
  assign reserved = 0, saturated = 0, framing = 0;
  {module} unit (
    .clk(clk), .rst(rst), .x(a), .y(b), .i_valid(a_valid & b_valid), .i_ready(ready),
    .p(c), .o_valid(c_valid), .o_ready(c_ready)
  );
endmodule
"""
