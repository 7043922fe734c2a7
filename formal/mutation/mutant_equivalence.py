"""Equivalence of mutants and their unit: a proof for each mutant, or operands that tell the two apart."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce

from bitwuzla import Bitwuzla, Kind, Option, Options, Result, Term, TermManager

from lmul.formal.mutation.mutants import Mutants
from lmul.formal.smt import Circuit
from lmul.hdl.arith import wire_names

PATIENCE = 60.0
"""Seconds for one mutant, after which nothing is known of it."""


@dataclass(frozen=True)
class Proof:
    """Result for a mutant.

    Attributes
    ----------
    equivalent : bool
        Proved equivalent to the unit. False does not mean that it is proved to differ.
    operands : tuple of int, or None
        Codes x and y whose product is another, for a combinational unit.
    """

    equivalent: bool
    operands: tuple[int, int] | None = None


def prove(mutants: Mutants, advance: Callable[[], None] = lambda: None, patience: float = PATIENCE) -> list[Proof]:
    """Prove each mutant equivalent, or find operands for which it differs; in the order of the mutants.

    For a combinational unit all products are proved equal. For a pipelined one: after a reset, from any two states,
    unit and mutant are alike (`_Pair.alike`); alike states have equal outputs, except a product that is not valid; and
    each clock edge leads to alike states. A mutant that differs only in unreachable states has no such proof.

    Raises
    ------
    ValueError
        Number 0 of the module is not proved to be the unit.
    """
    tm, options = TermManager(), Options()
    options.set(Option.PRODUCE_MODELS, True)
    pair, solver = _Pair(tm, mutants), Bitwuzla(tm, options)
    for formula in pair.a_difference():
        solver.assert_formula(formula)
    proofs = []
    for number in range(len(mutants.mutations) + 1):
        end = time.monotonic() + patience
        solver.configure_terminator(lambda end=end: time.monotonic() > end)
        result = solver.check_sat(tm.mk_term(Kind.EQUAL, [pair.number, tm.mk_bv_value(pair.number.sort(), number)]))
        operands = None
        if result == Result.SAT and not pair.unit.registers:
            x, y = (int(solver.get_value(pair.unit.net(operand, "now")).value(2), 2) for operand in "xy")
            operands = x, y
        proofs.append(Proof(result == Result.UNSAT, operands))
        advance()
    if not proofs[0].equivalent:
        raise ValueError("mutant 0 must be the unit, which is not proved")
    return proofs[1:]


class _Pair:
    """Unit and mutant side by side, with the same inputs.

    Attributes
    ----------
    number : Term
        Number of the mutant.
    unit, mutant : Circuit
        Their states: `now`; `next`, to which a clock edge leads from there; and `taken`, to which one would lead from
        the same registers if there were no reset and the product before the end were taken. `next_taken` is to
        `next` what `taken` is to `now`.
    """

    def __init__(self, tm: TermManager, mutants: Mutants) -> None:
        self.tm = tm
        self.unit, self.mutant = (Circuit(tm, top, module_of(mutants.smt, top)) for top in ("unit", "mutants"))
        self.number = tm.mk_const(tm.mk_bv_sort(mutants.bits))
        for circuit in (self.unit, self.mutant):
            for state in ("now", "next", "taken", "next_taken", "taking"):
                circuit.state(state)

    def a_difference(self) -> list[Term]:
        """Build the conditions under which the mutant differs from the unit."""
        outputs = [name for name in self.unit.outputs if name not in self.unit.registers]
        if not self.unit.registers:
            return [*self._inputs("now"), self._not(self._all(self.same(name, "now") for name in outputs))]
        # The outputs that are registers are in `alike`.
        alike, seen = self.alike("now", "taken"), self._all(self.same(name, "now") for name in outputs)
        reset = self._is_one("rst", "now")
        wrong = [self._all([alike, self._not(seen)])]
        wrong.append(self._all([self._or([alike, reset]), self._not(self.alike("next", "next_taken"))]))
        return [
            *self._inputs("now"),
            *self._edge("now", "next"),
            # `taking` is `now` with other inputs. The inputs of `next` matter only here.
            *(self._equal(*pair) for c in (self.unit, self.mutant) for pair in zip(*map(c.held, _ASIDE), strict=True)),
            *self._taking("taking", "taken"),
            *self._taking("next", "next_taken"),
            self._or(wrong),
        ]

    def alike(self, state: str, taken: str) -> Term:
        """Build the condition that unit and mutant behave alike from a state on.

        Valid bits are equal, and so are a valid product and the product that a valid first rank would give if it were
        taken. `taken` is one state for some x and y. As a premise this is weaker than for all x and y; as a conclusion
        it holds for all. So the induction proves more than needed.
        """
        same = [self.same(name, state) for name in self.unit.registers if "valid" in name]
        same.append(self._or([self._not(self._is_one("o_valid", state)), self.same("p", state)]))
        if wire_names.valid(1) in self.unit.registers:
            same.append(self._or([self._not(self._is_one(wire_names.valid(1), state)), self.same("p", taken)]))
        return self._all(same)

    def same(self, name: str, state: str) -> Term:
        """Build the condition that a port or wire has the same value in unit and mutant."""
        return self._equal(self.unit.net(name, state), self.mutant.net(name, state))

    def _taking(self, before: str, after: str) -> list[Term]:
        taken = [self._is_one("o_ready", before), self._not(self._is_one("rst", before))]
        return [*self._inputs(before), *taken, *self._edge(before, after)]

    def _edge(self, before: str, after: str) -> list[Term]:
        edges = (*self.unit.follows(before, after), *self.mutant.follows(before, after))
        return [*edges, self._chosen(after)]

    def _inputs(self, state: str) -> list[Term]:
        same = [self.same(name, state) for name in self.unit.inputs if name != "clk"]
        return [*same, self._chosen(state)]

    def _chosen(self, state: str) -> Term:
        return self._equal(self.mutant.net("mutant", state), self.number)

    def _is_one(self, wire: str, state: str) -> Term:
        return self._equal(self.unit.net(wire, state), self.tm.mk_bv_one(self.tm.mk_bv_sort(1)))

    def _equal(self, a: Term, b: Term) -> Term:
        return self.tm.mk_term(Kind.EQUAL, [a, b])

    def _not(self, term: Term) -> Term:
        return self.tm.mk_term(Kind.NOT, [term])

    def _or(self, terms: Iterable[Term]) -> Term:
        return reduce(lambda a, b: self.tm.mk_term(Kind.OR, [a, b]), terms, self.tm.mk_false())

    def _all(self, terms: Iterable[Term]) -> Term:
        return reduce(lambda a, b: self.tm.mk_term(Kind.AND, [a, b]), terms, self.tm.mk_true())


_ASIDE = ("now", "taking")


def module_of(smt: str, top: str) -> str:
    """Extract one module from an SMT-LIB text of several."""
    return smt.partition(f"; yosys-smt2-module {top}\n")[2].partition("; end of module")[0]
