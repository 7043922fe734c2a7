"""The forward pass against one written out for a single layer, on a small model of random weights."""

import json
import math
import re

import numpy as np
import pytest
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from lmul.golden.transformer import Encoder, Head, softmax

WIDTH, HEADS, INNER, WORDS = 8, 2, 12, ("[UNK]", "a", "cat", "slept")


@pytest.fixture(scope="module")
def weights():
    rng = np.random.default_rng(1)
    sizes = {"embeddings.word_embeddings.weight": (4, WIDTH), "embeddings.position_embeddings.weight": (6, WIDTH)}
    sizes |= {"embeddings.token_type_embeddings.weight": (2, WIDTH)}
    for layer in ("encoder.layer.0.", "encoder.layer.1."):
        for name in ("query", "key", "value"):
            sizes[f"{layer}attention.self.{name}.weight"] = (WIDTH, WIDTH)
        sizes[f"{layer}attention.output.dense.weight"] = (WIDTH, WIDTH)
        sizes[f"{layer}intermediate.dense.weight"] = (INNER, WIDTH)
        sizes[f"{layer}output.dense.weight"] = (WIDTH, INNER)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            sizes[f"{layer}{name}.weight"] = (WIDTH,)
    sizes["embeddings.LayerNorm.weight"] = (WIDTH,)
    for name in [name for name in sizes if "_embeddings" not in name]:
        sizes[name.replace("weight", "bias")] = sizes[name][:1]
    return {name: rng.standard_normal(size).astype(np.float32) for name, size in sizes.items()}


@pytest.fixture(scope="module")
def folder(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    config = {"num_hidden_layers": 2, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights, folder / "model.safetensors")
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def norm(row, w, b):
    mean = sum(row) / len(row)
    spread = math.sqrt(sum((v - mean) ** 2 for v in row) / len(row))
    return [(v - mean) / spread * a + c for v, a, c in zip(row, w, b, strict=True)]


def linear(row, w, b):
    return [sum(float(p) * v for p, v in zip(line, row, strict=True)) + float(c) for line, c in zip(w, b, strict=True)]


def first_layer(w, tokens):
    """Row by row in float64: what goes into layer 1."""
    e, layer = "embeddings.", "encoder.layer.0."
    rows = [
        w[f"{e}word_embeddings.weight"][t]
        + w[f"{e}position_embeddings.weight"][i]
        + w[f"{e}token_type_embeddings.weight"][0]
        for i, t in enumerate(tokens)
    ]
    x = [norm(row, w[f"{e}LayerNorm.weight"], w[f"{e}LayerNorm.bias"]) for row in rows]
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
