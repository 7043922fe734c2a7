"""Choice of the flip-flops that registers are mapped to, by area."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lmul.synth.mapping.flow import Mapped, map_module
from lmul.synth.technology.liberty_cells import Cell
from lmul.synth.technology.technology import Technology
from lmul.tools.process import LimitError, ToolError

_REGISTERS = """module registers (input clk, rst, en, input [3:0] d, output reg [3:0] q);
  always @(posedge clk) begin
    q[0] <= d[0];
    if (rst) q[1] <= 0; else q[1] <= d[1];
    if (en) q[2] <= d[2];
    if (rst) q[3] <= 0; else if (en) q[3] <= d[3];
  end
endmodule
"""
"""Registers as our units have them: plain, with a reset, with an enable, with both."""


@dataclass(frozen=True)
class Choice:
    """Flip-flops that are better not used, and registers mapped to the others, as a module in Yosys' JSON."""

    dear: tuple[str, ...]
    mapped: Mapped


def choose_registers(technology: Callable[[Sequence[str]], Technology], cells: Mapping[str, Cell]) -> Choice | None:
    """Choose the flip-flops that registers are mapped to; return None where the library has no flip-flop.

    Yosys takes the smallest flip-flop that does a register's job alone. Where one with an inverted output and an
    inverter are smaller, or one without enable and a multiplexer, it is left out.

    Parameters
    ----------
    technology : callable
        Function that builds the technology without given flip-flops.
    cells : mapping of str to Cell
        Cells of the library.
    """
    best = _trial(technology, ())
    tried: set[str] = set()
    while best and (untried := [name for name in _flip_flops(best.mapped, cells) if name not in tried]):
        tried.update(alike := _alike(cells[untried[0]], cells))
        other = _trial(technology, (*best.dear, *alike))
        if other and (other.mapped.cost.area_um2 or 0) < (best.mapped.cost.area_um2 or 0):
            best = other
    return best


def _trial(technology: Callable[[Sequence[str]], Technology], dear: tuple[str, ...]) -> Choice | None:
    try:
        return Choice(dear, map_module(_REGISTERS, "registers", technology(dear)))
    except LimitError:  # on a slow machine the choice must not be another one
        raise
    except (ToolError, ValueError):
        return None


def _flip_flops(mapped: Mapped, cells: Mapping[str, Cell]) -> list[str]:
    return [name for name in mapped.cost.cells if name in cells and cells[name].state]


def _alike(cell: Cell, cells: Mapping[str, Cell]) -> list[str]:
    """List the flip-flops of the same function, which differ in size."""
    return [name for name, other in cells.items() if other.state and _function(other) == _function(cell)]


def _function(cell: Cell) -> tuple[object, ...]:
    pins = {name: (pin.direction, pin.function) for name, pin in cell.pins.items()}
    return cell.state, cell.clocked_on, cell.next_state, cell.forced, pins
