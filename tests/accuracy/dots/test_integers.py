"""Integers with block scales: by hand, and against figures of a probe that shares no code."""

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.integers import Integers
from lmul.accuracy.dots.total import Condition, Experiment
from lmul.golden.block_scaling import Rule


def test_by_hand():
    """Of 4 bits, -7 to 7: the largest, 7.9, has floor scale 4, so that a step is 1; it saturates, or the step is 2."""
    values = np.array([[7.9, -7.4, 0.5, 1.5, 0.0, -0.6], [0.0] * 6])
    floor, fit = (Integers(4).quantised(values, rule) for rule in (Rule.FLOOR, Rule.FIT))
    np.testing.assert_array_equal(floor[0], [7, -7, 0, 2, 0, -1])
    np.testing.assert_array_equal(fit[0], [8, -8, 0, 2, 0, 0])
    assert not floor[1].any() and not fit[1].any()
    np.testing.assert_array_equal(Integers(4).quantised(values[:, :1] * 2.0**70, Rule.FIT)[:, 0], [2.0**73, 0])


def test_each_block_has_its_scale():
    values = np.concatenate([np.full(32, 100.0), np.full(5, 0.1)])[None]
    np.testing.assert_allclose(Integers(8).quantised(values, Rule.FIT), values, rtol=2**-7)
    assert len(np.unique(Integers(8).quantised(values, Rule.FIT))) == 2


@pytest.mark.parametrize(
    ("bits", "distribution", "percent"),
    [
        *[(7, "gaussian", 2.32), (8, "gaussian", 1.18), (7, "laplace", 2.89), (8, "laplace", 1.47)],
        *[(7, "student", 3.04), (8, "student", 1.50)],
    ],
)
def test_known_figures(bits, distribution, percent):
    """From a probe that shares no code with this."""
    experiment = Experiment(Condition(Distribution(distribution), Rule.FLOOR))
    after = experiment.nrmse(Integers(bits).dot_products(experiment.operands, Rule.FLOOR))[1]
    assert 100 * after == pytest.approx(percent, rel=0.05)


def test_bits_are_checked():
    with pytest.raises(ValueError, match=r"^bits must be 4 to 8, not 9$"):
        Integers(9)
