"""The mantissa of a product and what it carries into the exponent, in three ways.

Operands are the mantissa fields of two normal numbers, lowest bit first. Each way gives the M bits of the product's
mantissa and two carries into the lowest column of the exponents' sum.
"""

from collections.abc import Sequence

from amaranth.hdl import Module, Mux, Value

from lmul.golden.parameters import Parameters
from lmul.hdl.gates import Bit, add_bits, any_of, carry_save, is_constant, lookup, ripple, wire

TABLE_MANTISSA_BITS = 4
"""Up to here a table over both mantissas makes a smaller exact multiplier than an array of adders does."""

Mantissa = tuple[list[Bit], tuple[Bit, Bit]]
"""The M bits of the product's mantissa, and two carries."""


def correction(m: Module, parameters: Parameters, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """D, the M bits that the adder family adds: one constant, or an entry of a table over the top mantissa bits."""
    width = parameters.format.mantissa_bits
    t = parameters.table_bits or 0
    table = [parameters.correction[i][j] for i, j in _pairs(t)]
    return _table(m, table, width, x[width - t :], y[width - t :])


def added(m: Module, d: Sequence[Bit], x: Sequence[Bit], y: Sequence[Bit]) -> Mantissa:
    """The adder family: x + y + D, in one carry chain.

    D's lowest bit is the chain's carry-in. Its other bits go into the operands before the chain, by `carry_save`.
    """
    width = len(x)
    left, right = carry_save(m, "mantissa", x, y, [0, *d[1:]])
    total, carry = ripple(m, "mantissa", left, right[:width], d[0], or_and=True)
    return total, (right[width], carry)


def tabled(m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> Mantissa:
    """The exact product rounded to nearest even, for few bits: x + y + D with D a table over both mantissas.

    Up to three bits D is 0 or 1, a mere carry-in. At four it is at most 3, and its upper bit goes into the sum in a
    second row; x + y + D is less than 2^(M+1), so that the two rows never carry out together.
    """
    width = len(x)
    one = 1 << width
    d = _table(m, [_rounded(one + i, one + j, width) - i - j for i, j in _pairs(width)], 2, x, y)
    total, carry = ripple(m, "mantissa", x, y, d[0], or_and=True)
    if is_constant(d[1], 0):
        return total, (0, carry)
    upper, second = ripple(m, "rounded", total[1:], [d[1], *[0] * (width - 2)], 0)
    return [total[0], *upper], (0, wire(m, "exponent_carry", Value.cast(carry) | second))


def _pairs(width: int) -> list[tuple[int, int]]:
    """All pairs of fields of `width` bits, in the order in which `_table` looks them up."""

    def field(index: int, offset: int) -> int:
        return sum((index >> (2 * k + offset) & 1) << k for k in range(width))

    return [(field(index, 1), field(index, 0)) for index in range(1 << 2 * width)]


def _table(m: Module, entries: Sequence[int], bits: int, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """The low `bits` bits of the entry for the fields x and y; neighbours in weight are neighbours in the index."""
    index = [bit for pair in zip(y, x, strict=True) for bit in pair]
    return [wire(m, f"d_{b}", lookup(index, [entry >> b & 1 for entry in entries])) for b in range(bits)]


def _rounded(a: int, b: int, width: int) -> int:
    """The product of two significands as an extended code: mantissa, plus 2^M for an exponent one higher."""
    shift = width + (a * b >> (2 * width + 1))
    quotient, rest = divmod(a * b, 1 << shift)
    up = 2 * rest > 1 << shift or (2 * rest == 1 << shift and quotient % 2 == 1)
    return quotient + up + ((shift - width - 1) << width)


def significand_product(m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> list[Bit]:
    """(2^M + x) (2^M + y), all 2M + 2 bits, by an array of full adders: each column adds its oldest bits first."""
    columns: list[list[Bit]] = [[] for _ in range(2 * len(x) + 3)]
    for i, p in enumerate([*x, 1]):
        for j, q in enumerate([*y, 1]):
            both = q if isinstance(p, int) else p if isinstance(q, int) else p & q
            columns[i + j].append(wire(m, f"partial_{i}_{j}", both))
    for i, column in enumerate(columns[:-1]):
        adders = 0
        while len(column) > 1:
            operands = [column.pop(0) for _ in range(min(3, len(column)))]
            a, b, c = [*operands, 0, 0][:3]
            total, carry = add_bits(a, b, c)
            column.append(wire(m, f"column_{i}_sum_{adders}", total))
            columns[i + 1].append(wire(m, f"column_{i}_carry_{adders}", carry))
            adders += 1
    return [column[0] for column in columns[:-1]]


def rounded(m: Module, bits: Sequence[Bit]) -> Mantissa:
    """The mantissa of a product of significands, normalised by one multiplexer and rounded to nearest even once.

    It rounds half up by adding the guard bit, then clears the lowest bit if that was a tie; so the sticky bit is not
    in the carry chain. A product of 2 or more never rounds up to the next power of two, since the largest is
    (2^(M+1) - 1)^2; so the exponent's two reasons to be one higher never meet, and share one carry.
    """
    product = [Value.cast(bit) for bit in bits]
    width = len(product) // 2 - 1
    shift = product[-1]

    def normalised(i: int) -> Value:
        return Mux(shift, product[i + 1], product[i])

    fraction = [wire(m, f"normalised_{i}", normalised(width + i)) for i in range(width)]
    guard = Value.cast(wire(m, "guard", normalised(width - 1)))
    sticky = wire(m, "sticky", any_of(product[: width - 1]) | (shift & product[width - 1]))
    lowest = wire(m, "rounded_0", Mux(guard, ~fraction[0] & sticky, fraction[0]))
    carry = wire(m, "rounded_carry_1", fraction[0] & guard)
    upper, carry = ripple(m, "rounded_upper", fraction[1:], [0] * (width - 1), carry)
    return [lowest, *upper], (0, wire(m, "exponent_carry", shift | carry))
