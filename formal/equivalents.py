"""Which mutants of a unit do what the unit does: a proof for each, or operands that tell the two apart."""

import re
import time
from collections.abc import Callable, Iterable
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
    bits are equal, and so is a product that counts, and one that a first rank that counts would give on the next edge.
    A reset brings that about. A mutant that differs only in states that no unit gets into has no such proof.

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
        for k in ("", "2", "_ahead", "_ahead2", "2_ahead", "2_ahead2"):
            self._parser.parse(f"(declare-const s{k} |unit_s|) (declare-const t{k} |mutants_s|)", True, False)
        text = {module: _between(smt, f"; yosys-smt2-module {module}\n", "; end of module") for module in _STATES}
        of_kind = r"^; yosys-smt2-{} (\S+) "
        names = {kind: re.findall(of_kind.format(kind), text["unit"], re.MULTILINE) for kind in _KINDS}
        self.inputs, self.outputs, self.registers = (names[kind] for kind in _KINDS)
        self.inputs = [name for name in self.inputs if name != "clk"]
        held = r'^; yosys-smt2-witness .*"smtname": (\d+), .*"type": "reg"'
        self._held = {module: sorted(set(re.findall(held, text[module], re.MULTILINE))) for module in _STATES}

    def term(self, text: str) -> Term:
        return self._parser.parse_term(text)

    def a_difference(self) -> list[str]:
        """What holds where a mutant is not the unit."""
        same_inputs = [self._same(name, "") for name in self.inputs]
        if not self.registers:
            return [*same_inputs, f"(not {_all(self._same(name, '') for name in self.outputs)})"]
        seen = _all(self._same(name, "") for name in self.outputs if name != "p")  # which is in `alike`
        alike, kept = self._alike(""), self._alike("2")
        return [
            *same_inputs,
            *self._edge("", "2"),
            *self._edge_ahead(""),
            *self._edge_ahead("2"),
            f"(or (and {alike} (not {seen})) (and (or {alike} (|unit_n rst| s)) (not {kept})))",
        ]

    def _alike(self, when: str) -> str:
        """That unit and mutant will do the same, whatever comes."""
        same = [self._same(name, when) for name in self.registers if "valid" in name]
        same.append(f"(=> (|unit_n o_valid| s{when}) {self._same('p', when)})")
        if "valid_1" in self.registers:
            same.append(f"(=> (|unit_n valid_1| s{when}) {self._same('p', f'{when}_ahead2')})")
        return _all(same)

    def _edge_ahead(self, when: str) -> list[str]:
        """An edge that takes the first rank to the second, from the same registers, aside from what happens."""
        ahead = f"{when}_ahead"
        same = [f"(= (|{m}#{n}| {s}{when}) (|{m}#{n}| {s}{ahead}))" for m, s in _STATES.items() for n in self._held[m]]
        inputs = [self._same(name, ahead) for name in self.inputs]
        chosen = f"(= (|mutants_n mutant| t{when}) (|mutants_n mutant| t{ahead}))"
        taken = [f"(|unit_n o_ready| s{ahead})", f"(not (|unit_n rst| s{ahead}))"]
        return [*same, *inputs, chosen, *taken, *self._edge(ahead, f"{ahead}2")]

    def _edge(self, before: str, after: str) -> list[str]:
        chosen = f"(= (|mutants_n mutant| t{before}) (|mutants_n mutant| t{after}))"
        return [f"(|unit_t| s{before} s{after})", f"(|mutants_t| t{before} t{after})", chosen]

    def _same(self, name: str, when: str) -> str:
        return f"(= (|unit_n {name}| s{when}) (|mutants_n {name}| t{when}))"


_KINDS = ("input", "output", "register")
_STATES = {"unit": "s", "mutants": "t"}


def _all(claims: Iterable[str]) -> str:
    return f"(and true {' '.join(claims)})"


def _between(text: str, start: str, stop: str) -> str:
    return text.partition(start)[2].partition(stop)[0]
