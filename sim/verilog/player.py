"""Players: Verilog around arrays under test that plays beats from memories with waits, stores results and counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lmul.sim.verilog.texts import filled

STATUS = (
    "a_taken",
    "b_taken",
    "c_taken",
    "withdrawn",
    "changed",
    "excess",
    "cycles",
    "first",
    "last",
    "idle",
    "flags",
)
"""The counters of a player, 32 bits each, the first one lowest. `first` and `last` are the cycles of beats of a."""

PATIENCE = 2000
"""Cycles without a transfer anywhere after which an array counts as stuck; excess results that are enough."""

ALWAYS = 256
"""Rate of a side that is always active: cycles of 256."""

MIXED = (26, 128, 230, ALWAYS)
"""Rates that sides take in turn in mixed mode."""

_FIELDS = {
    "a": ("a", "a_last", "a_more", "a_keep"),
    "b": ("b", "b_last", "anchor", "x_scale", "y_scale", "b_keep"),
    "c": ("c", "c_last", "c_saturated", "c_nan"),
}


@dataclass(frozen=True)
class Player:
    """Properties of an array that its player needs.

    Attributes
    ----------
    name : str
        The array's module, unlike any other's in the design.
    widths : mapping of str to int
        Bits of its ports.
    depths : mapping of str to int
        Beats that the memories of the streams a, b and c hold.
    aftermath : int
        Cycles that it is watched after its last beat, for one too many.
    module : str, optional
        Module to instantiate instead of `name`: a wrapper with the ports of an array.
    files : mapping of str to str
        Names of the files of beats, without .hex, by stream; those that are not there are NAME_a and so on.
    """

    name: str
    widths: Mapping[str, int]
    depths: Mapping[str, int]
    aftermath: int
    module: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    def fields(self, stream: str) -> list[tuple[str, int]]:
        """List the ports of a stream's payload and their bits; the first is lowest in a beat."""
        return [(port, self.widths[port]) for port in _FIELDS[stream] if port in self.widths]

    def bits(self, stream: str) -> int:
        """Return the bits of a beat in memory, in whole bytes."""
        return -(-sum(width for _, width in self.fields(stream)) // 8) * 8


CLOCK = """\
reg clk = 0, rst = 1, go = 0, running = 0; reg [31:0] limit = 0; integer ticks;
always @(go) begin
  running = 1; ticks = 0;
  while (running) begin
    #1 clk = 1; #1 clk = 0; ticks = ticks + 1;
    if (ticks == limit || !(BUSY)) running = 0;
  end
end
"""
"""Clock of a module `top`, which runs while BUSY, up to `limit` cycles."""


def player_top(players: Sequence[Player]) -> tuple[str, list[str]]:
    """Write the module `top` with a player for each array; return it and its public signals.

    The bench writes counts and rates, toggles NAME_load, sees to `rst`, toggles `go`, and waits until `running` is 0:
    after `limit` cycles, or when all players are done. Then it reads NAME_status, and toggles NAME_dump for a file
    NAME_c.hex; the operands come from NAME_a.hex and NAME_b.hex.
    """
    public = ["rst", "go", "running", "limit"]
    lines = ["module top;", CLOCK.replace("BUSY", " | ".join(f"{p.name}_busy" for p in players))]
    for p in players:
        flags, counts = ["load", "dump", "mixed"], [f"{s}_count" for s in "abc"]
        rates = [f"{s}_rate" for s in "abc"]
        lines += [f"reg {p.name}_{flag} = 0;" for flag in flags]
        lines += [f"reg [31:0] {p.name}_{count} = 0;" for count in counts]
        lines += [f"reg [8:0] {p.name}_{rate} = 0;" for rate in rates]
        lines.append(f"wire [{32 * len(STATUS) - 1}:0] {p.name}_status; wire {p.name}_busy;")
        names = [*flags, *counts, *rates, "status", "busy"]
        connections = ", ".join(f".{name}({p.name}_{name})" for name in names)
        lines.append(f"player_{p.name} play_{p.name} (.clk(clk), .rst(rst), {connections});")
        public += [f"{p.name}_{name}" for name in [*flags, *counts, *rates, "status"]]
    return "\n".join([*lines, "endmodule", "", *(player_module(p) for p in players)]), public


_SOURCE = """\
  reg [BITS-1:0] %_memory [0:DEPTH-1]; reg [BITS-1:0] %; reg %_valid; wire %_ready;
  reg [31:0] %_sent, %_taken, %_random; reg [8:0] %_mood;
  initial begin % = 0; %_valid = 0; %_sent = 0; %_taken = 0; %_random = SEED; %_mood = 0; end
  wire [8:0] %_now = mixed ? %_mood : %_rate;
  always @(load) if (%_count != 0) $readmemh("FILE.hex", %_memory, 0, %_count - 1);
  always @(posedge clk) begin
    %_random <= next(%_random);
    if (cycles[5:0] == 0) %_mood <= mood(%_random[31:30]);
    if (rst) begin %_valid <= 0; %_sent <= 0; %_taken <= 0; end
    else begin
      if (%_valid & %_ready) %_taken <= %_taken + 1;
      if (!%_valid | %_ready) begin
        if (%_sent != %_count && {1'b0, %_random[7:0]} < %_now) begin
          %_valid <= 1; % <= %_memory[%_sent]; %_sent <= %_sent + 1;
        end else begin
          %_valid <= 0; % <= ~%;
        end
      end
    end
  end
"""

_SINK = """\
  reg [BITS-1:0] c_memory [0:DEPTH-1], c_before; wire [BITS-1:0] c; wire c_valid; reg c_ready, c_stalled;
  reg [31:0] c_taken, c_random, withdrawn, changed, excess; reg [8:0] c_mood;
  initial begin
    c_ready = 0; c_before = 0; c_stalled = 0; c_taken = 0; c_random = SEED; c_mood = 0;
    withdrawn = 0; changed = 0; excess = 0;
  end
  wire [8:0] c_now = mixed ? c_mood : c_rate;
  always @(dump) if (c_taken != 0) $writememh("FILE.hex", c_memory, 0, c_taken - 1);
  always @(posedge clk) begin
    c_random <= next(c_random);
    if (cycles[5:0] == 32) c_mood <= mood(c_random[31:30]);
    c_ready <= {1'b0, c_random[7:0]} < c_now;
    c_before <= c;
    c_stalled <= c_valid & ~c_ready & ~rst;
    if (rst) begin c_taken <= 0; withdrawn <= 0; changed <= 0; excess <= 0; end
    else begin
      if (c_stalled & ~c_valid) withdrawn <= withdrawn + 1;
      if (c_stalled & c_valid & (c != c_before)) changed <= changed + 1;
      if (c_valid & c_ready) begin
        if (c_taken < c_count) begin c_memory[c_taken] <= c; c_taken <= c_taken + 1; end
        else excess <= excess + 1;
      end
    end
  end
"""

_FIRST = """\
  reg [31:0] cycles, first, last, idle; reg started;
  initial begin cycles = 0; first = 0; last = 0; idle = 0; started = 0; end
"""

_REST = """\
  wire reserved, saturated, framing;
  wire [31:0] flags = {29'b0, framing, saturated, reserved};
  wire moves = (a_valid & a_ready) | (b_valid & b_ready) | (c_valid & c_ready);
  wire complete = a_taken == a_count && b_taken == b_count && c_taken == c_count;
  assign busy = idle < (complete ? AFTERMATH : PATIENCE) && excess < PATIENCE;
  assign status = {STATUS};
  always @(posedge clk)
    if (rst) begin cycles <= 0; first <= 0; last <= 0; idle <= 0; started <= 0; end
    else begin
      cycles <= cycles + 1;
      idle <= moves ? 0 : idle + 1;
      if (a_valid & a_ready) begin started <= 1; last <= cycles; if (!started) first <= cycles; end
    end
  function [31:0] next(input [31:0] x); reg [31:0] s; begin
    s = x ^ (x << 13); s = s ^ (s >> 17); next = s ^ (s << 5);
  end endfunction
  function [8:0] mood(input [1:0] n);
    case (n) MOODS endcase
  endfunction
"""


def player_module(p: Player) -> str:
    """Write the module player_NAME, which instantiates the array.

    Reset clears the counters. A change of `load` reads NAME_a.hex and NAME_b.hex; a change of `dump` writes NAME_c.hex
    from the memory `c_memory`. Each side is active in as many of 256 cycles as its rate; if `mixed`, the rates vary.
    `busy` is 1 until all beats have passed, or nothing has moved for a while.
    """
    sources = "".join(_filled(_SOURCE.replace("%", stream), p, stream) for stream in "ab")
    sink = _filled(_SINK, p, "c")
    moods = " ".join(f"{n}: mood = {rate};" for n, rate in enumerate(MIXED[:-1]))
    moods += f" default: mood = {MIXED[-1]};"
    limits = {"AFTERMATH": p.aftermath, "PATIENCE": PATIENCE}
    body = filled(_REST, {**limits, "MOODS": moods, "STATUS": ", ".join(reversed(STATUS))})
    connections = [f".{port}({port})" for port in ("clk", "rst", "reserved", "saturated", "framing")]
    for stream in "abc":
        connections += [f".{stream}_{side}({stream}_{side})" for side in ("valid", "ready")]
        place = 0
        for port, width in p.fields(stream):
            connections.append(f".{port}({stream}[{place} +: {width}])")
            place += width
        if rest := p.bits(stream) - place:
            above = f"{stream}[{place} +: {rest}]"
            unused = f"(* unused *) wire unused_{stream}; assign unused_{stream} = &{{1'b0, {above}}};"
            sink += f"  assign {above} = 0;\n" if stream == "c" else f"  {unused}\n"
    inputs = ["clk", "rst", "load", "dump", "mixed"]
    inputs += [f"[31:0] {s}_count" for s in "abc"] + [f"[8:0] {s}_rate" for s in "abc"]
    ports = ", ".join([*(f"input {port}" for port in inputs), f"output [{32 * len(STATUS) - 1}:0] status, output busy"])
    unit = f"  {p.module or p.name} unit ({', '.join(connections)});\n"
    return f"module player_{p.name} ({ports});\n{_FIRST}{sources}{sink}{body}{unit}endmodule\n"


def _filled(text: str, p: Player, stream: str) -> str:
    seed = f"32'h{0x9E3779B9 * ('abc'.index(stream) + 1) & 0xFFFFFFFF:08x}"
    file = p.files.get(stream, f"{p.name}_{stream}")
    return filled(text, {"FILE": file, "BITS": p.bits(stream), "DEPTH": p.depths[stream], "SEED": seed})
