"""Fitted tables of logarithms: against every table where there are few, and against the golden model's products."""

import json
from itertools import combinations_with_replacement

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.total import PLAIN, Condition, DotUnit, Experiment
from lmul.accuracy.log_tables import fitted_table
from lmul.cli.options import chosen_method
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import wide_product
from lmul.golden.parameters import Parameters


def mean_error(format, method):
    """Mean |relative error| of the golden model's products over all pairs of mantissas."""
    one = format.bias << format.mantissa_bits
    codes = one + np.arange(1 << format.mantissa_bits)
    true = np.multiply.outer(*[1 + np.arange(1 << format.mantissa_bits) / (1 << format.mantissa_bits)] * 2)
    return np.abs(wide_product(Parameters(format, method), codes[:, None], codes).value / true - 1).mean()


@pytest.mark.parametrize(("guard", "segments"), [(0, 1), (1, 1), (2, 4)])
def test_none_of_all_tables_of_two_mantissa_bits_is_better(guard, segments):
    found = fitted_table(E5M2, guard, segments)
    largest = 4 << guard
    every = (
        mean_error(E5M2, Method.log(guard, segments, d, table))
        for table in combinations_with_replacement(range(largest + 1), 4)
        if table[0] <= 2 and table[-1] >= largest - 4
        for d in range(-3, 2)
    )
    assert found.error == pytest.approx(mean_error(E5M2, found.method), rel=1e-12) == min(every)


@pytest.mark.parametrize(
    ("format", "guard", "segments", "percent"),
    [(E4M3, 1, 1, 1.8), (E3M4, 0, 1, 2.0), (E3M4, 1, 1, 1.6), (BF16, 0, 1, 1.4), (BF16, 0, 2, 0.5)],
)
def test_errors_of_products_are_those_that_the_definition_names(format, guard, segments, percent):
    found = fitted_table(format, guard, segments)
    assert found.error == pytest.approx(mean_error(format, found.method), rel=1e-12)
    assert 100 * found.error < percent + 0.05
    assert found.error <= mean_error(format, Method.log(guard, segments, found.method.d))


@pytest.mark.parametrize(
    ("format", "distribution", "rule"),
    [(E3M4, Distribution.LAPLACE, Rule.FLOOR), (BF16, Distribution.GAUSSIAN, None)],
)
def test_dot_products_have_the_error_that_the_fit_names_and_less_than_without(format, distribution, rule):
    found = fitted_table(format, 0, 1, distribution, rule)
    experiment = Experiment(PLAIN if rule is None else Condition(distribution, rule))

    def nrmse(method):
        return experiment.nrmse(experiment.computed(DotUnit(Parameters(format, method))))

    _, after, gain = nrmse(found.method)
    assert (after, gain) == pytest.approx((found.error, found.gain), rel=0.03)
    assert after < 0.995 * nrmse(Method.log(0))[1]


def test_an_offset_that_is_given_stays():
    found = fitted_table(E3M4, 1, d=0)
    assert found.method.d == 0 and fitted_table(E3M4, 1).error < found.error < mean_error(E3M4, Method.log(1))


def test_a_table_is_a_file_of_options(tmp_path):
    method = fitted_table(E3M4, 1, 2).method
    (tmp_path / "table.json").write_text(json.dumps(method.log_table))
    assert chosen_method("log", None, None, tmp_path / "table.json", guard=1, segments=2, d_log=method.d) == method


def test_what_log_codes_do_not_have_is_refused():
    with pytest.raises(ValueError, match=r"^operands of the method log must have at most 10 mantissa bits, not 11"):
        fitted_table(format_named("e5m11"), 0)
    with pytest.raises(ValueError, match=r"^segments must be 1, 2, 4, not 3$"):
        fitted_table(E4M3, 0, 3)
