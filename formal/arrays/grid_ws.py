# amaranth: UnusedElaboratable=no
"""Proof of a weight-stationary grid: see `grid`."""

from collections.abc import Sequence

from bitwuzla import Term

from lmul.formal.arrays.grid import MEET, Grid
from lmul.formal.edge import NOW, THEN, Induction
from lmul.formal.integers import Truth, all_of, any_of


class WeightStationary(Grid):
    """Weight-stationary grid."""

    def induction(self, late: int) -> Induction:
        """State what holds at every edge; operands meet `late` steps later in a control."""
        r, c = self.rows, self.columns
        depth = r + c
        xs, words = self.history("x", depth), self.history("word", depth)
        since = self.flags(self.always, depth)
        swap = self.flags(self.bit("swap"), depth)
        push = [self.flags(bit, depth) for bit in self.bits("push")]
        width = self.width("row_0.pe_0.word")
        # What the shadow registers and those in use would be without delays from column to column, `depth` steps ago.
        shadow, used = ({place: self.fresh(width) for place in self.places} for _ in range(2))
        before = self._claims(NOW, xs, words, since, swap, push, shadow, used, late)
        rst = self.bit("rst")

        def older(
            oldest: dict[tuple[int, int], Term], new: dict[tuple[int, int], Term], register: str
        ) -> dict[tuple[int, int], Term]:
            # A reset forgets what was under way; what a register then has counts from there on.
            return {
                (i, j): self.chosen(
                    (rst, self.pe(i, j, register, THEN)), (self.moves, new[i, j]), otherwise=oldest[i, j]
                )
                for i, j in self.places
            }

        shadows, in_use = self._weights(words, swap, push, shadow, used)
        after = self._claims(
            THEN,
            self.older(xs),
            self.older(words),
            self.older_flags(since),
            self.older_flags(swap),
            [self.older_flags(each) for each in push],
            older(shadow, shadows[depth - 1], "word_out"),
            older(used, in_use[depth - 1], "word_in_use"),
            late,
        )
        size = self.width("row_0.pe_0.x")
        given = [
            *self.skewed("x", ((since[i], self.field(xs[i], i, size)) for i in range(r))),
            *self.skewed("swap", ((self.always, self.as_bit(swap[i])) for i in range(r))),
            *self.skewed("word", ((since[j], self.field(words[j], j, width)) for j in range(c))),
            *(~(push[i][0] & any_of(swap[:i])) | ~self.moves for i in range(1, r)),
        ]
        return Induction(before, after, given, {"sums pass down": self._down()})

    def _weights(
        self,
        words: Sequence[Term],
        swap: Sequence[Truth],
        push: Sequence[Sequence[Truth]],
        shadow: dict[tuple[int, int], Term],
        used: dict[tuple[int, int], Term],
    ) -> tuple[list[dict[tuple[int, int], Term]], list[dict[tuple[int, int], Term]]]:
        """Build what shadow registers and those in use were without delays, at ages 0, 1 .. depth."""
        width, depth = self.width("row_0.pe_0.word"), len(words) - 1
        shadows, in_use = [shadow], [used]
        for age in range(depth, 0, -1):
            held, uses = shadows[0], in_use[0]
            in_use.insert(0, {p: self.chosen((swap[age], held[p]), otherwise=uses[p]) for p in self.places})
            above = {(i, j): held[i - 1, j] if i else self.field(words[age], j, width) for i, j in self.places}
            shadows.insert(0, {p: self.chosen((push[p[0]][age], above[p]), otherwise=held[p]) for p in self.places})
        return shadows, in_use

    def _claims(
        self,
        state: str,
        xs: Sequence[Term],
        words: Sequence[Term],
        since: Sequence[Truth],
        swap: Sequence[Truth],
        push: Sequence[Sequence[Truth]],
        shadow: dict[tuple[int, int], Term],
        used: dict[tuple[int, int], Term],
        late: int,
    ) -> dict[str, Truth]:
        depth = len(xs) - 1
        shadows, in_use = self._weights(words, swap, push, shadow, used)
        size = self.width("row_0.pe_0.x")
        meet, moved, loaded, uses = [], [], [], []
        for i, j in self.places:
            age = i + j + 1
            x = self.field(xs[min(age + late, depth)], i, size)
            meet.append(~since[age] | self.same(self.pe(i, j, "x_out", state), x))
            if j + 1 < self.columns:  # those of the last column are unused
                moved += [
                    ~(self.pe_bit(i, j, "swap_out", state) ^ swap[age]),
                    ~(self.pe_bit(i, j, "push_out", state) ^ push[i][j + 1]),
                ]
            loaded.append(self.same(self.pe(i, j, "word_out", state), shadows[j][i, j]))
            uses.append(self.same(self.pe(i, j, "word_in_use", state), in_use[i + j][i, j]))
        known = [~one[age] | since[age] for one in (swap, *push) for age in range(1, depth + 1)]
        # No row takes new words before it has put those of a swap to use.
        apart = [
            ~(push[i][age] & swap[age + n])
            for i in range(1, self.rows)
            for n in range(i)
            for age in range(1, depth + 1 - n)
        ]
        return {
            MEET: all_of([*meet, *uses]),
            "the swap and the push pass on": all_of([*known, *moved]),
            "words move down": all_of(loaded),
            "no words are taken before their turn": all_of([self.always, *apart]),
        }

    def _down(self) -> Truth:
        """State that an element takes the sum of the one above it, and that on top what comes in."""
        width = self.width("row_0.pe_0.sum")
        top = self.net("skew_sums.o" if "sums" in self.delayed else "sums")
        return all_of(
            [
                self.same(self.pe(i, j, "sum"), self.pe(i - 1, j, "sum_out") if i else self.field(top, j, width))
                for i, j in self.places
            ]
        )
