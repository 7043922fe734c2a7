"""Merging of two circuits net by net: nets that are proved equal become one.

A multiplier and its mapped netlist share most nets on the way to the product. A question about two nets deep inside is
small if all nets before them are merged already; a question about the product would never end. So the circuits are
built one after the other, each gate on the merged nets of its inputs. Simulation shows which nets may be equal. The
truth tables of the few gates before them prove it, or else the solver.

No code of the technology mapping is used here.
"""

import time

from bitwuzla import Bitwuzla, Kind, Option, Options, Result, Term, TermManager

from lmul.formal.gates import Gates, Net
from lmul.formal.smt import Answer

LEAVES = 10
"""Inputs of a truth table; above, the solver is asked."""

_MOST_GATES = 60  # in a truth table
_PATIENCE = 5.0  # seconds of the solver for two nets inside

Literal = int
"""Twice the number of a node, and 1 if it is inverted; 0 and 1 are the constants."""

AND, XOR = "and", "xor"


class Merged:
    """Network of gates in which nets that are proved equal are merged.

    Parameters
    ----------
    patterns : list of int
        Simulated values of each input, one a bit.
    count : int
        Number of patterns.

    Attributes
    ----------
    seen, solved : int
        Pairs of nets proved equal by truth tables, and by the solver.
    """

    def __init__(self, patterns: list[int], count: int) -> None:
        self.seen = self.solved = 0
        self._ones = (1 << count) - 1
        self._gates: list[tuple[str, Literal, Literal] | None] = [None] * (len(patterns) + 1)
        self._values = [0, *patterns]
        self._known: dict[tuple[str, Literal, Literal], Literal] = {}
        self._alike: dict[int, Literal] = {}
        for node, value in enumerate(self._values):
            self._alike.setdefault(*self._canonical(value, 2 * node))
        self._solver = _Solver(self._gates)

    @property
    def inputs(self) -> list[Literal]:
        """List the inputs, in the order of their patterns."""
        return [2 * node for node, gate in enumerate(self._gates) if gate is None and node]

    def value(self, literal: Literal) -> int:
        """Return the simulated values of a net, one pattern a bit."""
        return self._values[literal >> 1] ^ (self._ones if literal & 1 else 0)

    def add(self, circuit: Gates, inputs: dict[Net, Literal], outputs: list[Net]) -> list[Literal]:
        """Add a circuit; return the merged nets of its outputs.

        Raises
        ------
        ValueError
            A net is neither driven nor an input.
        """
        nets: dict[Net, Literal] = {"0": 0, "1": 1, **inputs}
        for net in circuit.order(outputs):
            kind, pins = circuit.drivers[net]
            nets[net] = self._gate(kind, [_found(nets, pin) for pin in pins])
        return [_found(nets, net) for net in outputs]

    def equal(self, a: Literal, b: Literal, seconds: float) -> Answer:
        """Prove two nets equal, or find values of the inputs for which they differ."""
        return Answer(True) if a == b else self._solver.equal(a, b, seconds)

    def _gate(self, kind: str, pins: list[Literal]) -> Literal:
        match kind, pins:
            case "$_BUF_" | "$_NOT_", [a]:
                return a ^ (kind == "$_NOT_")
            case "$_AND_", [a, b]:
                return self._and(a, b)
            case "$_OR_", [a, b]:
                return self._and(a ^ 1, b ^ 1) ^ 1
            case "$_XOR_" | "$_XNOR_", [a, b]:
                return self._xor(a, b) ^ (kind == "$_XNOR_")
            case "$_MUX_", [a, b, s]:
                return self._and(self._and(s, b) ^ 1, self._and(s ^ 1, a) ^ 1) ^ 1
        raise ValueError(f"gate must be a simple one, not {kind!r}")

    def _and(self, a: Literal, b: Literal) -> Literal:
        if a > b:
            a, b = b, a
        if a == 0 or a == b ^ 1:
            return 0
        return b if a in (1, b) else self._node(AND, a, b)

    def _xor(self, a: Literal, b: Literal) -> Literal:
        inverted = (a & 1) ^ (b & 1)
        a, b = sorted((a & ~1, b & ~1))
        if a == b:
            return inverted
        return (b if a == 0 else self._node(XOR, a, b)) ^ inverted

    def _node(self, kind: str, a: Literal, b: Literal) -> Literal:
        key = kind, a, b
        if key not in self._known:
            node = len(self._gates)
            self._gates.append(key)
            x, y = self.value(a), self.value(b)
            self._values.append(x & y if kind == AND else x ^ y)
            value, literal = self._canonical(self._values[node], 2 * node)
            other = self._alike.setdefault(value, literal)
            self._known[key] = 2 * node
            if other != literal and self._equal(literal, other):
                self._known[key] = other ^ (literal & 1)
        return self._known[key]

    def _canonical(self, value: int, literal: Literal) -> tuple[int, Literal]:
        return (value ^ self._ones, literal ^ 1) if value & 1 else (value, literal)

    def _equal(self, a: Literal, b: Literal) -> bool:
        if self._in_tables(a, b):
            self.seen += 1
            return True
        proved = self._solver.equal(a, b, _PATIENCE).holds is True
        self.solved += proved
        return proved

    def _in_tables(self, a: Literal, b: Literal) -> bool:
        """Tell whether two nets are equal as functions of some nets before them, by truth tables."""
        leaves, inside = {a >> 1, b >> 1} - {0}, list[int]()
        while len(inside) < _MOST_GATES:
            last = max(leaves)  # nothing that depends on it is a leaf
            gate = self._gates[last]
            if gate is None:
                return False
            inside.append(last)
            leaves = (leaves - {last}) | {gate[1] >> 1, gate[2] >> 1} - {0}
            if len(leaves) <= LEAVES and self._tables_equal(a, b, sorted(leaves), inside):
                return True
        return False

    def _tables_equal(self, a: Literal, b: Literal, leaves: list[int], inside: list[int]) -> bool:
        rows = 1 << len(leaves)
        ones = (1 << rows) - 1
        tables = {0: 0}
        for i, leaf in enumerate(leaves):
            tables[leaf] = ones // ((1 << (1 << i)) + 1) << (1 << i)

        def table(literal: Literal) -> int:
            return tables[literal >> 1] ^ (ones if literal & 1 else 0)

        for node in reversed(inside):
            kind, x, y = self._gates[node] or ("", 0, 0)
            tables[node] = table(x) & table(y) if kind == AND else table(x) ^ table(y)
        return table(a) == table(b)


class _Solver:
    """Solver with terms of the gates, built on demand."""

    def __init__(self, gates: list[tuple[str, Literal, Literal] | None]) -> None:
        self._gates = gates
        self._tm, options = TermManager(), Options()
        options.set(Option.PRODUCE_MODELS, True)
        self._solver = Bitwuzla(self._tm, options)
        self._inputs = [self._tm.mk_const(self._tm.mk_bool_sort()) for _ in gates[1:]]
        self._terms: dict[int, Term] = {0: self._tm.mk_false(), **dict(enumerate(self._inputs, 1))}

    def equal(self, a: Literal, b: Literal, seconds: float) -> Answer:
        end = time.monotonic() + seconds
        self._solver.configure_terminator(lambda: time.monotonic() > end)
        result = self._solver.check_sat(self._tm.mk_term(Kind.DISTINCT, [self._term(a), self._term(b)]))
        if result != Result.SAT:
            return Answer(True if result == Result.UNSAT else None)
        return Answer(False, tuple(int(self._solver.get_value(term).value()) for term in self._inputs))

    def _term(self, literal: Literal) -> Term:
        ahead = [literal >> 1]
        while ahead:
            gate = self._gates[ahead[-1]]
            if ahead[-1] in self._terms or gate is None:
                ahead.pop()
                continue
            missing = [pin >> 1 for pin in gate[1:] if pin >> 1 not in self._terms]
            if missing:
                ahead += missing
                continue
            kind = Kind.AND if gate[0] == AND else Kind.XOR
            self._terms[ahead.pop()] = self._tm.mk_term(kind, [self._signed(pin) for pin in gate[1:]])
        return self._signed(literal)

    def _signed(self, literal: Literal) -> Term:
        term = self._terms[literal >> 1]
        return self._tm.mk_term(Kind.NOT, [term]) if literal & 1 else term


def _found(nets: dict[Net, Literal], net: Net) -> Literal:
    if net not in nets:
        raise ValueError(f"net {net} must be driven or an input")
    return nets[net]
