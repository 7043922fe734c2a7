# amaranth: UnusedElaboratable=no
"""Proof of a grid: which step's operands meet in each element, and when its sums come out. By induction on clock edges.

A step is a clock edge with `enable`. Skews are cut: that they delay is shown of their structure (`structure`), and here
it is a premise. So are lanes: what an element does with operands that meet there is shown in `element`.
"""

from collections.abc import Iterable
from itertools import product

from bitwuzla import Term

from lmul.formal.arrays.structure import skews_of
from lmul.formal.edge import NOW, Edge
from lmul.formal.integers import Truth
from lmul.formal.sums.products import arithmetic
from lmul.hdl.array.systolic import SystolicArray

MEET = "operands of a step meet"


class Grid(Edge):
    """Grid before and after a clock edge, and what its inputs were at earlier steps."""

    def __init__(self, text: str, top: str, array: SystolicArray) -> None:
        self.rows, self.columns = array.rows, array.columns
        self.places = list(product(range(self.rows), range(self.columns)))
        self.delayed = list(skews_of((self.rows, self.columns), array.dataflow))
        cut = [
            (f"{top.removesuffix('_grid')}_element", arithmetic(array.dot)),
            *((top, f"skew_{name}") for name in self.delayed),
        ]
        super().__init__(text, top, cut, moves="enable")

    def pe(self, i: int, j: int, wire: str, state: str = NOW) -> Term:
        """Return the value of a wire of an element."""
        return self.net(f"row_{i}.pe_{j}.{wire}", state)

    def pe_bit(self, i: int, j: int, wire: str, state: str = NOW) -> Truth:
        """Tell whether a wire of one bit of an element is 1."""
        return self.bit(f"row_{i}.pe_{j}.{wire}", state)

    def skewed(self, name: str, fields: Iterable[tuple[Truth, Term]]) -> list[Truth]:
        """State that a skew puts out these fields, where they came in since a reset; without one state nothing."""
        if name not in self.delayed:
            return []
        out = self.net(f"skew_{name}.o")
        return [
            ~since | self.same(self.field(out, n, int(f.sort().bv_size())), f) for n, (since, f) in enumerate(fields)
        ]
