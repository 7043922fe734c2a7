"""Error measures, by hand and against rational arithmetic."""

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from lmul.accuracy.metrics import Errors, errors, fitted_gain


def test_by_hand():
    """Relative errors +1/4, -1/2 and 0; squared errors 1, 4 and 0 over 16, 16 and 4."""
    assert errors([5, 2, -2], [4, 4, -2]) == Errors(3, 0.25, -0.25 / 3, 0.5, 5 / 36, (5 / 16 / 3) ** 0.5)


def test_the_bias_is_positive_where_values_are_too_large_in_size():
    assert errors([-6.0, 6.0], [-4.0, 4.0]).bias == 0.5
    assert errors([-3.0, 3.0], [-4.0, 4.0]).bias == -0.25


def test_against_rational_arithmetic():
    rng = random.Random(6)
    pairs = [(Fraction(rng.randrange(-999, 999), 64), Fraction(rng.randrange(1, 999), 64)) for _ in range(200)]
    relative = [got / want - 1 for got, want in pairs]
    expected = (
        sum(map(abs, relative)) / 200,
        sum(relative) / 200,
        max(map(abs, relative)),
        sum((got - want) ** 2 for got, want in pairs) / sum(want**2 for _, want in pairs),
        math.sqrt(sum(r**2 for r in relative) / 200),
    )
    computed = errors(*(np.array([float(v) for v in side]) for side in zip(*pairs, strict=True)))
    assert computed.count == 200
    measures = (computed.mean, computed.bias, computed.largest, computed.nmse, computed.rms)
    assert measures == pytest.approx([float(v) for v in expected], rel=1e-12)


def test_true_zeros_count_in_the_squared_error_only():
    assert errors([1.0, 3.0], [0.0, 2.0]) == Errors(1, 0.5, 0.5, 0.5, 0.5, 0.5)


@pytest.mark.parametrize("scale", [2.0**-600, 2.0**600], ids=["tiny", "huge"])
def test_squares_neither_vanish_nor_overflow(scale):
    assert errors(np.array([5.0, 2.0]) * scale, np.array([4.0, 4.0]) * scale).nmse == 5 / 32


def test_any_shape_is_accepted():
    assert errors(np.ones((2, 3)), np.ones((2, 3))) == Errors(6, 0.0, 0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("true", [[], [0.0, -0.0]])
def test_nothing_to_compare_gives_nan(true):
    measured = errors(np.zeros(len(true)), true)
    assert measured.count == 0
    assert np.isnan([measured.mean, measured.bias, measured.largest, measured.nmse, measured.rms]).all()


def test_shapes_must_be_equal():
    with pytest.raises(ValueError, match=r"^computed must have the shape of true, \(2,\), not \(3,\)$"):
        errors([1, 2, 3], [1, 2])


def test_a_fitted_gain_is_the_slope_of_least_squares():
    computed, true = np.random.default_rng(3).standard_normal((2, 50))
    gain = np.linalg.lstsq(computed[:, None], true, rcond=None)[0][0]
    assert fitted_gain(computed, true) == pytest.approx(gain, rel=1e-12)


def test_the_gain_of_nothing_is_one():
    assert fitted_gain(np.zeros(3), np.ones(3)) == 1.0
    assert fitted_gain(np.full(3, 2.0), np.ones(3)) == 0.5
