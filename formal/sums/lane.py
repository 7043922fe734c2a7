# amaranth: UnusedElaboratable=no
"""Proof of a lane: converters, loader, product and alignment in exported Verilog, for all operands and anchors."""

import operator
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from bitwuzla import Term, TermManager

from lmul.formal.gates import gates
from lmul.formal.integers import Integer, Truth, is_one, unsigned
from lmul.formal.multipliers.multiplier import SOLVED_MANTISSA_BITS
from lmul.formal.multipliers.significands import (
    KnownProduct,
    Significands,
    Wire,
    array_product,
    same_width,
    word_product,
)
from lmul.formal.multipliers.specification import Multiply
from lmul.formal.part_proof import SECONDS, Found, FoundSum, PartProof
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.formal.sums.loaded_lane import LANE, WORD, LoadedLane
from lmul.formal.sums.wide_specification import addend, agree_on_zero, in_range, put_out, sign_magnitude, word
from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import Entering, entering
from lmul.hdl.arith.wire_names import SIGNIFICAND_PRODUCT
from lmul.hdl.dot.converter import Converter, LogConverter, converters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style

_PREFIXES = f"{LANE}.", f"{LANE}.accumulate_"
"""What stands before the names of wires of a product: in a step, wires that reach its sum are named after that."""

STATE = "s"
"""Name of the only state that combinational parts have."""


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
    return [*prove_converters(dot, seconds), prove_lane(dot, style, seconds)]


def prove_converters(dot: DotParameters, seconds: float = SECONDS) -> list[PartProof]:
    """Export the converters of a dot product and prove each, for all codes."""
    return [prove_converter(part, seconds) for part in converters(dot)]


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
    return prove_loaded_verilog(text, top, dot, LaneClaim, seconds, start)


class LoadedClaim(ABC):
    """Claim about a `LoadedLane`.

    Parameters
    ----------
    tm : TermManager
        Manager of the terms.
    circuit : Circuit
        The lane with its loader, as a whole or without its product of significands.
    dot : DotParameters
        Formats, method and accumulator.
    """

    solved_mantissa_bits = SOLVED_MANTISSA_BITS
    """Mantissa bits up to which the solver multiplies significands itself."""

    def __init__(self, tm: TermManager, circuit: Circuit, dot: DotParameters) -> None:
        self.tm, self.circuit, self.dot = tm, circuit, dot
        circuit.state(STATE)
        self.x, self.y, idle, saturated = (self.net(name) for name in ("x", "y", "idle", "saturated"))
        self.idle, self.saturated = is_one(tm, idle), is_one(tm, saturated)
        # What `prove_converter` shows.
        layouts = dot.product.entry_formats or ()
        self.given = [in_range(tm, layout, word).term for layout, word in zip(layouts, (self.x, self.y), strict=False)]

    def net(self, wire: str) -> Term:
        """Return the value of a port or wire."""
        return self.circuit.net(wire, STATE)

    @abstractmethod
    def ask(
        self, error: int, seconds: float, multiply: Multiply = operator.mul, given: Sequence[Term] = ()
    ) -> tuple[Answer, Found | FoundSum | None]:
        """Ask the solver whether what comes out is what is specified, with an `error`; return what refutes it, too."""


class LaneClaim(LoadedClaim):
    """Claim that a lane adds what is specified."""

    def __init__(self, tm: TermManager, circuit: Circuit, dot: DotParameters) -> None:
        super().__init__(tm, circuit, dot)
        self.anchor = Integer(tm, self.net("anchor")) if dot.kind.has_anchor else None
        self.got = put_out(tm, self.net("addend"), self.net("sign"))
        self.inputs = {"x": self.x, "y": self.y, **({} if self.anchor is None else {"anchor": self.anchor.term})}

    def ask(
        self, error: int, seconds: float, multiply: Multiply = operator.mul, given: Sequence[Term] = ()
    ) -> tuple[Answer, Found | None]:
        """Ask the solver whether what is added is what is specified, with `error` added to its magnitude."""
        wanted = addend(self.tm, self.dot, self.x, self.y, self.anchor, self.idle, multiply, error)
        claim = self.got.equals(wanted.value) & ~(self.saturated ^ wanted.saturated)
        return _asked(
            self.tm, claim, self.inputs, wanted.value, self.got, seconds, [*self.given, *given], asked_about(error)
        )


def prove_loaded_verilog(
    text: str,
    top: str,
    dot: DotParameters,
    claim: type[LoadedClaim],
    seconds: float = SECONDS,
    start: float | None = None,
) -> PartProof:
    """Prove a claim about the Verilog of a `LoadedLane`."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    whole = claim(tm, load(tm, text, top), dot)
    multiplied = _multiplied(whole, text, seconds)
    if multiplied is None:
        return _proof(top, whole.ask(0, seconds), whole.ask(1, seconds), start)
    cut = claim(tm, load(tm, text, top, expose=multiplied.exposed), dot)
    if dot.kind.is_integer:  # a loader that saturates multiplies something else, which does not count
        multiply, given = multiplied.abstract(tm, cut.circuit, STATE)
        answer = cut.ask(0, seconds, multiply, given)
    else:
        known = KnownProduct(tm, multiplied, cut.circuit, STATE)
        answer = cut.ask(0, seconds, known, known.given)
        if not always(tm, known.arguments.term, seconds=seconds, about="what is multiplied").holds:
            answer = whole.ask(0, seconds)
    if answer[0].holds is False:  # only the whole has true products
        answer = whole.ask(0, seconds)
    return _proof(top, answer, whole.ask(1, seconds), start)


def _multiplied(claim: LoadedClaim, text: str, seconds: float) -> Significands | None:
    """Prove the product of significands apart, where it is too wide for the solver; else return None."""
    circuit, p = claim.circuit, claim.dot.product
    if p.is_integer or not p.method.is_exact or p.mantissa_bits <= claim.solved_mantissa_bits:
        return None
    x, y = entering(p)
    operands = _significand("x", x), _significand(WORD, y)
    for prefix in _PREFIXES:
        if (wire := f"{prefix}{SIGNIFICAND_PRODUCT}") in circuit.nets:
            return word_product(claim.tm, circuit, STATE, operands, wire, seconds)
    return array_product(gates(text, circuit.top), same_width(operands), prefixes=_PREFIXES)


def _significand(wire: str, layout: Entering) -> list[Wire]:
    return [*((wire, i) for i in range(layout.mantissa_bits)), 1]


def prove_converter_verilog(
    text: str, converter: Converter, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a converter."""
    start = time.monotonic() if start is None else start
    tm = TermManager()
    circuit = load(tm, text, converter.name)
    circuit.state(STATE)
    code, made = (circuit.net(name, STATE) for name in ("code", "word"))
    got = unsigned(tm, made)

    def ask(error: int) -> tuple[Answer, Found | None]:
        if isinstance(converter, LogConverter):
            layout = converter.format
            wanted = word(tm, layout, code)
            fits = in_range(tm, layout, made) & agree_on_zero(tm, layout, code, made)
        else:
            wanted, fits = sign_magnitude(tm, converter.format, code), got >= 0
        specified = unsigned(tm, wanted) + error
        return _asked(tm, got.equals(specified) & fits, {"code": code}, specified, got, seconds, (), asked_about(error))

    return _proof(converter.name, ask(0), ask(1), start)


def _asked(
    tm: TermManager,
    claim: Truth,
    inputs: dict[str, Term],
    wanted: Integer,
    got: Integer,
    seconds: float,
    given: Sequence[Term] = (),
    about: str = "claim",
) -> tuple[Answer, Found | None]:
    """Ask the solver whether the claim holds; return its answer, and what refutes it."""
    width = max(wanted.width, got.width)
    answer = always(tm, claim.term, given, [*inputs.values(), wanted.bits(width), got.bits(width)], seconds, about)
    if answer.holds is not False:
        return answer, None
    *values, expected, found = answer.values
    named = dict(zip(inputs, values, strict=True))
    if "anchor" in named:
        named["anchor"] = _signed(named["anchor"], inputs["anchor"].sort().bv_size())
    return answer, Found(named, _signed(expected, width), _signed(found, width))


def asked_about(error: int) -> str:
    """Name a question: that whether what comes out is right, or the control, which has an error in it."""
    return "control" if error else "claim"


def _proof(
    name: str,
    asked: tuple[Answer, Found | FoundSum | None],
    control: tuple[Answer, Found | FoundSum | None],
    start: float,
) -> PartProof:
    return PartProof(name, asked[0].holds, time.monotonic() - start, asked[1], control[1])


def _signed(value: int, width: int) -> int:
    """Read a number of that many bits in two's complement."""
    return value - (value >> (width - 1) << width)
