"""The verdict on 8-bit operands with scales follows from the numbers, whatever they are."""

from dataclasses import replace

import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.total import SCALED, Condition, DotUnit, TotalError
from lmul.golden.block_scaling import Rule
from lmul.golden.methods import Method
from lmul.synth.measure.catalog import dot_parameters, scaled
from lmul.synth.report.arrays.block_scaled import Design, design_name, dominates, verdict_of, wins

_DOT = dot_parameters(scaled()[0].product.format, Method.LMUL)
_ENERGIES = {(rule, kind): 100.0 for rule in Rule for kind in ("settled", "glitches")}


def _design(name: str, area: float, error: float, energy: float = 1.0, **changed: float) -> Design:
    unit = DotUnit(_DOT.product, window=12)
    errors = {c: TotalError(c, unit, error, error, 1.0, 0.0001, None, None) for c in SCALED}
    for where, value in changed.items():
        distribution, rule, when = where.split("_")
        condition = Condition(Distribution(distribution), Rule(rule))
        errors[condition] = replace(errors[condition], **{when: value})
    return Design(name, area, {key: energy * value for key, value in _ENERGIES.items()}, errors)


_REFERENCE = _design("rounded e4m3", 100, 0.04)
_WHOLE = _design("exact e4m3", 120, 0.035)


def test_a_winner_is_better_in_everything() -> None:
    assert wins(_design("a", 80, 0.03, 0.9), _REFERENCE)
    assert not wins(_design("a", 95, 0.03, 0.9), _REFERENCE)  # which may be noise
    assert not wins(_design("a", 80, 0.03, 1.1), _REFERENCE)
    assert not wins(_design("a", 80, 0.0399, 0.9), _REFERENCE)  # which may be chance


@pytest.mark.parametrize("rule", ["floor", "fit"])
@pytest.mark.parametrize("distribution", ["gaussian", "laplace", "student"])
def test_one_condition_is_enough_to_lose(rule: str, distribution: str) -> None:
    assert not wins(_design("a", 80, 0.03, 0.9, **{f"{distribution}_{rule}_after": 0.05}), _REFERENCE)
    late = _design("a", 80, 0.03, 0.9, **{f"{distribution}_{rule}_before": 0.05})
    assert not wins(late, _REFERENCE)
    assert wins(late, _REFERENCE, gain_only=True)


def test_outliers_are_told_but_decide_nothing() -> None:
    design = _design("a", 80, 0.03, 0.9, outliers_fit_after=0.5)
    assert wins(design, _REFERENCE)
    told = verdict_of([_REFERENCE, _WHOLE, design])
    assert "with outliers in 2 and 1 of 2." in told[1]
    assert "After a gain, with outliers too, in all 8 conditions: none." in told


def test_what_is_said() -> None:
    winner, smaller = _design("a", 80, 0.03, 0.9), _design("b", 70, 0.02, 1.2)
    found = verdict_of([_REFERENCE, _WHOLE, winner, smaller])
    assert found[0].startswith(
        "exact e4m3 against rounded e4m3: area +20 %, energy +0 %, with glitches +0 %; more accurate in 6 of 6"
    )
    assert found[1].startswith(
        "a against rounded e4m3: area -20 %, energy -10 %, with glitches -10 %; more accurate in 6 of"
    )
    assert found[3].startswith("Better than rounded e4m3 in area") and found[3].endswith("alike: a.")
    assert found[4] == "After a gain, with outliers too, in all 8 conditions: a."
    assert found[5].startswith("a is itself") and found[5].endswith(": b.")
    assert found[6].startswith("Better than exact e4m3 in area") and found[6].endswith("alike: a.")
    only_cheaper = _design("c", 80, 0.037, 0.9)
    told = verdict_of([_REFERENCE, _WHOLE, only_cheaper])[2:]
    assert [each.endswith("alike: c.") for each in told] == [True, False, False]
    assert verdict_of([_REFERENCE, _WHOLE, smaller])[-1].endswith("alike: none.")


def test_domination_wants_everything_no_worse() -> None:
    assert dominates(_design("a", 80, 0.03), _REFERENCE)
    assert not dominates(_design("a", 101, 0.03), _REFERENCE)
    assert not dominates(_design("a", 80, 0.03, outliers_fit_before=0.05), _REFERENCE)


def test_names_of_designs() -> None:
    flushed = replace(_DOT, product=replace(_DOT.product, method=Method.log(0), subnormals=False))
    assert design_name(flushed) == "log0 e3m4 flushed"
    names = [design_name(dot) for dot in scaled()]
    assert len(set(names)) == len(names)
    assert {"corrected2 e3m4", "constant1 e3m4", "exact e3m4 x e3m3", "exact e4m3", "rounded e4m3", "lmul e4m3"} <= set(
        names
    )
