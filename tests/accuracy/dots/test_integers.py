"""Integers with block scales: the model's against rounding in NumPy, and against figures of a probe."""

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.total import SCALED, Condition, DotUnit, Experiment
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters


def unit(bits):
    return DotUnit(Parameters(format_named(f"int{bits}"), Method.EXACT))


def rounded(values, bits, rule):
    """Integers of one block times its step: by `floor` the largest magnitude is in its top bit, and may saturate."""
    largest, top = np.abs(values).max(axis=-1, keepdims=True), 2 ** (bits - 1) - 1
    step = 2.0 ** (np.floor(np.log2(largest)) - bits + 2)
    if rule is Rule.FIT:
        step = np.where(largest / step > top, 2 * step, step)
    return np.clip(np.round(values / step), -top, top) * step


@pytest.mark.parametrize("condition", SCALED, ids=lambda condition: condition.name)
@pytest.mark.parametrize("bits", [4, 7, 8])
def test_sums_are_those_of_rounded_integers(condition, bits):
    experiment = Experiment(condition, 300)
    x, y = (rounded(side.reshape(300, 2, 32), bits, condition.rule) for side in experiment.operands)
    np.testing.assert_array_equal(experiment.computed(unit(bits)), (x * y).sum(axis=(1, 2)))


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
    assert 100 * experiment.nrmse(experiment.computed(unit(bits)))[1] == pytest.approx(percent, rel=0.05)
