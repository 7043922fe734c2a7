"""Product of two significands inside a unit: found and proved by itself, then any number in its bounds for the rest.

In the style gates it is an array of full adders, which is proved by arithmetic (`adder_array`). In the style rtl it is
one word, which the solver compares with a product of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bitwuzla import Kind, Term, TermManager

from lmul.formal.gates import Gates, Net, gates
from lmul.formal.integers import Integer, Truth, all_of, constant, unsigned
from lmul.formal.multipliers.adder_array import product_nets
from lmul.formal.smt import Circuit, always
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith import wire_names

Wire = tuple[str, int] | int
"""A bit of a wire, or a constant."""


@dataclass(frozen=True)
class Significands:
    """Wires of two significands and of their product, each bit by bit, lowest first.

    Attributes
    ----------
    operands : tuple of two lists
        Significands with the hidden one on top, and zeros below a narrower mantissa.
    bits : list of Wire or None
        The product; None for a bit that the unit does not have.
    swapped : bool
        The first significand may be that of y, and the second that of x.
    """

    operands: tuple[list[Wire], list[Wire]]
    bits: list[Wire | None]
    swapped: bool

    @property
    def exposed(self) -> list[str]:
        """List the wires of the product."""
        return list(dict.fromkeys(bit[0] for bit in self.bits if isinstance(bit, tuple)))

    def abstract(
        self, tm: TermManager, cut: Circuit, state: str
    ) -> tuple[Callable[[Integer, Integer], Integer], list[Term]]:
        """Build an uninterpreted function for the product of significands, and the facts known about it.

        Known are its bounds, and its value for the operands of the unit, in either order. `cut` is the unit without
        the drivers of the product, in a state of that name.
        """
        width = len(self.operands[0])
        sort = tm.mk_bv_sort(width)
        function = tm.mk_const(tm.mk_fun_sort([sort, sort], tm.mk_bv_sort(2 * width)))

        def multiply(a: Integer, b: Integer) -> Integer:
            return unsigned(tm, tm.mk_term(Kind.APPLY, [function, a.bits(width), b.bits(width)]))

        x, y = (unsigned(tm, _word(tm, cut, state, each)) for each in self.operands)
        value = _word(tm, cut, state, self.bits)
        given = []
        for a, b in ((x, y), (y, x)) if self.swapped else ((x, y),):
            known = multiply(a, b)
            given.append(tm.mk_term(Kind.EQUAL, [known.bits(2 * width), value]))
        bounds = [known >= 1 << 2 * (width - 1), known <= ((1 << width) - 1) ** 2]
        return multiply, [*given, *(bound.term for bound in bounds)]


class KnownProduct:
    """Product of the two significands of a unit, where no other two are multiplied: that of the unit itself.

    It is faster than the function of `Significands.abstract`; but what it is called with has to be shown to be these
    two, by `arguments`.

    Parameters
    ----------
    found : Significands
        Where they are, not swapped.
    cut : Circuit
        The unit without the drivers of the product, in a state of the name `state`.
    """

    def __init__(self, tm: TermManager, found: Significands, cut: Circuit, state: str) -> None:
        self._tm, self._calls = tm, [constant(tm, 0).equals(0)]
        self._x, self._y = (unsigned(tm, _word(tm, cut, state, each)) for each in found.operands)
        self._value, width = unsigned(tm, _word(tm, cut, state, found.bits)), len(found.operands[0])
        bounds = self._value >= 1 << 2 * (width - 1), self._value <= ((1 << width) - 1) ** 2
        self.given = [bound.term for bound in bounds]

    def __call__(self, x: Integer, y: Integer) -> Integer:
        self._calls.append(x.equals(self._x) & y.equals(self._y))
        return self._value

    @property
    def arguments(self) -> Truth:
        """State that it was called with the two significands alone."""
        return all_of(self._calls)


def _word(tm: TermManager, circuit: Circuit, state: str, bits: Sequence[Wire | None]) -> Term:
    def bit(wire: Wire | None) -> Term:
        if wire is None:
            return tm.mk_const(tm.mk_bv_sort(1))
        if isinstance(wire, int):
            return tm.mk_bv_value(tm.mk_bv_sort(1), wire)
        return tm.mk_term(Kind.BV_EXTRACT, [circuit.net(wire[0], state)], [wire[1], wire[1]])

    return tm.mk_term(Kind.BV_CONCAT, [bit(wire) for wire in reversed(bits)])


def significands(
    tm: TermManager, circuit: Circuit, state: str, verilog: str, p: Parameters, seconds: float
) -> Significands | None:
    """Find a unit's product of significands and prove it; return None if it has none, or the proof fails.

    Parameters
    ----------
    circuit : Circuit
        The unit, in a state of that name.
    verilog : str
        Its text.
    p : Parameters
        Formats and policy.
    seconds : float
        Time limit of the solver.
    """
    net = gates(verilog, circuit.top)
    if wire_names.SIGNIFICAND_PRODUCT in net.wires:
        own: list[list[Wire]] = []
        for name, f in (("x", p.format), ("y", p.y_format)):
            wire = wire_names.mantissa_word(name) if p.policy is Policy.IEEE else name
            own.append([*((wire, i) for i in range(f.mantissa_bits)), 1])
        return word_product(tm, circuit, state, (own[0], own[1]), wire_names.SIGNIFICAND_PRODUCT, seconds)
    for operands in _operand_wires(net, p):
        found = array_product(net, operands, not _are_own(operands, p))
        if found is not None:
            return found
    return None


def array_product(
    net: Gates, operands: tuple[list[Wire], list[Wire]], swapped: bool = False, prefixes: Sequence[str] = ("",)
) -> Significands | None:
    """Find an array of full adders that multiplies two significands, and prove it by arithmetic; else return None.

    Parameters
    ----------
    net : Gates
        The unit.
    operands : tuple of two lists
        Significands of the same width, as in `Significands`.
    swapped : bool
        The first may be that of y.
    prefixes : sequence of str
        What stands before the names of adders and partial products: the instance that they are in.
    """
    x, y = ([_net(net, wire) for wire in wires] for wires in operands)
    inside = {
        name.removeprefix(prefix): nets
        for prefix in prefixes
        for name, nets in net.wires.items()
        if name.startswith(prefix)
    }
    nets = product_nets(Gates(inside, net.drivers), x, y)
    if nets is None:
        return None
    names = {wire[0]: name for name, wire in net.wires.items() if len(wire) == 1}
    return Significands(operands, [_bit(each, names) for each in nets], swapped)


def word_product(
    tm: TermManager,
    circuit: Circuit,
    state: str,
    operands: tuple[list[Wire], list[Wire]],
    wire: str,
    seconds: float,
) -> Significands | None:
    """Take a wire as the product of two significands, and prove that it is; return None without a proof.

    Parameters
    ----------
    circuit : Circuit
        The unit, in a state of that name.
    operands : tuple of two lists
        Significands with their hidden ones, lowest bit first, without zeros below a narrower mantissa.
    wire : str
        Name of the wire.
    seconds : float
        Time limit of the solver.
    """
    width = sum(map(len, operands))
    value = circuit.net(wire, state)
    if value.sort().bv_size() != width:
        return None
    x, y = (
        tm.mk_term(Kind.BV_ZERO_EXTEND, [_word(tm, circuit, state, bits)], [width - len(bits)]) for bits in operands
    )
    claim = tm.mk_term(Kind.EQUAL, [value, tm.mk_term(Kind.BV_MUL, [x, y])])
    if not always(tm, claim, [], seconds=seconds, about="product of significands").holds:
        return None
    left, right = same_width(operands)
    product: list[Wire | None] = [(wire, i) for i in range(width)]
    return Significands((left, right), [*[0] * (2 * len(left) - width), *product], False)


def same_width(operands: tuple[list[Wire], list[Wire]]) -> tuple[list[Wire], list[Wire]]:
    """Put zeros below the narrower of two significands."""
    most = max(map(len, operands))
    left, right = ([*[0] * (most - len(bits)), *bits] for bits in operands)
    return left, right


def _are_own(operands: tuple[list[Wire], list[Wire]], p: Parameters) -> bool:
    return operands[0][-2] == ("x", p.format.mantissa_bits - 1)


def _bit(net: Net, names: dict[Net, str]) -> Wire | None:
    if net in names:
        return names[net], 0
    return 0 if str(net) == "0" else None


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
