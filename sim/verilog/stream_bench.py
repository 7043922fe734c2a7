"""Self-checking bench in Verilog-2005 for a unit whose ports are streams."""

from collections.abc import Mapping
from dataclasses import dataclass

from lmul.hdl.export.verilog import OWNERSHIP
from lmul.sim.stimulus.tiles import Beats
from lmul.sim.verilog.player import ALWAYS, STATUS, Player, player_module
from lmul.sim.verilog.texts import filled

RUNS = 4
"""Number of runs; the first has no waits, the others random ones."""

RESERVED, SATURATED = 1, 2
"""Flags of a unit as bits."""


@dataclass(frozen=True)
class StreamBench:
    """What a bench plays to a unit and expects of it.

    Attributes
    ----------
    name : str
        Module under test; the bench is NAME_tb.
    player : Player
        Player around it; its streams a, b and c are those of the unit by other names, or something in between.
    streams : mapping of str to str
        Names of a, b and c in messages.
    beats : mapping of str to Beats
        Beats of a and b, and the expected ones of c.
    compared : str
        What a beat of c is, in the plural.
    flags : int
        Flags that the unit has raised at the end.
    latency : int
        Cycles from the beat of a that completes the first result to this result.
    completes : str
        Condition, in Verilog, for a beat of a to do so.
    reset : int
        Cycles of reset.
    """

    name: str
    player: Player
    streams: Mapping[str, str]
    beats: Mapping[str, Beats]
    compared: str
    flags: int
    latency: int
    completes: str
    reset: int


def file_names(name: str, streams: Mapping[str, str]) -> dict[str, str]:
    """Name the files of beats of a module's streams, without .hex."""
    return {stream: f"{name}_{called}" for stream, called in streams.items()}


def stream_bench(b: StreamBench) -> str:
    """Write NAME_tb and the player in it, for one file; wrappers of the unit come behind."""
    files = [f"{file}.hex" for file in file_names(b.name, b.streams).values()]
    used = [name for name in STATUS if name not in _UNUSED]
    values = {
        "RUNS_MORE": RUNS - 1,
        "RUNS_ALL": RUNS,
        "FILES": f"{', '.join(files[:-1])} and {files[-1]}",
        "OWNERSHIP": OWNERSHIP,
        "LATENCY_CYCLES": b.latency,
        "FLAGS_EXPECTED": b.flags,
        "STATUS_BITS": 32 * len(STATUS),
        "STATUS_WIRES": "".join(f"  wire [31:0] {s} = status[{32 * STATUS.index(s)} +: 32];\n" for s in used),
        "STATUS_UNUSED": f"status[{32 * STATUS.index(_UNUSED[0])} +: {32 * len(_UNUSED)}]",
        "RESET_CYCLES": b.reset,
        "COMPLETES": b.completes,
        "COMPARED": b.compared,
        "CYCLES": "cycle" if b.latency == 1 else "cycles",
        "ALWAYS": ALWAYS,
        "NAME": b.name,
        **{f"{stream.upper()}_COUNT": len(each) for stream, each in b.beats.items()},
        **{f"{stream.upper()}_CALLED": called for stream, called in b.streams.items()},
        "C_BITS": b.player.bits("c"),
    }
    return f"{filled(_BENCH, values)}\n{_ALLOWED}\n{player_module(b.player)}"


_UNUSED = ("cycles", "first", "last", "idle")  # of STATUS, side by side

_ALLOWED = "// verilator lint_off DECLFILENAME\n// The modules below belong to the bench and to nothing else."

_BENCH = """\
// NAME_tb: plays beats to NAME and compares every beat that comes back with the golden model's.
// The first run has no waits; in RUNS_MORE more each side waits at random. It prints PASS, or FAIL and ends
// with $fatal, which simulators turn into an exit code that is not 0.
//
//   $ iverilog -g2005 -o NAME_tb.vvp NAME.v NAME_tb.v && vvp NAME_tb.vvp
//   $ verilator --binary --timing -CFLAGS -std=c++20 --top-module NAME_tb NAME.v NAME_tb.v && obj_dir/VNAME_tb
//
// FILES have to be in the folder where it runs.
// OWNERSHIP

module NAME_tb;
  localparam RUNS = RUNS_ALL, BEATS = C_COUNT, LATENCY = LATENCY_CYCLES;
  localparam [31:0] FLAGS = FLAGS_EXPECTED; // framing, saturated, reserved
  reg clk, rst, load, mixed;
  reg [8:0] a_rate;
  wire [STATUS_BITS-1:0] status;
  wire busy;
  reg [C_BITS-1:0] expected [0:BEATS-1];
  integer run, i, compared, wrong, faults, now, began, latency;

  player_NAME play (
    .clk(clk), .rst(rst), .load(load), .dump(1'b0), .mixed(mixed), .status(status), .busy(busy),
    .a_count(32'dA_COUNT), .b_count(32'dB_COUNT), .c_count(32'dC_COUNT),
    .a_rate(a_rate), .b_rate(9'dALWAYS), .c_rate(9'dALWAYS)
  );

STATUS_WIRES  (* unused *) wire unused; assign unused = &{1'b0, STATUS_UNUSED};

  initial begin
    clk = 0; now = 0; began = -1; latency = -1;
  end
  always #5 clk = ~clk;

  // The first results: from the beat of A_CALLED that completes them on.
  always @(posedge clk)
    if (!rst) begin
      now <= now + 1;
      if (began < 0 && play.a_valid && play.a_ready && COMPLETES) began <= now;
      if (latency < 0 && play.c_valid) latency <= now - began;
    end

  task fault(input integer code); begin
    faults = faults + 1;
    case (code)
      0: $display("run %0d: %0d of A_COUNT beats of A_CALLED, %0d of B_COUNT of B_CALLED, %0d of C_COUNT of C_CALLED, \
then nothing moved",
        run, a_taken, b_taken, c_taken);
      1: $display("run %0d: %0d beats that waited were withdrawn, %0d changed", run, withdrawn, changed);
      2: $display("run %0d: %0d beats of C_CALLED too many", run, excess);
      3: $display("run %0d: flags framing, saturated, reserved are %b, expected %b", run, flags[2:0], FLAGS[2:0]);
      default: $display("latency is %0d cycles, expected %0d", latency, LATENCY);
    endcase
  end endtask

  initial begin
    $readmemh("NAME_C_CALLED.hex", expected);
    rst = 1; load = 0; mixed = 0; a_rate = ALWAYS; compared = 0; wrong = 0; faults = 0;
    #1 load = 1;
    for (run = 0; run < RUNS; run = run + 1) begin
      rst = 1; mixed = run != 0;
      repeat (RESET_CYCLES) @(negedge clk);
      rst = 0;
      if (run == 0) begin // B_CALLED comes first, so that the first beat of A_CALLED does not wait
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
          if (wrong <= 8)
            $display("run %0d, beat %0d of C_CALLED: %h, expected %h", run, i, play.c_memory[i], expected[i]);
        end
      end
    end
    if (latency != LATENCY) fault(4);
    if (wrong == 0 && faults == 0)
      $display("PASS: NAME, %0d COMPARED compared, latency %0d CYCLES", compared, latency);
    else
      $fatal(1, "FAIL: NAME, %0d of %0d beats are wrong, %0d other faults", wrong, compared, faults);
    $finish;
  end
endmodule
"""
