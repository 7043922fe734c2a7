"""The table of least error, against an enumeration in rational numbers, one pair of mantissas at a time."""

import random
from fractions import Fraction
from math import lcm

import pytest

from lmul.golden.correction_table import corrected_table


def slow_table(mantissa_bits, table_bits):
    one = 1 << mantissa_bits

    def error(x, y, d):
        t = x + y + d
        spelt = Fraction(one + t % one, one) * 2 ** (t // one)
        true = Fraction(one + x, one) * Fraction(one + y, one)
        return abs(spelt - true) / true

    def best(row, column):
        step = one >> table_bits
        pairs = [(row * step + i, column * step + j) for i in range(step) for j in range(step)]
        return min(range(one), key=lambda d: (sum(error(x, y, d) for x, y in pairs), d))

    side = range(1 << table_bits)
    return tuple(tuple(best(row, column) for column in side) for row in side)


@pytest.mark.parametrize(("m", "t"), [(m, t) for m in range(1, 5) for t in range(1, min(m, 3) + 1)])
def test_the_table_is_the_one_of_least_error(m, t):
    assert corrected_table(m, t) == slow_table(m, t)


@pytest.mark.parametrize(("m", "t"), [(m, t) for m in (5, 6, 7) for t in (1, 2, 3)])
def test_wider_tables_are_of_least_error_too(m, t):
    """By integers over the least common denominator of all products, which rational numbers would be too slow for."""
    one, step = 1 << m, 1 << (m - t)
    common = lcm(*range(one, 2 * one))
    weight = [common // (one + i) for i in range(one)]

    def error(row, column, d):
        total = 0
        for x in range(row * step, (row + 1) * step):
            for y in range(column * step, (column + 1) * step):
                exponent, mantissa = divmod(x + y + d, one)
                total += abs(((one + mantissa) << (m + exponent)) - (one + x) * (one + y)) * weight[x] * weight[y]
        return total

    rng = random.Random(7)
    table = corrected_table(m, t)
    for row, column in rng.sample([(i, j) for i in range(1 << t) for j in range(1 << t)], min(4, 1 << 2 * t)):
        best = min(range(one), key=lambda d: (error(row, column, d), d))
        assert table[row][column] == best


def test_three_bits_need_a_carry_only():
    assert corrected_table(3, 2) == ((0, 0, 0, 0), (0, 1, 1, 1), (0, 1, 1, 0), (0, 1, 0, 0))


def test_up_to_two_bits_nothing_is_corrected():
    assert {d for m, t in ((1, 1), (2, 1), (2, 2)) for row in corrected_table(m, t) for d in row} == {0}


def test_wide_mantissas_shift_the_table_for_seven():
    assert corrected_table(10, 2) == tuple(tuple(8 * d for d in row) for row in corrected_table(7, 2))


def test_table_bits_out_of_range_are_refused():
    with pytest.raises(ValueError, match=r"^table_bits must be 1 to 3, not 4$"):
        corrected_table(7, 4)
