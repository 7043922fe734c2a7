"""Shifts of words by powers of two."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Signal, Value

from lmul.hdl.arith.gates import Bit, bits_of, both, choose, either, inverse, wire


def cat(bits: Sequence[Bit]) -> Value:
    """Concatenate bits, lowest first, into one value."""
    return Cat(*(Const(bit, 1) if isinstance(bit, int) else bit for bit in bits))


def word(m: Module, name: str, value: Value | Sequence[Bit]) -> Signal:
    """Name a value or list of bits."""
    value = value if isinstance(value, Value) else cat(value)
    signal = Signal(len(value), name=name)
    m.d.comb += signal.eq(value)
    return signal


def shifted_down(m: Module, bits: Sequence[Bit], distance: Sequence[Bit]) -> tuple[list[Bit], Bit]:
    """Shift a number right by `distance`; return it and the OR of the bits shifted out."""
    result = list(bits)
    sticky: Bit = 0
    for i in reversed(range(len(distance))):
        step = 1 << i
        sticky = wire(m, f"sticky_{i}", either(sticky, both(distance[i], either(*result[:step]))))
        moved = [*result[step:], *[0] * min(step, len(result))]
        result = bits_of(
            word(m, f"down_{step}", [choose(distance[i], *pair) for pair in zip(moved, result, strict=True)])
        )
    return result, sticky


def normalised(m: Module, bits: Sequence[Bit]) -> tuple[list[Bit], list[Bit]]:
    """Shift a number left until its top bit is 1; return it and the distance. Zero shifts by the maximum."""
    result = list(bits)
    zeros: list[Bit] = []
    length = len(result)
    for i in reversed(range((length - 1).bit_length())):
        step = 1 << i
        empty = wire(m, f"zeros_{i}", inverse(either(*result[-step:])))
        zeros.insert(0, empty)
        moved: list[Bit] = []
        for k, bit in enumerate(result):
            lower = result[k - step] if k >= step else 0
            # The upper bits are zeros where they are replaced.
            moved.append(either(bit, both(empty, lower)) if k >= length - step else choose(empty, lower, bit))
        result = bits_of(word(m, f"up_{step}", moved))
    return result, zeros
