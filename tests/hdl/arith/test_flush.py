# amaranth: UnusedElaboratable=no
"""Exponents and edges, simulated for small formats of each kind, against Python integers."""

from itertools import product

import pytest

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith import flush
from lmul.hdl.arith.mantissa import Mantissa

M = 2  # mantissa bits of every format here
BIASES = (-3, 0, 1, 2, 3, 4, 5, 9)  # from 1 to 4 the short form serves, elsewhere the long one
KINDS = [kind for kind in FormatKind if kind is not FormatKind.INTEGER]
FORMATS = [Format(f"{kind}_bias_{bias}".replace("-", "minus_"), 3, M, bias, kind) for kind in KINDS for bias in BIASES]
FORMATS += [Format(f"{kind}_two_bits", 2, M, 1, kind) for kind in KINDS]

# The codes in the definition's own numbers, so that they do not come from the object under test.
TOP = {(FormatKind.IEEE, 3): 0x1B, (FormatKind.FN, 3): 0x1E, (FormatKind.FINITE, 3): 0x1F}
TOP |= {(FormatKind.IEEE, 2): 0xB, (FormatKind.FN, 2): 0xE, (FormatKind.FINITE, 2): 0xF}


def any_carries(f):
    """Parameters with a D so large that both carries can be 1 at once."""
    return Parameters(f, Method.constant((1 << M) - 1))


def vectors(f):
    """Mantissa of the product, exponent fields of the operands, two carries."""
    side = range(1 << f.exponent_bits)
    return list(product(range(1 << M), side, side, range(4)))


def extended_code(f, mantissa, x, y, carries):
    return (x + y + (carries & 1) + (carries >> 1) - f.bias << M) + mantissa


def widths(f):
    return [M, f.exponent_bits, f.exponent_bits, 2]


@pytest.mark.parametrize("f", FORMATS, ids=str)
def test_the_wrapped_code_is_t_modulo_the_magnitudes(evaluate, f):
    def build(m, t, x, y, c):
        return flush.wrapped(m, any_carries(f), Mantissa(t, (c[0], c[1])), x, y)

    results = evaluate(widths(f), build, vectors(f))
    assert results == [extended_code(f, *v) % (1 << M + f.exponent_bits) for v in vectors(f)]


@pytest.mark.parametrize("f", FORMATS, ids=str)
def test_t_and_its_side_of_the_format(evaluate, f):
    """T's bits where it lies within the format's codes, and the two flags everywhere."""

    def build(m, t, x, y, c):
        result = flush.extended(m, any_carries(f), Mantissa(t, (c[0], c[1])), x, y)
        return [*result.bits, result.keep, result.above]

    codes = 1 << M + f.exponent_bits
    last = (1 << f.exponent_bits) - (2 if f.kind is FormatKind.IEEE else 1)
    for vector, result in zip(vectors(f), evaluate(widths(f), build, vectors(f)), strict=True):
        _, x, y, _ = vector
        t = extended_code(f, *vector)
        bits, keep, above = result % codes, result // codes & 1, result // codes >> 1
        assert keep == (x > 0 and y > 0 and t >= 1 << M), vector
        if keep:
            assert above == ((t >> M) > last), vector
        if 0 <= t < codes:
            assert bits == t, vector


@pytest.mark.parametrize("f", FORMATS, ids=str)
def test_the_clamped_code_is_zero_below_and_top_above(evaluate, f):
    def build(m, t, x, y, c):
        return flush.clamped(m, f, flush.extended(m, any_carries(f), Mantissa(t, (c[0], c[1])), x, y))

    def expected(vector):
        _, x, y, _ = vector
        t = extended_code(f, *vector)
        return 0 if 0 in (x, y) or t < 1 << M else min(t, TOP[f.kind, f.exponent_bits])

    assert evaluate(widths(f), build, vectors(f)) == [expected(v) for v in vectors(f)]
