"""The rules of the ledger, and that the committed one follows from the committed results."""

import importlib.util
import json
from pathlib import Path

import pytest

from lmul.cli.claims_products import Products
from lmul.cli.claims_rules import FAILS, HOLDS, Comparison, agrees, figure_entry, figures, verdict
from lmul.cli.claims_sums import Sums

DOCS = Path(__file__).parent.parent.parent / "docs"


def compared(*numbers, allowed=1.0):
    names = (("truncated", "mean"), ("truncated", "NMSE"), ("rounded", "mean"), ("rounded", "NMSE"))
    return [Comparison(*name, own, 1.0, allowed) for name, own in zip(names, numbers, strict=True)]


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
    return {name: json.loads((DOCS / "results" / f"accuracy_{name}.json").read_text()) for name in ("products", "dots")}


def test_the_ledger_follows_from_the_committed_results():
    spec = importlib.util.spec_from_file_location("claims", DOCS / "claims.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.ledger(DOCS / "results") == (DOCS / "claims.md").read_text()


def test_verdicts_change_with_the_results(results):
    """Exact products nine times as bad, and sums without a bias."""
    products = json.loads(json.dumps(results["products"]))
    for row in products["rows"]:
        if row["method"] == "exact":
            row |= {f"total_{m}": 9 * row[f"total_{m}"] for m in ("mean", "nmse")}
    before, after = (list(Products(found).claims()) for found in (results["products"], products))
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
    entries = list(Products(results["products"]).own_figures())
    assert sum(entry.figures.count("claimed") for entry in entries) == 16 + 2 + 8
