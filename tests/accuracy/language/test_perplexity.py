"""Perplexities and their intervals, against figures worked out otherwise."""

import math

import numpy as np
import pytest
from support.small_llama import random_weights, save_folder

from lmul.accuracy.language.files import read_model
from lmul.accuracy.language.perplexity import Losses, Perplexity, interval
from lmul.accuracy.language.text import in_blocks, own_text
from lmul.accuracy.language.variants import SCOPES, Variant, chosen
from lmul.accuracy.model.arithmetic import Scale
from lmul.accuracy.model.compared import arithmetics
from lmul.accuracy.unbounded import Cut
from lmul.tools.session import NoContext


def t_distribution(x, freedom):
    """Probability that Student's t is at most x, by Simpson's rule over its density."""
    scale = math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2) / math.sqrt(freedom * math.pi)
    steps = np.linspace(0, x, 20001)
    density = scale * (1 + steps**2 / freedom) ** (-(freedom + 1) / 2)
    weights = np.where(np.arange(20001) % 2, 4, 2)
    weights[[0, -1]] = 1
    return 0.5 + float(density @ weights) * (steps[1] - steps[0]) / 3


@pytest.mark.parametrize("count", [2, 3, 8, 13, 14, 15, 16, 30, 100])
def test_intervals_are_those_of_student(count):
    values = np.arange(count, dtype=float)
    low, high = interval(values)
    half = (high - low) / 2 / (values.std(ddof=1) / math.sqrt(count))
    assert (low + high) / 2 == pytest.approx((count - 1) / 2)
    assert t_distribution(half, count - 1) == pytest.approx(0.975, abs=2e-5)


def test_one_block_has_no_interval():
    with pytest.raises(ValueError, match="blocks must be at least 2 for an interval, not 1"):
        interval(np.ones(1))


def test_ratios_go_block_for_block():
    first, second = Losses(Variant(), (1.0, 5.0)), Losses(Variant(), (1.1, 5.1))
    ratio, low, high = second.ratio(first)
    assert ratio == pytest.approx(math.exp(0.1)) and low == pytest.approx(high)
    assert second.bounds[1] / second.bounds[0] > 100
    assert second.perplexity == pytest.approx(math.exp(3.1))


def test_jobs_run_the_model_by_its_variant(tmp_path):
    save_folder(tmp_path, random_weights())
    model, tokens = read_model(tmp_path), np.arange(24).reshape(3, 8)
    arithmetic = arithmetics()[0]
    plain = model.llama.losses(tokens).mean(1)
    found = {}
    for variant in (Variant(), Variant(arithmetic, "attention"), Variant(arithmetic, "all")):
        losses = Perplexity("m", "t", variant, tmp_path, tokens).run(NoContext())
        found[variant.scope if variant.arithmetic else "float32"] = np.array(losses.blocks)
    assert np.allclose(found["float32"], plain, rtol=1e-6)
    assert 0 < np.abs(found["attention"] - plain).max() < np.abs(found["all"] - plain).max() < 1


def test_the_variants_are_those_of_the_study():
    every, few = chosen(few=False), chosen(few=True)
    assert len({variant.arithmetic and (variant.arithmetic.name, variant.scope) for variant in every}) == len(every)
    assert set(few) < set(every) and every[0] == few[0] == Variant()
    for scope in SCOPES:
        own = [v.arithmetic for v in every if v.arithmetic and v.scope == scope]
        names = {f"{a.dot.product.method.kind} {a.dot.product.format} {a.cut}" for a in own}
        for wanted in ("exact e4m3 rounded", "exact e5m2 rounded", "exact bf16 rounded", "lmul bf16 rounded"):
            assert wanted in names
        assert {f"lmul e8m{k} {cut}" for k in (3, 4, 6) for cut in Cut} < names
        assert {a.dot.product.method.kind.value for a in own} == {"exact", "lmul", "mitchell", "log"}
        assert any(a.scale is Scale.BLOCK for a in own) and any(a.gain != 1 for a in own)


def test_text_is_cut_into_blocks():
    assert in_blocks(np.arange(11), 2, 5).tolist() == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    with pytest.raises(ValueError, match="the text must have 12 tokens for 2 blocks of 6, not 11"):
        in_blocks(np.arange(11), 2, 6)
    with pytest.raises(ValueError, match="blocks must be at least 2, of at least 2 tokens, not 1 of 6"):
        in_blocks(np.arange(11), 1, 6)
    assert "topics of pydoc of Python 3." in own_text().name and len(own_text().content) > 100_000
