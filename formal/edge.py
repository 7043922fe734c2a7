# amaranth: UnusedElaboratable=no
"""Modules before and after a clock edge, and claims about them that hold from a reset on."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Truth, all_of, choose, is_one
from lmul.formal.part_proof import FoundEdge, PartProof
from lmul.formal.smt import always, load

NOW, THEN = "now", "then"
"""States before and after a clock edge."""


@dataclass(frozen=True)
class Verdict:
    """Answer to a claim.

    Attributes
    ----------
    holds : bool or None
        None after a time-out.
    found : FoundEdge or None
        What refutes it.
    """

    holds: bool | None
    found: FoundEdge | None = None


@dataclass(frozen=True)
class Claimed:
    """Claims that were asked, and controls, which have to be refuted.

    Attributes
    ----------
    claims : mapping of str to Verdict
        By what they state.
    controls : sequence of Verdict
        Each of a claim that is wrong.
    """

    claims: Mapping[str, Verdict]
    controls: Sequence[Verdict]

    def proof(self, name: str, start: float) -> PartProof:
        """Build the result for a part of that name, begun at `start`."""
        wrong = tuple(what for what, verdict in self.claims.items() if not verdict.holds)
        # One claim that is refuted settles it, whatever others are not known.
        settled = any(self.claims[what].holds is False for what in wrong)
        holds = False if settled else None if wrong else True
        found = next((self.claims[what].found for what in wrong if self.claims[what].found), None)
        refuted = all(verdict.holds is False for verdict in self.controls)
        control = self.controls[0].found if self.controls and refuted else None
        return PartProof(name, holds, time.monotonic() - start, found, control, wrong, refuted)


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
        Modules, and instances in each, that are taken out: see `gates.read_flat`.
    expose : sequence of str
        Wires that may have any value.
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
        expose: Sequence[str] = (),
        clock: str = "clk",
        moves: str | None = None,
    ) -> None:
        self.tm = TermManager()
        self.circuit = load(self.tm, text, top, expose, cut, clock)
        for state in (NOW, THEN):
            self.circuit.state(state)
        self.edge = self.circuit.follows(NOW, THEN)
        self.moves = self.always if moves is None else self.bit(moves)

    def ask(self, claim: Truth, seconds: float, given: Sequence[Truth] = (), about: str = "claim") -> Verdict:
        """Ask whether a claim holds for every edge at which the premises do; if not, say what refutes it."""
        ports = self.circuit.ports
        inputs = [name for name in self.circuit.inputs if ports[name].width and name not in self.circuit.registers]
        registers = sorted(self.circuit.registers & set(self.circuit.ports))
        terms = [self.net(name) for name in (*inputs, *registers)] + [self.net(name, THEN) for name in registers]
        answer = always(self.tm, claim.term, [*self.edge, *(each.term for each in given)], terms, seconds, about)
        if answer.holds is not False:
            return Verdict(answer.holds)
        came, now, then = (answer.values[i:] for i in (0, len(inputs), len(inputs) + len(registers)))
        edges = {name: pair for name, *pair in zip(registers, now, then, strict=False)}
        return Verdict(False, FoundEdge(dict(zip(inputs, came, strict=False)), edges))

    def ask_all(self, claims: Mapping[str, Truth], seconds: float, given: Sequence[Truth] = ()) -> dict[str, Verdict]:
        """Ask about claims by their names."""
        return {name: self.ask(claim, seconds, given, name) for name, claim in claims.items()}

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

    def prove(self, edge: Edge, seconds: float) -> dict[str, Verdict]:
        """Prove all of it; return by name what holds. The reset is `rst`."""
        reset = edge.bit("rst")
        held = all_of([*self.before.values()])
        possible = edge.ask(edge.never, seconds, [~reset, held, *self.given]).holds is False
        answers = {"the claims and premises can be true": Verdict(possible)}
        for name, claim in self.after.items():
            first = edge.ask(claim, seconds, [reset], name)
            answers[name] = edge.ask(claim, seconds, [~reset, held, *self.given], name) if first.holds else first
        return answers | edge.ask_all(self.shown, seconds, [held, *self.given])
