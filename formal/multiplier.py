"""Proof of a combinational multiplier: its exported Verilog against the specification, for all operands."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bitwuzla import Kind, Term, TermManager

from lmul.formal.adder_array import product_nets
from lmul.formal.gates import Gates, Net, gates
from lmul.formal.integers import Integer, unsigned
from lmul.formal.normaliser import names_in, prove_in_parts
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.formal.specification import product
from lmul.golden.parameters import Parameters
from lmul.hdl.arith import wire_names
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
    array = parameters.method.is_exact and parameters.mantissa_bits > SOLVED_MANTISSA_BITS
    claim = _Claim(verilog, top, parameters)
    how, answer = "solver", Answer(None)
    names = names_in(verilog, parameters)
    if names is not None and prove_in_parts(claim.circuit, _STATE, verilog, parameters, names, seconds):
        how, answer = "solver, normalisers and arithmetic each", Answer(True)
    elif array:
        how, answer = _with_array(verilog, top, parameters, seconds)
        if answer.holds is None:
            how = f"solver, as {how}"
    if answer.holds is not True:
        # Without the array's proof, or where a counterexample has to stand against true products.
        answer = claim.ask(0, seconds)
    counterexample = claim.confirmed(answer, 0, seconds) if answer.holds is False else None
    control = claim.control(seconds)
    return Proof(top, answer.holds, how, time.monotonic() - start, counterexample, control)


class _Claim:
    """Claim that a module's product is the specified one."""

    def __init__(self, verilog: str, top: str, parameters: Parameters) -> None:
        self.tm = TermManager()
        self.parameters = parameters
        self.circuit = circuit = load(self.tm, verilog, top)
        _check_ports(circuit, parameters)
        circuit.state(_STATE)
        self.operands = [circuit.net(wire, _STATE) for wire in ("x", "y", "d") if wire in circuit.inputs]
        self.p = circuit.net("p", _STATE)

    def ask(self, error: int, seconds: float, given: Sequence[Term] = ()) -> Answer:
        """Ask the solver whether the product is the specified one with `error` added to T."""
        x, y, *d = self.operands
        specified = product(self.tm, self.parameters, x, y, d=d[0] if d else None, error=error)
        claim = self.tm.mk_term(Kind.EQUAL, [self.p, specified])
        return always(self.tm, claim, given, [*self.operands, specified, self.p], seconds)

    def control(self, seconds: float) -> Counterexample | None:
        """Refute the claim with T larger by 1. A power of two as x is tried first, which is fast."""
        f, x = self.parameters.format, self.operands[0]
        power = self.tm.mk_bv_value(x.sort(), 1 << (f.magnitude_bits - 1))
        answer = self.ask(1, seconds, [self.tm.mk_term(Kind.EQUAL, [x, power])])
        if answer.holds is True:
            answer = self.ask(1, seconds)
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


def _with_array(verilog: str, top: str, p: Parameters, seconds: float) -> tuple[str, Answer]:
    """Prove in two parts: the array multiplies, and the rest is right for any product of significands.

    In the second part the product is an uninterpreted function of which only the bounds are known.
    """
    circuit = gates(verilog, top)
    names = {wire[0]: name for name, wire in circuit.wires.items() if len(wire) == 1}
    for operands in _operand_wires(circuit, p):
        x, y = ([_net(circuit, wire) for wire in wires] for wires in operands)
        nets = product_nets(circuit, x, y)
        if nets is not None:
            break
    else:
        return "the array was not recognised", Answer(None)
    tm = TermManager()
    cut = load(tm, verilog, top, expose=[names[net] for net in nets if net in names])
    bits = [names.get(net, net) for net in nets]
    multiply, given = _abstract_product(tm, cut, p, operands, bits)
    a, b, got = (cut.net(wire, _STATE) for wire in "xyp")
    claim = tm.mk_term(Kind.EQUAL, [got, product(tm, p, a, b, multiply=multiply)])
    return "array by its adders, rest by solver", always(tm, claim, given, seconds=seconds)


_STATE = "s"

Wire = tuple[str, int] | int
"""A bit of a wire, or a constant."""


def _operand_wires(circuit: Gates, p: Parameters) -> Iterator[tuple[list[Wire], list[Wire]]]:
    """Yield the places where the significands may be: hidden one on top, zeros below a narrower mantissa.

    Under flush they are the operands' own bits. Under ieee they are behind a normaliser for each operand, or one for
    both; a bit is then found by its own name or by that of its partial product with the other's hidden one.
    """
    width = p.mantissa_bits
    own: list[list[Wire]] = [
        [*[0] * (width - f.mantissa_bits), *((name, i) for i in range(f.mantissa_bits)), 1]
        for name, f in (("x", p.format), ("y", p.y_format))
    ]
    yield own[0], own[1]

    def x_names(i: int) -> tuple[str, ...]:
        partial = wire_names.partial_product(i, width)
        return partial, wire_names.normalised("x", i), wire_names.normalised("left", i), wire_names.chosen("right", i)

    def y_names(i: int) -> tuple[str, ...]:
        partial = wire_names.partial_product(width, i)
        return partial, wire_names.normalised("y", i), wire_names.chosen("right", i)

    x, y = ([*(_named(circuit, names(i)) for i in range(width)), 1] for names in (x_names, y_names))
    yield x, y


def _named(circuit: Gates, names: Sequence[str]) -> Wire:
    """Find the first wire that exists. If none does, the bit is constant 0."""
    return next(((name, 0) for name in names if name in circuit.wires), 0)


def _net(circuit: Gates, wire: Wire) -> Net:
    return str(wire) if isinstance(wire, int) else circuit.wires[wire[0]][wire[1]]


def _abstract_product(
    tm: TermManager,
    cut: Circuit,
    p: Parameters,
    operands: tuple[Sequence[Wire], Sequence[Wire]],
    bits: Sequence[Net],
) -> tuple[Callable[[Integer, Integer], Integer], list[Term]]:
    """Build an uninterpreted function for the product of significands, and the facts known about it.

    Known are its bounds, and its value for the operands of the module's array, in either order.
    """
    swapped = operands[0][-2] != ("x", p.format.mantissa_bits - 1)
    cut.state(_STATE)
    width = p.mantissa_bits + 1
    sort = tm.mk_bv_sort(width)
    function = tm.mk_const(tm.mk_fun_sort([sort, sort], tm.mk_bv_sort(2 * width)))

    def multiply(a: Integer, b: Integer) -> Integer:
        return unsigned(tm, tm.mk_term(Kind.APPLY, [function, a.bits(width), b.bits(width)]))

    def bit(wire: Wire) -> Term:
        if isinstance(wire, int):
            return tm.mk_bv_value(tm.mk_bv_sort(1), wire)
        return tm.mk_term(Kind.BV_EXTRACT, [cut.net(wire[0], _STATE)], [wire[1], wire[1]])

    def product_bit(name: str) -> Term:
        if name == "0":
            return bit(0)
        return tm.mk_const(tm.mk_bv_sort(1)) if name.startswith("lost") else bit((name, 0))

    x, y = (unsigned(tm, tm.mk_term(Kind.BV_CONCAT, [bit(wire) for wire in reversed(each)])) for each in operands)
    value = tm.mk_term(Kind.BV_CONCAT, [product_bit(str(name)) for name in reversed(bits)])
    given = []
    for a, b in ((x, y), (y, x)) if swapped else ((x, y),):
        known = multiply(a, b)
        given.append(tm.mk_term(Kind.EQUAL, [known.bits(2 * width), value]))
    bounds = [known >= 1 << 2 * (width - 1), known <= ((1 << width) - 1) ** 2]
    return multiply, [*given, *(bound.term for bound in bounds)]
