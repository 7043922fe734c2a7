"""Products of matrices formed by float64 matrices, against the definition and sums formed product by product."""

from fractions import Fraction

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import DotParameters
from lmul.golden.dot.separable import separated
from lmul.golden.dot.sums import dot_product, matmul
from lmul.golden.formats import E2M1, E3M4, E4M3, E5M2, FP16, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

PARAMETERS = [
    DotParameters(Parameters(E4M3)),
    DotParameters(Parameters(E4M3, Method.corrected(2))),
    DotParameters(Parameters(E4M3, Method.EXACT)),
    DotParameters(Parameters(E4M3, Method.ROUNDED_RTZ)),
    DotParameters(Parameters(E5M2)),  # exponents span more than a float64 holds, and the sums more than an int64
    DotParameters(Parameters(E5M2, Method.EXACT)),
    DotParameters(Parameters(E3M4, Method.constant(9)), output=E4M3),
    DotParameters(Parameters(E4M3, y_format=E5M2)),
    DotParameters(Parameters(E5M2, Method.EXACT, y_format=E4M3)),
    DotParameters(Parameters(E2M1, Method.MITCHELL)),
    DotParameters(Parameters(E4M3, Method.log(1, 4), y_format=E3M4, subnormals=False)),
    DotParameters(Parameters(FP16, Method.EXACT)),
]


def operands(parameters, rng, *shape):
    return (rng.integers(1 << f.width, size=shape) for f in (parameters.product.format, parameters.product.y_format))


@pytest.mark.parametrize("parameters", PARAMETERS, ids=lambda p: p.name)
def test_sums_are_as_defined(parameters, monkeypatch):
    monkeypatch.setattr("lmul.golden.dot.separable._ROWS", 3)
    a, b = operands(parameters, np.random.default_rng(5), 5, 19)
    # The largest and the smallest products there are, of one sign and of both.
    p = parameters.product
    for side, f in ((a, p.format), (b, p.y_format)):
        side[0], side[1] = f.sign_bit - 1, f.hidden_one
        side[2] = np.where(np.arange(19) % 2, f.sign_bit - 1, f.sign_bit + f.hidden_one)
    assert separated(parameters, a.astype(np.uint32), b.astype(np.uint32)) is not None
    sums = matmul(parameters, a, b.T)
    for i, j in np.ndindex(5, 5):
        expected = reference.dot_product(parameters, a[i].tolist(), b[j].tolist(), 0)
        assert (int(sums.codes[i, j]), bool(sums.saturated[i, j])) == expected


@pytest.mark.parametrize("parameters", PARAMETERS[:5], ids=lambda p: p.name)
def test_stacks_of_matrices_go_on_from_a_start(parameters):
    rng = np.random.default_rng(6)
    a, _ = operands(parameters, rng, 2, 1, 4, 7)
    _, b = operands(parameters, rng, 3, 7, 5)
    first = matmul(parameters, a, b)
    sums = matmul(parameters, a, b, start=first)
    one_by_one = dot_product(parameters, a[..., :, None, :], np.swapaxes(b, -1, -2)[..., None, :, :], start=first)
    assert sums.codes.shape == (2, 3, 4, 5)
    np.testing.assert_array_equal(sums.codes, one_by_one.codes)
    np.testing.assert_array_equal(sums.codes, 2 * first.codes)


def test_what_no_float64_holds_is_split():
    """K of the largest products of e5m2 are far above 2^53 of the smallest."""
    parameters = DotParameters(Parameters(E5M2))
    a = np.array([[0x7F] * 300 + [0x04]], np.uint32)
    way = separated(parameters, a, a)
    assert len(way.x_ranges) * len(way.y_ranges) > 1
    largest, smallest = (reference.wide_product(parameters, code, code) for code in (0x7F, 0x04))
    sums = matmul(parameters, a, a.T)
    assert sums.codes.item() * Fraction(2) ** parameters.lsb == 300 * largest + smallest


def test_subnormals_that_count_are_not_separated():
    parameters = DotParameters(Parameters(E4M3, Method.log(1)))
    a = np.array([[0x01, 0x87, 0x38]], np.uint32)
    assert separated(parameters, a, a) is None
    total = sum(reference.wide_product(parameters, int(code), int(code)) for code in a[0])
    assert matmul(parameters, a, a.T).fractions(parameters).item() == total


def test_few_exponents_need_no_split():
    parameters = DotParameters(Parameters(E5M2))
    a = np.full((2, 5), 0x3D, np.uint32)
    way = separated(parameters, a, a)
    assert (way.x_ranges, way.y_ranges) == ([(15, 15)], [(15, 15)])


def test_zeros_need_no_product():
    parameters = DotParameters(Parameters(E4M3))
    zeros, ones = np.full((2, 3), 0x80, np.uint32), np.full((2, 3), 0x38, np.uint32)
    assert separated(parameters, zeros, ones).x_ranges == []
    assert not matmul(parameters, zeros, ones.T).codes.any()


def test_long_mantissas_are_left_to_sums_product_by_product():
    parameters = DotParameters(Parameters(format_named("e3m9")))
    a = np.full((2, 3), 0x600, np.uint32)
    assert separated(parameters, a, a) is None
    expected = reference.dot_product(parameters, [0x600] * 3, [0x600] * 3, 0)[0]
    assert (matmul(parameters, a, a.T).codes == expected).all()


@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
@pytest.mark.parametrize("k", [2, 7, 16])
def test_no_sum_of_float64_numbers_reaches_2_to_the_53(method, k):
    """The largest products and one that is odd, for every span of exponents: one bit more, and it is rounded away."""
    parameters = DotParameters(Parameters(E5M2, method))
    for field in range(1, 32):
        codes = [field << 2 | 1, *[0x7F] * (k - 1)]
        a = np.array([codes], np.uint32)
        expected = sum(reference.wide_product(parameters, code, code) for code in codes)
        assert matmul(parameters, a, a.T).codes.item() * Fraction(2) ** parameters.lsb == expected
