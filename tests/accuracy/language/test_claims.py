"""Verdicts on claims about language models follow from ratios of perplexities."""

from lmul.accuracy.language.claims import Perplexities
from lmul.accuracy.model.compared import arithmetics
from lmul.accuracy.verdicts import FAILS, HOLDS, NOT_MEASURED


def found(**ratios):
    """Ratios of 1.005, and others by name."""
    rows = {each.name: {"ratio": ratios.get(each.name, 1.005)} for each in arithmetics()}
    return {"attention": rows, "all": {name: {"ratio": 1.2} for name in rows}}


def test_without_a_run_nothing_is_measured():
    assert {entry.verdict for entry in Perplexities({}).claims()} == {NOT_MEASURED}
    few = {"attention": {"exact_e4m3_rounded_fp32_tensor": {"ratio": 1.0}}, "all": {}}
    assert {entry.verdict for entry in Perplexities(few).claims()} == {NOT_MEASURED}


def test_verdicts_follow_from_ratios():
    told = {entry.claim.partition(":")[0]: entry.verdict for entry in Perplexities(found()).claims()}
    assert (told["tables 2 to 5"], told["table 6"]) == (HOLDS, FAILS)
    worse = found(lmul_e8m3_rounded_fp32_tensor=1.02, exact_e5m2_rounded_fp32_tensor=1.01)
    entries = {entry.claim: entry for entry in Perplexities(worse).claims()}
    lossless = next(entry for claim, entry in entries.items() if claim.startswith("tables 2"))
    assert lossless.verdict == "**holds only if** truncated; rounded, by k = 4 and k = 6; bf16"
    better = entries["3-bit L-Mul is no worse than exact e5m2 in attention"]
    assert better.verdict == "**holds only if** truncated" and "rounded: perplexity 1.02 / 1.01" in better.figures
