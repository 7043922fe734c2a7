"""Adders and gates on lists of bits, the lowest bit first.

Adders are written gate by gate, which synthesis keeps; from `+` it would build a larger carry-lookahead adder. A bit
that is the int 0 or 1 costs nothing. Names of wires are those in the exported Verilog.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from amaranth.hdl import Const, Module, Mux, Signal, Value

from lmul.hdl.arith import wire_names

Bit = Value | int
"""A wire of one bit, or a constant 0 or 1."""


def bits_of(value: Value) -> list[Bit]:
    """List the bits of a value, the lowest first."""
    return [value[i] for i in range(len(value))]


def constant_bits(value: int, width: int) -> list[Bit]:
    """List the low `width` bits of an integer in two's complement."""
    return [value >> i & 1 for i in range(width)]


def is_constant(bit: Bit, value: int) -> bool:
    """Tell whether a bit is the constant `value`; `==` on a wire would build a comparator."""
    return isinstance(bit, int) and bit == value


def any_of(bits: Sequence[Bit]) -> Value:
    """OR all bits."""
    return reduce(or_, (Value.cast(bit) for bit in bits), Const(0, 1))


def all_of(bits: Sequence[Bit]) -> Value:
    """AND all bits."""
    return reduce(and_, (Value.cast(bit) for bit in bits), Const(1, 1))


def either(*bits: Bit) -> Bit:
    """OR bits; fold constants."""
    wires = [bit for bit in bits if not isinstance(bit, int)]
    return 1 if any(isinstance(bit, int) and bit for bit in bits) else any_of(wires) if wires else 0


def both(*bits: Bit) -> Bit:
    """AND bits; fold constants."""
    wires = [bit for bit in bits if not isinstance(bit, int)]
    return 0 if any(isinstance(bit, int) and not bit for bit in bits) else all_of(wires) if wires else 1


def inverse(bit: Bit) -> Bit:
    """Invert a bit; fold constants."""
    return 1 - bit if isinstance(bit, int) else ~bit


def choose(select: Bit, one: Bit, zero: Bit) -> Bit:
    """Select `one` if `select` is 1, else `zero`; fold constants."""
    if isinstance(select, int):
        return one if select else zero
    if isinstance(one, int):
        return either(select, zero) if one else both(inverse(select), zero)
    if isinstance(zero, int):
        return either(inverse(select), one) if zero else both(select, one)
    return Mux(select, one, zero)


def wire(m: Module, name: str, value: Bit) -> Bit:
    """Name a bit. A constant stays a constant, so that logic behind it folds."""
    if isinstance(value, int):
        return value
    signal = Signal(name=name)
    m.d.comb += signal.eq(value)
    return signal


def add_bits(a: Bit, b: Bit, c: Bit, or_and: bool = False) -> tuple[Bit, Bit]:
    """Add three bits: return sum and carry of a full adder, simplified where bits are constant.

    The carry is written as AND-OR or, `or_and`, as OR-AND. Mapped to gates the one or the other is smaller, depending
    on what surrounds it.
    """
    wires = [bit for bit in (a, b, c) if not isinstance(bit, int)]
    ones = sum(bit for bit in (a, b, c) if isinstance(bit, int))
    match wires:
        case [p, q, r]:
            half = p ^ q
            return half ^ r, (p | q) & (~half | r) if or_and else (p & q) | (half & r)
        case [p, q]:
            return (~(p ^ q), p | q) if ones else (p ^ q, p & q)
        case [p]:
            return (~p, p) if ones == 1 else (p, ones >> 1)
        case _:
            return ones & 1, ones >> 1


def carry_save(
    m: Module, name: str, x: Sequence[Bit], y: Sequence[Bit], addend: Sequence[Bit], carry: Bit = 0
) -> tuple[list[Bit], list[Bit]]:
    """Fold a third operand, and a carry into the lowest column, into two operands without a carry chain.

    Each column leaves a sum and saves its carry for the next one, which a constant bit makes a half adder. Columns
    below the addend's lowest bit pass unchanged. Of the two operands that are left the second is one bit longer:
    it ends with the carry out.
    """
    lowest = 0
    while lowest < len(addend) and is_constant(addend[lowest], 0) and is_constant(carry, 0):
        lowest += 1
    sums, saved = list(x[:lowest]), [*y[:lowest], carry]
    for i in range(lowest, len(addend)):
        total, carry = add_bits(x[i], y[i], addend[i])
        sums.append(wire(m, f"{name}_partial_{i}", total))
        saved.append(wire(m, f"{name}_saved_{i + 1}", carry))
    return sums, saved


def ripple(
    m: Module, name: str, x: Sequence[Bit], y: Sequence[Bit], carry: Bit, or_and: bool = False
) -> tuple[list[Bit], Bit]:
    """Add two operands of the same length and a carry by one chain of full adders: the sum and the carry out."""
    total: list[Bit] = []
    for i, (p, q) in enumerate(zip(x, y, strict=True)):
        bit, carry = add_bits(p, q, carry, or_and)
        total.append(wire(m, f"{name}_{i}", bit))
        carry = wire(m, f"{name}_carry_{i + 1}", carry)
    return total, carry


def add_columns(m: Module, columns: Sequence[Sequence[Bit]]) -> list[Bit]:
    """Add up bits by their weight, modulo 2^columns, with full adders: each column adds its oldest bits first."""
    waiting: list[list[Bit]] = [*(list(column) for column in columns), []]
    total: list[Bit] = []
    for i, column in enumerate(waiting[:-1]):
        adders = 0
        while len(column) > 1:
            operands = [column.pop(0) for _ in range(min(3, len(column)))]
            a, b, c = [*operands, 0, 0][:3]
            bit, carry = add_bits(a, b, c, or_and=True)
            column.append(wire(m, wire_names.adder_sum(i, adders), bit))
            waiting[i + 1].append(wire(m, wire_names.adder_carry(i, adders), carry))
            adders += 1
        total.append(column[0] if column else 0)
    return total


def lookup(index: Sequence[Bit], table: Sequence[int]) -> Bit:
    """Look up the bit of a table at `index`, lowest bit first, by a tree of multiplexers without constant inputs."""
    if len(set(table)) == 1:
        return table[0]
    half = len(table) // 2
    low, high = lookup(index[:-1], table[:half]), lookup(index[:-1], table[half:])
    select = Value.cast(index[-1])
    if table[:half] == table[half:]:
        return low
    match low, high:
        case int(), int():
            return select if high else ~select
        case int(), _:
            return ~select | high if low else select & high
        case _, int():
            return select | low if high else ~select & low
        case _:
            return Mux(select, high, low)
