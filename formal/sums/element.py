# amaranth: UnusedElaboratable=no
"""Proof of processing elements with their registers: what each holds after any clock edge, from any state.

The element is cut at the outputs of its lanes or its floating-point step, which are proved by themselves (`lane`,
`floating_step`): here they may put out anything. Shown are what they get, what is added of what they put out, and what
every register and output becomes, whatever the inputs, the state, `enable` and `rst` are. So an element that lanes
agree with adds the specified products, keeps their order and holds while it is not enabled. The sum of what lanes put
out is proved by arithmetic (`lane_sum`), or if it is not recognised by the solver.
"""

import time
from collections.abc import Mapping

from bitwuzla import Kind, Term

from lmul.formal.edge import Claimed, Edge
from lmul.formal.integers import Integer, Truth, all_of, choose, is_one, unsigned
from lmul.formal.part_proof import SECONDS, PartProof
from lmul.formal.sums.products import Products, arithmetic, proved_sum, wires_of
from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.element import OutputStationary, WeightStationary, can_saturate
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

ELEMENTS: dict[Dataflow, type[OutputStationary] | type[WeightStationary]] = {
    Dataflow.OUTPUT_STATIONARY: OutputStationary,
    Dataflow.WEIGHT_STATIONARY: WeightStationary,
}


def prove_element(
    dot: DotParameters, dataflow: Dataflow, lanes: int = 1, style: Style = Style.RTL, seconds: float = SECONDS
) -> PartProof:
    """Export an element and prove what its registers become.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    dataflow : Dataflow
        What stays in the element.
    lanes : int
        Products a step.
    style : Style
        Style of the description.
    seconds : float
        Time limit of each question to the solver.
    """
    element = ELEMENTS[dataflow](dot, lanes, style)
    name = f"{dot.name}_{dataflow.value}_x{lanes}_element"
    return prove_element_verilog(verilog(element), element.name, name, dot, dataflow, lanes, seconds)


def prove_element_verilog(
    text: str, top: str, name: str, dot: DotParameters, dataflow: Dataflow, lanes: int, seconds: float = SECONDS
) -> PartProof:
    """Prove the Verilog of an element, whose module is `top`; `name` is that of the proof.

    There are two controls: a sum larger by 1, and a register that does not wait for `enable`, must both be refuted.
    """
    start = time.monotonic()
    edge = _Element(text, top, dot, dataflow, lanes)
    claims = edge.output_stationary() if dataflow is Dataflow.OUTPUT_STATIONARY else edge.weight_stationary()
    answers = {"all of it": edge.ask(all_of(list(claims.values())), seconds)}
    if not answers["all of it"].holds:  # then which of them
        answers = edge.ask_all(claims, seconds)
    controls = [edge.ask(claim, seconds, about="control") for claim in edge.controls(dataflow)]
    return Claimed(answers, controls).proof(name, start)


class _Element(Edge):
    """Element before and after a clock edge, without its lanes or step."""

    def __init__(self, text: str, top: str, dot: DotParameters, dataflow: Dataflow, lanes: int) -> None:
        self.dot = dot
        cut = [(top, arithmetic(dot))]
        proved = proved_sum(text, top, dot, lanes, "sum" if dataflow is Dataflow.WEIGHT_STATIONARY else "start", cut)
        super().__init__(text, top, cut, expose=wires_of(proved))
        self.products = Products(self, dot, lanes, proved)

    def passes(self, pairs: Mapping[str, str], when: Truth) -> dict[str, Truth]:
        """State for each pair of register and source that the register takes it when `when` is true, and else holds."""
        return {
            f"{register} takes {source} or holds": self.becomes(
                register, self.chosen((when, self.net(source)), otherwise=self.net(register))
            )
            for register, source in pairs.items()
        }

    def reset(self, pairs: Mapping[str, Term], when: Truth) -> dict[str, Truth]:
        """State the same for registers that a reset clears, with the value that they take."""
        zero = self.tm.mk_bv_zero(self.tm.mk_bv_sort(1))
        return {
            f"{register} is cleared, taken or held": self.becomes(
                register, self.chosen((self.bit("rst"), zero), (when, value), otherwise=self.net(register))
            )
            for register, value in pairs.items()
        }

    def output_stationary(self) -> dict[str, Truth]:
        """State what becomes of an output-stationary element, and what its lanes get."""
        enable, valid, rst, done = (self.bit(name) for name in ("enable", "valid_out", "rst", "done"))
        ends, moves = done & enable, (self.bit("drain") | ~self.bit("held")) & enable
        clear = ends | rst
        finished = valid & self.bit("last_out")
        zero, one = (self.tm.mk_bv_value(self.tm.mk_bv_sort(1), value) for value in (0, 1))
        result = self.net("total")
        claims = self._lanes("x_out", "y_out", ~(enable & valid) | rst)
        claims |= self._sum(clear, 0) | self._start(clear)
        if can_saturate(self.dot):
            above = (self.bit("saturated") & ~clear) | self.products.above()
            claims["the flag is kept, and set by products above the anchor"] = self.becomes(
                "saturated", self.as_bit(above)
            )
            result = self.tm.mk_term(Kind.BV_CONCAT, [self.net("saturated"), result])
        drained = self.chosen((ends, result), (moves, self.net("above")), otherwise=self.net("below"))
        held = self.chosen((rst, zero), (ends, one), (moves, zero), otherwise=self.net("held"))
        return {
            **claims,
            "results drain in order": self.becomes("below", drained),
            "an own result waits for the drain": self.becomes("held", held),
            **self.passes({"x_out": "x", "y_out": "y", "last_out": "last"}, enable),
            **self.reset({"valid_out": self.net("valid"), "done": self.as_bit(finished)}, enable),
        }

    def weight_stationary(self) -> dict[str, Truth]:
        """State what becomes of a weight-stationary element, and what its lanes get."""
        enable = self.bit("enable")
        never = enable & ~enable
        return {
            **self._lanes("x_out", "word_in_use", never),
            **self._passed_sum(enable, 0),
            **self.passes({"x_out": "x"}, enable),
            **self.passes({"word_out": "word"}, enable & self.bit("push")),
            **self.passes({"word_in_use": "word_out"}, enable & self.bit("swap")),
            **self.reset({"swap_out": self.net("swap"), "push_out": self.net("push")}, enable),
        }

    def controls(self, dataflow: Dataflow) -> list[Truth]:
        """State what must be refuted."""
        careless = self.becomes("x_out", self.net("x"))
        if dataflow is Dataflow.OUTPUT_STATIONARY:
            clear = (self.bit("done") & self.bit("enable")) | self.bit("rst")
            return [*self._sum(clear, 1).values(), careless]
        return [*self._passed_sum(self.bit("enable"), 1).values(), careless]

    def _lanes(self, x: str, word: str, idle: Truth) -> dict[str, Truth]:
        """State what the lanes, or the step, get."""
        claims = {}
        for i, name in enumerate(self.products.names):
            for port, source in (("x", x), ("word", word)):
                got = self.net(f"{name}.{port}")
                part = self.field(self.net(source), i, int(got.sort().bv_size()))
                claims[f"{name} multiplies its part of {source}"] = self.same(got, part)
            claims[f"{name} is idle when it must be"] = ~(self.bit(f"{name}.idle") ^ idle)
        return claims

    def _sum(self, clear: Truth, error: int) -> dict[str, Truth]:
        """State that the accumulator takes, modulo its width, what it has or 0 and what lanes put out."""
        value = self.products.added(self._kept(clear)) + error
        return {"total takes what lanes add": self.becomes("total", value.bits(self.dot.width))}

    def _start(self, clear: Truth) -> dict[str, Truth]:
        """State what the products are added to, where their sum is proved apart."""
        return {"total takes what lanes add to it or to 0": self.products.starts(self._kept(clear), "start")}

    def _kept(self, clear: Truth) -> Integer:
        return choose(clear, 0, unsigned(self.tm, self.net("total")))

    def _passed_sum(self, enable: Truth, error: int) -> dict[str, Truth]:
        """State that the sum which is passed down is that from above, modulo its width, and what lanes put out."""
        above = self.net("sum")
        low = unsigned(self.tm, self.field(above, 0, self.dot.width))
        total = (self.products.added(low) + error).bits(self.dot.width)
        if can_saturate(self.dot):
            flag = is_one(self.tm, self.field(above, self.dot.width, 1)) | self.products.above()
            total = self.tm.mk_term(Kind.BV_CONCAT, [self.as_bit(flag), total])
        value = self.chosen((enable, total), otherwise=self.net("sum_out"))
        claim = self.becomes("sum_out", value)
        if not self.dot.kind.is_integer and not error:
            claim = claim & self.products.starts(low, "sum")
        return {"sum_out takes what lanes add to sum, or holds": claim}
