"""The study of total errors: its measures against fractions and other operands, its figures against known ones."""

from itertools import pairwise

import numpy as np
import pytest

from lmul.accuracy.distributions import SIGNED, Distribution
from lmul.accuracy.dots.total import CONDITIONS, PLAIN, TILE, Condition, DotUnit, Experiment, TotalError, study, units
from lmul.golden.block_scaling import Rule
from lmul.golden.codes import decode, encode
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2
from lmul.golden.methods import CATALOGUE, Method, Rounding
from lmul.golden.parameters import Parameters

EXACT = DotUnit(Parameters(E4M3, Method.EXACT), window=12)
FLOOR, FIT = (Condition(Distribution.GAUSSIAN, rule) for rule in Rule)


def nrmse(computed, true):
    return np.linalg.norm(computed - true) / np.linalg.norm(true)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: f"{c.distribution}_{c.rule}")
def test_measures_are_what_they_say(condition):
    experiment = Experiment(condition, 300)
    np.testing.assert_allclose(experiment.true, (experiment.operands[0] * experiment.operands[1]).sum(axis=1))
    unit = DotUnit(Parameters(E4M3))
    computed, measured = experiment.computed(unit), experiment.measured(unit)
    gain = np.linalg.lstsq(computed[:, None], experiment.true, rcond=None)[0][0]
    assert measured.gain == pytest.approx(gain, rel=1e-12)
    assert measured.before == pytest.approx(nrmse(computed, experiment.true), rel=1e-12)
    assert measured.after == pytest.approx(nrmse(gain * computed, experiment.true), rel=1e-12)
    assert measured.after <= measured.before


def test_operands_are_the_same_for_all_units_and_runs():
    first, second = (Experiment(FLOOR, 10) for _ in range(2))
    np.testing.assert_array_equal(first.operands, second.operands)
    np.testing.assert_array_equal(first.operands, Experiment(FIT, 10).operands)
    assert (first.operands != Experiment(FLOOR, 10, seed=1).operands).all()


def test_the_uncertainty_is_how_far_other_operands_scatter():
    measured = [Experiment(FLOOR, 512, seed).measured(EXACT) for seed in range(40)]
    scatter = np.std([m.after for m in measured], ddof=1)
    assert np.mean([m.uncertainty for m in measured]) == pytest.approx(scatter, rel=0.35)


@pytest.mark.parametrize(
    "unit", [DotUnit(Parameters(E3M4), window=12), DotUnit(Parameters(BF16), window=12)], ids=["e3m4", "bf16"]
)
def test_a_baseline_is_the_first_that_is_good_enough(unit):
    experiment = Experiment(FIT, 1000)
    measured = experiment.measured(unit)
    own = unit.product.format

    def exact(x, y, method=Method.EXACT):
        x_format, y_format = own.with_mantissa(x), own.with_mantissa(y)
        return experiment.measured(DotUnit(Parameters(x_format, method, y_format=y_format), 12))

    smaller = {(4, 4): (4, 3), (4, 3): (3, 3), (3, 3): (3, 2), (3, 2): (2, 2)}
    assert exact(*measured.baseline_after).after <= measured.after < exact(*smaller[measured.baseline_after]).after
    assert exact(*measured.baseline_before).before <= measured.before < exact(*smaller[measured.baseline_before]).before
    bits = measured.rounded_after
    assert exact(*bits, Method.ROUNDED).after <= measured.after < exact(*smaller[bits], Method.ROUNDED).after
    bits = measured.rounded_before
    assert exact(*bits, Method.ROUNDED).before <= measured.before < exact(*smaller[bits], Method.ROUNDED).before


def test_baselines_are_compared_like_with_like():
    """A baseline that is off by a factor is one after the gain only."""

    class Doubled(Experiment):
        def computed(self, unit):
            exact = unit.product.method.is_exact
            return 2 * self.true if exact else self.true + 0.5 * np.std(self.true) * np.cos(np.arange(len(self.true)))

    measured = Doubled(FLOOR, 100).measured(DotUnit(Parameters(E3M4)))
    assert (measured.baseline_before, measured.baseline_after) == (None, (1, 1))


def test_without_scales_each_tile_has_its_anchor():
    """That of the largest product of any x with any y of the tile; products drop what is below their tile's window."""
    experiment = Experiment(PLAIN, TILE + 40)
    experiment.operands[:, TILE:] /= 16
    computed = experiment.computed(EXACT)
    x, y = (decode(E4M3, encode(E4M3, side)) for side in experiment.operands)
    x, y = (np.where(np.abs(side) < 2.0**-6, 0, side) for side in (x, y))
    for tile in (slice(0, TILE), slice(TILE, None)):
        largest = (np.abs(x[tile]).max(axis=0) * np.abs(y[tile]).max(axis=0)).max()
        unit = 2.0 ** (np.floor(np.log2(largest)) - 11)
        np.testing.assert_array_equal(computed[tile], (np.trunc(x[tile] * y[tile] / unit) * unit).sum(axis=1))


def test_distributions():
    """By their kurtosis, which is without bound for Student's t with 4 degrees of freedom; its variance is 2."""
    x = {d: Experiment(Condition(d, Rule.FIT), 4000).operands[0] for d in SIGNED}
    kurtosis = {d: np.mean(v**4) / np.mean(v**2) ** 2 for d, v in x.items()}
    assert kurtosis[Distribution.GAUSSIAN] == pytest.approx(3, rel=0.05)
    assert kurtosis[Distribution.LAPLACE] == pytest.approx(6, rel=0.05)
    assert kurtosis[Distribution.STUDENT] > 8
    assert np.var(x[Distribution.STUDENT]) == pytest.approx(2, rel=0.05)
    for side in Experiment(Condition(Distribution.OUTLIERS, Rule.FIT), 4000).operands:
        sizes = np.abs(side)
        assert np.mean(sizes > 5) == pytest.approx(0.01 * 0.8026, rel=0.1)  # 20 times a Gaussian number exceeds 5
        assert np.std(side[sizes < 5]) == pytest.approx(1, rel=0.05)
        assert np.sqrt(np.mean(side[sizes > 5] ** 2)) == pytest.approx(20 * 1.112, rel=0.05)


def test_an_exact_unit_has_no_baseline():
    measured = Experiment(FLOOR, 100).measured(EXACT)
    assert (measured.baseline_before, measured.baseline_after) == (None, None)


PERCENT = {
    (Rule.FLOOR, "e4m3", "exact"): 4.2,
    (Rule.FLOOR, "e4m3", "lmul"): 5.1,
    (Rule.FLOOR, "e5m2", "exact"): 7.7,
    (Rule.FLOOR, "e5m2", "lmul"): 7.9,
    (Rule.FLOOR, "e3m4", "exact"): 2.1,
    (Rule.FLOOR, "e3m4", "lmul"): 3.7,
    (Rule.FLOOR, "e3m4", "corrected2"): 3.0,
    (Rule.FLOOR, "e3m4", "corrected3"): 2.6,
    (Rule.FIT, "e4m3", "exact"): 3.75,
    (Rule.FIT, "e3m4", "lmul"): 3.8,
    (Rule.FIT, "e3m4", "corrected2"): 3.0,
}
"""After the gain, Gaussian, from probes that share no code with this."""


@pytest.mark.parametrize("rule", Rule)
def test_known_figures(rule):
    condition = Condition(Distribution.GAUSSIAN, rule)
    experiment = Experiment(condition)
    for unit in units(condition):
        known = PERCENT.get((rule, unit.product.format.name, unit.method))
        if known is not None and unit.window is not None:
            computed = experiment.computed(unit)
            cosine = computed @ experiment.true / (np.linalg.norm(computed) * np.linalg.norm(experiment.true))
            assert 100 * (1 - cosine**2) ** 0.5 == pytest.approx(known, abs=0.1), unit


def test_a_format_without_subnormals_needs_its_scale():
    """Gaussian numbers as they are: e3m4 flushes what is below a quarter; e4m3 and e5m2 reach far enough down."""
    before = {
        f: Experiment(PLAIN, 1000).measured(DotUnit(Parameters(f, Method.EXACT))).before for f in (E3M4, E4M3, E5M2)
    }
    scaled = {
        f: Experiment(FIT, 1000).measured(DotUnit(Parameters(f, Method.EXACT))).before for f in (E3M4, E4M3, E5M2)
    }
    assert before[E3M4] > 3 * scaled[E3M4]
    assert before[E4M3] == pytest.approx(scaled[E4M3], rel=0.02)
    assert before[E5M2] == pytest.approx(scaled[E5M2], rel=0.02)


def test_a_wider_window_drops_less():
    experiment = Experiment(PLAIN, 1000)
    product = Parameters(E4M3, Method.EXACT)
    after = [experiment.measured(DotUnit(product, window=w)).after for w in (4, 6, 8, 12)]
    whole = experiment.measured(DotUnit(product)).after
    assert all(narrow > wide for narrow, wide in pairwise(after))
    assert after[-1] == pytest.approx(whole, rel=0.01)


def test_the_study_has_each_row_once():
    condition = Condition(Distribution.OUTLIERS, Rule.FIT)
    rows = [result.row for result in study([condition], 40)]
    assert list(rows[0]) == list(TotalError(PLAIN, EXACT, 0, 0, 0, 0, None, None).row)
    assert len({(row["format"], row["method"], row["window"]) for row in rows}) == len(rows)
    assert {row["format"] for row in rows} == {"e4m3", "e5m2", "e3m4"}
    methods = {row["method"] for row in rows if row["format"] == "e3m4"}
    assert methods == {method.name for method in CATALOGUE if method.rounding is Rounding.NEAREST}
    assert {unit.product.format.name for unit in units(PLAIN)} == {"e4m3", "e5m2", "e3m4", "bf16", "fp16", "fp32"}
