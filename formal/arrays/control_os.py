# amaranth: UnusedElaboratable=no
"""Proof of the control of an output-stationary array: see `control`."""

from collections.abc import Sequence

from lmul.formal.arrays.control import Claims, Control
from lmul.formal.edge import NOW, THEN, Induction
from lmul.formal.integers import Truth, all_of, any_of, choose, constant, unsigned


class OutputStationary(Control):
    """Control of an output-stationary array."""

    def claims(self) -> Claims:
        """State what is to be shown."""
        r, c = self.rows, self.columns
        first = r + c + 1  # the age of a tile's last step at which its row 0 comes out
        step = self.bit("grid.valid")
        last = self.flags(step & self.bit("grid.last"), 2 * r + c)
        there = any_of(last[first : first + r])
        before = self._ages(NOW, last)
        after = self._ages(THEN, self.older_flags(last))
        given = [~(self.bit("grid.sums_valid") ^ there)]
        free = self.bit("c_ready") | ~there
        apart = ~self.bit("a_last") | ~any_of([self.never, *last[1:r]])
        both = self.bit("a_valid") & self.bit("b_valid")
        row = constant(self.tm, 0)
        for k in range(r):
            row = choose(last[first + k], k, row)
        shown = {
            "a step is taken where both beats are there, the grid moves, and tiles do not come too fast": ~(
                step ^ (both & free & apart)
            ),
            "c is there with the sums, and its last beat is row R - 1": ~(self.bit("c_valid") ^ there)
            & (~there | ~(self.bit("c_last") ^ row.equals(r - 1))),
            "the grid waits for a beat of c alone": ~(self.moves ^ free),
        }
        results, saturated = self.results()
        taken = self.bit("c_valid") & self.bit("c_ready")
        edge = {
            **self.operands(),
            "a beat of a and one of b are taken together": ~(step ^ (self.bit("a_ready") & self.bit("a_valid")))
            & ~(step ^ (self.bit("b_ready") & self.bit("b_valid"))),
            "the grid knows the last step": ~(self.bit("grid.last") ^ self.bit("a_last")),
            "c has the grid's sums": results,
            "a beat of c waits until it is taken": self.payload_waits("grid.sums_valid"),
            **self.sticky("reserved", step & self.reserved("x"), step & self.reserved("y")),
            **self.sticky("framing", step & (self.bit("a_last") ^ self.bit("b_last"))),
            **self.sticky("saturated", taken & saturated),
        }
        return Claims(edge, Induction(before, after, given, shown))

    def _ages(self, state: str, last: Sequence[Truth]) -> dict[str, Truth]:
        """State what the counters are, given how many steps ago tiles ended."""
        r, first, depth = self.rows, self.rows + self.columns + 1, len(last) - 1
        spaced = [~(last[a] & last[b]) for a in range(1, depth) for b in range(a + 1, min(a + r, depth + 1))]
        # With two rows, the register of `row` is c_last.
        names = {"busy": "busy", "row": "row" if r > 2 else "c_last"}
        busy, row = (
            unsigned(self.tm, self.net(names[name], state)) if r > 1 else constant(self.tm, 0) for name in names
        )
        rest, number = constant(self.tm, 0), constant(self.tm, 0)
        for k in range(1, r):
            rest = choose(last[k], r - k, rest)
            number = choose(last[first + k], k, number)
        return {
            "tiles are R steps apart": all_of([self.always, *spaced]),
            "busy counts the steps until the next tile may end": busy.equals(rest),
            "row counts the beats of c": row.equals(number),
        }
