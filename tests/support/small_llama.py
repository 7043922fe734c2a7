"""A small language model of the Llama family of random weights, in both kinds of files that real ones come in."""

import json

import numpy as np
from gguf import GGUFWriter
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

LAYERS, WIDTH, INNER, HEADS, GROUPS, FEATURES = 2, 12, 10, 4, 2, 6
BASE, EPSILON, CONTEXT = 100.0, 1e-5, 16
LETTERS = sorted(pre_tokenizers.ByteLevel.alphabet())
MERGES = [("a", "t"), ("c", "at"), ("Ġ", "cat")]
WORDS = [*LETTERS, *("".join(pair) for pair in MERGES)]


def random_weights(seed=3):
    """Weights by the names of .safetensors files."""
    rng = np.random.default_rng(seed)
    sizes = {"model.embed_tokens.weight": (len(WORDS), WIDTH), "model.norm.weight": (WIDTH,)}
    for layer in range(LAYERS):
        start = f"model.layers.{layer}."
        for name, rows in (("q", HEADS), ("k", GROUPS), ("v", GROUPS)):
            sizes[f"{start}self_attn.{name}_proj.weight"] = (rows * FEATURES, WIDTH)
        sizes[f"{start}self_attn.o_proj.weight"] = (WIDTH, HEADS * FEATURES)
        sizes[f"{start}mlp.gate_proj.weight"] = sizes[f"{start}mlp.up_proj.weight"] = (INNER, WIDTH)
        sizes[f"{start}mlp.down_proj.weight"] = (WIDTH, INNER)
        for name in ("input_layernorm", "post_attention_layernorm"):
            sizes[f"{start}{name}.weight"] = (WIDTH,)
    return {name: rng.standard_normal(size).astype(np.float32) / 2 for name, size in sizes.items()}


def save_folder(folder, weights, **config):
    """Leave the model in a folder that is there."""
    given = {
        "model_type": "llama",
        "num_hidden_layers": LAYERS,
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_attention_heads": HEADS,
        "num_key_value_heads": GROUPS,
        "head_dim": FEATURES,
        "rms_norm_eps": EPSILON,
        "rope_theta": BASE,
        "max_position_embeddings": CONTEXT,
        "tie_word_embeddings": True,
    }
    (folder / "config.json").write_text(json.dumps(given | config))
    save_file(weights, folder / "model.safetensors")
    tokenizer = Tokenizer(models.BPE(vocab={word: i for i, word in enumerate(WORDS)}, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.save(str(folder / "tokenizer.json"))


def save_gguf(path, weights, split="gpt-2", architecture="llama", left_out=(), **others):
    """Write the model as a file of GGUF, in which features that rotate together stand side by side."""
    writer = GGUFWriter(path, architecture)
    keys = {
        "block_count": LAYERS,
        "embedding_length": WIDTH,
        "feed_forward_length": INNER,
        "head_count": HEADS,
        "head_count_kv": GROUPS,
        "rope_dimension_count": FEATURES,
        "context_length": CONTEXT,
        "layer_norm_rms_eps": EPSILON,
        "rope_freq_base": BASE,
    }
    for key, value in (keys | others).items():
        if key not in left_out:
            getattr(writer, f"add_{key}")(value)
    writer.add_tokenizer_pre(split)
    writer.add_token_list(WORDS)
    writer.add_token_merges([" ".join(pair) for pair in MERGES])
    parts = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"}
    parts |= {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}
    parts |= {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    whole = {"model.embed_tokens": "token_embd", "model.norm": "output_norm"}
    for name, given in weights.items():
        short = name.removesuffix(".weight")
        own = whole.get(short) or f"blk.{short.split('.')[2]}.{parts[short.split('.')[-1]]}"
        weight = given
        if own.endswith(("attn_q", "attn_k")):
            order = [head * FEATURES + i for head in range(len(given) // FEATURES) for i in (0, 3, 1, 4, 2, 5)]
            weight = given[order]
        writer.add_tensor(f"{own}.weight", np.ascontiguousarray(weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
