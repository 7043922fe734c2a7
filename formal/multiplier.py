"""The proof of one multiplier: its exported Verilog against the specification, for all operands."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwuzla import Kind, Term, TermManager

from lmul.formal.array import product_nets
from lmul.formal.gates import Gates, gates
from lmul.formal.integers import Integer, unsigned
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.formal.specification import product
from lmul.golden.parameters import Method, Parameters
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import export

SOLVED_MANTISSA_BITS = 5
"""Up to here the solver multiplies significands by itself; the time grows sixfold with every bit."""

SECONDS = 60.0
"""How long the solver may look for an answer before the outcome is `unknown`."""


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
    """What came of a proof.

    Parameters
    ----------
    name : str
        Of the unit.
    holds : bool or None
        Proved, refuted, or neither.
    how : str
        By what means, or why not.
    seconds : float
        Of exporting, reading back and solving, the control included.
    counterexample : Counterexample or None
        Where it is refuted.
    control : Counterexample or None
        To the specification with T one larger; None if that was not refuted, so that the proof is worth nothing.
    """

    name: str
    holds: bool | None
    how: str
    seconds: float
    counterexample: Counterexample | None = None
    control: Counterexample | None = None

    @property
    def outcome(self) -> str:
        """In one word: proved, refuted, unknown, or void if the control was not refuted."""
        if self.holds is False:
            return "refuted"
        if self.control is None:
            return "void"
        return "proved" if self.holds else "unknown"


def prove(unit: Multiplier, seconds: float = SECONDS) -> Proof:
    """Export a combinational unit and prove its Verilog."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lmul-") as folder:
        verilog = export(unit, Path(folder)).verilog.read_text()
    return prove_verilog(verilog, unit.name, unit.parameters, seconds, start)


def prove_verilog(
    verilog: str, top: str, parameters: Parameters, seconds: float = SECONDS, start: float | None = None
) -> Proof:
    """Prove that a combinational module multiplies.

    Parameters
    ----------
    verilog : str
        What the file says.
    top : str
        Name of the module, which has the ports x, y and p, and may have d.
    parameters : Parameters
        What it is to compute.
    seconds : float
        For each question to the solver.
    start : float or None
        When the work began, by `time.monotonic`.
    """
    start = time.monotonic() if start is None else start
    array = parameters.method is Method.EXACT and _fewer_bits(parameters) > SOLVED_MANTISSA_BITS
    claim = _Claim(verilog, top, parameters)
    how, answer = "solver", Answer(None)
    if array:
        how, answer = _with_array(verilog, top, parameters, seconds)
        if answer.holds is None:
            how = f"solver, as {how}"
    if answer.holds is not True:
        # Without the array's proof, or where a counterexample has to stand against true products.
        answer = claim.ask(0, seconds)
    counterexample = None if answer.holds is not False else claim.counterexample(answer)
    control = claim.ask(1, seconds)
    return Proof(
        top,
        answer.holds,
        how,
        time.monotonic() - start,
        counterexample,
        claim.counterexample(control) if control.holds is False else None,
    )


def _fewer_bits(p: Parameters) -> int:
    return min(p.format.mantissa_bits, p.y_format.mantissa_bits)


class _Claim:
    """A module's product, and the specified one, of the same operands."""

    def __init__(self, verilog: str, top: str, parameters: Parameters) -> None:
        self.tm = TermManager()
        self.parameters = parameters
        circuit = load(self.tm, verilog, top)
        state = circuit.state("s")
        self.x, self.y, self.p = (circuit.net(wire, state) for wire in "xyp")
        self.d = circuit.net("d", state) if "d" in circuit.inputs else None
        self.asked = [self.x, self.y, self.p, *([] if self.d is None else [self.d])]

    def specified(self, x: Term, y: Term, d: Term | None, error: int) -> Term:
        return product(self.tm, self.parameters, x, y, d=d, error=error)

    def ask(self, error: int, seconds: float) -> Answer:
        """Whether the product is the specified one, whose T is larger by `error`."""
        specified = self.specified(self.x, self.y, self.d, error)
        claim = self.tm.mk_term(Kind.EQUAL, [self.p, specified])
        return always(self.tm, claim, values=[*self.asked, specified], seconds=seconds)

    def counterexample(self, answer: Answer) -> Counterexample:
        x, y, got, *d, expected = answer.values
        return Counterexample(x, y, expected, got, d[0] if d else None)


def _with_array(verilog: str, top: str, p: Parameters, seconds: float) -> tuple[str, Answer]:
    """The proof in two: that the array multiplies, and that the rest is right whatever the product is.

    In the second the product of two significands is a function about which only its bounds are known.
    """
    circuit = gates(verilog, top)
    x, y = significands(circuit, p)
    nets = product_nets(circuit, x, y)
    if nets is None:
        return "the array was not recognised", Answer(None)
    names = {wire[0]: name for name, wire in circuit.wires.items() if len(wire) == 1}
    tm = TermManager()
    cut = load(tm, verilog, top, expose=[names[net] for net in nets])
    multiply, given = _abstract_product(tm, cut, p, [names[net] for net in nets])
    state = "s"
    a, b, got = (cut.net(wire, state) for wire in "xyp")
    claim = tm.mk_term(Kind.EQUAL, [got, product(tm, p, a, b, multiply=multiply)])
    return "array by its adders, rest by solver", always(tm, claim, given, seconds=seconds)


def significands(circuit: Gates, p: Parameters) -> tuple[list[int | str], list[int | str]]:
    """The nets of both significands, the hidden one above the mantissa."""
    return (
        [*circuit.wires["x"][: p.format.mantissa_bits], "1"],
        [*circuit.wires["y"][: p.y_format.mantissa_bits], "1"],
    )


def _abstract_product(
    tm: TermManager, cut: Circuit, p: Parameters, names: Sequence[str]
) -> tuple[Callable[[Integer, Integer], Integer], list[Term]]:
    """A function in place of the product of significands, and what is known of it: the module has it in these nets."""
    state = cut.state("s")
    widths = [f.mantissa_bits + 1 for f in (p.format, p.y_format)]
    sorts = [tm.mk_bv_sort(width) for width in widths]
    function = tm.mk_const(tm.mk_fun_sort(sorts, tm.mk_bv_sort(sum(widths))))

    def multiply(a: Integer, b: Integer) -> Integer:
        return unsigned(tm, tm.mk_term(Kind.APPLY, [function, a.bits(widths[0]), b.bits(widths[1])]))

    one = tm.mk_bv_one(tm.mk_bv_sort(1))
    fields = [
        tm.mk_term(Kind.BV_CONCAT, [one, tm.mk_term(Kind.BV_EXTRACT, [cut.net(wire, state)], [width - 2, 0])])
        for wire, width in zip("xy", widths, strict=True)
    ]
    value = multiply(*(unsigned(tm, field) for field in fields))
    bits = tm.mk_term(Kind.BV_CONCAT, [cut.net(name, state) for name in reversed(names)])
    most = ((1 << widths[0]) - 1) * ((1 << widths[1]) - 1)
    least = 1 << (sum(widths) - 2)
    return multiply, [
        tm.mk_term(Kind.EQUAL, [value.bits(sum(widths)), bits]),
        (value >= least).term,
        (value <= most).term,
    ]
