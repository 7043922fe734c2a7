"""A sentence transformer of the BERT family in NumPy float32, as far as the inputs of its attention heads.

It reads the files that all-MiniLM-L6-v2 comes in. Needs the packages of the extra `models`.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILES = ("config.json", "model.safetensors", "tokenizer.json")

_erf = np.frompyfunc(math.erf, 1, 1)


@dataclass(frozen=True)
class Head:
    """What one attention head multiplies, for one sentence.

    Attributes
    ----------
    query, key, value : array of float32, (tokens, features)
    """

    query: Floats
    key: Floats
    value: Floats

    @property
    def scale(self) -> float:
        """1 / sqrt(d), which the scores are multiplied with."""
        return float(1 / np.sqrt(self.query.shape[1]))


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of the last axis, in float64."""
    shifted = np.exp(scores.astype(np.float64) - scores.max(-1, keepdims=True))
    weights: NDArray[np.float64] = shifted / shifted.sum(-1, keepdims=True)
    return weights


class Encoder:
    """A model read from a folder.

    Parameters
    ----------
    folder : Path
        Has the files `FILES`.

    Raises
    ------
    OSError
        One of them is missing.
    ValueError
        The packages safetensors and tokenizers are missing, or a file is not what its name says.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from safetensors.numpy import load_file
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ValueError(f"the package {error.name} must be installed: pip install 'lmul[models]'") from None
        for name in FILES:
            (folder / name).open("rb").close()
        try:
            config = json.loads((folder / "config.json").read_text())
            self.layers, self.heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
            self._epsilon = float(config["layer_norm_eps"])
            weights = load_file(folder / "model.safetensors")
            self._weights = {name.removeprefix("bert."): w.astype(np.float32) for name, w in weights.items()}
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
        except Exception as error:  # the packages raise errors of their own, under the base class
            raise ValueError(f"{folder} must hold a model of the BERT family: {error}") from None

    def attention(self, sentence: str, layer: int) -> list[Head]:
        """What the heads of a layer multiply, the layers before it in float32.

        Raises
        ------
        ValueError
            There is no such layer.
        """
        if not 0 <= layer < self.layers:
            raise ValueError(f"layer must be 0 to {self.layers - 1}, not {layer}")
        tokens = self._tokenizer.encode(sentence).ids
        w, n = self._weights, len(tokens)
        x = w["embeddings.word_embeddings.weight"][tokens] + w["embeddings.position_embeddings.weight"][:n]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for i in range(layer):
            x = self._layer(x, f"encoder.layer.{i}.")
        return self._heads(x, f"encoder.layer.{layer}.")

    def _heads(self, x: Floats, layer: str) -> list[Head]:
        q, k, v = (
            self._linear(x, f"{layer}attention.self.{name}").reshape(len(x), self.heads, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        return [Head(*each) for each in zip(q, k, v, strict=True)]

    def _layer(self, x: Floats, layer: str) -> Floats:
        mixed = [
            (softmax(head.query @ head.key.T * head.scale) @ head.value).astype(np.float32)
            for head in self._heads(x, layer)
        ]
        attended = self._linear(np.concatenate(mixed, 1), f"{layer}attention.output.dense")
        x = self._norm(x + attended, f"{layer}attention.output.LayerNorm")
        inner = self._linear(x, f"{layer}intermediate.dense")
        inner = inner * 0.5 * (1 + _erf(inner / np.sqrt(2, dtype=np.float32)).astype(np.float32))
        return self._norm(x + self._linear(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")

    def _linear(self, x: Floats, name: str) -> Floats:
        y: Floats = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return y

    def _norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + self._epsilon)
        y: Floats = centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return y
