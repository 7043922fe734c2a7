"""Equivalence of mutants of a unit with registers and the unit, by induction over clock edges.

Unit and mutant begin with the same contents of all registers, whatever they are, and get the same inputs. The first
edge is a reset; from then on anything may come. Sought is a relation between the two that each edge keeps and in which
they cannot be told apart: a conjunction of candidates, of which those that fail are dropped until none does. They are

- a bit of a register is the same in both;
- the register is, or one of one bit beside it, such as a valid bit, is 0, or is 1;
- a register of few bits does not have a certain value in the unit, such as a count past its end;
- where that is not enough: a bit of a word is the same in both, or another bit of it is 1 in both, such as the flag of
  a word that is zero.

A mutant for which the relation that is left is too weak may be equivalent all the same.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain

from bitwuzla import Bitwuzla, Kind, Option, Options, Result, Term, TermManager

from lmul.formal.mutation.mutant_equivalence import PATIENCE, module_of
from lmul.formal.mutation.mutants import Mutants
from lmul.formal.smt import Circuit

NOW, THEN = "now", "then"

_FEW = 4
"""Bits of a register of which each single value is a candidate."""

_WORD = 16
"""Bits of a register of which each may matter only as long as another is 0."""

Pair = tuple[Term, Term]
"""A candidate before and after an edge."""


def prove_steps(
    mutants: Mutants,
    numbers: Sequence[int],
    clock: str,
    reset: tuple[str, int],
    streams: Sequence[tuple[str, Sequence[str]]],
    advance: Callable[[], None] = lambda: None,
    patience: float = PATIENCE,
) -> list[bool]:
    """Tell which mutants are proved to behave like the unit, in the order of `numbers`.

    Parameters
    ----------
    clock : str
        Name of the clock.
    reset : tuple of str and int
        Name of the reset, and its value while it is active.
    streams : sequence of (str, sequence of str)
        Valid bits of the streams that come out, and what they carry, which says nothing while that is 0.
    patience : float
        Seconds of work for one mutant.

    Raises
    ------
    ValueError
        The unit is not proved to behave like itself, or like a unit with registers of another value.
    """
    pair = _Edges(mutants, clock, reset, streams)
    if not pair.proved(0, patience):
        raise ValueError("mutant 0 must be the unit, which is not proved")
    proved = []
    for number in numbers:
        proved.append(pair.proved(number, patience))
        advance()
    return proved


class _Edges:
    """Unit and mutant side by side, with the same inputs, before and after a clock edge."""

    def __init__(
        self, mutants: Mutants, clock: str, reset: tuple[str, int], streams: Sequence[tuple[str, Sequence[str]]]
    ) -> None:
        self.tm = TermManager()
        self.unit, self.mutant = (Circuit(self.tm, top, module_of(mutants.smt, top)) for top in ("unit", "mutants"))
        for circuit, state in ((c, s) for c in (self.unit, self.mutant) for s in (NOW, THEN)):
            circuit.state(state)
        self.number = self.mutant.net("mutant", NOW)
        shared = [name for name in self.unit.inputs if name != clock]
        self.given = [self._same(name) for name in shared]
        self.given += chain(*(circuit.follows(NOW, THEN) for circuit in (self.unit, self.mutant)))
        self.reset = self._equals(self.unit.net(reset[0], NOW), reset[1])
        nothing = {name: self._equals(self.unit.net(valid, NOW), 0) for valid, names in streams for name in names}
        self.seen = [self._or([self._same(name), nothing.get(name, self.tm.mk_false())]) for name in self.unit.outputs]
        self.words: list[list[tuple[Pair, Pair]]] = []
        self.equal, self.candidates = self._candidates()

    def proved(self, number: int, patience: float) -> bool:
        """Tell whether a mutant is proved to behave like the unit."""
        end = time.process_time() + patience
        given = [*self.given, self._equals(self.number, number)]
        all_same = [before for before, _ in self.equal]
        candidates = self.candidates
        for _ in range(2):
            left = self._kept([*given, *all_same, self.reset], candidates, end, [])
            left = left and self._kept(given, left, end, None)
            if left is None:
                return False
            solver = self._solver(end)
            for formula in (*given, *(before for before, _ in left), self._not(self._all(self.seen))):
                solver.assert_formula(formula)
            if solver.check_sat() == Result.UNSAT:
                return True
            candidates = [*self.candidates, *self._beside(left)]
        return False

    def _kept(
        self, given: Sequence[Term], pairs: Sequence[Pair], end: float, before: Sequence[Term] | None
    ) -> list[Pair] | None:
        """Drop the candidates that an edge can break; None after a time-out.

        Before the edge all that are left hold; or only `before` does, if given.
        """
        left, solver = list(pairs), self._solver(end)
        for formula in given:
            solver.assert_formula(formula)
        while left:
            solver.push(1)
            for formula in [pair[0] for pair in left] if before is None else before:
                solver.assert_formula(formula)
            solver.assert_formula(self._not(self._all(after for _, after in left)))
            result = solver.check_sat()
            if result == Result.UNSAT:
                return left
            if result != Result.SAT:
                return None
            left = [pair for pair in left if solver.get_value(pair[1]).value()]
            solver.pop(1)
        return left

    def _candidates(self) -> tuple[list[Pair], list[Pair]]:
        """List the candidates that a register is the same in both, and all candidates."""
        unit, mutant = (
            {cell: pair for cell, *pair in zip(_names(c), c.held(NOW), c.held(THEN), strict=True)}
            for c in (self.unit, self.mutant)
        )
        if set(unit) != set(mutant):
            raise ValueError("mutants must have the registers of the unit, not others")
        equal = {cell: tuple(self._equal(a, b) for a, b in zip(unit[cell], mutant[cell], strict=True)) for cell in unit}
        found = list[Pair]()
        for cell, (was, becomes) in unit.items():
            pairs = list(zip((was, becomes), mutant[cell], strict=True))
            self.words.append([])
            for i in range(was.sort().bv_size()):
                before, after = (self._equal(*(self._bit(term, i) for term in pair)) for pair in pairs)
                set_before, set_after = (self._all(self._equals(self._bit(t, i), 1) for t in pair) for pair in pairs)
                self.words[-1].append(((before, after), (set_before, set_after)))
            found += [same for same, _ in self.words[-1]]
        bits = {cell: terms for cell, terms in unit.items() if terms[0].sort().bv_size() == 1}
        for cell, same in equal.items():
            for bit, terms in bits.items():
                if cell != bit and _place(cell) == _place(bit):
                    for value in (0, 1):
                        idle = [self._equals(term, value) for term in terms]
                        before, after = (self._or(each) for each in zip(same, idle, strict=True))
                        found.append((before, after))
        for terms in unit.values():
            size = terms[0].sort().bv_size()
            for value in range(1 << size if size <= _FEW else 0):
                before, after = (self._not(self._equals(term, value)) for term in terms)
                found.append((before, after))
        return [(before, after) for before, after in equal.values()], found

    def _beside(self, left: Sequence[Pair]) -> Iterator[Pair]:
        """Yield weaker candidates for bits of words that are not the same: the bit is, or another one is 1 in both."""
        kept = set(map(id, left))
        for word in self.words:
            others = [(same, one) for same, _ in word if id(same) not in kept for _, one in word]
            for same, one in others if len(word) <= _WORD else []:
                before, after = (self._or(each) for each in zip(same, one, strict=True))
                yield before, after

    def _bit(self, term: Term, i: int) -> Term:
        return self.tm.mk_term(Kind.BV_EXTRACT, [term], [i, i])

    def _solver(self, end: float) -> Bitwuzla:
        options = Options()
        options.set(Option.PRODUCE_MODELS, True)
        solver = Bitwuzla(self.tm, options)
        solver.configure_terminator(lambda: time.process_time() > end)
        return solver

    def _same(self, name: str) -> Term:
        return self._equal(self.unit.net(name, NOW), self.mutant.net(name, NOW))

    def _equal(self, a: Term, b: Term) -> Term:
        return self.tm.mk_term(Kind.EQUAL, [a, b])

    def _equals(self, term: Term, value: int) -> Term:
        if term.sort().is_bool():
            return term if value else self._not(term)
        return self._equal(term, self.tm.mk_bv_value(term.sort(), value))

    def _not(self, term: Term) -> Term:
        return self.tm.mk_term(Kind.NOT, [term])

    def _or(self, terms: Iterable[Term]) -> Term:
        return reduce(lambda a, b: self.tm.mk_term(Kind.OR, [a, b]), terms, self.tm.mk_false())

    def _all(self, terms: Iterable[Term]) -> Term:
        return reduce(lambda a, b: self.tm.mk_term(Kind.AND, [a, b]), terms, self.tm.mk_true())


def _names(circuit: Circuit) -> list[str]:
    """Name the flip-flops; of those of a memory only the number behind the name is another in the mutants."""
    return [re.sub(r"\$\d+$", "", cell) if cell.startswith("$memory") else cell for cell in circuit.cells]


def _place(cell: str) -> str:
    """Return where a cell is, without its own name."""
    return cell.rpartition(".")[0]
