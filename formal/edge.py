# amaranth: UnusedElaboratable=no
"""Modules before and after a clock edge, and claims about them that hold from a reset on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Truth, all_of, choose, is_one
from lmul.formal.smt import always, load

NOW, THEN = "now", "then"
"""States before and after a clock edge."""


class Edge:
    """Module before and after a clock edge, from any state.

    Some edges are steps, at which it moves on. The age of what came in is the number of steps since then; what stands
    at an input has age 0.

    Parameters
    ----------
    text : str
        Verilog text of the module and of all below it.
    top : str
        Name of the module.
    cut : sequence of tuple of str
        Modules, and instances in each, that are taken out: see `smt.load`.
    clock : str
        Name of the clock.
    moves : str or None
        Wire that is 1 where the edge is a step; None where each is.

    Attributes
    ----------
    tm : TermManager
        Manager of all terms.
    edge : list of Term
        What the clock edge makes of every register.
    """

    def __init__(
        self,
        text: str,
        top: str,
        cut: Sequence[tuple[str, str]] = (),
        clock: str = "clk",
        moves: str | None = None,
    ) -> None:
        self.tm = TermManager()
        self.circuit = load(self.tm, text, top, cut=cut, clock=clock)
        for state in (NOW, THEN):
            self.circuit.state(state)
        self.edge = self.circuit.follows(NOW, THEN)
        self.moves = self.always if moves is None else self.bit(moves)

    def holds(self, claim: Truth, seconds: float, given: Sequence[Truth] = ()) -> bool | None:
        """Tell whether a claim holds for every edge at which the premises do; None after a time-out."""
        return always(self.tm, claim.term, [*self.edge, *(each.term for each in given)], seconds=seconds).holds

    def net(self, wire: str, state: str = NOW) -> Term:
        """Return the value of a wire or port."""
        return self.circuit.net(wire, state)

    def bit(self, wire: str, state: str = NOW) -> Truth:
        """Tell whether a wire of one bit is 1."""
        return is_one(self.tm, self.net(wire, state))

    def bits(self, wire: str, state: str = NOW) -> list[Truth]:
        """Tell of each bit of a wire whether it is 1, the lowest first."""
        return [is_one(self.tm, self.field(self.net(wire, state), i, 1)) for i in range(self.width(wire))]

    def width(self, wire: str) -> int:
        """Return the bits of a wire."""
        return int(self.net(wire).sort().bv_size())

    def field(self, word: Term, number: int, width: int) -> Term:
        """Return a field of a word of fields of that width; field 0 has the lowest bits."""
        return self.tm.mk_term(Kind.BV_EXTRACT, [word], [(number + 1) * width - 1, number * width])

    def fresh(self, width: int) -> Term:
        """Declare a word that may have any value."""
        return self.tm.mk_const(self.tm.mk_bv_sort(width))

    def fresh_truth(self) -> Truth:
        """Declare a truth that may have any value."""
        return Truth(self.tm, self.tm.mk_const(self.tm.mk_bool_sort()))

    def same(self, a: Term, b: Term) -> Truth:
        """State that two words are equal."""
        return Truth(self.tm, self.tm.mk_term(Kind.EQUAL, [a, b]))

    def becomes(self, wire: str, value: Term) -> Truth:
        """State what a register holds after the edge."""
        return self.same(self.net(wire, THEN), value)

    def chosen(self, *cases: tuple[Truth, Term], otherwise: Term) -> Term:
        """Select the value of the first case that is true."""
        for condition, value in reversed(cases):
            otherwise = self.tm.mk_term(Kind.ITE, [condition.term, value, otherwise])
        return otherwise

    def as_bit(self, truth: Truth) -> Term:
        """Build the bit that is 1 where a truth holds."""
        return choose(truth, 1, 0).bits(1)

    @property
    def always(self) -> Truth:
        """State what is true."""
        return Truth(self.tm, self.tm.mk_true())

    @property
    def never(self) -> Truth:
        """State what is false."""
        return Truth(self.tm, self.tm.mk_false())

    def history(self, wire: str, ages: int) -> list[Term]:
        """Declare what an input was: now, and at ages 1, 2 ..."""
        return [self.net(wire), *(self.fresh(self.width(wire)) for _ in range(ages))]

    def flags(self, now: Truth, ages: int) -> list[Truth]:
        """Declare the same for a truth."""
        return [now, *(self.fresh_truth() for _ in range(ages))]

    def older(self, history: Sequence[Term]) -> list[Term]:
        """Build what a history is after the edge, but for age 0, which is not known yet."""
        later = [self.chosen((self.moves, new), otherwise=old) for new, old in pairwise(history)]
        return [history[0], *later]

    def older_flags(self, history: Sequence[Truth]) -> list[Truth]:
        """Build the same for flags, which a reset clears."""
        rst = self.bit("rst")
        later = [~rst & ((self.moves & new) | (~self.moves & old)) for new, old in pairwise(history)]
        return [history[0], *later]


@dataclass(frozen=True)
class Induction:
    """Claims that hold after a reset and, if they held before a clock edge, after it.

    Attributes
    ----------
    before, after : mapping of str to Truth
        The claims before and after the edge, by name.
    given : sequence of Truth
        What surroundings keep to.
    shown : mapping of str to Truth
        What follows from the claims, before the edge.
    """

    before: Mapping[str, Truth]
    after: Mapping[str, Truth]
    given: Sequence[Truth]
    shown: Mapping[str, Truth]

    def prove(self, edge: Edge, reset: Truth, seconds: float) -> dict[str, bool | None]:
        """Prove all of it; return by name what holds, None after a time-out."""
        held = all_of([*self.before.values()])
        possible = edge.holds(edge.never, seconds, [~reset, held, *self.given]) is False
        answers: dict[str, bool | None] = {"the claims and premises can be true": possible}
        for name, claim in self.after.items():
            first = edge.holds(claim, seconds, [reset])
            step = edge.holds(claim, seconds, [~reset, held, *self.given]) if first else first
            answers[name] = step
        for name, claim in self.shown.items():
            answers[name] = edge.holds(claim, seconds, [held, *self.given])
        return answers
