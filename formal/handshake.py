"""Claims about a pipelined unit, proved by induction over its states with a queue that only the proof has.

An accepted pair enters the queue; a delivered product removes the oldest pair. Invariant: the queue holds as many pairs
as there are valid ranks, and each valid rank holds the unit's logic applied to its pair. So no product is lost,
doubled, overtaken or invented. What the logic computes is proved apart: all ranks in a row equal the combinational
unit, which is proved by itself. In the induction the logic is therefore an uninterpreted function.

The names `valid_1` and `o_valid` are looked up in the file. If they are wrong, the proof fails.
"""

from functools import reduce
from itertools import pairwise

from bitwuzla import Kind, Term, TermManager

from lmul.formal.smt import Answer, Circuit, always, load
from lmul.hdl.arith import wire_names

Pair = tuple[Term, Term]

HOLDS, ORDER = "a stalled product holds", "every step keeps the order"
"""Two of the claims, which a unit breaks that does not wait."""


class Pipeline:
    """States of a pipelined unit, and claims about them.

    Parameters
    ----------
    verilog : str
        The text.
    top : str
        Name of the module.
    pipeline : int
        Ranks of registers, 1 or 2.
    """

    def __init__(self, verilog: str, top: str, pipeline: int) -> None:
        self.tm = TermManager()
        self.depth = pipeline
        self.circuit: Circuit = load(self.tm, verilog, top)
        self.valids = [*(wire_names.valid(rank) for rank in range(1, pipeline)), "o_valid"]
        nets = self.circuit.nets
        last = {bit for name in (*self.valids, "p") for bit in nets.get(name, [])}
        self.data = sorted(name for name in self.circuit.registers if not last.issuperset(nets[name]))
        for state in "abcde":
            self.circuit.state(state)

    def bit(self, wire: str, state: str) -> Term:
        return self.equal(self.circuit.net(wire, state), self.tm.mk_bv_one(self.tm.mk_bv_sort(1)))

    def equal(self, a: Term, b: Term) -> Term:
        return self.tm.mk_term(Kind.EQUAL, [a, b])

    def all(self, *terms: Term) -> Term:
        return reduce(lambda a, b: self.tm.mk_term(Kind.AND, [a, b]), terms, self.tm.mk_true())

    def unless(self, condition: Term, claim: Term) -> Term:
        return self.tm.mk_term(Kind.OR, [condition, claim])

    def no(self, term: Term) -> Term:
        return self.tm.mk_term(Kind.NOT, [term])

    def follows(self, one: str, next_one: str, reset: bool = False) -> Term:
        rst = self.bit("rst", one)
        return self.all(rst if reset else self.no(rst), *self.circuit.follows(one, next_one))

    def operands(self, state: str) -> Pair:
        return self.circuit.net("x", state), self.circuit.net("y", state)

    def rank(self, number: int, state: str) -> Term:
        """Build the data of a rank of registers, 1 to the depth."""
        names = ["p"] if number == self.depth else self.data
        return reduce(lambda a, b: self.tm.mk_term(Kind.BV_CONCAT, [a, b]), (self.circuit.net(n, state) for n in names))

    def takes(self, number: int, state: str) -> Term:
        """Build the condition for a rank to take new data, from the ports and `valid_1`."""
        moves = self.unless(self.no(self.bit("o_valid", state)), self.bit("o_ready", state))
        return moves if number == self.depth else self.bit("i_ready", state)

    def claims(self, plain: str, plain_top: str, seconds: float) -> dict[str, Answer]:
        """Prove all claims; return the answers by name.

        Parameters
        ----------
        plain : str
            The text of the combinational unit.
        plain_top : str
            Name of its module.
        seconds : float
            Time limit of each question to the solver.
        """
        products = {"products": self._products(plain, plain_top, seconds)}
        return self._functions(seconds) | products | self.waiting(seconds)

    def waiting(self, seconds: float) -> dict[str, Answer]:
        """Prove the claims about order, waits and latency, whatever the products are."""
        return self._ports(seconds) | self._induction(seconds)

    def _functions(self, seconds: float) -> dict[str, Answer]:
        a_to_b, c_to_d = self.follows("a", "b"), self.follows("c", "d")
        answers = {}
        before = [self.all(*map(self.equal, self.operands("a"), self.operands("c")))]
        before += [self.equal(self.rank(n, "a"), self.rank(n, "c")) for n in range(1, self.depth)]
        for number in range(1, self.depth + 1):
            given = (a_to_b, c_to_d, before[number - 1], self.takes(number, "a"), self.takes(number, "c"))
            same = self.equal(self.rank(number, "b"), self.rank(number, "d"))
            answers[f"rank {number} is a function"] = always(self.tm, same, given, seconds=seconds)
        return answers

    def _ports(self, seconds: float) -> dict[str, Answer]:
        def ask(claim: Term, *given: Term) -> Answer:
            return always(self.tm, claim, given, seconds=seconds)

        ready, valid = self.bit("o_ready", "a"), self.bit("o_valid", "a")
        held = self.all(self.bit("o_valid", "b"), self.equal(self.rank(self.depth, "a"), self.rank(self.depth, "b")))
        answers = {HOLDS: ask(held, self.follows("a", "b"), valid, self.no(ready))}
        answers["ready passes through"] = ask(self.unless(self.no(ready), self.bit("i_ready", "a")))
        states = "abcde"[: self.depth + 1]
        run = [self.follows(*pair) for pair in pairwise(states)]
        run += [self.bit("o_ready", state) for state in states]
        accepted = self.all(self.bit("i_valid", "a"), self.bit("i_ready", "a"))
        answers["a product comes in time"] = ask(self.bit("o_valid", states[-1]), accepted, *run)
        return answers

    def _products(self, plain: str, plain_top: str, seconds: float) -> Answer:
        """Prove that the logic of all ranks in a row is the combinational unit's."""
        states = "abc"[: self.depth + 1]
        given = [self.follows(*pair) for pair in pairwise(states)]
        given += [self.takes(number, state) for number, state in enumerate(states[:-1], 1)]
        unit = load(self.tm, plain, plain_top)
        unit.state("u")
        given += [self.equal(unit.net(wire, "u"), self.circuit.net(wire, "a")) for wire in "xy"]
        claim = self.equal(unit.net("p", "u"), self.circuit.net("p", states[-1]))
        return always(self.tm, claim, given, seconds=seconds)

    def _induction(self, seconds: float) -> dict[str, Answer]:
        tm, depth = self.tm, self.depth
        widths = [self.rank(n, "a").sort() for n in range(1, depth + 1)]
        x, y = self.operands("a")
        domains = [[x.sort(), y.sort()], *([sort] for sort in widths)]
        logic = [tm.mk_const(tm.mk_fun_sort(into, out)) for into, out in zip(domains, widths, strict=False)]

        def made(number: int, pair: Pair) -> Term:
            """Build what rank `number` holds for a pair."""
            term = tm.mk_term(Kind.APPLY, [logic[0], *pair])
            for function in logic[1:number]:
                term = tm.mk_term(Kind.APPLY, [function, term])
            return term

        def chosen(condition: Term, then: Term, otherwise: Term) -> Term:
            return tm.mk_term(Kind.ITE, [condition, then, otherwise])

        # The logic between two ranks, in the one step that is looked at.
        steps = [self.unless(self.no(self.takes(1, "a")), self.equal(made(1, (x, y)), self.rank(1, "b")))]
        for n in range(2, depth + 1):
            taken = self.equal(tm.mk_term(Kind.APPLY, [logic[n - 1], self.rank(n - 1, "a")]), self.rank(n, "b"))
            steps.append(self.unless(self.no(self.takes(n, "a")), taken))
        queue = [(tm.mk_const(x.sort()), tm.mk_const(y.sort())) for _ in range(depth)]
        count = tm.mk_bv_sort(3)
        size = tm.mk_const(count)

        def number(value: int) -> Term:
            return tm.mk_bv_value(count, value)

        def plus(term: Term, condition: Term, kind: Kind = Kind.BV_ADD) -> Term:
            return tm.mk_term(kind, [term, chosen(condition, number(1), number(0))])

        def invariant(state: str, queue: list[Pair], size: Term) -> Term:
            valid = [self.bit(name, state) for name in self.valids]
            place, claims = number(0), []
            for n in range(depth, 0, -1):  # the last rank has the oldest pair
                for i, pair in enumerate(queue):
                    elsewhere = self.no(self.all(valid[n - 1], self.equal(place, number(i))))
                    claims.append(self.unless(elsewhere, self.equal(self.rank(n, state), made(n, pair))))
                place = plus(place, valid[n - 1])
            return self.all(self.equal(size, place), *claims)

        push = self.all(self.bit("i_valid", "a"), self.bit("i_ready", "a"))
        pop = self.all(self.bit("o_valid", "a"), self.bit("o_ready", "a"))
        rest = plus(size, pop, Kind.BV_SUB)
        later = []
        for i, pair in enumerate(queue):
            behind = queue[i + 1] if i + 1 < depth else pair
            pushed = self.all(push, self.equal(rest, number(i)))
            later.append(
                tuple(chosen(pushed, new, chosen(pop, b, p)) for new, b, p in zip((x, y), behind, pair, strict=True))
            )
        now = invariant("a", queue, size)
        after = invariant("b", later, plus(rest, push))
        step = always(tm, after, [now, self.follows("a", "b"), *steps], seconds=seconds)
        base = always(tm, invariant("b", queue, number(0)), [self.follows("a", "b", reset=True)], seconds=seconds)
        valid = self.bit("o_valid", "a")
        oldest = self.all(
            self.no(self.equal(size, number(0))), self.equal(self.rank(depth, "a"), made(depth, queue[0]))
        )
        value = always(tm, self.unless(self.no(valid), oldest), [now], seconds=seconds)
        return {"reset empties it": base, ORDER: step, "products are the oldest pair's": value}
