# amaranth: UnusedElaboratable=no
"""Proof of what stands around the grid of an array: streams, loader, flags, order of beats. By induction.

The grid is cut. That its sums come out when they do here is shown in `grid`; and what is a premise there, that tiles do
not follow each other too fast and that words are not taken before their turn, is shown here. Converters and rounders
are cut, too; each is proved by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bitwuzla import Term

from lmul.formal.edge import NOW, THEN, Claimed, Induction
from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, constant, is_one, unsigned
from lmul.formal.streams import Streams, converted_sides
from lmul.golden.accumulators import AccumulatorKind
from lmul.hdl.array.systolic import Dataflow, SystolicArray


class Claims(NamedTuple):
    """Claims of one clock edge, and those of an induction."""

    edge: Mapping[str, Truth]
    induction: Induction


def prove_control_verilog(text: str, top: str, array: SystolicArray, seconds: float) -> Claimed:
    """Prove the Verilog of an array around its grid. Control: a grid that moves on where a beat of c waits."""
    control = CONTROLS[array.dataflow](text, top, array)
    edge, induction = control.claims()
    claims = control.ask_all(edge, seconds)
    return Claimed(claims | induction.prove(control, seconds), [control.ask(control.moves, seconds, about="control")])


class _Control(Streams):
    """Array without its grid, before and after a clock edge."""

    def __init__(self, text: str, top: str, array: SystolicArray) -> None:
        self.array, self.rows, self.columns = array, array.rows, array.columns
        ws = array.dataflow is Dataflow.WEIGHT_STATIONARY
        self.sums, self.words = ("sums_out", "word") if ws else ("sums", "y")
        ports = {"x": ("a", self.rows * array.lanes), "y": ("b", self.columns * array.lanes)}
        cut = [(top, "grid"), *((top, f"{ports[side][0]}_converter_*") for side in converted_sides(array.dot))]
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


class OutputStationary(_Control):
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


class WeightStationary(_Control):
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
            **self._only_place(),
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

    def _only_place(self) -> dict[str, Truth]:
        """State what becomes of the sums that stay where there is place for one beat alone, in a register."""
        if self.array.sums > 1:
            return {}
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
        flags = zip(*(self.bits(name, state) for name in ("valid", "last", "more")), strict=True)
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


CONTROLS: dict[Dataflow, type[OutputStationary] | type[WeightStationary]] = {
    Dataflow.OUTPUT_STATIONARY: OutputStationary,
    Dataflow.WEIGHT_STATIONARY: WeightStationary,
}
