"""Top module around pipelined multipliers: Verilog that feeds copies of each with waits, takes products, checks rules.

Each copy has a source and a sink of its own that wait at random. A copy gets the next operands whenever its source is
active, so that the fast ones do most of the work. Nothing of a cycle crosses into cocotb.
"""

from collections.abc import Sequence

from lmul.sim.verilog.player import CLOCK
from lmul.sim.verilog.texts import filled
from lmul.sim.verilog.unit_top import Group, SimulatedUnit, lane_bits

COPIES = 16
"""Copies of a unit: one for every pair of rates of source and sink."""

RATES = (26, 128, 230, 256)
"""Cycles of 256 in which a side is active."""

DEPTH = 1 << 16
"""Pairs of operands that the memories of a unit hold."""

PATIENCE = 2000
"""Cycles without a transfer anywhere after which a unit counts as stuck."""

AFTERMATH = 50
"""Cycles that a unit is watched after its last product, for one too many."""

FAULTS = (
    "a product that was not taken was withdrawn",
    "a product changed while it waited",
    "a product came out for which no operands went in",
    "operands were refused while there was room",
)
"""Broken rules by their codes, the first of which is 1."""

SIGNALS = ("load", "dump", "count", "done", "fault", "copy")

_QUEUE = 64  # a copy that holds more operands than this is wrong, and loses them

_INSTANCE = """\
reg NAME_load = 0, NAME_dump = 0; reg [31:0] NAME_count = 0; wire [31:0] NAME_done, NAME_fault, NAME_copy;
wire NAME_busy;
stream_NAME feed_NAME (.clk(clk), .rst(rst), .load(NAME_load), .dump(NAME_dump), .count(NAME_count),
  .done(NAME_done), .fault(NAME_fault), .copy(NAME_copy), .busy(NAME_busy));
"""

_MODULE = """\
module stream_NAME (input clk, input rst, input load, input dump, input [31:0] count,
  output reg [31:0] done, output reg [31:0] fault, output reg [31:0] copy, output busy);
  reg [X_BITS-1:0] x [0:COPIES-1]; reg [Y_BITS-1:0] y [0:COPIES-1]; wire [P_BITS-1:0] p [0:COPIES-1];
  reg [COPIES-1:0] i_valid = 0, o_ready = 0; wire [COPIES-1:0] i_ready, o_valid;
  genvar g;
  generate for (g = 0; g < COPIES; g = g + 1) begin : copies
    UNIT unit (.clk(clk), .rst(rst), .x(x[g]), .y(y[g]), .p(p[g]),
      .i_valid(i_valid[g]), .i_ready(i_ready[g]), .o_valid(o_valid[g]), .o_ready(o_ready[g]));
  end endgenerate
  reg [Y_LANE+X_LANE-1:0] operands [0:DEPTH-1]; reg [P_LANE-1:0] products [0:DEPTH-1];
  reg [31:0] queue [0:COPIES*QUEUE-1]; // places in the memories of what went into each copy
  reg [31:0] sent [0:COPIES-1], taken [0:COPIES-1], place [0:COPIES-1]; reg [P_BITS-1:0] previous [0:COPIES-1];
  reg [COPIES-1:0] offered = 0, stalled = 0; reg [31:0] next = 0, idle = 0, random = 32'h9e3779b9;
  reg moved, came; integer i;
  assign busy = fault == 0 && idle <= (done == count ? AFTERMATH : PATIENCE);
  function [8:0] rate(input [1:0] n);
    case (n) MOODS endcase
  endfunction
  initial begin done = 0; fault = 0; copy = 0; end
  always @(load) if (count != 0) $readmemh("NAME_operands.hex", operands, 0, count - 1);
  always @(dump) if (count != 0) $writememh("NAME_products.hex", products, 0, count - 1);
  always @(posedge clk or negedge clk)
    if (clk) begin // what is there just before the edge
      moved = 0;
      /* verilator unroll_disable */ for (i = 0; i < COPIES; i = i + 1) begin
        if (rst) begin
          sent[i] = 0; taken[i] = 0; offered[i] = 0; stalled[i] = 0;
        end else begin
          came = o_valid[i] & o_ready[i];
          if (fault == 0) begin
            copy = i;
            if (stalled[i] & ~o_valid[i]) fault = 1;
            else if (stalled[i] && p[i] != previous[i]) fault = 2;
            else if (came && taken[i] == sent[i]) fault = 3;
            else if (!i_ready[i] && sent[i] - taken[i] < PIPELINE) fault = 4;
          end
          if (came && taken[i] != sent[i]) begin
            products[queue[i * QUEUE + taken[i] % QUEUE]] = PRODUCT;
            taken[i] = taken[i] + 1; done = done + 1; moved = 1;
          end
          if (i_ready[i] & offered[i]) begin
            queue[i * QUEUE + sent[i] % QUEUE] = place[i];
            sent[i] = sent[i] + 1; offered[i] = 0; moved = 1;
          end
          stalled[i] = o_valid[i] & ~o_ready[i]; previous[i] = p[i];
        end
      end
      if (rst) begin next = 0; done = 0; fault = 0; idle = 0; end
      else idle = moved ? 0 : idle + 1;
    end else begin
      /* verilator unroll_disable */ for (i = 0; i < COPIES; i = i + 1) begin
        random = random ^ (random << 13); random = random ^ (random >> 17); random = random ^ (random << 5);
        if (!offered[i]) begin
          if (next != count && {1'b0, random[7:0]} < rate(i[1:0])) begin
            offered[i] = 1; place[i] = next; next = next + 1;
            x[i] = operands[place[i]][0 +: X_BITS]; y[i] = operands[place[i]][X_LANE +: Y_BITS];
          end else begin x[i] = ~x[i]; y[i] = ~y[i]; end
        end
        i_valid[i] = offered[i]; o_ready[i] = {1'b0, random[23:16]} < rate(i[3:2]);
      end
    end
endmodule
"""


def stream_top(groups: Sequence[Group]) -> tuple[str, list[str]]:
    """Write a module `top` with a feed for each pipelined unit on one clock; return it and its public signals.

    A change of UNIT_load reads UNIT_count pairs from UNIT_operands.hex, y above x, each in a lane of its own. The bench
    sees to `rst` and toggles `go`; `running` is 0 after `limit` cycles, or when all units are done. Then UNIT_done
    products have come, or UNIT_copy has broken rule UNIT_fault. A change of UNIT_dump writes UNIT_products.hex.
    """
    units = [(group, unit) for group in groups for unit in group.units]
    lines = ["module top;", CLOCK.replace("BUSY", " | ".join(f"{unit.name}_busy" for _, unit in units))]
    lines += [_INSTANCE.replace("NAME", unit.name) for _, unit in units]
    public = ["rst", "go", "running", "limit", *(f"{unit.name}_{signal}" for _, unit in units for signal in SIGNALS)]
    return "\n".join([*lines, "endmodule", "", *(_module(group, unit) for group, unit in units)]), public


def _module(group: Group, unit: SimulatedUnit) -> str:
    rest = lane_bits(unit.width) - unit.width
    values = {
        "MOODS": " ".join(f"{n}: rate = {rate};" for n, rate in enumerate(RATES)),
        "PRODUCT": f"{{{rest}'b0, p[i]}}" if rest else "p[i]",
        "PIPELINE": unit.pipeline,
        "PATIENCE": PATIENCE,
        "AFTERMATH": AFTERMATH,
        "COPIES": COPIES,
        "QUEUE": _QUEUE,
        "DEPTH": DEPTH,
        "X_BITS": group.x_width,
        "Y_BITS": group.y_width,
        "P_BITS": unit.width,
        "X_LANE": lane_bits(group.x_width),
        "Y_LANE": lane_bits(group.y_width),
        "P_LANE": lane_bits(unit.width),
        "NAME": unit.name,
        "UNIT": unit.module or unit.name,
    }
    return filled(_MODULE, values)
