"""Top module around combinational multipliers under test.

Crossing from cocotb into the simulator costs the same for one bit as for thousands, so that values cross in packs of
lanes. All units of a build share one top module; those that take the same operands share them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LANES = 256  # products a crossing; more gain nothing


@dataclass(frozen=True)
class SimulatedUnit:
    """Module under test.

    Attributes
    ----------
    name : str
        Name of the module, unique in the design.
    width : int
        Bits of its product.
    pipeline : int
        Ranks of registers.
    module : str, optional
        Module to instantiate instead of `name`.
    """

    name: str
    width: int
    pipeline: int = 0
    module: str = ""


@dataclass(frozen=True)
class Group:
    """Units that get the same operands.

    Attributes
    ----------
    name : str
        Part of the names of the signals that they share.
    x_width, y_width : int
        Bits of the operands.
    units : tuple of SimulatedUnit
        Each once.
    """

    name: str
    x_width: int
    y_width: int
    units: tuple[SimulatedUnit, ...]


def lane_bits(width: int) -> int:
    """Return the bits of the smallest NumPy integer that holds a code of `width` bits."""
    return next(bits for bits in (8, 16, 32) if bits >= width)


def product_top(groups: Sequence[Group]) -> tuple[str, list[str]]:
    """Write a module `top` that multiplies LANES pairs after each change of `go_GROUP`; list its signals.

    It takes one time step a pair. The bench writes x_GROUP and y_GROUP, then go_GROUP; after LANES + 1 steps it reads
    p_UNIT. Each of them packs its lanes.
    """
    lines: list[str] = ["module top;"]
    public: list[str] = []
    for group in groups:
        g, lane = group.name, f"lane_{group.name}"
        lines.append(f"reg go_{g} = 0; integer {lane};")
        take, give = [], []
        for port, local, width in (("x", "a", group.x_width), ("y", "b", group.y_width)):
            bits = lane_bits(width)
            lines.append(f"reg [{bits * LANES - 1}:0] {port}_{g}; reg [{width - 1}:0] {local}_{g};")
            take.append(f"{local}_{g} = {port}_{g}[{lane}*{bits} +: {width}];")
        for unit in group.units:
            u, bits = unit.name, lane_bits(unit.width)
            lines.append(f"reg [{bits * LANES - 1}:0] p_{u} = 0; wire [{unit.width - 1}:0] q_{u};")
            lines.append(f"{unit.module or u} u_{u} (.x(a_{g}), .y(b_{g}), .p(q_{u}));")
            give.append(f"p_{u}[{lane}*{bits} +: {unit.width}] = q_{u};")
        lines.append(f"always @(go_{g}) for ({lane} = 0; {lane} < {LANES}; {lane} = {lane} + 1) begin")
        lines += [*take, "#1;", *give, "end"]
        public += [f"go_{g}", f"x_{g}", f"y_{g}", *(f"p_{unit.name}" for unit in group.units)]
    return "\n".join([*lines, "endmodule", ""]), public
