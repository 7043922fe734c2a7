"""The forward pass against one written out for a single layer, on a small model of random weights."""

import json
import math
import re

import numpy as np
import pytest
from safetensors.numpy import save_file
from support.small_transformer import HEADS, INNER, WIDTH, random_weights, save_model

from lmul.accuracy.model.attention import Head, attend, gelu, softmax
from lmul.accuracy.model.transformer import Encoder


@pytest.fixture(scope="module")
def weights():
    return random_weights()


@pytest.fixture(scope="module")
def folder(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, weights)
    return folder


def norm(row, w, b):
    mean = sum(row) / len(row)
    spread = math.sqrt(sum((v - mean) ** 2 for v in row) / len(row))
    return [(v - mean) / spread * a + c for v, a, c in zip(row, w, b, strict=True)]


def linear(row, w, b):
    return [sum(float(p) * v for p, v in zip(line, row, strict=True)) + float(c) for line, c in zip(w, b, strict=True)]


def first_layer(w, tokens):
    """Row by row in float64: what goes into layer 1."""
    e = "embeddings."
    rows = [
        w[f"{e}word_embeddings.weight"][t]
        + w[f"{e}position_embeddings.weight"][i]
        + w[f"{e}token_type_embeddings.weight"][0]
        for i, t in enumerate(tokens)
    ]
    x = [norm(row, w[f"{e}LayerNorm.weight"], w[f"{e}LayerNorm.bias"]) for row in rows]
    return layer_of(w, x)


def layer_of(w, x):
    """What layer 0 makes of x."""
    layer = "encoder.layer.0."
    q, k, v = (
        [linear(row, w[f"{layer}attention.self.{n}.weight"], w[f"{layer}attention.self.{n}.bias"]) for row in x]
        for n in ("query", "key", "value")
    )
    size = WIDTH // HEADS
    out = []
    for i, row in enumerate(x):
        mixed = []
        for h in range(HEADS):
            part = slice(h * size, (h + 1) * size)
            scores = [
                math.exp(sum(a * b for a, b in zip(q[i][part], key[part], strict=True)) / math.sqrt(size)) for key in k
            ]
            mixed += [
                sum(s * value[part][f] for s, value in zip(scores, v, strict=True)) / sum(scores) for f in range(size)
            ]
        added = linear(mixed, w[f"{layer}attention.output.dense.weight"], w[f"{layer}attention.output.dense.bias"])
        n = f"{layer}attention.output.LayerNorm"
        y = norm([a + b for a, b in zip(row, added, strict=True)], w[f"{n}.weight"], w[f"{n}.bias"])
        inner = linear(y, w[f"{layer}intermediate.dense.weight"], w[f"{layer}intermediate.dense.bias"])
        inner = [t * (1 + math.erf(t / math.sqrt(2))) / 2 for t in inner]
        added = linear(inner, w[f"{layer}output.dense.weight"], w[f"{layer}output.dense.bias"])
        n = f"{layer}output.LayerNorm"
        out.append(norm([a + b for a, b in zip(y, added, strict=True)], w[f"{n}.weight"], w[f"{n}.bias"]))
    return out


def test_heads_of_the_second_layer_are_those_of_the_definition(folder, weights):
    heads = Encoder(folder).attention("a cat slept a dog", 1)
    x = first_layer(weights, [1, 2, 3, 1, 0])
    for name in ("query", "key", "value"):
        w, b = (weights[f"encoder.layer.1.attention.self.{name}.{part}"] for part in ("weight", "bias"))
        got = np.concatenate([getattr(head, name) for head in heads], axis=1)
        np.testing.assert_allclose(got, [linear(row, w, b) for row in x], rtol=2e-4, atol=2e-5)


def test_softmax_of_large_scores_does_not_overflow():
    np.testing.assert_allclose(softmax(np.array([[1000.0, 1000.0], [0.0, math.log(3)]])), [[0.5, 0.5], [0.25, 0.75]])


def test_the_scale_is_that_of_the_features():
    assert Head(*[np.zeros((3, 16), np.float32)] * 3).scale == 0.25


def test_a_layer_that_there_is_not_is_refused(folder):
    with pytest.raises(ValueError, match=r"^layer must be 0 to 1, not 2$"):
        Encoder(folder).attention("a", 2)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"config\.json"):
        Encoder(tmp_path)


def test_a_file_of_something_else_is_refused(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ValueError, match=rf"^{re.escape(str(tmp_path))} must hold a model of the BERT family: "):
        Encoder(tmp_path)


def copied(folder, to, **changes):
    """A model with another configuration; None takes a key away."""
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    config = json.loads((to / "config.json").read_text()) | changes
    (to / "config.json").write_text(json.dumps({key: n for key, n in config.items() if n is not None}))


def refused(folder, said):
    with pytest.raises(ValueError, match=rf"^{re.escape(f'{folder} must hold a model of the BERT family: {said}')}$"):
        Encoder(folder)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"num_hidden_layers": 0}, "num_hidden_layers must be at least 1, not 0"),
        ({"num_attention_heads": -1}, "num_attention_heads must be at least 1, not -1"),
        ({"num_attention_heads": 3}, "num_attention_heads must divide 8, not 3"),
        ({"num_hidden_layers": 3}, "model.safetensors lacks encoder.layer.2.attention.self.query.weight"),
        ({"num_hidden_layers": None, "layer_norm_eps": None}, "config.json lacks num_hidden_layers, layer_norm_eps"),
    ],
)
def test_a_configuration_that_does_not_fit_is_refused(folder, tmp_path, changes, said):
    copied(folder, tmp_path, **changes)
    refused(tmp_path, said)


def test_every_tensor_must_be_there(weights, folder, tmp_path):
    copied(folder, tmp_path)
    for name in weights:
        save_file({other: w for other, w in weights.items() if other != name}, tmp_path / "model.safetensors")
        refused(tmp_path, f"model.safetensors lacks {name}")


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("encoder.layer.1.output.dense.bias", (7,), "of 8 numbers, not of 7"),
        ("encoder.layer.1.intermediate.dense.weight", (12, 8, 1), "of 12 x 8 numbers, not of 12 x 8 x 1"),
        ("embeddings.position_embeddings.weight", (6, 7), "of any x 8 numbers, not of 6 x 7"),
    ],
)
def test_every_tensor_must_be_of_its_size(weights, folder, tmp_path, name, size, said):
    copied(folder, tmp_path)
    save_file(weights | {name: np.zeros(size, np.float32)}, tmp_path / "model.safetensors")
    refused(tmp_path, f"{name} must be {said}")


def test_every_token_must_have_a_row(weights, folder, tmp_path):
    copied(folder, tmp_path)
    name = "embeddings.word_embeddings.weight"
    save_file(weights | {name: weights[name][:3]}, tmp_path / "model.safetensors")
    refused(tmp_path, f"{name} must have a row for token 3, not 3 rows")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (np.full(8, np.inf, np.float32), "must be finite in float32, not inf at (0,)"),
        (np.array([0.0] * 7 + [1e300]), "must be finite in float32, not 1e+300 at (7,)"),
        (np.ones(8, np.int8), "must be of the type F64, F32, F16, BF16, F8_E4M3, F8_E5M2, not I8"),
    ],
)
def test_weights_are_finite_numbers(weights, folder, tmp_path, changed, said):
    copied(folder, tmp_path)
    name = "encoder.layer.1.output.dense.bias"
    save_file(weights | {name: changed, "more": np.array([1])}, tmp_path / "model.safetensors")
    refused(tmp_path, f"{name} {said}")


def test_codes_with_a_scale_are_no_weights(weights, folder, tmp_path):
    copied(folder, tmp_path)
    name = "encoder.layer.1.output.dense.weight"
    save_file(weights | {f"{name}_scale_inv": np.ones(1, np.float32)}, tmp_path / "model.safetensors")
    refused(tmp_path, f"{name} must be numbers, not codes with the scale {name}_scale_inv")


def test_the_output_of_heads_is_that_of_the_definition():
    rng = np.random.default_rng(2)
    q, k, v = (rng.standard_normal((3, 2, n, 4)).astype(np.float32) for n in (5, 6, 6))
    got = attend(q, k, v)
    for i, h, t in np.ndindex(3, 2, 5):
        weights = [math.exp(sum(map(float, q[i, h, t] * key)) / 2) for key in k[i, h]]
        mixed = sum(w * row.astype(float) for w, row in zip(weights, v[i, h], strict=True)) / sum(weights)
        np.testing.assert_allclose(got[i, h, t], mixed, rtol=1e-5, atol=1e-6)


def test_gelu_is_that_of_the_definition():
    x = np.linspace(-8, 8, 1001, dtype=np.float32)
    expected = [v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in x.astype(float)]
    np.testing.assert_allclose(gelu(x), expected, rtol=3e-7, atol=2e-6)


def test_embeddings_are_means_of_the_last_layer_of_length_one(folder, weights):
    """For sentences of several lengths, each as if it were alone; the second layer is the first one's equations."""
    second = {name.replace("layer.1.", "layer.0."): w for name, w in weights.items() if "layer.0." not in name}
    sentences = ["a cat slept", "cat", "slept a a cat", "cat slept a", "dog"]
    tokens = [[1, 2, 3], [2], [3, 1, 1, 2], [2, 3, 1], [0]]
    got = Encoder(folder).embed(sentences)
    for embedding, ids in zip(got, tokens, strict=True):
        pooled = np.mean(layer_of(second, first_layer(weights, ids)), axis=0)
        np.testing.assert_allclose(embedding, pooled / np.linalg.norm(pooled), rtol=1e-3, atol=1e-5)


def test_products_of_matrices_are_replaced_where_they_should_be(folder):
    calls = {"attention": [], "linear": []}

    def counted(what):
        return lambda a, b: calls[what].append((a.shape, b.shape)) or np.matmul(a, b)

    encoder = Encoder(folder)
    sentences = ["a cat", "cat slept", "a"]
    got = encoder.embed(sentences, counted("attention"), counted("linear"))
    np.testing.assert_array_equal(got, encoder.embed(sentences))
    # Two layers; sentences of one and of two words; six linear layers.
    assert len(calls["attention"]) == 2 * 2 * 2 and len(calls["linear"]) == 2 * 6
    assert calls["attention"][2:4] == [((2, 2, 2, 4), (2, 2, 4, 2)), ((2, 2, 2, 2), (2, 2, 2, 4))]
    assert {a for a, _ in calls["linear"]} == {(5, WIDTH), (5, INNER)}


def test_too_long_a_sentence_is_refused(folder):
    with pytest.raises(ValueError, match=r"^sentences must have at most 6 tokens, not 7$"):
        Encoder(folder).embed(["a", "a cat a cat a cat a"])
