"""Multipliers of significands in several forms, to find the best exact baseline for each measure.

Exported units have the array (`mantissa.significand_product`). The other forms are for measuring.
"""

from collections.abc import Sequence
from enum import StrEnum

from amaranth.hdl import Module

from lmul.hdl.arith import wire_names
from lmul.hdl.arith.gates import Bit, add_bits, add_columns, bits_of, both, either, inverse, ripple, wire
from lmul.hdl.arith.words import cat, word


class Form(StrEnum):
    """Form of a product of significands."""

    ARRAY = "array"  # rows of full adders that save their carries
    COLUMNS = "columns"  # full adders column by column, each adding its oldest bits first
    TREE = "tree"  # Dadda's, and a carry chain
    FAST_TREE = "fast tree"  # Dadda's, and the `+` of synthesis
    BOOTH = "booth"  # radix 4, Dadda's tree, and a carry chain
    FAST_BOOTH = "fast booth"  # the same and `+`
    OPERATOR = "operator"  # the `*` of synthesis
    OPERATOR_BOOTH = "operator booth"  # the same after Yosys' pass `booth`


def product_of(m: Module, form: Form, left: Sequence[Bit], right: Sequence[Bit]) -> list[Bit]:
    """Multiply two unsigned numbers of n bits; return all 2n bits. `form` is any but the array."""
    if form in (Form.OPERATOR, Form.OPERATOR_BOOTH):
        return bits_of(word(m, "significand", cat(left) * cat(right)))
    booth = form in (Form.BOOTH, Form.FAST_BOOTH)
    columns = _booth_columns(m, left, right) if booth else _and_columns(m, left, right)
    if form is Form.COLUMNS:
        return add_columns(m, columns)
    return _two_rows(m, _dadda(m, columns), form in (Form.FAST_TREE, Form.FAST_BOOTH))


def _and_columns(m: Module, left: Sequence[Bit], right: Sequence[Bit]) -> list[list[Bit]]:
    columns: list[list[Bit]] = [[] for _ in range(2 * len(left))]
    for i, p in enumerate(left):
        for j, q in enumerate(right):
            columns[i + j].append(wire(m, wire_names.partial_product(i, j), both(p, q)))
    return columns


def _booth_columns(m: Module, left: Sequence[Bit], right: Sequence[Bit]) -> list[list[Bit]]:
    """Build the partial products of radix-4 Booth digits, -2 .. 2, of `right`, by column.

    A negative partial product is inverted, and 1 is added in its lowest column. Its sign, of weight -2^(n + 1), is
    added inverted. The excess of that is a constant, added bit by bit to the columns.
    """
    n = len(left)
    columns: list[list[Bit]] = [[] for _ in range(2 * n)]
    excess = 0
    digits = [0, *right, 0, 0]
    for j in range(n // 2 + 1):
        low, middle, high = digits[2 * j : 2 * j + 3]
        negative = high
        one = wire(m, f"one_{j}", _exclusive(middle, low))
        two = wire(m, f"two_{j}", both(_exclusive(high, middle), inverse(one)))
        for i, (here, below) in enumerate(zip([*left, 0], [0, *left], strict=True)):
            size = wire(m, f"size_{i}_{j}", either(both(one, here), both(two, below)))
            if i + 2 * j < 2 * n:
                columns[i + 2 * j].append(wire(m, wire_names.partial_product(i, j), _exclusive(size, negative)))
        columns[2 * j].append(negative)
        if n + 1 + 2 * j < 2 * n:
            columns[n + 1 + 2 * j].append(inverse(negative))
        excess += 1 << (n + 1 + 2 * j)
    for i, column in enumerate(columns):
        column.append(-excess >> i & 1)
    return [[bit for bit in column if not (isinstance(bit, int) and bit == 0)] for column in columns]


def _exclusive(a: Bit, b: Bit) -> Bit:
    """XOR two bits; fold constants."""
    if isinstance(a, int):
        return inverse(b) if a else b
    if isinstance(b, int):
        return inverse(a) if b else a
    return a ^ b


def _dadda(m: Module, columns: Sequence[Sequence[Bit]]) -> list[list[Bit]]:
    """Reduce columns to at most two bits each, with the same sum modulo 2^columns.

    In each stage a column becomes just as high as the next stage takes (L. Dadda, Alta Frequenza 34, 1965).
    """
    heights = [2]
    highest = max(len(column) for column in columns)
    while heights[-1] * 3 // 2 < highest:
        heights.append(heights[-1] * 3 // 2)
    kept = [list(column) for column in columns]
    for stage, height in enumerate(reversed(heights)):
        for i, column in enumerate(kept):
            adders = 0
            while len(column) > height:
                operands = [column.pop(0) for _ in range(min(3, len(column) - height + 1))]
                a, b, c = [*operands, 0][:3]
                total, carry = add_bits(a, b, c, or_and=True)
                name = f"stage_{stage}_column_{i}"
                column.append(wire(m, f"{name}_sum_{adders}", total))
                if i + 1 < len(kept):
                    kept[i + 1].append(wire(m, f"{name}_carry_{adders}", carry))
                adders += 1
    return kept


def _two_rows(m: Module, columns: Sequence[Sequence[Bit]], fast: bool) -> list[Bit]:
    """Add columns of at most two bits by a carry chain; if `fast`, by `+` from the first column of two bits on."""
    first, second = ([column[row] if row < len(column) else 0 for column in columns] for row in range(2))
    if not fast:
        return ripple(m, "final", first, second, 0, or_and=True)[0]
    lowest = next((i for i, column in enumerate(columns) if len(column) > 1), len(columns))
    total = cat(first[lowest:]) + cat(second[lowest:])
    return [*first[:lowest], *bits_of(word(m, "final", total[: len(columns) - lowest]))]
