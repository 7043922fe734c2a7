"""Named words, tables and constants of the RTL."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Shape, Signal, Value, signed


def named(m: Module, name: str, value: Value) -> Value:
    """Name a value; the name is that of a wire in the exported Verilog. A constant stays one."""
    if isinstance(value, Const):
        return value
    signal = Signal(Shape.cast(value.shape()), name=name)
    m.d.comb += signal.eq(value)
    return signal


def table(m: Module, name: str, index: Value, entries: Sequence[int], width: int) -> list[Value]:
    """Look up the bits of an entry, the lowest first, each in a constant of as many bits as there are entries."""
    bits: list[Value] = []
    for i in range(width):
        column = sum((entry >> i & 1) << place for place, entry in enumerate(entries))
        if column in (0, (1 << len(entries)) - 1):
            bits.append(Const(column & 1, 1))
            continue
        constant = Signal(len(entries), name=f"{name}_table_{i}")
        m.d.comb += constant.eq(Const(column, len(entries)))
        bits.append(named(m, f"{name}_{i}", constant.bit_select(index, 1)))
    return bits


def resized(value: Value, width: int) -> Value:
    """Cut a value to a width, or extend it by zeros or, a signed one, by its sign."""
    if len(value) >= width:
        return value[:width]
    if value.shape().signed:
        return Cat(value, value[-1].replicate(width - len(value)))
    return Cat(value, Const(0, width - len(value)))


def signed_constant(value: int, width: int) -> Const:
    """Build a constant in two's complement."""
    return Const(value, signed(width))
