"""The rules of the ledger, and that the committed one follows from the committed results."""

import importlib.util
import json
from pathlib import Path

import pytest

from lmul.accuracy.attention.claims import Attention
from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.by_length import LENGTHS
from lmul.accuracy.dots.claims import Sums
from lmul.accuracy.dots.topic import Dots
from lmul.accuracy.operands import Pairs
from lmul.accuracy.products.claims import Products as ProductClaims
from lmul.accuracy.products.topic import Products
from lmul.accuracy.verdicts import FAILS, HOLDS, NOT_MEASURED, ClaimComparison, agrees, figure_entry, figures, verdict
from lmul.golden.formats import E4M3
from lmul.reporting.report import made_of
from lmul.tools.session import NoContext, Session

ROOT = Path(__file__).parents[2]


def compared(*numbers, allowed=1.0):
    names = (("truncated", "mean"), ("truncated", "NMSE"), ("rounded", "mean"), ("rounded", "NMSE"))
    return [ClaimComparison(*name, own, 1.0, allowed) for name, own in zip(names, numbers, strict=True)]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((0.5, 0.5, 0.5, 1.0), HOLDS),
        ((2.0, 2.0, 2.0, 1.01), FAILS),
        ((0.5, 0.5, 2.0, 2.0), "**holds only if** truncated"),
        ((0.5, 0.5, 0.5, 2.0), "**holds only if** truncated; rounded, by mean"),
        ((2.0, 0.5, 2.0, 0.5), "**holds only if** truncated, by NMSE; rounded, by NMSE"),
    ],
)
def test_verdicts(numbers, told):
    assert verdict(compared(*numbers)) == told


def test_to_reach_is_to_be_ten_percent_above_at_most():
    assert verdict(compared(1.09, 1.09, 1.09, 1.09, allowed=1.1)) == HOLDS
    assert verdict(compared(1.11, 1.11, 1.11, 1.11, allowed=1.1)) == FAILS


def test_figures_are_those_compared():
    assert figures(compared(0.5, 0.25, 1e-5, 2.0)) == (
        "truncated: mean 0.5 / 1, NMSE 0.25 / 1; rounded: mean 1.00e-05 / 1, NMSE 2 / 1"
    )


@pytest.mark.parametrize(
    ("found", "claimed", "same"),
    [
        (0.0484, ".048", True),
        (0.0495, ".048", False),
        (0.0358, ".0357", True),
        (0.0359, ".0357", False),
        (1.0380, "1.037", True),
        (1.040, "1.037", False),
        (-0.0358, ".0357", False),
    ],
)
def test_figures_agree_to_a_unit_of_the_last_digit(found, claimed, same):
    assert agrees(found, claimed) == same


def test_a_figure_that_differs_is_named():
    entry = figure_entry("error", "", [("k = 2", ".161", 0.1609), ("k = 3", ".084", 0.1)])
    assert entry.verdict == "**fails** for k = 3"
    assert entry.figures == "k = 2: claimed .161, found 0.1609; k = 3: claimed .084, found 0.1000"


@pytest.fixture(scope="module")
def results():
    """What two commands leave, of fewer operands."""
    session = Session(NoContext())
    operands = [Pairs.drawn(each, 1 << 14) for each in (Distribution.MANTISSA, Distribution.GAUSSIAN)]
    found = {}
    for name, studied in {"products": Products(operands), "dots": Dots((E4M3,), LENGTHS, 100)}.items():
        session.find_out([job for _, jobs in studied.plan(session) for job in jobs])
        found[name] = json.loads(
            made_of([studied], session, name=name, title="", source={}, head={}).files()[f"{name}.json"]
        )
    return found


def test_the_ledger_follows_from_the_results_that_are_there():
    if not all((ROOT / "results" / f"accuracy_{name}.json").exists() for name in ("products", "dots", "attention")):
        pytest.skip("results/ is not here; make claims writes it, and the ledger")
    spec = importlib.util.spec_from_file_location("claims", ROOT / "docs" / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.ledger(ROOT / "results") == (ROOT / "docs" / "claims.md").read_text()


def test_verdicts_change_with_the_results(results):
    """Exact products nine times as bad, and sums without a bias."""
    products = json.loads(json.dumps(results["products"]))
    for row in products["rows"]:
        if row["method"] == "exact":
            row |= {f"total_{m}": 9 * row[f"total_{m}"] for m in ("mean", "nmse")}
    before, after = (list(ProductClaims(found).claims()) for found in (results["products"], products))
    told = {entry.claim: entry.verdict for entry in before if entry.condition == "uniform mantissas"}
    claim = "2-bit L-Mul is more accurate than exact e5m2 on uniform operands"
    assert told[claim] == "**holds only if** truncated"
    assert {entry.claim: entry.verdict for entry in after}[claim] == HOLDS
    dots = json.loads(json.dumps(results["dots"]))
    for row in dots["rows"]:
        row["bias"] = [0.0] * len(row["bias"])
    verdicts = [
        [entry.verdict for entry in Sums(found).claims() if "bias" in entry.claim] for found in (results["dots"], dots)
    ]
    assert verdicts == [[HOLDS], [FAILS]]


def test_own_figures_are_all_compared(results):
    entries = list(ProductClaims(results["products"]).own_figures())
    assert sum(entry.figures.count("claimed") for entry in entries) == 16 + 3 + 8


def arms(**errors):
    """Rows of a study in which all errors are 1 but those given."""
    methods = [
        "exact_e4m3",
        "exact_e5m2",
        "exact_bf16",
        "lmul_e4m3",
        "gain_e4m3",
        *(f"lmul_e8m{k}" for k in range(2, 8)),
    ]
    ones = {
        "mse": 1.0,
        "whole_mse": 1.0,
        "mse_ratio": 1.0,
        "nearest_same": 0.9,
        "nearest_low": 0.8,
        "nearest_high": 0.95,
    }
    rows = {f"{method}_{cut}": dict(ones) for method in methods for cut in ("truncated", "rounded")}
    for name, error in errors.items():
        rows[name] |= {"mse": error, "whole_mse": error, "mse_ratio": error}
    return rows


def told(claim, attention, everywhere=None):
    entries = Attention({"attention": attention, "all": everywhere or arms()}).claims()
    return next(entry for entry in entries if claim in entry.claim)


def test_attention_without_results_is_not_measured():
    assert [entry.verdict for entry in Attention({}).claims()] == [NOT_MEASURED] * 2


def test_verdicts_on_attention():
    claim = "3-bit L-Mul is more accurate than exact e5m2"
    assert told(claim, arms(exact_e5m2_truncated=3.0)).verdict == HOLDS
    assert told(claim, arms(lmul_e8m3_rounded=1.2)).verdict == (
        "**holds only if** truncated; truncated against rounded"
    )
    assert told(claim, arms(exact_e5m2_rounded=0.5)).verdict == "**holds only if** truncated"
    assert told("4-bit L-Mul reaches", arms(lmul_e8m4_truncated=1.2, lmul_e8m4_rounded=1.05)).verdict == (
        "**holds only if** rounded"
    )
    assert told("5-bit", arms(lmul_e8m5_truncated=1.2, lmul_e8m5_rounded=1.05)).verdict == FAILS
    assert told("6-bit", arms(lmul_e8m7_truncated=0.5)).verdict == (
        "**holds only if** rounded; truncated against rounded"
    )
    partly = arms()
    partly["lmul_e8m3_rounded"]["whole_mse"] = 2.0
    assert told(claim, partly).verdict == (
        "**holds only if** truncated; rounded, by one layer; truncated against rounded"
    )


def test_all_products_have_no_error_of_one_layer():
    everywhere = arms(lmul_e8m3_truncated=4.0)
    for row in everywhere.values():
        row["mse"] = None
    entry = told("in the place of all products", arms(), everywhere)
    assert entry.verdict == "**holds only if** rounded"
    assert entry.figures == (
        "truncated: all layers 4 / 1; rounded: all layers 1 / 1; truncated against rounded: all layers 4 / 1"
    )


def test_ratios_agree_to_a_quarter():
    known = {"exact_e5m2_rounded": 3.9, "lmul_e8m3_truncated": 2.3, "lmul_e8m4_rounded": 3.8}
    known |= {"lmul_e4m3_rounded": 4.3, "gain_e4m3_rounded": 1.6}
    assert told("squared errors", arms(**known)).verdict == HOLDS
    assert told("squared errors", arms(**known | {"lmul_e8m3_truncated": 2.1})).verdict == (
        "**fails** for lmul e8m3 truncated"
    )
