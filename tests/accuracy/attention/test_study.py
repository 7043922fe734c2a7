"""Errors of a small transformer against those computed sentence by sentence."""

import numpy as np
import pytest
from support.small_transformer import random_weights, save_model

from lmul.accuracy.attention.replaced_matmul import Arm, Form, Replacement, replace_matmul
from lmul.accuracy.attention.study import Agreement, Reference, nearest, qkv_error
from lmul.accuracy.attention.variants import arms, arms_of_all, sentences
from lmul.accuracy.model.attention import softmax
from lmul.accuracy.model.transformer import Encoder
from lmul.accuracy.unbounded import Cut

LMUL = Replacement(Arm.LMUL, 3, Cut.ROUNDED, Form.ADDER, 1 / 8)
SENTENCES = ["a cat slept", "cat", "slept a cat", "a cat", "slept"]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, random_weights())
    return Encoder(folder)


def output(head, matmul):
    scores = matmul(head.query, head.key.T) * head.scale
    return matmul(softmax(scores).astype(np.float32), head.value)


def test_layers_alone_are_those_of_the_heads(encoder):
    found = Reference(encoder, SENTENCES).error(LMUL)
    for layer, mse in enumerate(found.single):
        heads = [head for sentence in SENTENCES for head in encoder.attention(sentence, layer)]
        squares = [(output(h, replace_matmul(LMUL)) - output(h, np.matmul)).ravel() ** 2 for h in heads]
        assert mse == pytest.approx(np.concatenate(squares).mean(), rel=1e-3)
    assert found.mse == pytest.approx(np.mean(found.single))
    # Nothing has gone wrong before the first layer.
    assert found.whole[0] == pytest.approx(found.single[0], rel=1e-6)
    assert found.whole[1] != pytest.approx(found.single[1], rel=1e-3)


@pytest.mark.parametrize("scope", ["attention", "all"])
def test_embeddings_are_compared_in_the_order_of_the_sentences(encoder, scope):
    found = Reference(encoder, SENTENCES).error(LMUL, scope)
    matmul = replace_matmul(LMUL)
    true = encoder.embed(SENTENCES)
    got = encoder.embed(SENTENCES, matmul, matmul if scope == "all" else np.matmul)
    cosines = [float(a @ b) for a, b in zip(got.astype(float), true.astype(float), strict=True)]
    assert found.cosine_mean == pytest.approx(np.mean(cosines), rel=1e-6)
    assert found.cosine_least == pytest.approx(min(cosines), rel=1e-6)
    same = [
        max(o for o in range(5) if o != i and (e[o] @ e[i] == max(e[j] @ e[i] for j in range(5) if j != i)))
        for e in (got, true)
        for i in range(5)
    ]
    assert found.agreement == Agreement(sum(a == b for a, b in zip(same[:5], same[5:], strict=True)), 5)
    assert bool(found.single) == (scope == "attention")


def test_the_interval_is_wilsons():
    """Of 81 in 263, the example of R. G. Newcombe, Stat. Med. 17 (1998), table I."""
    low, high = Agreement(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Agreement(5, 5).interval[1] == 1 and Agreement(0, 5).interval[0] == 0


def test_a_row_is_not_its_own_neighbour():
    assert nearest(np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)).tolist() == [1, 0, 1]


def test_exact_products_of_many_bits_err_little_and_own_arrays_do(encoder):
    rng = np.random.default_rng(3)
    q, k, v = (rng.standard_normal((2, 6, 4)).astype(np.float32) for _ in range(3))
    exact = qkv_error(Replacement(Arm.EXACT, 7, Cut.ROUNDED, Form.EXACT), q, k, v)
    lmul = qkv_error(LMUL, q, k, v)
    assert 0 < exact.mse < 1e-4 < lmul.mse and lmul.whole_mse is None


def test_one_sentence_has_no_neighbour(encoder):
    with pytest.raises(ValueError, match=r"^sentences must be at least 2, not 1$"):
        Reference(encoder, ["a"])


def test_every_arm_is_there_for_both_cuts():
    names = [arm.name for arm in arms()]
    assert len(set(names)) == len(names)
    for cut in Cut:
        for method in ("exact", "fitted", "lmul", "mitchell", "equation1", "best", "gain"):
            assert f"{method}_e4m3_{cut}" in names
        assert {f"lmul_e8m{k}_{cut}" for k in range(2, 8)} <= {arm.name for arm in arms_of_all()} <= set(names)
    by_name = {arm.name: arm for arm in arms()}
    assert by_name["lmul_e8m4_rounded"].constant == 1 / 8 and by_name["equation1_e8m6_truncated"].constant == 1 / 16


def test_our_sentences_are_groups_of_four():
    ours = sentences()
    assert len(ours) >= 200 and len(ours) % 4 == 0 and len(set(ours)) == len(ours)
