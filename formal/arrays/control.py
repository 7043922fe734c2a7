# amaranth: UnusedElaboratable=no
"""Proof of what stands around the grid of an array: streams, loader, flags, order of beats. By induction.

The grid is cut. That its sums come out when they do here is shown in `grid`; and what is a premise there, that tiles do
not follow each other too fast and that words are not taken before their turn, is shown here. Converters and rounders
are cut, too; each is proved by itself.
"""

from collections.abc import Mapping
from typing import NamedTuple

from lmul.formal.edge import Induction
from lmul.formal.integers import Integer, Truth, all_of, any_of, is_one
from lmul.formal.streams import Streams, converters_cut
from lmul.golden.accumulators import AccumulatorKind
from lmul.hdl.array.systolic import Dataflow, SystolicArray


class Claims(NamedTuple):
    """Claims of one clock edge, and those of an induction."""

    edge: Mapping[str, Truth]
    induction: Induction


class Control(Streams):
    """Array without its grid, before and after a clock edge."""

    def __init__(self, text: str, top: str, array: SystolicArray) -> None:
        self.array, self.rows, self.columns = array, array.rows, array.columns
        ws = array.dataflow is Dataflow.WEIGHT_STATIONARY
        self.sums, self.words = ("sums_out", "word") if ws else ("sums", "y")
        ports = {"x": ("a", self.rows * array.lanes), "y": ("b", self.columns * array.lanes)}
        cut = [(top, "grid"), *converters_cut(top, array.dot, ports)]
        cut += [(top, "rounder_*")] if array.dot.output is not None else []
        super().__init__(text, top, array.dot, array.style, ports, cut, moves="grid.enable")

    def operands(self) -> dict[str, Truth]:
        """State that what comes in gets to the grid, each at its place, and y through the loader."""
        grid = self.net("grid.x")
        claims = self.converters()
        claims["the grid gets a as it enters"] = all_of(
            [self.same(self.field(grid, i, int(x.sort().bv_size())), x) for i, x in enumerate(self.entering("x"))]
        )
        claims["the grid gets words as the loader makes them of b"] = self.loaded(
            self.net(f"grid.{self.words}"), self.net("anchor") if self.dot.kind.has_anchor else None
        )
        return claims

    def results(self) -> tuple[Truth, Truth]:
        """State that c has the sums of the grid, rounded if there is an output format; tell whether one saturated."""
        dot, grid = self.dot, self.net(f"grid.{self.sums}")
        out, right, flags = self.net("c"), [], [self.never]
        can = dot.kind is not AccumulatorKind.FIXED
        for j in range(self.columns):
            result = self.field(grid, j, dot.width + can)
            total = Integer(self.tm, result).bits(dot.width)
            if can:
                flags.append(is_one(self.tm, self.field(result, dot.width, 1)))
            if dot.output is not None:
                right.append(self.same(self.net(f"rounder_{j}.sum"), total))
                flags.append(self.bit(f"rounder_{j}.saturated"))
                total = self.net(f"rounder_{j}.code")
            right.append(self.same(self.field(out, j, dot.output_width), total))
        flagged = any_of(flags)
        return all_of([*right, ~(self.bit("c_saturated") ^ flagged)]), flagged

    def payload_waits(self, *held: str) -> Truth:
        """State that a beat of c that is not taken is there after the edge, if the grid and rounders hold theirs."""
        waits = self.bit("c_valid") & ~self.bit("c_ready") & ~self.bit("rst")
        cut = [f"grid.{self.sums}", *held]
        if self.dot.output is not None:
            cut += [f"rounder_{j}.{port}" for j in range(self.columns) for port in ("code", "saturated")]
        kept = [self.becomes(name, self.net(name)) for name in cut]
        payload = [self.becomes(name, self.net(name)) for name in ("c_valid", "c", "c_last", "c_saturated")]
        return ~all_of([waits, *kept]) | (all_of(payload) & ~self.moves)
