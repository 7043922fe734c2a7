"""A small transformer of random weights, in the files that a real one comes in."""

import json

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

WIDTH, HEADS, INNER, WORDS = 8, 2, 12, ("[UNK]", "a", "cat", "slept")


def random_weights():
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


def save_model(folder, weights):
    """Leave the model in a folder that is there."""
    config = {"num_hidden_layers": 2, "num_attention_heads": HEADS, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights, folder / "model.safetensors")
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
