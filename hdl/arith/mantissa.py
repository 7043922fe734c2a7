"""Mantissa of a product and its carries into the exponent, for the adder family and two exact multipliers.

Operands are the mantissa fields of two normal numbers, lowest bit first. Each way gives the M bits of the product's
mantissa and two carries into the lowest column of the exponents' sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Const, Module, Mux, Value

from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters
from lmul.hdl.arith import wire_names
from lmul.hdl.arith.exact_products import Form, product_of
from lmul.hdl.arith.gates import Bit, add_bits, any_of, both, carry_save, is_constant, lookup, ripple, wire

TABLE_MANTISSA_BITS = 4
"""Mantissa bits up to which a table over both mantissas makes a smaller exact multiplier than an array."""

TABLE_WITH_SIDES_BITS = 3
"""The same limit if the sides of T are needed, which take two more tables."""


@dataclass(frozen=True)
class Mantissa:
    """Mantissa of a product, with its carries into the exponent.

    Attributes
    ----------
    bits : list of Bit
        M bits.
    carries : tuple of Bit
        Two carries into the exponent.
    above, below : Bit
        The exact product is above, or below, the rounded one.
    """

    bits: list[Bit]
    carries: tuple[Bit, Bit]
    above: Bit = 0
    below: Bit = 0


def correction(m: Module, parameters: Parameters, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """Build the bits of D for the adder family."""
    width, t = len(x), parameters.table_bits
    table = [parameters.correction[i][j] for i, j in _pairs(t)]
    return _table(m, "d", table, width, x[width - t :], y[width - t :])


def added(m: Module, d: Sequence[Bit], x: Sequence[Bit], y: Sequence[Bit]) -> Mantissa:
    """Add x + y + D in one carry chain, for the adder family.

    D's lowest bit is the chain's carry-in. Its other bits go into the operands before the chain, by `carry_save`.
    """
    width = len(x)
    left, right = carry_save(m, "mantissa", x, y, [0, *d[1:]])
    total, carry = ripple(m, "mantissa", left, right[:width], d[0], or_and=True)
    return Mantissa(total, (right[width], carry))


def tabled(m: Module, rounding: Rounding, x: Sequence[Bit], y: Sequence[Bit], sides: bool) -> Mantissa:
    """Multiply exactly and round once, for narrow mantissas: x + y + D with D from a table over both mantissas.

    Up to three bits D is 0 or 1, a mere carry-in. At four it is at most 3, and its upper bit goes into the sum in a
    second row; x + y + D is less than 2^(M+1), so that the two rows never carry out together. With `sides` two more
    tables say on which side of T the exact product lies.
    """
    width = len(x)
    one = 1 << width
    codes = [(*rounded_product((one + i) * (one + j), width, rounding), i + j) for i, j in _pairs(width)]
    d = _table(m, "d", [code - total for code, _, total in codes], 2, x, y)
    above, below = (
        _table(m, name, [int(side == sign) for _, side, _ in codes], 1, x, y)[0] if sides else 0
        for name, sign in (("above", 1), ("below", -1))
    )
    total, carry = ripple(m, "mantissa", x, y, d[0], or_and=True)
    if is_constant(d[1], 0):
        return Mantissa(total, (0, carry), above, below)
    upper, second = ripple(m, "rounded", total[1:], [d[1], *[0] * (width - 2)], 0)
    carry = wire(m, "exponent_carry", Value.cast(carry) | second)
    return Mantissa([total[0], *upper], (0, carry), above, below)


def _pairs(width: int) -> list[tuple[int, int]]:
    """List all pairs of fields of `width` bits, in the order of the index of `_table`."""

    def field(index: int, offset: int) -> int:
        return sum((index >> (2 * k + offset) & 1) << k for k in range(width))

    return [(field(index, 1), field(index, 0)) for index in range(1 << 2 * width)]


def _table(m: Module, name: str, entries: Sequence[int], bits: int, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """Look up the low `bits` bits of the entry for fields x and y. The index interleaves the bits of y and x."""
    index = [bit for pair in zip(y, x, strict=True) for bit in pair]
    return [wire(m, f"{name}_{b}", lookup(index, [entry >> b & 1 for entry in entries])) for b in range(bits)]


def rounded_product(product: int, width: int, rounding: Rounding) -> tuple[int, int]:
    """Round a product of two significands to an extended code: mantissa, plus 2^M per step of the exponent.

    The second number is the side of that code on which the product lies: 1 above, -1 below, 0 neither.
    """
    shift = width + (product >> (2 * width + 1))
    quotient, rest = divmod(product, 1 << shift)
    up = 2 * rest > 1 << shift or (2 * rest == 1 << shift and quotient % 2 == 1)
    up = up and rounding is Rounding.NEAREST
    return quotient + up + ((shift - width - 1) << width), -1 if up else int(rest > 0)


def significand_product(m: Module, x: Sequence[Bit], y: Sequence[Bit], form: Form = Form.ARRAY) -> list[Bit]:
    """Multiply (2^M + x) (2^M + y); return all 2M + 2 bits. The default form is an array of full adders.

    Each row adds one bit of y times all of x and saves its carries for the next row; one carry chain ends it. A wire
    column_I_sum_K or column_I_carry_K is of adder K in the column of weight 2^I.
    """
    return unsigned_product(m, [*x, 1], [*y, 1], form)


def unsigned_product(m: Module, left: Sequence[Bit], right: Sequence[Bit], form: Form = Form.ARRAY) -> list[Bit]:
    """Multiply two unsigned numbers of n bits; return all 2n bits. See `significand_product`."""
    if form is not Form.ARRAY:
        return product_of(m, form, left, right)
    partial = [
        [wire(m, wire_names.partial_product(i, j), both(p, q)) for i, p in enumerate(left)] for j, q in enumerate(right)
    ]
    low: list[Bit] = []
    sums = partial[0]
    saved: list[Bit] = [0 for _ in left]
    for j, row in enumerate(partial[1:], 1):
        low.append(sums[0])
        added = [_column(m, i + j, j - 1, bits) for i, bits in enumerate(zip([*sums[1:], 0], saved, row, strict=True))]
        sums, saved = [bit for bit, _ in added], [carry for _, carry in added]
    low.append(sums[0])
    carry: Bit = 0
    for i, (bit, kept) in enumerate(zip([*sums[1:], 0], saved, strict=True)):
        total, carry = _column(m, len(left) + i, len(left) - 1, (bit, kept, carry))
        low.append(total)
    return low


def _column(m: Module, i: int, adder: int, bits: tuple[Bit, Bit, Bit]) -> tuple[Bit, Bit]:
    total, carry = add_bits(*bits, or_and=True)
    if any(total is bit for bit in bits):  # the only one
        return total, carry
    return wire(m, wire_names.adder_sum(i, adder), total), wire(m, wire_names.adder_carry(i, adder), carry)


def rounded(m: Module, rounding: Rounding, bits: Sequence[Bit], width: int) -> Mantissa:
    """Normalise a product of significands of M bits by one multiplexer and round it once to `width` mantissa bits.

    To nearest, it rounds half up by adding the guard bit, then clears the lowest bit if that was a tie; so the sticky
    bit is not in the carry chain. For a width of M - 1 and more a product of 2 or more never rounds up to the next
    power of two, since the largest is (2^(M+1) - 1)^2; so the exponent's two reasons to be one higher never meet, and
    share one carry.
    """
    exact_width = len(bits) - 2
    below = max(width + 1 - exact_width, 0)  # zeros under a product that leaves no bit to drop
    product = [Const(bit, 1) if isinstance(bit, int) else bit for bit in [*[0] * below, *bits]]
    drop = exact_width + below - width
    shift = product[-1]

    def normalised(i: int) -> Value:
        return Mux(shift, product[i + 1], product[i])

    fraction = [wire(m, f"normalised_{i}", normalised(drop + i)) for i in range(width)]
    if rounding is Rounding.ZERO or width > exact_width:
        return Mantissa(fraction, (0, shift))
    guard = Value.cast(wire(m, "guard", normalised(drop - 1)))
    sticky = Value.cast(wire(m, "sticky", any_of(product[: drop - 1]) | (shift & product[drop - 1])))
    lowest = wire(m, "rounded_0", Mux(guard, ~fraction[0] & sticky, fraction[0]))
    carry = wire(m, "rounded_carry_1", fraction[0] & guard)
    upper, carry = ripple(m, "rounded_upper", fraction[1:], [0] * (width - 1), carry)
    up = Value.cast(wire(m, "rounded_up", guard & (sticky | fraction[0])))
    above = wire(m, "above_rounded", (guard | sticky) & ~up)
    if 2 * width < exact_width - 2:
        return Mantissa([lowest, *upper], (shift, carry), above, up)
    return Mantissa([lowest, *upper], (0, wire(m, "exponent_carry", shift | carry)), above, up)
