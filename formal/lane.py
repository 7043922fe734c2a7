# amaranth: UnusedElaboratable=no
"""Proof of a lane: converters, loader, product and alignment in exported Verilog, for all operands and anchors."""

import operator
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bitwuzla import Kind, Term, TermManager

from lmul.formal.integers import Integer, Truth, choose, unsigned
from lmul.formal.loaded_lane import OUTPUTS, LoadedLane
from lmul.formal.smt import Answer, always, load
from lmul.formal.wide_specification import addend, in_range, log_code
from lmul.golden.accumulators import DotParameters
from lmul.golden.logarithms import LogFormat
from lmul.hdl.dot.converter import LogConverter, converters
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
        Codes or log codes, and the anchor if there is one.
    expected, got : int
        What is added, in units of the accumulator's LSB; of a converter, the log code.
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
        Counterexample to T or a log code larger by 1. None if that was not refuted, which makes the proof void.
    """

    name: str
    holds: bool | None
    seconds: float
    counterexample: Found | None
    control: Found | None

    @property
    def outcome(self) -> str:
        """Return proved, refuted, unknown, or void if the control was not refuted."""
        if self.holds is False:
            return "refuted"
        if self.control is None:
            return "void"
        return "proved" if self.holds else "unknown"


def prove_parts(dot: DotParameters, style: Style = Style.RTL, seconds: float = SECONDS) -> list[PartProof]:
    """Export the combinational parts of a dot product's lane and prove each, for all operands and anchors.

    These are the converters to log codes, if the method is log, and the lane with its loader.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator, fixed or anchored.
    style : Style
        Style of the description.
    seconds : float
        Time limit of each question to the solver.
    """
    return [prove_converter(part, seconds) for part in converters(dot.product)] + [prove_lane(dot, style, seconds)]


def prove_lane(dot: DotParameters, style: Style = Style.RTL, seconds: float = SECONDS) -> PartProof:
    """Export a lane with its loader and prove that it adds the specified product."""
    start = time.monotonic()
    lane = LoadedLane(dot, style)
    return prove_lane_verilog(verilog(lane), lane.name, dot, seconds, start)


def prove_converter(converter: LogConverter, seconds: float = SECONDS) -> PartProof:
    """Export a converter and prove that it makes the specified log codes."""
    start = time.monotonic()
    return prove_converter_verilog(verilog(converter), converter.name, converter.format, seconds, start)


def prove_lane_verilog(
    text: str, top: str, dot: DotParameters, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a lane with its loader, which has the ports of a `LoadedLane`."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    circuit = load(tm, text, top)
    circuit.state(_STATE)
    x, y, idle, bits, sign, saturated = (circuit.net(name, _STATE) for name in ("x", "y", "idle", *OUTPUTS))
    anchor = Integer(tm, circuit.net("anchor", _STATE)) if dot.kind.has_anchor else None
    # In one's complement, with the sign once as a carry, and once, negative, above the bits.
    got = unsigned(tm, bits) + choose(_is_one(tm, sign), 1 - (1 << bits.sort().bv_size()), 0)
    inputs = {"x": x, "y": y, **({} if anchor is None else {"anchor": anchor.term})}
    # What `prove_converter` shows.
    layouts = dot.product.log_formats or ()
    given = [in_range(tm, layout, code).term for layout, code in zip(layouts, (x, y), strict=False)]

    def ask(error: int) -> tuple[Answer, Found | None]:
        wanted = addend(tm, dot, x, y, anchor, _is_one(tm, idle), operator.mul, error)
        claim = got.equals(wanted.value) & ~(_is_one(tm, saturated) ^ wanted.saturated)
        return _asked(tm, claim, inputs, wanted.value, got, seconds, given)

    return _proof(top, ask(0), ask(1), start)


def prove_converter_verilog(
    text: str, top: str, layout: LogFormat, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a converter, which has the ports of a `LogConverter`."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    circuit = load(tm, text, top)
    circuit.state(_STATE)
    code, log = (circuit.net(name, _STATE) for name in ("code", "log"))
    got = unsigned(tm, log)

    def ask(error: int) -> tuple[Answer, Found | None]:
        wanted = unsigned(tm, log_code(tm, layout, code)) + error
        claim = got.equals(wanted) & in_range(tm, layout, log)
        return _asked(tm, claim, {"code": code}, wanted, got, seconds)

    return _proof(top, ask(0), ask(1), start)


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


def _is_one(tm: TermManager, bit: Term) -> Truth:
    return Truth(tm, tm.mk_term(Kind.EQUAL, [bit, tm.mk_bv_one(tm.mk_bv_sort(1))]))


def _signed(value: int, width: int) -> int:
    """Read a number of that many bits in two's complement."""
    return value - (value >> (width - 1) << width)


_STATE = "s"
