# amaranth: UnusedElaboratable=no
"""Proof of processing elements with their registers: what each holds after any clock edge, from any state.

The element is cut at the outputs of its lanes, which are proved by themselves (`lane`): here they may put out anything.
Shown are what lanes get, what is added of what they put out, and what every register and output becomes, whatever the
inputs, the state, `enable` and `rst` are. So an element that lanes agree with adds the specified products, keeps their
order and holds while it is not enabled. The sum of what lanes put out is proved by arithmetic (`lane_sum`), or if it is
not recognised by the solver.
"""

import re
import time
from collections.abc import Iterator, Mapping

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, is_one, unsigned
from lmul.formal.lane_sum import sum_of_lanes
from lmul.formal.loaded_lane import OUTPUTS
from lmul.formal.part_proof import SECONDS, PartProof
from lmul.formal.smt import always, load
from lmul.formal.wide_specification import put_out
from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.element import OutputStationary, WeightStationary, can_saturate
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.dot.lane import Lane
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

ELEMENTS: dict[Dataflow, type[OutputStationary] | type[WeightStationary]] = {
    Dataflow.OUTPUT_STATIONARY: OutputStationary,
    Dataflow.WEIGHT_STATIONARY: WeightStationary,
}

NOW, THEN = "now", "then"
"""States before and after a clock edge."""


def prove_element(
    dot: DotParameters, dataflow: Dataflow, lanes: int = 1, style: Style = Style.RTL, seconds: float = SECONDS
) -> PartProof:
    """Export an element and prove what its registers become.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored.
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
    edge = _Edge(text, top, dot, dataflow, lanes)
    claims = edge.output_stationary() if dataflow is Dataflow.OUTPUT_STATIONARY else edge.weight_stationary()
    wrong: tuple[str, ...] = ()
    holds = edge.holds(all_of(list(claims.values())), seconds)
    if not holds:  # then which of them
        answers = {what: edge.holds(claim, seconds) for what, claim in claims.items()}
        wrong = tuple(what for what, holds in answers.items() if not holds)
        holds = None if any(answers[what] is None for what in wrong) else not wrong
    refuted = [edge.holds(claim, seconds, "control") is False for claim in edge.controls(dataflow)]
    return PartProof(name, holds, time.monotonic() - start, None, None, wrong, all(refuted))


class _Edge:
    """Element before and after a clock edge."""

    def __init__(self, text: str, top: str, dot: DotParameters, dataflow: Dataflow, lanes: int) -> None:
        self.tm, self.dot, self.lanes = TermManager(), dot, lanes
        cut = without_lanes(text, top, dot)
        begin = [("sum" if dataflow is Dataflow.WEIGHT_STATIONARY else "start", i) for i in range(dot.width)]
        outputs = [(f"lane_{i}_addend", f"lane_{i}_sign") for i in range(lanes)]
        self.sum = sum_of_lanes(cut, top, outputs, begin)
        self.circuit = load(self.tm, cut, top, expose=list(dict.fromkeys(wire for wire, _ in self.sum or ())))
        for state in (NOW, THEN):
            self.circuit.state(state)
        self.edge = self.circuit.follows(NOW, THEN)

    def holds(self, claim: Truth, seconds: float, about: str = "claim") -> bool | None:
        """Tell whether a claim holds for every edge; None after a time-out."""
        return always(self.tm, claim.term, self.edge, seconds=seconds, about=about).holds

    def net(self, wire: str, state: str = NOW) -> Term:
        return self.circuit.net(wire, state)

    def bit(self, wire: str, state: str = NOW) -> Truth:
        return is_one(self.tm, self.net(wire, state))

    def becomes(self, wire: str, value: Term) -> Truth:
        """State what a register holds after the edge."""
        return self._same(self.net(wire, THEN), value)

    def chosen(self, *cases: tuple[Truth, Term], otherwise: Term) -> Term:
        """Select the value of the first case that is true."""
        for condition, value in reversed(cases):
            otherwise = self.tm.mk_term(Kind.ITE, [condition.term, value, otherwise])
        return otherwise

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
            above = (self.bit("saturated") & ~clear) | self._above()
            claims["the flag is kept, and set by products above the anchor"] = self.becomes(
                "saturated", self._as_bit(above)
            )
            result = self.tm.mk_term(Kind.BV_CONCAT, [self.net("saturated"), result])
        drained = self.chosen((ends, result), (moves, self.net("above")), otherwise=self.net("below"))
        held = self.chosen((rst, zero), (ends, one), (moves, zero), otherwise=self.net("held"))
        return {
            **claims,
            "results drain in order": self.becomes("below", drained),
            "an own result waits for the drain": self.becomes("held", held),
            **self.passes({"x_out": "x", "y_out": "y", "last_out": "last"}, enable),
            **self.reset({"valid_out": self.net("valid"), "done": self._as_bit(finished)}, enable),
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
        """State what the lanes get."""
        claims = {}
        for i in range(self.lanes):
            for port, source in (("x", x), ("word", word)):
                got = self.net(f"lane_{i}_{port}")
                width = got.sort().bv_size()
                part = self.tm.mk_term(Kind.BV_EXTRACT, [self.net(source)], [(i + 1) * width - 1, i * width])
                claims[f"lane {i} multiplies its part of {source}"] = self._same(got, part)
            claims[f"lane {i} is idle when it must be"] = self._same(self.net(f"lane_{i}_idle"), self._as_bit(idle))
        return claims

    def _sum(self, clear: Truth, error: int) -> dict[str, Truth]:
        """State that the accumulator takes, modulo its width, what it has or 0 and what lanes put out."""
        start = choose(clear, 0, unsigned(self.tm, self.net("total")))
        value = self._added(start) + error
        return {"total takes what lanes add": self.becomes("total", value.bits(self.dot.width))}

    def _start(self, clear: Truth) -> dict[str, Truth]:
        """State what the sum of lanes is added to, where that sum is proved apart."""
        start = choose(clear, 0, unsigned(self.tm, self.net("total"))).bits(self.dot.width)
        return (
            {}
            if self.sum is None
            else {"total takes what lanes add to it or to 0": self._same(self.net("start"), start)}
        )

    def _passed_sum(self, enable: Truth, error: int) -> dict[str, Truth]:
        """State that the sum which is passed down is that from above, modulo its width, and what lanes put out."""
        width, above = self.dot.width, self.net("sum")
        low = self.tm.mk_term(Kind.BV_EXTRACT, [above], [width - 1, 0])
        total = (self._added(unsigned(self.tm, low)) + error).bits(width)
        if can_saturate(self.dot):
            flag = is_one(self.tm, self.tm.mk_term(Kind.BV_EXTRACT, [above], [width, width])) | self._above()
            total = self.tm.mk_term(Kind.BV_CONCAT, [self._as_bit(flag), total])
        value = self.chosen((enable, total), otherwise=self.net("sum_out"))
        return {"sum_out takes what lanes add to sum, or holds": self.becomes("sum_out", value)}

    def _added(self, start: Integer) -> Integer:
        """Add what the lanes put out to what the sum starts from; the result is right modulo 2^width.

        Where the sum is proved by arithmetic, it may be any number here.
        """
        if self.sum is not None:
            bits = [self.tm.mk_term(Kind.BV_EXTRACT, [self.net(wire)], [i, i]) for wire, i in reversed(self.sum)]
            return unsigned(self.tm, self.tm.mk_term(Kind.BV_CONCAT, bits))
        for i in range(self.lanes):
            start += put_out(self.tm, self.net(f"lane_{i}_addend"), self.net(f"lane_{i}_sign"))
        return start

    def _above(self) -> Truth:
        return any_of([self.bit(f"lane_{i}_saturated") for i in range(self.lanes)])

    def _same(self, a: Term, b: Term) -> Truth:
        return Truth(self.tm, self.tm.mk_term(Kind.EQUAL, [a, b]))

    def _as_bit(self, truth: Truth) -> Term:
        return choose(truth, 1, 0).bits(1)


_INPUTS, _PORTS = ("x", "word", "idle"), ("x", "word", "idle", *OUTPUTS)


def without_lanes(text: str, top: str, dot: DotParameters) -> str:
    """Cut the lanes out of the text of a unit: what they put out becomes inputs, what they get outputs.

    Port PORT of lane I becomes `lane_I_PORT`.
    """
    lane = Lane(dot)
    widths = {name: len(getattr(lane, name)) for name in _PORTS}
    ports: list[str] = []

    def cut(match: re.Match[str]) -> str:
        lines = []
        connections = dict(_connections(match[2]))
        if set(connections) != set(widths):
            raise ValueError(f"ports of {match[1]} must be {', '.join(widths)}, not {', '.join(connections)}")
        for port, expression in connections.items():
            name, bits = f"{match[1]}_{port}", f"[{widths[port] - 1}:0]"
            if port in _INPUTS:
                ports.append(f"  output wire {bits} {name},\n")
                lines.append(f"  assign {name} = {expression};\n")
            else:
                ports.append(f"  input wire {bits} {name},\n")
                lines.append(f"  assign {expression} = {name};\n")
        return "".join(lines)

    module, end, others = text.partition("\nendmodule\n")
    body = re.sub(rf"^  {top}_lane (lane_\d+) \((.*?)^  \);\n", cut, module, flags=re.MULTILINE | re.DOTALL)
    return body.replace(f"module {top} (\n", f"module {top} (\n{''.join(ports)}", 1) + end + others


def _connections(text: str) -> Iterator[tuple[str, str]]:
    """Split the connections of an instance into names and expressions."""
    depth, name, begin = 0, "", 0
    for place, character in enumerate(text):
        if character == "(":
            depth += 1
            if depth == 1:
                name, begin = text[:place].rpartition(".")[2], place + 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                yield name, text[begin:place]
