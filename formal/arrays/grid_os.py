# amaranth: UnusedElaboratable=no
"""Proof of an output-stationary grid: see `grid`."""

from collections.abc import Sequence

from bitwuzla import Kind, Term

from lmul.formal.arrays.grid import MEET, Grid
from lmul.formal.edge import NOW, THEN, Claimed, Edge, Induction
from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, constant, unsigned


class OutputStationary(Grid):
    """Output-stationary grid."""

    def induction(self, late: int) -> Induction:
        """State what holds at every edge; operands meet `late` steps later in a control."""
        r, c = self.rows, self.columns
        depth = 2 * r + c + 1
        xs, ys = self.history("x", depth), self.history("y", depth)
        since = self.flags(self.always, depth)
        valid = self.flags(self.bit("valid"), depth)
        last = self.flags(self.bit("valid") & self.bit("last"), depth)
        # One tile is watched, whichever: the age of its last step, 0 before it, and its results.
        age = unsigned(self.tm, self.fresh(depth.bit_length()))
        results = {place: self.fresh(self.width("row_0.pe_0.below")) for place in self.places}
        before = self._claims(NOW, (xs, ys), since, valid, last, age, results, late)

        starts = age.equals(0) & last[0] & self.moves & self.fresh_truth()
        gone = (age >= depth) & self.moves
        later = choose(age.equals(0), choose(starts, 1, 0), choose(gone, 0, age + choose(self.moves, 1, 0)))
        later = choose(self.bit("rst"), 0, later)
        taken = {
            (i, j): self.chosen((age.equals(r - i + j + 1) & self.moves, self._result(i, j)), otherwise=old)
            for (i, j), old in results.items()
        }
        after = self._claims(
            THEN,
            (self.older(xs), self.older(ys)),
            self.older_flags(since),
            self.older_flags(valid),
            self.older_flags(last),
            later,
            taken,
            late,
        )
        given = [
            *self.skewed("x", ((since[r - 1 - i], self._row(xs[r - 1 - i], i)) for i in range(r))),
            *self.skewed("y", ((since[j], self._column(ys[j], j)) for j in range(c))),
            *self._skewed_flags(valid, last),
            ~(last[0] & any_of([self.never, *last[1:r]])) | ~self.moves,
        ]
        return Induction(before, after, given, {"sums come out, row 0 first": self._comes_out(last, age, results)})

    def _skewed_flags(self, valid: Sequence[Truth], last: Sequence[Truth]) -> list[Truth]:
        """State what the skew of flags puts out; `last` of what is no step may be anything."""
        if "flags" not in self.delayed:
            return []
        out, stated = self.bits("skew_flags.o"), []
        for i, (is_step, at_end) in enumerate(zip(out[::2], out[1::2], strict=True)):
            age = self.rows - 1 - i
            stated += [~(is_step ^ valid[age]), ~((is_step & at_end) ^ last[age])]
        return stated

    def _result(self, i: int, j: int) -> Term:
        """Return the sum of an element, with its flag if it has one, as it drains."""
        total = self.pe(i, j, "total")
        if total.sort().bv_size() == self.width("row_0.pe_0.below"):
            return total
        return self.tm.mk_term(Kind.BV_CONCAT, [self.pe(i, j, "saturated"), total])

    def _row(self, word: Term, i: int) -> Term:
        return self.field(word, i, self.width("row_0.pe_0.x"))

    def _column(self, word: Term, j: int) -> Term:
        return self.field(word, j, self.width("row_0.pe_0.y"))

    def _claims(
        self,
        state: str,
        operands: tuple[Sequence[Term], Sequence[Term]],
        since: Sequence[Truth],
        valid: Sequence[Truth],
        last: Sequence[Truth],
        age: Integer,
        results: dict[tuple[int, int], Term],
        late: int,
    ) -> dict[str, Truth]:
        (xs, ys), r = operands, self.rows
        depth = len(last) - 1
        spaced = [~(last[a] & last[b]) for a in range(1, depth) for b in range(a + 1, min(a + r, depth + 1))]
        meet, ends, waits, drains = [], [], [], []
        for i, j in self.places:
            met = r - i + j + late
            ends_at = r - i + j + 1
            x, y = self._row(xs[met], i), self._column(ys[met], j)
            together = self.same(self.pe(i, j, "x_out", state), x) & self.same(self.pe(i, j, "y_out", state), y)
            meet.append(~since[r - i + j] | together)
            taken = self.pe_bit(i, j, "valid_out", state)
            ends += [
                ~(taken ^ valid[ends_at - 1]),
                ~((taken & self.pe_bit(i, j, "last_out", state)) ^ last[ends_at - 1]),
                ~(self.pe_bit(i, j, "done", state) ^ last[ends_at]),
            ]
            drained = r + j + 2  # the age at which row 0 of this column has its own result
            waits.append(~(self.pe_bit(i, j, "held", state) ^ any_of(last[ends_at + 1 : drained + 1])))
            below = self.pe(i, j, "below", state)
            drains += [
                ~age.equals(a) | self.same(below, results[min(max(i, i + a - drained), r - 1), j])
                for a in range(ends_at + 1, drained + r - i)
            ]
        left = unsigned(self.tm, self.net("sums_left", state)) if r > 1 else constant(self.tm, 0)
        counted = constant(self.tm, 0)
        for k in range(1, r):
            counted = choose(last[r + self.columns + 1 + k], r - k, counted)
        known = [~valid[a] | since[a] for a in range(1, depth + 1)]
        watched = [*known, age <= depth, *(~age.equals(a) | last[a] for a in range(1, depth + 1))]
        return {
            MEET: all_of(meet),
            "each element knows the steps, and the last of a tile": all_of([*ends, *watched]),
            "tiles are R steps apart": all_of([self.always, *spaced]),
            "own results wait": all_of(waits),
            "results drain in order": all_of([self.always, *drains]),
            "the rows that are left are counted": left.equals(counted),
        }

    def _comes_out(self, last: Sequence[Truth], age: Integer, results: dict[tuple[int, int], Term]) -> Truth:
        """State when there are sums, and that those of a column, less its skew, are those of the row whose turn it is.

        In the column j the skew adds C - 1 - j steps.
        """
        r, c = self.rows, self.columns
        claims = [~(self.bit("sums_valid") ^ any_of(last[r + c + 1 : 2 * r + c + 1]))]
        for k, j in self.places:
            claims.append(~age.equals(r + j + 2 + k) | self.same(self.pe(0, j, "below"), results[k, j]))
        return all_of(claims)


def prove_counter_verilog(text: str, top: str, rows: int, seconds: float) -> Claimed:
    """Prove what counts the rows that leave an output-stationary grid, with rows and skews cut. Control: one more."""
    edge = Edge(text, top, [(top, "row_*"), (top, "skew_*")])
    held = edge.bits("row_0.held")[-1]
    if rows == 1:
        there = ~(edge.bit("sums_valid") ^ held)
        return Claimed({"sums are there for the row": edge.ask(there, seconds)}, [edge.ask(~there, seconds)])
    left = unsigned(edge.tm, edge.net("sums_left"))
    after = unsigned(edge.tm, edge.net("sums_left", THEN))

    def counts(most: int) -> Truth:
        following = choose(held, most, choose(left > 0, left - 1, 0))
        return after.equals(choose(edge.bit("rst"), 0, choose(edge.bit("enable"), following, left)))

    valid = ~(edge.bit("sums_valid") ^ (held | (left > 0)))
    claims = {"it counts R - 1 rows behind the first": counts(rows - 1), "sums are there for each": valid}
    answers = edge.ask_all(claims, seconds)
    return Claimed(answers, [edge.ask(counts(rows), seconds, about="control")])
