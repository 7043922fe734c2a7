# amaranth: UnusedElaboratable=no
"""Mantissas and carries, simulated, against products and sums of Python integers and fractions."""

import random
from fractions import Fraction
from itertools import product

import pytest
from amaranth.hdl import Module, Signal

from lmul.golden.formats import Format, Kind
from lmul.golden.parameters import Method, Parameters
from lmul.hdl import mantissa
from lmul.hdl.gates import bits_of


def format_of(m):
    return Format(f"e4m{m}ieee", 4, m, 7, Kind.IEEE)


def pairs(m):
    return list(product(range(1 << m), repeat=2))


def flat(result):
    """Mantissa bits, then the two carries."""
    bits, carries = result
    return [*bits, *carries]


def extended(result, m):
    """T of two operands of exponent 0: the mantissa, and both carries at the weight of the exponent's lowest bit."""
    return (result & (1 << m) - 1) + ((result >> m & 1) + (result >> (m + 1)) << m)


def nearest(x, y, m):
    """T of the true product, rounded to nearest even; `round` of a Fraction does just that."""
    true = Fraction(((1 << m) + x) * ((1 << m) + y), 1 << m)
    exponent = 0 if true < 2 << m else 1
    return (exponent << m) + round(true / 2**exponent) - (1 << m)


def sums(evaluate, parameters):
    def added(module, x, y):
        return flat(mantissa.added(module, mantissa.correction(module, parameters, x, y), x, y))

    m = parameters.format.mantissa_bits
    results = evaluate([m, m], added, pairs(m))
    return [extended(result, m) for result in results]


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 4)])
def test_lmul_adds_its_constant(evaluate, m, d):
    assert sums(evaluate, Parameters(format_of(m))) == [x + y + d for x, y in pairs(m)]


@pytest.mark.parametrize("m", [1, 3, 5])
def test_mitchell_adds_nothing(evaluate, m):
    assert sums(evaluate, Parameters(format_of(m), Method.MITCHELL)) == [x + y for x, y in pairs(m)]


@pytest.mark.parametrize(("m", "d"), [(m, d) for m in (1, 2, 3, 4) for d in range(1 << m)])
def test_every_constant_is_added(evaluate, m, d):
    parameters = Parameters(format_of(m), Method.CONSTANT, constant=d)
    assert sums(evaluate, parameters) == [x + y + d for x, y in pairs(m)]


@pytest.mark.parametrize(("m", "t"), [(m, t) for m in range(1, 6) for t in range(1, min(m, 3) + 1)])
def test_the_entry_for_the_top_bits_of_both_operands_is_added(evaluate, m, t):
    """With a random table, so that no two entries stand in for each other."""
    rng = random.Random(10 * m + t)
    table = tuple(tuple(rng.randrange(1 << m) for _ in range(1 << t)) for _ in range(1 << t))
    parameters = Parameters(format_of(m), Method.CORRECTED, table_bits=t, table=table)
    expected = [x + y + table[x >> (m - t)][y >> (m - t)] for x, y in pairs(m)]
    assert sums(evaluate, parameters) == expected


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_the_table_rounds_the_product_to_nearest_even(evaluate, m):
    results = evaluate([m, m], lambda module, x, y: flat(mantissa.tabled(module, x, y)), pairs(m))
    assert [extended(result, m) for result in results] == [nearest(x, y, m) for x, y in pairs(m)]


@pytest.mark.parametrize(("m", "raised"), [(1, 0), (2, 2), (3, 25)])
def test_up_to_three_bits_rounding_is_a_carry_in_for_so_many_pairs(m, raised):
    """The counts that the definition of the arithmetic states."""
    differences = [nearest(x, y, m) - x - y for x, y in pairs(m)]
    assert set(differences) <= {0, 1} and sum(differences) == raised


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_the_array_gives_every_product_of_significands(evaluate, m):
    one = 1 << m
    products = evaluate([m, m], mantissa.significand_product, pairs(m))
    assert products == [(one + x) * (one + y) for x, y in pairs(m)]


@pytest.mark.parametrize("m", [2, 5])
def test_a_full_product_is_rounded_to_nearest_even(evaluate, m):
    one = 1 << m
    vectors = [((one + x) * (one + y),) for x, y in pairs(m)]
    results = evaluate([2 * m + 2], lambda module, bits: flat(mantissa.rounded(module, bits)), vectors)
    assert [extended(result, m) for result in results] == [nearest(x, y, m) for x, y in pairs(m)]


def test_the_array_and_its_rounding_have_one_bit_wires():
    module, (x, y) = Module(), (bits_of(Signal(5)), bits_of(Signal(5)))
    bits, carries = mantissa.rounded(module, mantissa.significand_product(module, x, y))
    assert len(bits) == 5 and len(carries) == 2
    assert all(isinstance(bit, int) or len(bit) == 1 for bit in (*bits, *carries))
