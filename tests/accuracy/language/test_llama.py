"""Language models: losses against ones written out row by row, both kinds of files, and what is refused."""

import math

import numpy as np
import pytest
from safetensors.numpy import save_file
from support.small_llama import (
    BASE,
    CONTEXT,
    EPSILON,
    FEATURES,
    GROUPS,
    HEADS,
    LAYERS,
    WORDS,
    random_weights,
    save_folder,
    save_gguf,
)

from lmul.accuracy.language.files import read_model

TEXT = "the cat at 42 cats"


@pytest.fixture(scope="module")
def weights():
    return random_weights()


@pytest.fixture(scope="module")
def folder(weights, tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    save_folder(folder, weights)
    return folder


@pytest.fixture(scope="module")
def gguf(weights, tmp_path_factory):
    path = tmp_path_factory.mktemp("gguf") / "model.gguf"
    save_gguf(path, weights)
    return path


def norm(row, weight):
    size = math.sqrt(sum(v * v for v in row) / len(row) + EPSILON)
    return [v / size * float(w) for v, w in zip(row, weight, strict=True)]


def times(row, weight):
    return [sum(float(w) * v for w, v in zip(line, row, strict=True)) for line in weight]


def rotated(row, place):
    """As .safetensors files have it: feature i with i + n / 2."""
    half, turned = FEATURES // 2, list(row)
    for i in range(half):
        angle = place * BASE ** (-2 * i / FEATURES)
        a, b = row[i], row[i + half]
        turned[i], turned[i + half] = (
            a * math.cos(angle) - b * math.sin(angle),
            b * math.cos(angle) + a * math.sin(angle),
        )
    return turned


def by_hand(weights, tokens):
    """Row by row in float64: the losses of all tokens but the first."""
    rows = [[float(v) for v in weights["model.embed_tokens.weight"][t]] for t in tokens]
    for layer in range(LAYERS):
        w = {name.split(f"layers.{layer}.")[1]: v for name, v in weights.items() if f"layers.{layer}." in name}
        normal = [norm(row, w["input_layernorm.weight"]) for row in rows]
        q, k, v = ([times(row, w[f"self_attn.{name}_proj.weight"]) for row in normal] for name in "qkv")
        for n, row in enumerate(rows):
            mixed = []
            for head in range(HEADS):
                cut = slice(head * FEATURES, (head + 1) * FEATURES)
                group = head * GROUPS // HEADS
                own = slice(group * FEATURES, (group + 1) * FEATURES)
                query = rotated(q[n][cut], n)
                scores = [
                    sum(a * b for a, b in zip(query, rotated(k[m][own], m), strict=True)) / math.sqrt(FEATURES)
                    for m in range(n + 1)
                ]
                shares = [math.exp(s - max(scores)) for s in scores]
                mixed += [sum(shares[m] * v[m][own][i] for m in range(n + 1)) / sum(shares) for i in range(FEATURES)]
            rows[n] = [a + b for a, b in zip(row, times(mixed, w["self_attn.o_proj.weight"]), strict=True)]
        for n, row in enumerate(rows):
            normal = norm(row, w["post_attention_layernorm.weight"])
            gate, up = times(normal, w["mlp.gate_proj.weight"]), times(normal, w["mlp.up_proj.weight"])
            inner = [g / (1 + math.exp(-g)) * u for g, u in zip(gate, up, strict=True)]
            rows[n] = [a + b for a, b in zip(row, times(inner, w["mlp.down_proj.weight"]), strict=True)]
    losses = []
    for row, following in zip(rows, tokens[1:], strict=False):
        logits = times(norm(row, weights["model.norm.weight"]), weights["model.embed_tokens.weight"])
        losses.append(math.log(sum(math.exp(z) for z in logits)) - logits[following])
    return losses


def test_losses_are_those_written_out(weights, folder):
    tokens = np.array([[5, 258, 7, 100, 5, 256], [1, 2, 3, 4, 5, 6]])
    found = read_model(folder).llama.losses(tokens)
    assert found.shape == (2, 5)
    assert np.allclose(found, [by_hand(weights, row) for row in tokens.tolist()], rtol=1e-4, atol=1e-5)


def test_both_kinds_of_files_are_one_model(folder, gguf):
    models = [read_model(folder), read_model(gguf)]
    tokens = [model.tokens(TEXT) for model in models]
    assert tokens[0].tolist() == tokens[1].tolist()
    assert [WORDS[t] for t in tokens[0]][3:5] == ["Ġcat", "Ġ"]
    first, second = (model.llama.losses(tokens[0][None]) for model in models)
    assert np.allclose(first, second, rtol=1e-5)


def test_products_are_those_that_are_given(folder):
    model, seen = read_model(folder).llama, {"linear": 0, "attention": 0}

    def counted(name):
        def matmul(a, b):
            seen[name] += 1
            return a @ b

        return matmul

    model.losses(np.array([[1, 2, 3]]), counted("linear"), counted("attention"))
    assert seen == {"linear": 7 * LAYERS + 1, "attention": 2 * LAYERS}


def test_digits_are_cut_one_by_one_where_the_file_says_so(weights, tmp_path):
    save_gguf(tmp_path / "m.gguf", weights, split="smollm")
    tokenizer = read_model(tmp_path / "m.gguf").tokenizer
    assert [w for w, _ in tokenizer.pre_tokenizer.pre_tokenize_str("in 2024")] == ["in", "Ġ", "2", "0", "2", "4"]


@pytest.mark.parametrize(
    ("tokens", "complaint"),
    [
        ([[1]], f"texts must have 2 to {CONTEXT} tokens, not 1"),
        ([[1] * 17], f"texts must have 2 to {CONTEXT} tokens, not 17"),
        ([[1, 259]], "tokens must be 0 to 258, not 1 to 259"),
    ],
)
def test_texts_that_do_not_fit_are_refused(folder, tokens, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_model(folder).llama.losses(np.array(tokens))


DAMAGES = {
    "nan": (
        lambda w: w["model.norm.weight"].__setitem__(3, np.nan),
        r"model.norm.weight must be finite .*nan at \(3,\)",
    ),
    "missing": (lambda w: w.pop("model.layers.1.mlp.up_proj.weight"), "must have the weight blk.1.ffn_up"),
    "other": (lambda w: w.__setitem__("lm_head.bias", w["model.norm.weight"]), "the Llama family, not lm_head.bias"),
    "shape": (
        lambda w: w.__setitem__("model.norm.weight", np.zeros(3, "f")),
        r"output_norm must be of the shape \(12,\), not \(3,\)",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(weights, tmp_path, damage):
    spoiled = {name: weight.copy() for name, weight in weights.items()}
    DAMAGES[damage][0](spoiled)
    save_folder(tmp_path, weights)
    save_file(spoiled, tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match=f"must hold a language model of the Llama family: .*{DAMAGES[damage][1]}"):
        read_model(tmp_path)


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"model_type": "gpt2"}, "model_type must be llama, not gpt2"),
        ({"rope_scaling": {"factor": 2}}, "rope_scaling must be null"),
        ({"num_key_value_heads": 3}, "heads of keys must divide 4, the heads of queries, not 3"),
        ({"head_dim": 5}, "features of a head must be even"),
        ({"num_hidden_layers": 0}, "layers must be at least 1, not 0"),
    ],
)
def test_another_family_is_refused(weights, tmp_path, config, complaint):
    save_folder(tmp_path, weights, **config)
    with pytest.raises(ValueError, match=complaint):
        read_model(tmp_path)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"architecture": "mamba"}, "the architecture must be llama, not mamba"),
        ({"split": "qwen2"}, "text must be cut as by .*, not qwen2"),
        ({"left_out": ("context_length",)}, "it must tell llama.context_length"),
    ],
)
def test_a_gguf_file_of_another_family_is_refused(weights, tmp_path, given, complaint):
    save_gguf(tmp_path / "m.gguf", weights, **given)
    with pytest.raises(ValueError, match=complaint):
        read_model(tmp_path / "m.gguf")


def test_a_file_that_is_no_gguf_is_refused(tmp_path):
    (tmp_path / "m.gguf").write_bytes(b"GGML" + bytes(100))
    with pytest.raises(ValueError, match="must hold a language model of the Llama family"):
        read_model(tmp_path / "m.gguf")
