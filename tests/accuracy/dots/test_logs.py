"""The study of log codes: its figures against sums in float64, and what they say of subnormals and segments."""

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.logs import SCALED, LogErrors
from lmul.accuracy.dots.total import PLAIN, Condition, Experiment
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import E3M4
from lmul.tools.session import NoContext

COUNT = 3000


@pytest.fixture(scope="module")
def after():
    """NRMSE after the gain by condition, format and method."""
    jobs = [LogErrors(condition, COUNT) for condition in (*SCALED, PLAIN)]
    rows = [row.row for job in jobs for row in job.run(NoContext())]
    assert len({(r["condition"], r["format"], r["method"]) for r in rows}) == len(rows)
    return {(r["condition"], r["format"], r["method"]): r["after"] for r in rows}


def test_a_log_product_is_the_power_of_summed_logarithms(after):
    """Four segments and two guard bits come close to 2 to the sum of the rounded logarithms of the quantised values."""
    condition = Condition(Distribution.STUDENT, Rule.FLOOR)
    experiment = Experiment(condition, COUNT)
    x, y = (experiment._operand(side, E3M4).values for side in (0, 1))
    logs = sum(np.round(64 * np.log2(np.where(v == 0, 1.0, np.abs(v)))) for v in (x, y))
    sums = (np.sign(x * y) * 2 ** (logs / 64)).sum(axis=1)
    assert after["student floor", "e3m4", "log2s4"] == pytest.approx(experiment.nrmse(sums)[1], rel=0.05)


CONDITIONS = [f"{c.distribution} {c.rule}" for c in SCALED]


def mean(after, *unit):
    """The mean of a unit's errors over the conditions with scales."""
    return np.mean([after[condition, *unit] for condition in CONDITIONS])


def test_log_codes_of_e3m4_are_nearer_than_exact_products_of_e4m3_in_all_conditions(after):
    for condition in CONDITIONS:
        exact = after[condition, "e4m3", "exact"]
        assert after[condition, "e3m4", "log0"] < exact and after[condition, "e3m4", "log1"] < exact
    assert mean(after, "e3m4", "log0") < 0.8 * mean(after, "e4m3", "exact")


def test_guard_bits_segments_and_subnormals_are_worth_something(after):
    errors = [mean(after, "e3m4", name) for name in ("log0", "log1", "log1s2", "log1s4", "log2s4")]
    assert errors == sorted(errors, reverse=True)
    for condition in CONDITIONS:
        assert after[condition, "e3m4", "log0"] < after[condition, "e3m4_flushed", "log0"]
    # With four fraction bits the shifts of two segments leave nothing.
    assert after["gaussian fit", "e3m4", "log0s2"] == after["gaussian fit", "e3m4", "log0"]
    assert after["gaussian", "bf16", "log0s2"] < after["gaussian", "e8m5", "exact"]
