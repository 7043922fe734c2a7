# amaranth: UnusedElaboratable=no
"""Proof of a lane: converters, loader, product and alignment in exported Verilog, for all operands and anchors."""

import operator
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bitwuzla import Term, TermManager

from lmul.formal.gates import gates
from lmul.formal.integers import Integer, Truth, is_one, unsigned
from lmul.formal.loaded_lane import LANE, OUTPUTS, WORD, LoadedLane
from lmul.formal.multiplier import SOLVED_MANTISSA_BITS
from lmul.formal.significands import Significands, Wire, array_product, same_width, word_product
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.formal.specification import Multiply
from lmul.formal.wide_specification import addend, agree_on_zero, in_range, put_out, sign_magnitude, word
from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import Entering, entering
from lmul.hdl.arith.wire_names import SIGNIFICAND_PRODUCT
from lmul.hdl.dot.converter import Converter, LogConverter, converters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

SECONDS = 60.0
"""Time limit of the solver for each question, after which the outcome is `unknown`."""


@dataclass(frozen=True)
class Found:
    """Inputs for which something else comes out than is specified.

    Attributes
    ----------
    inputs : dict of str to int
        Operands, and the anchor if there is one.
    expected, got : int
        What is added, in units of the accumulator's LSB; of a converter, the word.
    """

    inputs: dict[str, int]
    expected: int
    got: int

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} {value if name == 'anchor' else hex(value)}" for name, value in self.inputs.items())
        return f"{inputs}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class PartProof:
    """Result of the proof of a part of a dot product.

    Attributes
    ----------
    name : str
        Name of the module.
    holds : bool or None
        Proved, refuted, or neither.
    seconds : float
        Time for export, reading back and solving, with the control.
    counterexample : Found or None
        Counterexample, if it is refuted.
    control : Found or None
        Counterexample to a magnitude, or a word, larger by 1. None if that was not refuted, which makes the proof void.
    wrong : tuple of str
        Claims that do not hold, where there are several.
    refuted : bool or None
        All controls of such claims were refuted.
    """

    name: str
    holds: bool | None
    seconds: float
    counterexample: Found | None
    control: Found | None
    wrong: tuple[str, ...] = ()
    refuted: bool | None = None

    @property
    def outcome(self) -> str:
        """Return proved, refuted, unknown, or void if the control was not refuted."""
        if self.holds is False:
            return "refuted"
        if self.control is None and not self.refuted:
            return "void"
        return "proved" if self.holds else "unknown"


def prove_parts(dot: DotParameters, style: Style = Style.RTL, seconds: float = SECONDS) -> list[PartProof]:
    """Export the combinational parts of a dot product's lane and prove each, for all operands and anchors.

    These are the converters, if operands need any, and the lane with its loader.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored.
    style : Style
        Style of the description.
    seconds : float
        Time limit of each question to the solver.
    """
    return [prove_converter(part, seconds) for part in converters(dot)] + [prove_lane(dot, style, seconds)]


def prove_lane(dot: DotParameters, style: Style = Style.RTL, seconds: float = SECONDS) -> PartProof:
    """Export a lane with its loader and prove that it adds the specified product."""
    start = time.monotonic()
    lane = LoadedLane(dot, style)
    return prove_lane_verilog(verilog(lane), lane.name, dot, seconds, start)


def prove_converter(converter: Converter, seconds: float = SECONDS) -> PartProof:
    """Export a converter and prove that it makes the specified words."""
    start = time.monotonic()
    return prove_converter_verilog(verilog(converter), converter, seconds, start)


def prove_lane_verilog(
    text: str, top: str, dot: DotParameters, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a lane with its loader, which has the ports of a `LoadedLane`."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    whole = _LaneClaim(tm, load(tm, text, top), dot)
    multiplied = _multiplied(whole, text, seconds)
    if multiplied is None:
        return _proof(top, whole.ask(0, seconds), whole.ask(1, seconds), start)
    cut = _LaneClaim(tm, load(tm, text, top, expose=multiplied.exposed), dot)
    multiply, given = multiplied.abstract(tm, cut.circuit, _STATE)
    answer = cut.ask(0, seconds, multiply, given)
    if answer[0].holds is False:  # only the whole has true products
        answer = whole.ask(0, seconds)
    return _proof(top, answer, whole.ask(1, seconds), start)


class _LaneClaim:
    """Claim that a lane adds what is specified."""

    def __init__(self, tm: TermManager, circuit: Circuit, dot: DotParameters) -> None:
        self.tm, self.circuit, self.dot = tm, circuit, dot
        circuit.state(_STATE)
        x, y, idle, bits, sign, saturated = (circuit.net(name, _STATE) for name in ("x", "y", "idle", *OUTPUTS))
        self.anchor = Integer(tm, circuit.net("anchor", _STATE)) if dot.kind.has_anchor else None
        self.idle, self.saturated, self.got = is_one(tm, idle), is_one(tm, saturated), put_out(tm, bits, sign)
        self.inputs = {"x": x, "y": y, **({} if self.anchor is None else {"anchor": self.anchor.term})}
        # What `prove_converter` shows.
        layouts = dot.product.entry_formats or ()
        self.given = [in_range(tm, layout, word).term for layout, word in zip(layouts, (x, y), strict=False)]

    def ask(
        self, error: int, seconds: float, multiply: Multiply = operator.mul, given: Sequence[Term] = ()
    ) -> tuple[Answer, Found | None]:
        """Ask the solver whether what is added is what is specified, with `error` added to its magnitude."""
        wanted = addend(self.tm, self.dot, self.inputs["x"], self.inputs["y"], self.anchor, self.idle, multiply, error)
        claim = self.got.equals(wanted.value) & ~(self.saturated ^ wanted.saturated)
        return _asked(self.tm, claim, self.inputs, wanted.value, self.got, seconds, [*self.given, *given])


def _multiplied(claim: _LaneClaim, text: str, seconds: float) -> Significands | None:
    """Prove the product of significands apart, where it is too wide for the solver; else return None."""
    circuit, p = claim.circuit, claim.dot.product
    if p.is_integer or not p.method.is_exact or p.mantissa_bits <= SOLVED_MANTISSA_BITS:
        return None
    x, y = entering(p)
    operands = _significand("x", x), _significand(WORD, y)
    wire = f"{LANE}.{SIGNIFICAND_PRODUCT}"
    if wire in circuit.nets:
        return word_product(claim.tm, circuit, _STATE, operands, wire, seconds)
    return array_product(gates(text, circuit.top), same_width(operands), prefix=f"{LANE}.")


def _significand(wire: str, layout: Entering) -> list[Wire]:
    return [*((wire, i) for i in range(layout.mantissa_bits)), 1]


def prove_converter_verilog(
    text: str, converter: Converter, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a converter."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    circuit = load(tm, text, converter.name)
    circuit.state(_STATE)
    code, made = (circuit.net(name, _STATE) for name in ("code", "word"))
    got = unsigned(tm, made)

    def ask(error: int) -> tuple[Answer, Found | None]:
        if isinstance(converter, LogConverter):
            layout = converter.format
            wanted = word(tm, layout, code)
            fits = in_range(tm, layout, made) & agree_on_zero(tm, layout, code, made)
        else:
            wanted, fits = sign_magnitude(tm, converter.format, code), got >= 0
        specified = unsigned(tm, wanted) + error
        return _asked(tm, got.equals(specified) & fits, {"code": code}, specified, got, seconds)

    return _proof(converter.name, ask(0), ask(1), start)


def _asked(
    tm: TermManager,
    claim: Truth,
    inputs: dict[str, Term],
    wanted: Integer,
    got: Integer,
    seconds: float,
    given: Sequence[Term] = (),
) -> tuple[Answer, Found | None]:
    """Ask the solver whether the claim holds; return its answer, and what refutes it."""
    width = max(wanted.width, got.width)
    answer = always(tm, claim.term, given, [*inputs.values(), wanted.bits(width), got.bits(width)], seconds)
    if answer.holds is not False:
        return answer, None
    *values, expected, found = answer.values
    named = dict(zip(inputs, values, strict=True))
    if "anchor" in named:
        named["anchor"] = _signed(named["anchor"], inputs["anchor"].sort().bv_size())
    return answer, Found(named, _signed(expected, width), _signed(found, width))


def _proof(
    name: str, asked: tuple[Answer, Found | None], control: tuple[Answer, Found | None], start: float
) -> PartProof:
    return PartProof(name, asked[0].holds, time.monotonic() - start, asked[1], control[1])


def _signed(value: int, width: int) -> int:
    """Read a number of that many bits in two's complement."""
    return value - (value >> (width - 1) << width)


_STATE = "s"
