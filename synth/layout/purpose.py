"""What the cells of a mapped netlist are for, by what they depend on and what depends on them."""

from collections.abc import Iterable
from enum import StrEnum
from graphlib import TopologicalSorter

from lmul.synth.layout.wiring import Wiring


class Purpose(StrEnum):
    """Purpose of a cell."""

    REGISTER = "registers"
    ZERO = "operand zero test"  # of several exponent bits of one operand alone
    MANTISSA = "mantissas"  # of both operands' mantissas alone: adder, or partial products and their tree
    EXPONENT = "exponents"  # of exponents too, before any zero test: sum, overflow
    EDGES = "edges, sign"  # behind a zero test: zeros, saturation
    LANE = "lanes"  # of one product of a dot product: multiplication and alignment
    TREE = "tree, accumulator"  # of several products
    OTHER = "others"


Support = frozenset[str]
"""Names of port bits and registers that a cell depends on."""


def supports(wiring: Wiring) -> dict[int, Support]:
    """Find the port bits and registers (their cells, as u0) that each combinational cell depends on."""
    drivers: dict[int, int] = {}
    known: dict[int, Support] = {}
    for bit, net in wiring.nets.items():
        driver = wiring.driver(net)
        if driver is None:
            known[bit] = frozenset(net.ports[:1])
        elif wiring.registers[driver[0]]:
            known[bit] = frozenset([f"u{driver[0]}"])
        else:
            drivers[bit] = driver[0]
    inputs: dict[int, list[int]] = {cell: [] for cell in drivers.values()}
    for bit, net in wiring.nets.items():
        for cell, pin in net.pins:
            if cell in inputs and wiring.direction(cell, pin) == "input":
                inputs[cell].append(bit)
    found: dict[int, Support] = {}
    order = {cell: {drivers[bit] for bit in bits if bit in drivers} for cell, bits in inputs.items()}
    for cell in TopologicalSorter(order).static_order():
        parts = (known[bit] if bit in known else found[drivers[bit]] for bit in inputs[cell])
        found[cell] = frozenset().union(*parts)
    return found


def multiplier_purposes(
    wiring: Wiring, mantissa_bits: tuple[int, int], exponent_bits: tuple[int, int]
) -> list[Purpose]:
    """Sort the cells of a combinational multiplier of `x` and `y` by purpose.

    Parameters
    ----------
    wiring : Wiring
        Netlist with the inputs x and y: mantissa, exponent, sign, the mantissa's lowest bit first.
    mantissa_bits, exponent_bits : tuple of int
        Bits of the fields of x and of y.
    """
    found = supports(wiring)
    fields = [
        frozenset(f"{port}[{place}]" for place in range(m, m + e))
        for port, m, e in zip("xy", mantissa_bits, exponent_bits, strict=True)
    ]
    signs = {f"{port}[{m + e}]" for port, m, e in zip("xy", mantissa_bits, exponent_bits, strict=True)}
    # No sum needs several exponent bits of one operand alone.
    tests = {cell for cell, bits in found.items() if len(bits) > 1 and any(bits <= field for field in fields)}
    behind = _reached(wiring, tests)
    purposes = []
    for cell in range(len(wiring.cells)):
        bits = found.get(cell, frozenset())
        if cell in tests:
            purposes.append(Purpose.ZERO)
        elif cell in behind or bits & signs:
            purposes.append(Purpose.EDGES)
        elif bits & (fields[0] | fields[1]):
            purposes.append(Purpose.EXPONENT)
        else:
            purposes.append(Purpose.MANTISSA)
    return purposes


def core_purposes(wiring: Wiring, lanes: int) -> list[Purpose]:
    """Sort the cells of a dot product's core by purpose: registers, of one lane, or of several."""
    found = supports(wiring)
    width = len(wiring.ports["x"][1]) // lanes
    words = len(wiring.ports["word"][1]) // lanes
    lane = {f"x[{place}]": place // width for place in range(width * lanes)}
    held = _stored(wiring)
    lane |= {cell: place // words for cell, place in held.items()}
    purposes = []
    for cell in range(len(wiring.cells)):
        of = {lane.get(bit, -1) for bit in found.get(cell, ())}
        if wiring.registers[cell]:
            purposes.append(Purpose.REGISTER)
        elif len(of) > 1 or of == {-1}:
            purposes.append(Purpose.TREE)
        else:
            purposes.append(Purpose.LANE)
    return purposes


def _stored(wiring: Wiring) -> dict[str, int]:
    """Find the registers (as u0) that a bit of the port `word` is stored in, directly or behind a multiplexer."""
    found = supports(wiring)
    stored = {}
    for net in wiring.nets.values():
        driver = wiring.driver(net)
        for cell, pin in net.pins:
            if wiring.registers[cell] and wiring.direction(cell, pin) == "input":
                bits = net.ports if driver is None else found.get(driver[0], ())
                for bit in bits:
                    if bit.startswith("word["):
                        stored[f"u{cell}"] = int(bit[5:-1])
    return stored


def _reached(wiring: Wiring, start: Iterable[int]) -> set[int]:
    """Find the cells behind some cells."""
    following: dict[int, set[int]] = {}
    for net in wiring.nets.values():
        driver = wiring.driver(net)
        for cell, pin in net.pins:
            if driver is not None and wiring.direction(cell, pin) == "input":
                following.setdefault(driver[0], set()).add(cell)
    seen, left = set[int](), list(start)
    while left:
        for cell in following.get(left.pop(), ()):
            if cell not in seen:
                seen.add(cell)
                left.append(cell)
    return seen
