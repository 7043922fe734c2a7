"""Tables of D for the method `corrected`.

A cell holds the pairs of M-bit mantissas that share their t top bits each. Its D is the one with the least mean
|relative error| against the exact product. There are many ties, which floating point misjudges; it only narrows the
choice, and integers over one common denominator decide.
"""

from functools import cache
from math import lcm

import numpy as np

TABLE_BITS = range(1, 4)
_WIDEST = 7  # wider mantissas take the table of this width, shifted

Table = tuple[tuple[int, ...], ...]


@cache
def corrected_table(mantissa_bits: int, table_bits: int) -> Table:
    """Return D in mantissa LSBs by the `table_bits` top bits of x's mantissa (row) and of y's (column).

    Ties go to the smaller D. Above 7 mantissa bits it is the table for 7, times 2^(M - 7).

    Raises
    ------
    ValueError
        `table_bits` is not 1 to min(mantissa_bits, 3).
    """
    most = min(mantissa_bits, TABLE_BITS[-1])
    if not 1 <= table_bits <= most:
        raise ValueError(f"table_bits must be 1 to {most}, not {table_bits!r}")
    if mantissa_bits > _WIDEST:
        scale = 1 << (mantissa_bits - _WIDEST)
        return tuple(tuple(d * scale for d in row) for row in corrected_table(_WIDEST, table_bits))
    side = range(1 << table_bits)
    return tuple(tuple(_best(mantissa_bits, table_bits, row, column) for column in side) for row in side)


def _best(mantissa_bits: int, table_bits: int, row: int, column: int) -> int:
    one = 1 << mantissa_bits
    members = np.arange(one >> table_bits)
    x = (row * len(members) + members)[:, None]
    y = (column * len(members) + members)[None, :]
    product = (one + x) * (one + y)
    # distance[d] is |what T = x + y + d spells - product|, in units of 4^-M
    distance = [np.abs((one + t % one << t // one) * one - product) for t in (x + y + d for d in range(one))]
    estimate = np.array([(each / product).sum() for each in distance])
    common = lcm(*(one + int(m) for m in (*x[:, 0], *y[0, :])))
    weight_x = [common // (one + int(m)) for m in x[:, 0]]
    weight_y = [common // (one + int(m)) for m in y[0, :]]

    def exact(d: int) -> int:
        rows = (sum(int(n) * w for n, w in zip(line, weight_y, strict=True)) for line in distance[d])
        return sum(n * w for n, w in zip(rows, weight_x, strict=True))

    close = np.flatnonzero(estimate <= estimate.min() * (1 + 1e-9))
    return min((int(d) for d in close), key=lambda d: (exact(d), d))
