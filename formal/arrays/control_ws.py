# amaranth: UnusedElaboratable=no
"""Proof of the control of a weight-stationary array: see `control`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bitwuzla import Term

from lmul.formal.arrays.control import Claims, Control
from lmul.formal.edge import NOW, THEN, Induction
from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, constant, unsigned


@dataclass(frozen=True)
class _Stays:
    """Beat of sums in the queue that is watched, whichever.

    Attributes
    ----------
    there : Truth
        It is in the queue.
    ahead : Integer
        Beats before it.
    place : Integer
        Where it was written.
    """

    there: Truth
    ahead: Integer
    place: Integer


class WeightStationary(Control):
    """Control of a weight-stationary array. All beats of a pass must have the same a_more."""

    def claims(self) -> Claims:
        """State what is to be shown."""
        latency = self.rows + self.columns
        step, load = self.bit("a_ready") & self.bit("a_valid"), self.bit("b_ready") & self.bit("b_valid")
        swap = self.flags(self.bit("grid.swap"), self.rows)
        steps = self.flags(step, latency)
        last = self.flags(step & self.bit("a_last"), latency)
        more = self.flags(step & self.bit("a_more"), latency)
        goes_on = self.fresh_truth()  # a_more of the pass that is under way
        # Sums that stay: those that wait, and those in the grid from each age on; so each needs the next alone.
        size = (self.array.sums + latency).bit_length() + 1
        kept = [Integer(self.tm, self.fresh(size)) for _ in range(latency)]
        width = self.array.sums.bit_length()
        stays = _Stays(self.fresh_truth(), *(unsigned(self.tm, self.fresh(width)) for _ in range(2)))
        before = self._registers(NOW, swap, steps, last, more, goes_on, kept) | self._queue(NOW, stays)
        popped = choose(step & self._takes(), 1, 0)
        older = [kept[0] + choose(more[0], 1, 0), *kept]
        moved = [
            choose(self.bit("rst"), 0, choose(self.moves, new, old) - popped).bits(size) for new, old in pairwise(older)
        ]
        left = [Integer(self.tm, each) for each in moved]
        later = (step & self.bit("a_more")) | (~step & goes_on)
        older_flags = self.older_flags
        after = self._registers(
            THEN, older_flags(swap), older_flags(steps), older_flags(last), older_flags(more), later, left
        ) | self._queue(THEN, self._moved(stays, step & self._takes()))
        first, count = self.bit("first"), self._number("words_loaded")
        given = [
            ~self.bit("framing", THEN),
            first | ~step | ~(self.bit("a_more") ^ goes_on),
        ]
        there = steps[latency] & ~more[latency]
        free = self.bit("c_ready") | ~there
        full, takes = count.equals(self.rows), self._takes()
        waiting = self._number("sums_waiting")
        pops = step & takes
        pushed = choose(self.bit("grid.swap"), 0, count)
        rows = self.bits("grid.push")
        shown = {
            "a beat of a is taken where the grid moves, with words for it and the sums that it goes on with": ~(
                step ^ (self.bit("a_valid") & free & (full | ~first) & (~takes | (waiting > 0)))
            ),
            "a beat of b is taken where the grid moves and there is place": ~(
                load ^ (self.bit("b_valid") & free & (~full | self.bit("grid.swap")))
            ),
            "a pass begins with new words, all of them": ~(self.bit("grid.swap") ^ (step & first))
            & (~self.bit("grid.swap") | full),
            "words are counted from a swap on": self._number("words_loaded", THEN).equals(
                choose(self.bit("rst"), 0, pushed + choose(load, 1, 0))
            ),
            "words move down, beat n as far as row R - 1 - n": all_of(
                [~(row ^ (load & (pushed >= i))) for i, row in enumerate(rows)]
            ),
            "no words are taken before their turn": all_of(
                [self.always, *(~(row & any_of(swap[:i])) for i, row in enumerate(rows) if i)]
            ),
            "c is there with the sums of passes that end, and its last beat is theirs": ~(self.bit("c_valid") ^ there)
            & (~there | ~(self.bit("c_last") ^ last[latency])),
            "the grid waits for a beat of c alone": ~(self.moves ^ free),
            "there is a place for sums that stay": ~self._arrives() | (waiting < self.array.sums),
            "sums that stay come out in their order, and none is written over": (~pops | (waiting > 0))
            & (~(stays.there & stays.ahead.equals(0)) | self._address("out_of__addr").equals(stays.place))
            & (
                ~(stays.there & self._arrives() & ~(pops & stays.ahead.equals(0)))
                | ~self._address("into__addr").equals(stays.place)
            ),
        }
        results, saturated = self.results()
        taken = self.bit("c_valid") & self.bit("c_ready")
        following = self._following()
        a_last, a_more = self.bit("a_last"), self.bit("a_more")
        start = self.chosen((takes, self.net("out_of__data")), otherwise=self._zeros())
        edge = {
            **self.operands(),
            "sums begin with 0, or with those that stay": self.same(self.net("grid.sums"), self.net("sums_start"))
            & self.becomes("sums_start", self.chosen((self.moves, start), otherwise=self.net("sums_start"))),
            **self._queued(),
            "a pass begins behind a last beat, or a reset": ~(
                self.bit("first", THEN) ^ (self.bit("rst") | (step & self.bit("a_last")) | (~step & first))
            ),
            "c has the grid's sums": results,
            "a beat of c waits until it is taken": self.payload_waits(),
            **self.sticky("reserved", step & self.reserved("x"), load & self.reserved("y")),
            **self.sticky(
                "framing",
                load & (self.bit("b_last") ^ pushed.equals(self.rows - 1)),
                step & a_more & (following > self.array.sums),
                step & self.bit("again") & (a_last ^ following.equals(self._number("rows_left"))),
            ),
            **self.sticky("saturated", taken & saturated),
        }
        return Claims(edge, Induction(before, after, given, shown))

    def _queued(self) -> dict[str, Truth]:
        """State when the sums that stay are written; where there is place for one beat alone, that a register does."""
        if self.array.sums > 1:
            return {"sums that stay are written when they arrive": ~(self.bit("arrives") ^ self._arrives())}
        place = self.net("partial[0]")
        takes = self.becomes("partial[0]", self.chosen((self._arrives(), self.net("grid.sums_out")), otherwise=place))
        return {"the sums that stay are in their register": takes & self.same(self.net("out_of__data"), place)}

    def _zeros(self) -> Term:
        return self.tm.mk_bv_zero(self.net("sums_start").sort())

    def _number(self, name: str, state: str = NOW) -> Integer:
        return unsigned(self.tm, self.net(name, state))

    def _following(self) -> Integer:
        """Build the rows of the pass with the beat of a that is there; beyond the most that sums can stay for, one."""
        row = self._number("row")
        return choose(row > self.array.sums, row, row + 1)

    def _takes(self) -> Truth:
        """Tell whether the next beat of a goes on with a sum that stayed."""
        return self.bit("again") & (self._number("row") < self._number("rows_left"))

    def _arrives(self) -> Truth:
        """Tell whether sums come out of the grid that stay."""
        return self.bits("valid")[-1] & self.bits("more")[-1]

    def _registers(
        self,
        state: str,
        swap: Sequence[Truth],
        steps: Sequence[Truth],
        last: Sequence[Truth],
        more: Sequence[Truth],
        goes_on: Truth,
        kept: Sequence[Integer],
    ) -> dict[str, Truth]:
        """State what the registers are, given what was taken and when."""
        sums = self.array.sums
        names = ("valid", "last", "more")
        if {self.width(name) for name in names} != {len(steps) - 1}:
            raise ValueError(f"{', '.join(names)} must have {len(steps) - 1} bits each, as in an export")
        flags = zip(*(self.bits(name, state) for name in names), strict=True)
        under_way = []
        for age, (valid, at_end, stays) in enumerate(flags, 1):
            under_way += [~(valid ^ steps[age]), ~((valid & at_end) ^ last[age]), ~((valid & stays) ^ more[age])]
        count, waiting = self._number("words_loaded", state), self._number("sums_waiting", state)
        loaded = [count <= self.rows, *(~swap[a] | (count <= a) for a in range(1, self.rows))]
        first, again = self.bit("first", state), self.bit("again", state)
        row, left = self._number("row", state), self._number("rows_left", state)
        inside = [
            younger.equals(older + choose(flag, 1, 0))
            for younger, older, flag in zip(kept, [*kept[1:], waiting], more[1:], strict=True)
        ]
        owed = choose(again, left - row, 0) + choose(goes_on & ~first, row, 0)
        into, out = (self._address(name, state) for name in ("into__addr", "out_of__addr"))
        return {
            "what is in the grid is known": all_of(under_way),
            "words are counted, and rows with words to come keep theirs": all_of(loaded),
            "rows are counted": (left <= sums)
            & (~first | row.equals(0))
            & (first | (row >= 1))
            & (~again | (row < left))
            & (~(goes_on & ~first) | (row <= sums)),
            "sums that stay are those of the rows": all_of(
                [~self.bit("framing", state), *inside, kept[0].equals(owed)]
            ),
            "the queue is from its one end to the other": self._wrapped(into).equals(self._wrapped(out + waiting))
            & (waiting <= sums),
        }

    def _moved(self, stays: _Stays, pops: Truth) -> _Stays:
        """Build what becomes of the beat of sums that is watched."""
        goes_in = ~stays.there & self._arrives() & self.fresh_truth()
        leaves = stays.there & pops & stays.ahead.equals(0)
        gone = choose(pops, 1, 0)
        width = self.array.sums.bit_length()
        ahead = choose(stays.there, stays.ahead - gone, self._number("sums_waiting") - gone)
        place = choose(stays.there, stays.place, self._address("into__addr"))
        return _Stays(
            ~self.bit("rst") & (goes_in | (stays.there & ~leaves)),
            *(unsigned(self.tm, number.bits(width)) for number in (ahead, place)),
        )

    def _queue(self, state: str, stays: _Stays) -> dict[str, Truth]:
        """State where the beat of sums that is watched is."""
        place = self._wrapped(self._address("out_of__addr", state) + stays.ahead)
        behind = stays.ahead < self._number("sums_waiting", state)
        return {"sums that stay are where they were written": ~stays.there | (behind & place.equals(stays.place))}

    def _wrapped(self, address: Integer) -> Integer:
        return address % self.array.sums if self.array.sums > 1 else constant(self.tm, 0)

    def _address(self, name: str, state: str = NOW) -> Integer:
        return self._number(name, state) if self.array.sums > 1 else constant(self.tm, 0)
