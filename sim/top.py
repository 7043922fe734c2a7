"""The Verilog around the units under test.

Crossing from cocotb into the simulator costs the same for one bit as for thousands, so that values cross in packs of
lanes. All units of a build share one top module; those that take the same operands share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LANES = 256  # products a crossing; more gain nothing
STREAM_LANES = 16  # copies of a pipelined unit, each with a rhythm of its own


@dataclass(frozen=True)
class Group:
    """Units of one width that get the same operands."""

    name: str
    width: int
    units: tuple[str, ...]

    @property
    def lane_bits(self) -> int:
        """Bits of a lane: those of the smallest NumPy integer that holds a code."""
        return next(bits for bits in (8, 16, 32) if bits >= self.width)


def product_top(groups: Sequence[Group]) -> tuple[str, list[str]]:
    """A module `top` that multiplies LANES pairs after each change of `go_GROUP`, one a time step, and its signals.

    The bench writes x_GROUP and y_GROUP, then go_GROUP; after LANES + 1 steps it reads p_UNIT.
    """
    lines: list[str] = ["module top;"]
    public: list[str] = []
    for group in groups:
        g, bits, last = group.name, group.lane_bits, group.lane_bits * LANES - 1
        lines += [f"reg go_{g} = 0; integer lane_{g}; reg [{last}:0] x_{g}, y_{g}; reg [{bits - 1}:0] a_{g}, b_{g};"]
        code = f"[{group.width - 1}:0]"
        for unit in group.units:
            lines.append(f"reg [{last}:0] p_{unit} = 0; wire {code} q_{unit};")
            lines.append(f"{unit} u_{unit} (.x(a_{g}{code}), .y(b_{g}{code}), .p(q_{unit}));")
        lane = f"[lane_{g}*{bits} +: {bits}]"
        lines.append(f"always @(go_{g}) for (lane_{g} = 0; lane_{g} < {LANES}; lane_{g} = lane_{g} + 1) begin")
        lines.append(f"a_{g} = x_{g}{lane}; b_{g} = y_{g}{lane}; #1;")
        lines += [f"p_{unit}[lane_{g}*{bits} +: {group.width}] = q_{unit};" for unit in group.units]
        lines.append("end")
        public += [f"go_{g}", f"x_{g}", f"y_{g}", *(f"p_{unit}" for unit in group.units)]
    return "\n".join([*lines, "endmodule", ""]), public


STREAM_SIGNALS = ("x", "y", "p", "i_valid", "i_ready", "o_valid", "o_ready")


def stream_top(groups: Sequence[Group]) -> tuple[str, list[str]]:
    """A module `top` with STREAM_LANES copies of each pipelined unit on one clock, and its signals.

    Each signal of a unit is called UNIT_SIGNAL and packs all its copies.
    """
    lines = ["module top;", "reg clk = 0, rst = 1;", "genvar lane;"]
    public = ["clk", "rst"]
    for group in groups:
        bits, code = group.lane_bits, f"{group.lane_bits} +: {group.width}"
        last, flag = bits * STREAM_LANES - 1, STREAM_LANES - 1
        for u in group.units:
            lines.append(f"reg [{last}:0] {u}_x = 0, {u}_y = 0; wire [{last}:0] {u}_p;")
            lines.append(f"reg [{flag}:0] {u}_i_valid = 0, {u}_o_ready = 0; wire [{flag}:0] {u}_i_ready, {u}_o_valid;")
            lines.append(f"for (lane = 0; lane < {STREAM_LANES}; lane = lane + 1) begin : lanes_{u}")
            connections = [f".{s}({u}_{s}[lane*{code}])" for s in STREAM_SIGNALS[:3]]
            connections += [f".{s}({u}_{s}[lane])" for s in STREAM_SIGNALS[3:]]
            lines.append(f"{u} unit (.clk(clk), .rst(rst), {', '.join(connections)});")
            if bits > group.width:
                lines.append(f"assign {u}_p[lane*{bits} + {group.width} +: {bits - group.width}] = 0;")
            lines.append("end")
            public += [f"{u}_{signal}" for signal in STREAM_SIGNALS]
    return "\n".join([*lines, "endmodule", ""]), public
