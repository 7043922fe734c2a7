"""Self-checking bench in Verilog-2005 for an exported array, with the beats that it plays."""

from collections.abc import Iterator

import numpy as np

from lmul.golden.codes import reserved
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.describe.array import streams, what
from lmul.hdl.describe.ports import Field
from lmul.hdl.export.fusesoc import core_file
from lmul.hdl.export.verilog import OWNERSHIP
from lmul.sim.array import aftermath, shape_of
from lmul.sim.stimulus.array_trials import SPECIAL, gaussian, special, uniform
from lmul.sim.stimulus.beats import hexadecimal, pack
from lmul.sim.stimulus.tiles import Beats, Shape, Tiles
from lmul.sim.verilog.player import ALWAYS, STATUS, Player, player_module

RUNS = 4
"""Number of runs; the first has no waits, the others random ones."""

_RESERVED, _SATURATED = 1, 2


def array_files(unit: SystolicArray | AxiStreamArray, seed: int = 0) -> dict[str, str]:
    """Write the companions of an exported array, as text by name: bench, its data, and NAME.core."""
    bench, *data = (files := bench_files(unit, seed))
    return {
        f"{unit.name}.core": core_file(
            unit.name, what(_array(unit)).replace("C = A B, ", ""), bench.removesuffix(".v"), data
        ),
        **files,
    }


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
    p = Player(unit.name, widths, depths, aftermath(array), module)
    text = [_bench(unit, p, fields["a"], beats, flags), player_module(p)]
    if isinstance(unit, AxiStreamArray):
        text.append(_packed(unit, p.module, fields))
    hexes = {f"{unit.name}_{stream}.hex": hexadecimal(each) for stream, each in beats.items()}
    return {f"{unit.name}_tb.v": "\n".join(text), **hexes}


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
    beats, flags, p = [], 0, shape.dot.product
    for each in tiles:
        golden, rows = each.golden(shape), each.a.shape[1]
        last = np.zeros((len(each.a), rows), np.uint8)
        last[:, -1] = 1
        saturated = np.asarray(golden.saturated.any(axis=2))
        codes = golden.codes.reshape(-1, shape.columns)
        fields = [(codes, shape.dot.output_width), (last.reshape(-1, 1), 1), (saturated.reshape(-1, 1), 1)]
        beats.append(pack(fields))
        flags |= _RESERVED * bool(reserved(p.format, each.a).any() or reserved(p.y_format, each.b).any())
        flags |= _SATURATED * bool(saturated.any())
    return np.concatenate(beats), flags


_BENCH = """\
// NAME_tb: plays beats to NAME and compares every beat that comes back with the golden model's.
// The first run has no waits; in RUNS_MORE more each side waits at random. It prints PASS, or FAIL and ends
// with $fatal, which simulators turn into an exit code that is not 0.
//
//   $ iverilog -g2005 -o NAME_tb.vvp NAME.v NAME_tb.v && vvp NAME_tb.vvp
//   $ verilator --binary --timing -CFLAGS -std=c++20 --top-module NAME_tb NAME.v NAME_tb.v && obj_dir/VNAME_tb
//
// NAME_a.hex, NAME_b.hex and NAME_c.hex have to be in the folder where it runs.
// OWNERSHIP

module NAME_tb;
  localparam RUNS = RUNS_ALL, BEATS = C_COUNT, LATENCY = LATENCY_CYCLES;
  localparam [31:0] FLAGS = FLAGS_EXPECTED; // framing, saturated, reserved
  reg clk = 0, rst = 1, load = 0, mixed = 0;
  reg [8:0] a_rate = ALWAYS;
  wire [STATUS_BITS-1:0] status;
  wire busy;
  reg [C_BITS-1:0] expected [0:BEATS-1];
  integer run = 0, i, compared = 0, wrong = 0, faults = 0, now = 0, began = -1, latency = -1;

  player_NAME play (
    .clk(clk), .rst(rst), .load(load), .dump(1'b0), .mixed(mixed), .status(status), .busy(busy),
    .a_count(32'dA_COUNT), .b_count(32'dB_COUNT), .c_count(32'dC_COUNT),
    .a_rate(a_rate), .b_rate(9'dALWAYS), .c_rate(9'dALWAYS)
  );

STATUS_WIRES
  always #5 clk = ~clk;

  // The first sums: from the beat of a that completes them on.
  always @(posedge clk)
    if (!rst) begin
      now = now + 1;
      if (began < 0 && play.a_valid && play.a_ready && COMPLETES) began = now;
      if (latency < 0 && play.c_valid) latency = now - began;
    end

  task fault(input integer code); begin
    faults = faults + 1;
    case (code)
      0: $display("run %0d: %0d of A_COUNT beats of a, %0d of B_COUNT of b, %0d of C_COUNT of c, then nothing moved",
        run, a_taken, b_taken, c_taken);
      1: $display("run %0d: %0d beats that waited were withdrawn, %0d changed", run, withdrawn, changed);
      2: $display("run %0d: %0d beats of c too many", run, excess);
      3: $display("run %0d: flags framing, saturated, reserved are %b, expected %b", run, flags[2:0], FLAGS[2:0]);
      4: $display("latency is %0d cycles, expected %0d", latency, LATENCY);
    endcase
  end endtask

  initial begin
    $readmemh("NAME_c.hex", expected);
    #1 load = 1;
    for (run = 0; run < RUNS; run = run + 1) begin
      rst = 1; mixed = run != 0;
      repeat (RESET_CYCLES) @(negedge clk);
      rst = 0;
      if (run == 0) begin // the first weights come first, so that the first beat of a does not wait
        a_rate = 0;
        repeat (RESET_CYCLES) @(negedge clk);
        a_rate = ALWAYS;
      end
      @(negedge clk);
      while (busy) @(negedge clk);
      if (a_taken !== A_COUNT || b_taken !== B_COUNT || c_taken !== C_COUNT) fault(0);
      if (withdrawn !== 0 || changed !== 0) fault(1);
      if (excess !== 0) fault(2);
      if (flags !== FLAGS) fault(3);
      for (i = 0; i < BEATS; i = i + 1) begin
        compared = compared + 1;
        if (play.c_memory[i] !== expected[i]) begin
          wrong = wrong + 1;
          if (wrong <= 8) $display("run %0d, beat %0d of c: %h, expected %h", run, i, play.c_memory[i], expected[i]);
        end
      end
    end
    if (latency != LATENCY) fault(4);
    if (wrong == 0 && faults == 0)
      $display("PASS: NAME, %0d beats of COLUMNS sums compared, latency %0d cycles", compared, latency);
    else
      $fatal(1, "FAIL: NAME, %0d of %0d beats are wrong, %0d other faults", wrong, compared, faults);
    $finish;
  end
endmodule
"""


def _bench(unit: SystolicArray | AxiStreamArray, p: Player, a: list[Field], beats: dict[str, Beats], flags: int) -> str:
    array = _array(unit)
    # Output-stationary the last step completes row 0, else each beat does; the first tile has one pass.
    completes = f"play.a[{a[0].width}]" if array.dataflow == "os" else "1"
    wires = "".join(f"  wire [31:0] {name} = status[{32 * i} +: 32];\n" for i, name in enumerate(STATUS))
    values = {
        "RUNS_MORE": RUNS - 1,
        "RUNS_ALL": RUNS,
        "OWNERSHIP": OWNERSHIP,
        "LATENCY_CYCLES": unit.latency,
        "FLAGS_EXPECTED": flags,
        "STATUS_BITS": 32 * len(STATUS),
        "STATUS_WIRES": wires,
        "RESET_CYCLES": array.rows + array.columns + 8,
        "COMPLETES": completes,
        "COLUMNS": array.columns,
        "ALWAYS": ALWAYS,
        "NAME": unit.name,
        **{f"{stream.upper()}_COUNT": len(each) for stream, each in beats.items()},
        "C_BITS": p.bits("c"),
    }
    text = _BENCH
    for word, value in values.items():
        text = text.replace(word, str(value))
    return text


def _packed(unit: AxiStreamArray, name: str, fields: dict[str, list[Field]]) -> str:
    """Write a module around the AXI4-Stream unit that has the ports of the array."""
    ports = ["input clk", "input rst"]
    connections = [".aclk(clk)", ".aresetn(~rst)"]
    body = ""
    for stream, prefix in (("a", "s_axis_a"), ("b", "s_axis_b"), ("c", "m_axis_c")):
        into, out = ("input", "output") if stream != "c" else ("output", "input")
        ports += [f"{into} {stream}_valid", f"{out} {stream}_ready"]
        ports += [f"{into} [{field.width - 1}:0] {field.port}" for field in fields[stream]]
        tdata, tkeep, *others = unit.layout[stream]
        elements, *rest = fields[stream]
        connections += [f".{prefix}_t{side}({stream}_{side})" for side in ("valid", "ready")]
        connections += [f".{to.port}({field.port})" for to, field in zip(others, rest, strict=True)]
        own, size, count = elements.element, tdata.element, elements.count
        if stream == "c":
            body += f"  wire [{tdata.width - 1}:0] tdata;\n"
            body += "".join(f"  assign c[{i * own} +: {own}] = tdata[{i * size} +: {own}];\n" for i in range(count))
            connections += [f".{tdata.port}(tdata)", f".{tkeep.port}()"]
        else:
            pad = f"{size - own}'b0, " if size > own else ""
            data = ", ".join(f"{pad}{elements.port}[{i * own} +: {own}]" for i in reversed(range(count)))
            connections += [f".{tdata.port}({{{data}}})", f".{tkeep.port}({{{tkeep.width}{{1'b1}}}})"]
    for flag in ("reserved", "saturated", "framing"):
        ports.append(f"output {flag}")
        connections.append(f".{flag}({flag})")
    inner = ",\n    ".join(connections)
    return f"module {name} (\n  {', '.join(ports)}\n);\n{body}  {unit.name} unit (\n    {inner}\n  );\nendmodule\n"
