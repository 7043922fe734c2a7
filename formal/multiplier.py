"""The proof of one multiplier: its exported Verilog against the specification, for all operands."""

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
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.tools.files import scratch_folder

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
    careless : tuple of str or None
        Of a pipelined unit: what is refuted if its product does not wait until it is taken; again, none is too few.
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
        """In one word: proved, refuted, unknown, or void if a control was not refuted."""
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
    array = parameters.method.is_exact and parameters.result.mantissa_bits > SOLVED_MANTISSA_BITS
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
    """A module's product, and the specified one, of the same operands."""

    def __init__(self, verilog: str, top: str, parameters: Parameters) -> None:
        self.tm = TermManager()
        self.parameters = parameters
        self.circuit = circuit = load(self.tm, verilog, top)
        _check_ports(circuit, parameters)
        circuit.state(_STATE)
        self.operands = [circuit.net(wire, _STATE) for wire in ("x", "y", "d") if wire in circuit.inputs]
        self.p = circuit.net("p", _STATE)

    def ask(self, error: int, seconds: float, given: Sequence[Term] = ()) -> Answer:
        """Whether the product is the specified one, whose T is larger by `error`."""
        x, y, *d = self.operands
        specified = product(self.tm, self.parameters, x, y, d=d[0] if d else None, error=error)
        claim = self.tm.mk_term(Kind.EQUAL, [self.p, specified])
        return always(self.tm, claim, given, [*self.operands, specified, self.p], seconds)

    def control(self, seconds: float) -> Counterexample | None:
        """Operands for which T is not larger by 1: x is a power of two, so that they are found at once, or any."""
        f, x = self.parameters.format, self.operands[0]
        power = self.tm.mk_bv_value(x.sort(), 1 << (f.magnitude_bits - 1))
        answer = self.ask(1, seconds, [self.tm.mk_term(Kind.EQUAL, [x, power])])
        if answer.holds is True:
            answer = self.ask(1, seconds)
        return self.confirmed(answer, 1, seconds) if answer.holds is False else None

    def confirmed(self, answer: Answer, error: int, seconds: float) -> Counterexample:
        """The counterexample of an answer, asked once more with the operands as constants.

        Raises
        ------
        AssertionError
            It is none.
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
    """Refuse a module that does not take and give whole codes: a missing bit would be compared as 0."""
    ports = {"x": ("input", p.format.width), "y": ("input", p.y_format.width), "p": ("output", p.result.width)}
    if "d" in circuit.ports:
        ports["d"] = ("input", p.result.mantissa_bits)
    found = {port.name: (port.kind, port.width) for port in circuit.ports.values()}
    if found != ports:
        raise ValueError(f"ports of {circuit.top} must be {ports}, not {found}")


def _with_array(verilog: str, top: str, p: Parameters, seconds: float) -> tuple[str, Answer]:
    """The proof in two: that the array multiplies, and that the rest is right whatever the product is.

    In the second the product of two significands is a function about which only its bounds are known.
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
    """Where the significands may stand: hidden one above the mantissa, zeros below the narrower one.

    They are the operands' own bits under the policy flush. Under ieee there is a normaliser for each, or one for both;
    what comes out of it has the name of its product with the other's hidden one, or its own.
    """
    width = p.result.mantissa_bits
    own: list[list[Wire]] = [
        [*[0] * (width - f.mantissa_bits), *((name, i) for i in range(f.mantissa_bits)), 1]
        for name, f in (("x", p.format), ("y", p.y_format))
    ]
    yield own[0], own[1]
    sides = (
        ("partial_{0}_{1}", "x_normalised_{0}", "left_normalised_{0}", "right_{0}"),
        ("partial_{1}_{0}", "y_normalised_{0}", "right_{0}"),
    )
    x, y = ([*(_named(circuit, names, i, width) for i in range(width)), 1] for names in sides)
    yield x, y


def _named(circuit: Gates, names: Sequence[str], i: int, width: int) -> Wire:
    """The first wire that there is; a bit of which none is left is constant."""
    return next(((n, 0) for name in names if (n := name.format(i, width)) in circuit.wires), 0)


def _net(circuit: Gates, wire: Wire) -> Net:
    return str(wire) if isinstance(wire, int) else circuit.wires[wire[0]][wire[1]]


def _abstract_product(
    tm: TermManager,
    cut: Circuit,
    p: Parameters,
    operands: tuple[Sequence[Wire], Sequence[Wire]],
    bits: Sequence[Net],
) -> tuple[Callable[[Integer, Integer], Integer], list[Term]]:
    """A function in place of the product of significands, and what is known of it.

    Known are its bounds, and what it is for the operands that stand in the module's array, either way round.
    """
    swapped = operands[0][-2] != ("x", p.format.mantissa_bits - 1)
    cut.state(_STATE)
    width = p.result.mantissa_bits + 1
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
