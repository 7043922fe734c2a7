# amaranth: UnusedElaboratable=no
"""Mantissas and carries, simulated, against products and sums of Python integers and fractions."""

import random
from fractions import Fraction
from itertools import product

import pytest
from amaranth.hdl import Module, Signal

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Method, Rounding
from lmul.golden.parameters import Parameters
from lmul.hdl.arith import mantissa
from lmul.hdl.arith.gates import bits_of


def format_of(m):
    return Format(f"e4m{m}ieee", 4, m, 7, FormatKind.IEEE)


def pairs(m):
    return list(product(range(1 << m), repeat=2))


def flat(result):
    """Mantissa bits, the two carries, then the sides."""
    return [*result.bits, *result.carries, result.above, result.below]


def extended(result, m):
    """T of two operands of exponent 0: the mantissa, and both carries at the weight of the exponent's lowest bit."""
    return (result & (1 << m) - 1) + ((result >> m & 1) + (result >> (m + 1) & 1) << m)


def code(x, y, m, width=None):
    """T of the true product, with the operands' mantissa bits or others, not rounded."""
    width = m if width is None else width
    true = Fraction(((1 << m) + x) * ((1 << m) + y), 1 << 2 * m)
    exponent = 0 if true < 2 else 1
    return (exponent + true / 2**exponent - 1) * (1 << width)


def nearest(x, y, m, width=None):
    """T rounded to nearest even; `round` of a Fraction does just that."""
    return round(code(x, y, m, width))


def truncated(x, y, m, width=None):
    return int(code(x, y, m, width))


def sides(result, m):
    """Whether the product is said to be above, and below."""
    return result >> m + 2 & 1, result >> m + 3


def true_sides(x, y, m, rounded, width=None):
    return code(x, y, m, width) > rounded, code(x, y, m, width) < rounded


def sums(evaluate, parameters):
    m = parameters.format.mantissa_bits

    def build(module, x, y):
        return flat(mantissa.added(module, mantissa.correction(module, parameters, x, y), x, y))

    results = evaluate([m, m], build, pairs(m))
    return [extended(result, m) for result in results]


@pytest.mark.parametrize(("m", "d"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 4)])
def test_lmul_adds_its_constant(evaluate, m, d):
    assert sums(evaluate, Parameters(format_of(m))) == [x + y + d for x, y in pairs(m)]


@pytest.mark.parametrize("m", [1, 3, 5])
def test_mitchell_adds_nothing(evaluate, m):
    assert sums(evaluate, Parameters(format_of(m), Method.MITCHELL)) == [x + y for x, y in pairs(m)]


@pytest.mark.parametrize(("m", "d"), [(m, d) for m in (1, 2, 3, 4) for d in range(1 << m)])
def test_every_constant_is_added(evaluate, m, d):
    parameters = Parameters(format_of(m), Method.constant(d))
    assert sums(evaluate, parameters) == [x + y + d for x, y in pairs(m)]


@pytest.mark.parametrize(("m", "t"), [(m, t) for m in range(1, 6) for t in range(1, min(m, 3) + 1)])
def test_the_entry_for_the_top_bits_of_both_operands_is_added(evaluate, m, t):
    """With a random table, so that no two entries stand in for each other."""
    rng = random.Random(10 * m + t)
    table = tuple(tuple(rng.randrange(1 << m) for _ in range(1 << t)) for _ in range(1 << t))
    parameters = Parameters(format_of(m), Method.corrected(t, table))
    expected = [x + y + table[x >> (m - t)][y >> (m - t)] for x, y in pairs(m)]
    assert sums(evaluate, parameters) == expected


@pytest.mark.parametrize(("rounding", "expected"), [(Rounding.NEAREST, nearest), (Rounding.ZERO, truncated)])
@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_the_table_rounds_the_product_and_knows_its_side(evaluate, m, rounding, expected):
    results = evaluate([m, m], lambda module, x, y: flat(mantissa.tabled(module, rounding, x, y, True)), pairs(m))
    assert [extended(result, m) for result in results] == [expected(x, y, m) for x, y in pairs(m)]
    assert [sides(r, m) for r in results] == [true_sides(x, y, m, expected(x, y, m)) for x, y in pairs(m)]


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


@pytest.mark.parametrize(("rounding", "expected"), [(Rounding.NEAREST, nearest), (Rounding.ZERO, truncated)])
@pytest.mark.parametrize("m", [2, 5])
@pytest.mark.parametrize("longer", [-4, -2, -1, 0, 1, 4, 5, 6, 9])
def test_a_full_product_is_rounded_once(evaluate, m, longer, rounding, expected):
    """To results shorter than the operands and as long and longer than the product."""
    one, width = 1 << m, max(m + longer, 1)
    vectors = [((one + x) * (one + y),) for x, y in pairs(m)]
    results = evaluate([2 * m + 2], lambda module, bits: flat(mantissa.rounded(module, rounding, bits, width)), vectors)
    assert [extended(result, width) for result in results] == [expected(x, y, m, width) for x, y in pairs(m)]
    if rounding is Rounding.NEAREST:  # toward zero nothing asks for the sides
        wanted = [true_sides(x, y, m, nearest(x, y, m, width), width) for x, y in pairs(m)]
        assert [sides(r, width) for r in results] == wanted


def test_a_narrower_operand_has_zeros_below(evaluate):
    vectors = list(product(range(4), range(8)))
    products = evaluate([2, 3], lambda module, x, y: mantissa.significand_product(module, [0, *x], y), vectors)
    assert products == [(8 + 2 * x) * (8 + y) for x, y in vectors]


def test_the_array_and_its_rounding_have_one_bit_wires():
    module, (x, y) = Module(), (bits_of(Signal(5)), bits_of(Signal(5)))
    result = mantissa.rounded(module, Rounding.NEAREST, mantissa.significand_product(module, x, y), 5)
    assert len(result.bits) == 5
    assert all(isinstance(bit, int) or len(bit) == 1 for bit in flat(result))
