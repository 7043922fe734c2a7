"""Proof of the step of a floating-point accumulator: product, sum and rounding in exported Verilog.

It is a proof by induction on the products of a sum: it starts from +0, and from all that it can then hold, a step makes
the specified sum, which it can hold, too.
"""

import operator
import time
from collections.abc import Sequence
from fractions import Fraction

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Truth, choose
from lmul.formal.multipliers.specification import Multiply
from lmul.formal.part_proof import FoundSum, PartProof
from lmul.formal.smt import Answer, Circuit, always
from lmul.formal.sums.lane import LoadedClaim, asked_about, prove_loaded_verilog
from lmul.formal.sums.loaded_lane import LoadedLane
from lmul.formal.sums.sum_specification import Code, Exact, can_be_held, either, exact_sum, rounds_to
from lmul.formal.sums.wide_specification import wide_product
from lmul.golden.accumulators import DotParameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

SECONDS = 300.0
"""Time limit of the solver for each question: sums of fp32 take minutes."""


def prove_step(dot: DotParameters, style: Style = Style.RTL, seconds: float = SECONDS) -> PartProof:
    """Export the step of a floating-point accumulator with the loader of y, and prove it for all that it can hold.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    style : Style
        Style of the product's description.
    seconds : float
        Time limit of each question to the solver.
    """
    start = time.monotonic()
    step = LoadedLane(dot, style)
    return prove_loaded_verilog(verilog(step), step.name, dot, StepClaim, seconds, start)


class StepClaim(LoadedClaim):
    """Claim that a step adds a product to what is held, rounds once, and leaves something that can be held."""

    solved_mantissa_bits = 0

    def __init__(self, tm: TermManager, circuit: Circuit, dot: DotParameters) -> None:
        super().__init__(tm, circuit, dot)
        self.start, self.total = self.net("start"), self.net("total")

    def ask(
        self, error: int, seconds: float, multiply: Multiply = operator.mul, given: Sequence[Term] = ()
    ) -> tuple[Answer, FoundSum | None]:
        """Ask the solver whether the total is what is specified, with `error` added to the last place of the sum."""
        tm, f = self.tm, self.dot.float_format
        start, total = Code(tm, f, self.start), Code(tm, f, self.total)
        product = wide_product(tm, self.dot.product, self.x, self.y, multiply)
        added = exact_sum(self.dot, start, product, self.idle)
        exact = Exact(added.exact.negative, added.exact.size + error, added.exact.place)
        unchanged = Truth(tm, tm.mk_term(Kind.EQUAL, [self.start, self.total])) & ~self.saturated
        claim = either(added.nothing, unchanged, rounds_to(exact, total, self.saturated, added.above))
        claim = claim & can_be_held(self.dot, total, product)
        premises = [*self.given, can_be_held(self.dot, start, product).term, *given]
        inputs = {"start": self.start, "x": self.x, "y": self.y, "idle": self.net("idle")}
        return asked_sum(
            tm, claim, inputs, exact, (self.total, self.net("saturated")), f.bias, seconds, premises, asked_about(error)
        )


def asked_sum(
    tm: TermManager,
    claim: Truth,
    inputs: dict[str, Term],
    exact: Exact,
    outputs: tuple[Term, Term],
    bias: int,
    seconds: float,
    given: Sequence[Term] = (),
    about: str = "claim",
) -> tuple[Answer, FoundSum | None]:
    """Ask the solver whether a claim about a rounded number holds; return its answer, and what refutes it.

    Parameters
    ----------
    claim : Truth
        The claim.
    inputs : dict of str to Term
        Ports to show.
    exact : Exact
        The number before it is rounded, in this `bias`.
    outputs : tuple of two Term
        The code, and the flag.
    given : sequence of Term
        Premises.
    about : str
        Name of the question.
    """
    sign = choose(exact.negative, 1, 0).bits(1)
    known = [*inputs.values(), sign, exact.size.term, exact.place.term, *outputs]
    answer = always(tm, claim.term, given, known, seconds, about)
    if answer.holds is not False:
        return answer, None
    *values, negative, size, place, code, flag = answer.values
    place -= place >> (exact.place.width - 1) << exact.place.width
    number = Fraction(size) * Fraction(2) ** (place - bias)
    return answer, FoundSum(dict(zip(inputs, values, strict=True)), -number if negative else number, code, flag)
