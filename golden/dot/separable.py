"""Matrix products of codes for the fixed accumulator, computed exactly by products of float64 matrices.

The wide product of codes is +-2^(ex + ey) F[mx, my], with a table F of integers that depends on the mantissas alone.
F = L R, with integer factors of r columns and rows, makes of a product of matrices of codes one of float64 matrices
whose inner dimension is r times as long: a row of L times +-2^ex stands for a code of the left operand, a column of R
times +-2^ey for one of the right. Every product and every partial sum, in whatever order BLAS forms them, is an integer
multiple of one power of two; as long as none can reach 2^53 of it, none is rounded. Where the exponents of the operands
span too much for that they are split into ranges.

The exact product has r = 1. For the adder family no r below 2^M will do: its product depends on the sum of the two
codes, and 2^M more doubles it, so that F is part of a Hankel matrix of the recurrence z^(2^M) = 2; that polynomial is
irreducible over the rationals, by Eisenstein's criterion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import Codes
from lmul.golden.formats import Format
from lmul.golden.multiply import wide_product
from lmul.golden.types import Array, Floats, Integers

_EXACT = 53  # bits of a float64
_MOST_ENTRIES = 1 << 17  # in a table with a row for each code
_MOST_PRODUCTS = 128  # matrix products; with more, the products one by one are no slower
_ROWS = 512  # rows of the result that are computed at a time

Range = tuple[int, int]
"""Exponent fields, both included."""


@dataclass(frozen=True)
class Factors:
    """Factors L and R of the table F.

    Attributes
    ----------
    left : array of int64, (2^Mx, r)
        Rows of L by x's mantissa.
    right : array of int64, (2^My, r)
        Columns of R by y's mantissa; `left` times `right` transposed is F.
    largest : int
        Largest entry of F.
    exponent : int
        F is in units of 2^exponent where both exponent fields are 0.
    """

    left: Integers
    right: Integers
    largest: int
    exponent: int

    @property
    def rank(self) -> int:
        """Return r, the inner dimension of L R."""
        return int(self.left.shape[1])


@dataclass(frozen=True)
class Separated:
    """Plan of a matrix product: factors, and ranges of exponent fields of both sides."""

    parameters: DotParameters
    factors: Factors
    x_ranges: list[Range]
    y_ranges: list[Range]

    def add_to(self, held: Array, left: Codes, right: Codes) -> None:
        """Add the products of left (..., M, K) and right (..., N, K) to the accumulators (..., M, N)."""
        shape = held.shape[:-2]
        left, right = (np.broadcast_to(side, (*shape, *side.shape[-2:])) for side in (left, right))
        for index in np.ndindex(shape):
            for x in self.x_ranges:
                for y in self.y_ranges:
                    for start in range(0, held.shape[-2], _ROWS):
                        rows = slice(start, start + _ROWS)
                        self._add(held[index][rows], left[index][rows], right[index], x, y)

    def _add(self, held: Array, left: Codes, right: Codes, x: Range, y: Range) -> None:
        # Limit both blocks together to the memory that the operands would take as float64.
        terms = max(left.shape[1] // self.factors.rank, 1)
        x_table, y_table = _table(self.parameters, True, x), _table(self.parameters, False, y)
        sums, partial = np.zeros(held.shape), np.empty(held.shape)
        # Reuse these arrays: memory that was used before is faster.
        rows, columns = (np.empty((len(side), terms, self.factors.rank)) for side in (left, right))
        for k in range(0, left.shape[1], terms):
            a, b = left[:, k : k + terms], right[:, k : k + terms]
            rows, columns = rows[:, : a.shape[1]], columns[:, : a.shape[1]]
            x_table.take(a, axis=0, out=rows, mode="clip")
            y_table.take(b, axis=0, out=columns, mode="clip")
            np.matmul(rows.reshape(len(a), -1), columns.reshape(len(b), -1).T, out=partial)
            sums += partial
        places = x[0] + y[0] + self.factors.exponent - self.parameters.lsb
        if held.dtype == object:
            held += _shifted(sums.astype(np.int64).astype(object), places)
        else:
            sums *= 2.0**places
            held += sums.astype(np.int64)


def _shifted(integers: Array, places: int) -> Array:
    return integers << places if places >= 0 else integers >> -places


def separated(parameters: DotParameters, left: Codes, right: Codes) -> Separated | None:
    """Plan the product of left (..., M, K) and right (..., N, K); None if products one by one are faster.

    None, too, for integers, and where subnormals count: a mantissa of theirs is not a row of the table.
    """
    p = parameters.product
    if p.subnormals or p.is_integer:
        return None
    rank = 1 if parameters.full else 1 << min(f.mantissa_bits for f in (p.format, p.y_format))
    if max(1 << f.width for f in (p.format, p.y_format)) * rank > _MOST_ENTRIES:
        return None
    parts = factors(parameters)
    x, y = _span(p.format, left), _span(p.y_format, right)
    if x is None or y is None:
        return Separated(parameters, parts, [], [])
    # Places that the exponents may span, so that K of the largest products stay below 2^53.
    room = _EXACT - (left.shape[-1] * parts.largest).bit_length()
    x_parts = y_parts = 1
    while _longest(x, x_parts) + _longest(y, y_parts) > room:
        if x_parts * y_parts * parts.rank > _MOST_PRODUCTS:
            return None
        if _longest(x, x_parts) > _longest(y, y_parts):
            x_parts += 1
        else:
            y_parts += 1
    return Separated(parameters, parts, list(_parts(x, x_parts)), list(_parts(y, y_parts)))


def _span(format: Format, codes: Codes) -> Range | None:
    """Return the least and the largest exponent field besides 0, which counts as zero; None for zeros only."""
    fields = (codes & np.uint32(format.sign_bit - 1)) >> np.uint32(format.mantissa_bits)
    largest = int(fields.max(initial=0))
    return (int(fields.min(initial=largest, where=fields > 0)), largest) if largest else None


def _longest(span: Range, parts: int) -> int:
    """Return the largest difference of exponents within a part, for a span cut into `parts`."""
    return -(-(span[1] - span[0] + 1) // parts) - 1


def _parts(span: Range, parts: int) -> Iterator[Range]:
    step = _longest(span, parts) + 1
    for low in range(span[0], span[1] + 1, step):
        yield low, min(low + step - 1, span[1])


@lru_cache(maxsize=8)
def factors(parameters: DotParameters) -> Factors:
    p = parameters.product
    # The exponent field is 1, the least that is not flushed.
    x, y = (f.hidden_one + np.arange(f.hidden_one) for f in (p.format, p.y_format))
    products = wide_product(p, x[:, None], y)
    least = int(products.exponent.min())
    table = products.significand << (products.exponent - least)
    largest, exponent = int(table.max()), least - 2
    if parameters.full:
        m = p.result.mantissa_bits
        left, right = ((side << (m - f.mantissa_bits))[:, None] for side, f in ((x, p.format), (y, p.y_format)))
    elif len(x) <= len(y):
        left, right = np.eye(len(x), dtype=np.int64), table.T
    else:
        left, right = table, np.eye(len(y), dtype=np.int64)
    return Factors(left, right, largest, exponent)


@lru_cache(maxsize=16)
def _table(parameters: DotParameters, is_left: bool, fields: Range) -> Floats:
    """Return the row of each code, (codes, r), with exponents relative to the range's least."""
    p, own = parameters.product, factors(parameters)
    format, rows = (p.format, own.left) if is_left else (p.y_format, own.right)
    return _stand_ins(format, rows, np.arange(1 << format.width, dtype=np.uint32), fields)


def _stand_ins(format: Format, rows: Integers, codes: Codes, fields: Range) -> Floats:
    """Return the rows of codes, (..., r): the row of the mantissa times +-2^(exponent field - the range's least).

    Rows are zero if the exponent field is not in the range.
    """
    field = ((codes & np.uint32(format.sign_bit - 1)) >> np.uint32(format.mantissa_bits)).astype(np.int32)
    within = (field >= fields[0]) & (field <= fields[1])
    sign = np.where(codes & np.uint32(format.sign_bit), -1.0, 1.0)
    size = np.where(within, sign, 0.0) * np.ldexp(1.0, np.where(within, field - fields[0], 0))
    found: Floats = rows[codes & np.uint32(format.hidden_one - 1)] * size[..., None]
    return found
