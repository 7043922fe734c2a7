"""Which mutants of a unit do what the unit does: a proof for each, or operands that tell the two apart."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from bitwuzla import Bitwuzla, Kind, Option, Options, Parser, Result, Term, TermManager

from lmul.formal.mutants import Mutants

PATIENCE = 60.0
"""Seconds for one mutant, after which nothing is known of it."""


@dataclass(frozen=True)
class Proof:
    """What is known of a mutant.

    Attributes
    ----------
    equivalent : bool
        Whether it is proved to do what the unit does. Where this is False it need not be proved that it does not.
    operands : tuple of int, or None
        Codes x and y whose product is another, for a combinational unit.
    """

    equivalent: bool
    operands: tuple[int, int] | None = None


def prove(mutants: Mutants, advance: Callable[[], None] = lambda: None, patience: float = PATIENCE) -> list[Proof]:
    """A proof, or a counterexample, for each mutant, in their order.

    Of a combinational unit, all products are equal. Of a pipelined one, this holds and each clock edge keeps it: valid
    bits are equal, and so is the rest of a rank where its valid bit says that it counts. A reset brings that about. A
    mutant that differs only in states that no unit gets into has no such proof.

    Raises
    ------
    ValueError
        Number 0 of the module is not proved to be the unit.
    """
    tm, options = TermManager(), Options()
    options.set(Option.PRODUCE_MODELS, True)
    parser = _Parsed(tm, options, mutants.smt)
    solver = Bitwuzla(tm, options)
    for formula in parser.a_difference():
        solver.assert_formula(parser.term(formula))
    chosen = parser.term("(|mutants_n mutant| t)")
    proofs = []
    for number in range(len(mutants.mutations) + 1):
        end = time.monotonic() + patience
        solver.configure_terminator(lambda end=end: time.monotonic() > end)
        this = tm.mk_term(Kind.EQUAL, [chosen, tm.mk_bv_value(chosen.sort(), number)])
        result = solver.check_sat(this)
        operands = None
        if result == Result.SAT and not parser.registers:
            x, y = (int(solver.get_value(parser.term(f"(|unit_n {operand}| s)")).value(2), 2) for operand in "xy")
            operands = x, y
        proofs.append(Proof(result == Result.UNSAT, operands))
        advance()
    if not proofs[0].equivalent:
        raise ValueError("mutant 0 must be the unit, which is not proved")
    return proofs[1:]


class _Parsed:
    """The two modules as functions of their states: s and then s2 of the unit, t and t2 of the mutants."""

    def __init__(self, tm: TermManager, options: Options, smt: str) -> None:
        self._parser = Parser(tm, options)
        self._parser.parse(smt, True, False)
        for state, module in (("s", "unit"), ("s2", "unit"), ("t", "mutants"), ("t2", "mutants")):
            self._parser.parse(f"(declare-const {state} |{module}_s|)", True, False)
        unit = smt.partition("; yosys-smt2-module unit\n")[2].partition("; end of module unit\n")[0]
        names = {kind: re.findall(rf"^; yosys-smt2-{kind} (\S+) ", unit, re.MULTILINE) for kind in _KINDS}
        self.inputs, self.outputs, self.registers = (names[kind] for kind in _KINDS)
        self.inputs = [name for name in self.inputs if name != "clk"]

    def term(self, text: str) -> Term:
        return self._parser.parse_term(text)

    def a_difference(self) -> list[str]:
        """What holds where a mutant is not the unit."""
        same_inputs = [self._same(name, "") for name in self.inputs]
        if not self.registers:
            return [*same_inputs, f"(not (and true {' '.join(self._same(name, '') for name in self.outputs)}))"]
        ranks = " ".join(self._same(name, "") for name in self.registers)
        following = " ".join(self._same(name, "2") for name in self.registers)
        seen = " ".join(self._same(name, "") for name in self.outputs)
        alike, kept, equal = (f"(and true {each})" for each in (ranks, following, seen))
        return [
            *same_inputs,
            "(|unit_t| s s2)",
            "(|mutants_t| t t2)",
            "(= (|mutants_n mutant| t) (|mutants_n mutant| t2))",
            f"(or (and {alike} (not {equal})) (and (or {alike} (|unit_n rst| s)) (not {kept})))",
        ]

    def _same(self, name: str, when: str) -> str:
        """That a port or register of unit and mutant is equal, as far as it counts."""
        equal = f"(= (|unit_n {name}| s{when}) (|mutants_n {name}| t{when}))"
        if not self.registers or name in self.inputs or "valid" in name or "ready" in name:
            return equal
        return f"(=> (|unit_n {'o_valid' if name == 'p' else 'valid_1'}| s{when}) {equal})"


_KINDS = ("input", "output", "register")
