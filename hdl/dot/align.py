"""Alignment of products to the place that they have in an integer accumulator.

A negative product is the one's complement of its magnitude, and adds its sign besides as a carry.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from amaranth.hdl import Module, Value

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.float_add import WideProduct
from lmul.hdl.arith.gates import Bit, all_of, both, choose, either, inverse, wire


def addend_width(dot: DotParameters) -> int:
    """Return the bits of an addend, without its sign."""
    if dot.kind.has_anchor:
        return dot.window_bits + dot.full
    if dot.product.is_integer:
        return dot.product.format.mantissa_bits + dot.product.y_format.mantissa_bits
    significand = (2 if dot.full else 1) * (dot.product.result.mantissa_bits + 1)
    return significand + dot.highest_exponent - dot.lowest_exponent - dot.trailing_zeros


@dataclass(frozen=True)
class Addend:
    """Addend of an accumulator: `bits`, extended above by `sign`, plus `sign` as a carry.

    Attributes
    ----------
    bits : list of Bit
        Lowest first.
    sign : Bit
        Sign of the product.
    saturated : Bit
        The product was above the anchor.
    """

    bits: list[Bit]
    sign: Bit
    saturated: Bit = 0


def aligned(m: Module, dot: DotParameters, product: WideProduct, idle: Bit = 0) -> Addend:
    """Align a product to the accumulator; an `idle` one adds nothing."""
    # Idle, an unknown operand leaves the accumulator known.
    product = replace(product, sign=wire(m, "sign_in_use", both(product.sign, inverse(idle))))
    if dot.kind.has_anchor:
        return _right(m, dot, dot.window_bits, product, either(product.zero, idle))
    return _left(m, dot, product, either(product.zero, idle))


def _left(m: Module, dot: DotParameters, product: WideProduct, idle: Bit) -> Addend:
    """Shift the product left by its exponent. Invert it first, when it has fewer bits."""
    sign = product.sign
    field = [wire(m, f"signed_{i}", choose(idle, sign, _xor(bit, sign))) for i, bit in enumerate(product.significand)]
    places = dot.highest_exponent - dot.lowest_exponent
    for level, select in enumerate(product.exponent):
        step = 1 << level
        length = min(len(field) + step, len(product.significand) + places)
        field = [wire(m, f"left_{step}_{i}", _moved(select, field, i - step, i, sign)) for i in range(length)]
    return Addend(field[dot.trailing_zeros :], sign)


def _right(m: Module, dot: DotParameters, window: int, product: WideProduct, idle: Bit) -> Addend:
    """Shift the product right by the inverse of its exponent, within the window. Invert it last; zeros move in."""
    sign, places = product.sign, window + dot.full
    levels = (places - 1).bit_length()
    low, high = product.exponent[:levels], product.exponent[levels:]
    above = wire(m, "above", both(inverse(high[-1]), inverse(idle)))
    if dot.full:
        at_anchor = both(all_of(product.exponent), product.significand[-1], inverse(idle))
        above = wire(m, "beyond", either(above, at_anchor))
    # A product above the anchor is shifted out, too: the complement of zeros is the largest addend.
    away = wire(m, "away", either(idle, above, inverse(all_of(high))))
    kept = product.significand[-places:]
    field: list[Bit] = [0] * (places - len(kept))
    field += [wire(m, f"kept_{i}", both(bit, inverse(away))) for i, bit in enumerate(kept)]
    for level, bit in enumerate(low):
        step, select = 1 << level, inverse(bit)
        field = [wire(m, f"right_{step}_{i}", _moved(select, field, i + step, i, 0)) for i in range(places)]
    flipped = wire(m, "flipped", Value.cast(sign) ^ above)
    inverters = [*[flipped] * (places - 1), sign if dot.full else flipped]
    pairs = zip(field, inverters, strict=True)
    return Addend([wire(m, f"signed_{i}", _xor(*pair)) for i, pair in enumerate(pairs)], sign, above)


def _xor(bit: Bit, sign: Bit) -> Bit:
    return choose(sign, inverse(bit), bit) if isinstance(bit, int) or isinstance(sign, int) else bit ^ sign


def _moved(select: Bit, field: Sequence[Bit], moved: int, stayed: int, fill: Bit) -> Bit:
    one, zero = (field[i] if 0 <= i < len(field) else fill for i in (moved, stayed))
    return one if one is zero else choose(select, one, zero)
