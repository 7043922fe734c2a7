"""Reading of models of the Llama family: a file of GGUF, or a folder with .safetensors, config.json and tokenizer.json.

It needs the packages of the extra `models`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lmul.accuracy.language.llama import Llama, Shape
from lmul.accuracy.model.safetensors_file import read_tensors
from lmul.golden.types import Float32s
from lmul.tools.files import check_regular

_ARCHITECTURE = "llama"
_SPLITS = {"smollm": True, "llama-bpe": False, "gpt-2": False, "default": False}
"""Ways of cutting text into words that a GGUF file may name, and whether digits are cut one by one."""

_LAYER = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_WHOLE = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}


@dataclass(frozen=True)
class LanguageModel:
    """Model and its tokens.

    Attributes
    ----------
    name : str
        Name that the model gives itself.
    llama : Llama
        Model.
    tokenizer : Tokenizer
        Cuts texts into tokens; of the package tokenizers.
    """

    name: str
    llama: Llama
    tokenizer: Any

    def tokens(self, text: str) -> np.ndarray:
        """Return the numbers of a text's tokens, without any at its ends."""
        return np.array(self.tokenizer.encode(text, add_special_tokens=False).ids, np.int64)


def read_model(path: Path) -> LanguageModel:
    """Read a model from a file *.gguf, or from a folder as Hugging Face's packages leave it.

    Raises
    ------
    OSError
        A file is missing.
    ValueError
        A package is missing, or the model is of another family or damaged.
    """
    try:
        return _read_folder(path) if path.is_dir() else _read_gguf(check_regular(path))
    except ImportError as error:
        raise ValueError(f"the package {error.name} must be installed: pip install 'lmul[models]'") from None
    except OSError:
        raise
    except Exception as error:  # the packages raise errors of their own, under the base class
        raise ValueError(f"{path} must hold a language model of the Llama family: {error}") from None


def _read_gguf(path: Path) -> LanguageModel:
    from gguf import GGUFReader  # an extra
    from gguf.quants import dequantize

    reader = GGUFReader(path)

    def told(key: str, default: Any = None) -> Any:
        entry = reader.get_field(key)
        if entry is None and default is None:
            raise ValueError(f"it must tell {key}")
        return default if entry is None else entry.contents()

    if (family := told("general.architecture")) != _ARCHITECTURE:
        raise ValueError(f"the architecture must be {_ARCHITECTURE}, not {family}")
    if "llama.rope.scaling.type" in reader.fields and told("llama.rope.scaling.type") != "none":
        raise ValueError("rotary positions must not be scaled")
    heads, width = told("llama.attention.head_count"), told("llama.embedding_length")
    shape = Shape(
        layers=told("llama.block_count"),
        width=width,
        inner=told("llama.feed_forward_length"),
        heads=heads,
        groups=told("llama.attention.head_count_kv", heads),
        features=told("llama.rope.dimension_count", width // heads),
        epsilon=told("llama.attention.layer_norm_rms_epsilon"),
        base=told("llama.rope.freq_base", 10000.0),
        context=told("llama.context_length"),
    )
    tensors = {
        each.name.removesuffix(".weight"): np.asarray(dequantize(each.data, each.tensor_type), np.float32)
        for each in reader.tensors
    }
    tokenizer = _tokenizer(told("tokenizer.ggml.tokens"), told("tokenizer.ggml.merges"), told("tokenizer.ggml.pre"))
    return LanguageModel(told("general.name", path.stem), Llama(shape, tensors), tokenizer)


def _tokenizer(tokens: list[str], merges: list[str], split: str) -> Any:
    """Build the tokenizer of a GGUF file: pairs of bytes, merged in order."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    if split not in _SPLITS:
        raise ValueError(f"text must be cut as by {', '.join(_SPLITS)}, not {split}")
    pairs = [(left, right) for left, _, right in (merge.partition(" ") for merge in merges)]
    tokenizer = Tokenizer(models.BPE(vocab={token: i for i, token in enumerate(tokens)}, merges=pairs))
    parts: list[Any] = [pre_tokenizers.ByteLevel(add_prefix_space=False)]
    if _SPLITS[split]:
        parts.insert(0, pre_tokenizers.Digits(individual_digits=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(parts)
    return tokenizer


def _read_folder(folder: Path) -> LanguageModel:
    from tokenizers import Tokenizer

    config: Mapping[str, Any] = json.loads(check_regular(folder / "config.json").read_text())
    if (family := config.get("model_type")) != _ARCHITECTURE:
        raise ValueError(f"model_type must be {_ARCHITECTURE}, not {family}")
    if config.get("rope_scaling") is not None:
        raise ValueError("rope_scaling must be null: rotary positions must not be scaled")
    heads = config["num_attention_heads"]
    shape = Shape(
        layers=config["num_hidden_layers"],
        width=config["hidden_size"],
        inner=config["intermediate_size"],
        heads=heads,
        groups=config.get("num_key_value_heads", heads),
        features=config.get("head_dim") or config["hidden_size"] // heads,
        epsilon=config["rms_norm_eps"],
        base=config.get("rope_theta", 10000.0),
        context=config["max_position_embeddings"],
    )
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise FileNotFoundError(f"{folder / 'model.safetensors'} must be there")
    tensors = dict[str, Float32s]()
    for file in files:
        for name, tensor in read_tensors(file).items():
            own = _own_name(name.removesuffix(".weight"))
            tensors[own] = tensor.float32()
            if own.endswith(("attn_q", "attn_k")):
                tensors[own] = _neighbours(tensors[own], shape.features)
    if config.get("tie_word_embeddings"):
        tensors.pop("output", None)
    tokenizer = Tokenizer.from_file(str(check_regular(folder / "tokenizer.json")))
    tokenizer.no_truncation()
    return LanguageModel(folder.resolve().name, Llama(shape, tensors), tokenizer)


def _own_name(name: str) -> str:
    if name in _WHOLE:
        return _WHOLE[name]
    start, _, rest = name.partition(".layers.")
    layer, _, part = rest.partition(".")
    if start != "model" or part not in _LAYER:
        raise ValueError(f"weights must be those of the Llama family, not {name}")
    return f"blk.{layer}.{_LAYER[part]}"


def _neighbours(weight: Float32s, features: int) -> Float32s:
    """Put features i and i + n/2 of each head, which rotate together in these files, beside each other."""
    halves = weight.reshape(-1, 2, features // 2, weight.shape[-1])
    return np.ascontiguousarray(np.swapaxes(halves, 1, 2)).reshape(weight.shape)
