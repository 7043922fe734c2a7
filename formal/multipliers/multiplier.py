"""Proof of a combinational multiplier: its exported Verilog against the specification, for all operands."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from bitwuzla import Kind, Term, TermManager

from lmul.formal.multipliers.normaliser import names_in, prove_in_parts
from lmul.formal.multipliers.significands import significands
from lmul.formal.multipliers.specification import product
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.tools.files import scratch_folder

SOLVED_MANTISSA_BITS = 5
"""Mantissa bits up to which the solver multiplies significands itself; the time grows sixfold a bit."""

SECONDS = 60.0
"""Time limit of the solver, after which the outcome is `unknown`."""


@dataclass(frozen=True)
class Counterexample:
    """Operands whose product is not the specified one.

    Parameters
    ----------
    x, y : int
        Operand codes.
    expected, got : int
        The product that is specified, and that of the Verilog.
    d : int or None
        D, where it is a port.
    """

    x: int
    y: int
    expected: int
    got: int
    d: int | None = None

    def __str__(self) -> str:
        d = "" if self.d is None else f", d 0x{self.d:X}"
        return f"x 0x{self.x:X}, y 0x{self.y:X}{d}: expected 0x{self.expected:X}, got 0x{self.got:X}"


@dataclass(frozen=True)
class Proof:
    """Result of a proof.

    Parameters
    ----------
    name : str
        Name of the unit.
    holds : bool or None
        Proved, refuted, or neither.
    how : str
        Means of the proof, or reason for its failure.
    seconds : float
        Time for export, reading back and solving, with the control.
    counterexample : Counterexample or None
        Counterexample, if it is refuted.
    control : Counterexample or None
        Counterexample to T + 1. None if that was not refuted, which makes the proof void.
    careless : tuple of str or None
        Pipelined: claims refuted for a product that does not wait. () makes the proof void.
    """

    name: str
    holds: bool | None
    how: str
    seconds: float
    counterexample: Counterexample | None = None
    control: Counterexample | None = None
    careless: tuple[str, ...] | None = None

    @property
    def outcome(self) -> str:
        """Return proved, refuted, unknown, or void if a control was not refuted."""
        if self.holds is False:
            return "refuted"
        if self.control is None or self.careless == ():
            return "void"
        return "proved" if self.holds else "unknown"


def prove(unit: Multiplier, seconds: float = SECONDS) -> Proof:
    """Export a combinational unit and prove its Verilog."""
    start = time.monotonic()
    with scratch_folder() as folder:
        verilog = export(unit, folder).verilog.read_text()
    return prove_verilog(verilog, unit.name, unit.parameters, seconds, start)


def prove_verilog(
    verilog: str, top: str, parameters: Parameters, seconds: float = SECONDS, start: float | None = None
) -> Proof:
    """Prove that a combinational module multiplies.

    Parameters
    ----------
    verilog : str
        Text of the file.
    top : str
        Name of the module, which has the ports x, y and p, and may have d.
    parameters : Parameters
        Formats, method and policy to prove.
    seconds : float
        Time limit of each question to the solver.
    start : float or None
        When the work began, by `time.monotonic`.
    """
    start = time.monotonic() if start is None else start
    claim = Claim(verilog, top, parameters)
    how, answer = claim.in_parts(verilog, seconds)
    if answer.holds is not True:
        # Without the array's proof, or where a counterexample has to stand against true products.
        answer = claim.ask(0, seconds)
    counterexample = claim.confirmed(answer, 0, seconds) if answer.holds is False else None
    control = claim.control(seconds)
    return Proof(top, answer.holds, how, time.monotonic() - start, counterexample, control)


class Claim:
    """Claim that a module's product is the specified one."""

    def __init__(self, verilog: str, top: str, parameters: Parameters) -> None:
        self.tm = TermManager()
        self.parameters = parameters
        self.circuit = circuit = load(self.tm, verilog, top)
        _check_ports(circuit, parameters)
        circuit.state(_STATE)
        self.operands = [circuit.net(wire, _STATE) for wire in ("x", "y", "d") if wire in circuit.inputs]
        self.p = circuit.net("p", _STATE)

    @property
    def multiplies(self) -> bool:
        """Tell whether there is a product of significands that is too wide for the solver."""
        return self.parameters.method.is_exact and self.parameters.mantissa_bits > SOLVED_MANTISSA_BITS

    def in_parts(self, verilog: str, seconds: float) -> tuple[str, Answer]:
        """Prove parts where the whole takes long; without an answer it proves nothing."""
        p, tm, multiplies = self.parameters, self.tm, self.multiplies
        product_of_significands = significands(tm, self.circuit, _STATE, verilog, p, seconds) if multiplies else None
        if multiplies and product_of_significands is None:
            return "solver, as the product of significands was not recognised", Answer(None)
        names = names_in(verilog, p)
        if names is not None and prove_in_parts(
            self.circuit, _STATE, verilog, p, names, seconds, product_of_significands
        ):
            parts = "normalisers, product of significands and rest" if multiplies else "normalisers and arithmetic"
            return f"solver, {parts} each", Answer(True)
        if product_of_significands is not None:
            cut = load(tm, verilog, self.circuit.top, expose=product_of_significands.exposed)
            cut.state(_CUT)
            multiply, given = product_of_significands.abstract(tm, cut, _CUT)
            a, b, got = (cut.net(wire, _CUT) for wire in "xyp")
            claim = tm.mk_term(Kind.EQUAL, [got, product(tm, p, a, b, multiply=multiply)])
            return "product of significands apart, rest by solver", always(
                tm, claim, given, seconds=seconds, about="rest"
            )
        return "solver", Answer(None)

    def ask(self, error: int, seconds: float, given: Sequence[Term] = ()) -> Answer:
        """Ask the solver whether the product is the specified one with `error` added to T."""
        x, y, *d = self.operands
        specified = product(self.tm, self.parameters, x, y, d=d[0] if d else None, error=error)
        claim = self.tm.mk_term(Kind.EQUAL, [self.p, specified])
        return always(
            self.tm, claim, given, [*self.operands, specified, self.p], seconds, "control" if error else "claim"
        )

    def control(self, seconds: float) -> Counterexample | None:
        """Refute the claim with T larger by 1. Powers of two are tried first, both and then x alone, which is fast."""
        powers = [
            self.tm.mk_term(Kind.EQUAL, [term, self.tm.mk_bv_value(term.sort(), 1 << (f.magnitude_bits - 1))])
            for term, f in zip(self.operands, (self.parameters.format, self.parameters.y_format), strict=False)
        ]
        for known in (powers, powers[:1], []):
            answer = self.ask(1, seconds, known)
            if answer.holds is not True:
                break
        return self.confirmed(answer, 1, seconds) if answer.holds is False else None

    def confirmed(self, answer: Answer, error: int, seconds: float) -> Counterexample:
        """Check a counterexample by asking again with its operands as constants; return it.

        Raises
        ------
        AssertionError
            The counterexample is wrong.
        """
        known = [
            self.tm.mk_term(Kind.EQUAL, [term, self.tm.mk_bv_value(term.sort(), value)])
            for term, value in zip(self.operands, answer.values, strict=False)
        ]
        again = self.ask(error, seconds, known)
        if again.holds is not False or again.values[:-1] != answer.values[:-1]:  # an x may be another one each time
            raise AssertionError(f"the solver's counterexample must be one, not {answer}")
        x, y, *d, expected, got = answer.values
        return Counterexample(x, y, expected, got, d[0] if d else None)


def _check_ports(circuit: Circuit, p: Parameters) -> None:
    """Raise ValueError unless the ports are whole codes; a missing bit would be compared as 0."""
    ports = {"x": ("input", p.format.width), "y": ("input", p.y_format.width), "p": ("output", p.result.width)}
    if "d" in circuit.ports:
        ports["d"] = ("input", p.mantissa_bits)
    found = {port.name: (port.kind, port.width) for port in circuit.ports.values()}
    if found != ports:
        raise ValueError(f"ports of {circuit.top} must be {ports}, not {found}")


_STATE = "s"
_CUT = "c"
