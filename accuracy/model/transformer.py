"""Sentence transformer of the BERT family in NumPy float32, with replaceable matrix products.

It reads the files of all-MiniLM-L6-v2. It needs the packages of the extra `models`.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmul.accuracy.model.attention import Head, Heads, Matmul, attend, gelu
from lmul.accuracy.model.safetensors_file import read_tensors
from lmul.golden.types import Float32s
from lmul.tools.files import check_regular

FILES = ("config.json", "model.safetensors", "tokenizer.json")

_KEYS = {"num_hidden_layers": int, "num_attention_heads": int, "layer_norm_eps": float}

Seen = Callable[[int, slice, "Heads"], None]
"""Callback for each layer and group of sentences; gets layer, slice of sentences, and operands and outputs of heads."""


class Encoder:
    """Model read from a folder.

    Parameters
    ----------
    folder : Path
        Folder with the files `FILES`.

    Raises
    ------
    OSError
        A file is missing.
    ValueError
        The package tokenizers is missing, or a file has other contents.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ValueError(f"the package {error.name} must be installed: pip install 'lmul[models]'") from None
        for name in FILES:
            check_regular(folder / name).open("rb").close()
        try:
            config = json.loads((folder / "config.json").read_text())
            missing = [key for key in _KEYS if key not in config]
            if missing:
                raise ValueError(f"config.json lacks {', '.join(missing)}")
            self.layers, self.heads, self._epsilon = (kind(config[key]) for key, kind in _KEYS.items())
            tensors = read_tensors(folder / "model.safetensors")
            self._tensors = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            self._weights = {name: self._numbers(name) for name in self._checked()}
        except Exception as error:  # the packages raise errors of their own, under the base class
            raise ValueError(f"{folder} must hold a model of the BERT family: {error}") from None

    def _numbers(self, name: str) -> Float32s:
        """Read a tensor. One that has a scale of its own would mean other numbers."""
        scale = next((other for other in self._tensors if other.startswith(f"{name}_scale")), None)
        if scale is not None:
            raise ValueError(f"{name} must be numbers, not codes with the scale {scale}")
        return self._tensors[name].float32()

    def _checked(self) -> list[str]:
        """List the tensors; raise ValueError if configuration, weights and tokens do not fit each other."""
        for key, number in (("num_hidden_layers", self.layers), ("num_attention_heads", self.heads)):
            if number < 1:
                raise ValueError(f"{key} must be at least 1, not {number}")
        names = ["embeddings.word_embeddings.weight"]
        words, width = self._size(names[0])
        if width % self.heads:
            raise ValueError(f"num_attention_heads must divide {width}, not {self.heads}")
        highest = max(self._tokenizer.get_vocab().values(), default=0)
        if highest >= words:
            raise ValueError(f"embeddings.word_embeddings.weight must have a row for token {highest}, not {words} rows")
        inner, _ = self._size("encoder.layer.0.intermediate.dense.weight")
        for name, size in _sizes(self.layers, width, inner):
            found = self._size(name)
            if len(found) != len(size) or any(wanted not in (None, n) for wanted, n in zip(size, found, strict=True)):
                shown = " x ".join("any" if n is None else str(n) for n in size)
                raise ValueError(f"{name} must be of {shown} numbers, not of {' x '.join(map(str, found))}")
            names.append(name)
        return names

    def _size(self, name: str) -> tuple[int, ...]:
        if name not in self._tensors:
            raise ValueError(f"model.safetensors lacks {name}")
        return self._tensors[name].shape

    def tokens(self, sentence: str) -> list[int]:
        """Return the numbers of a sentence's tokens, with those of its ends."""
        ids: list[int] = self._tokenizer.encode(sentence).ids
        return ids

    def attention(self, sentence: str, layer: int) -> list[Head]:
        """Return the operands of a layer's heads, with the layers before it in float32.

        Raises
        ------
        ValueError
            There is no such layer.
        """
        if not 0 <= layer < self.layers:
            raise ValueError(f"layer must be 0 to {self.layers - 1}, not {layer}")
        found: list[Heads] = []

        def see(i: int, _: slice, heads: Heads) -> None:
            if i == layer:
                found.append(heads)

        self.embed([sentence], seen=see)
        return [Head(*each) for each in zip(found[0].query[0], found[0].key[0], found[0].value[0], strict=True)]

    def embed(
        self,
        sentences: Sequence[str],
        attention: Matmul = np.matmul,
        linear: Matmul = np.matmul,
        seen: Seen | None = None,
    ) -> Float32s:
        """Compute embeddings: the last layer's mean over the tokens, scaled to length 1.

        Parameters
        ----------
        sentences : sequence of str
            Sentences, at least one.
        attention : callable
            Function that forms Q K^T and the product of weights and V, for all sentences of one length at a time.
        linear : callable
            Function that forms the products with the weights of linear layers, for all sentences at once.
        seen : callable or None
            Callback, given layer, slice of the sentences in order of length, and heads.

        Returns
        -------
        array of float32, (sentences, features)
            Embeddings, in the order of the sentences.

        Raises
        ------
        ValueError
            A sentence has more tokens than the model has positions for.
        """
        tokens = [self.tokens(sentence) for sentence in sentences]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        groups = _groups([len(tokens[i]) for i in order])
        x = self._embedded([tokens[i] for i in order])
        for layer in range(self.layers):
            x = self._layer(x, layer, groups, attention, linear, seen)
        rows = [x[g.rows].reshape(g.count, g.length, -1).mean(1) for g in groups]
        pooled = np.concatenate(rows)
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        embeddings = np.empty_like(pooled)
        embeddings[order] = pooled
        return embeddings

    def _embedded(self, tokens: Sequence[list[int]]) -> Float32s:
        """Return the input rows of all tokens of all sentences, one after the other."""
        w, longest = self._weights, max(len(each) for each in tokens)
        positions = w["embeddings.position_embeddings.weight"]
        if longest > len(positions):
            raise ValueError(f"sentences must have at most {len(positions)} tokens, not {longest}")
        words = w["embeddings.word_embeddings.weight"][np.concatenate(tokens)]
        x = words + positions[np.concatenate([np.arange(len(each)) for each in tokens])]
        return self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")

    def _layer(
        self, x: Float32s, number: int, groups: Sequence["_Group"], attention: Matmul, linear: Matmul, seen: Seen | None
    ) -> Float32s:
        layer = f"encoder.layer.{number}."
        q, k, v = (
            self._linear(x, f"{layer}attention.self.{name}", linear).reshape(len(x), self.heads, -1)
            for name in ("query", "key", "value")
        )
        mixed = np.empty_like(v)
        for g in groups:
            own = (side[g.rows].reshape(g.count, g.length, *v.shape[1:]).transpose(0, 2, 1, 3) for side in (q, k, v))
            query, key, value = own
            heads = Heads(query, key, value, attend(query, key, value, attention))
            mixed[g.rows] = heads.mixed.transpose(0, 2, 1, 3).reshape(-1, *v.shape[1:])
            if seen is not None:
                seen(number, g.sentences, heads)
        attended = self._linear(mixed.reshape(len(x), -1), f"{layer}attention.output.dense", linear)
        x = self._norm(x + attended, f"{layer}attention.output.LayerNorm")
        inner = gelu(self._linear(x, f"{layer}intermediate.dense", linear))
        return self._norm(x + self._linear(inner, f"{layer}output.dense", linear), f"{layer}output.LayerNorm")

    def _linear(self, x: Float32s, name: str, matmul: Matmul) -> Float32s:
        y: Float32s = matmul(x, self._weights[f"{name}.weight"].T) + self._weights[f"{name}.bias"]
        return y

    def _norm(self, x: Float32s, name: str) -> Float32s:
        centred = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + self._epsilon)
        y: Float32s = (centred / deviation * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]).astype(
            np.float32
        )
        return y


def _sizes(layers: int, width: int, inner: int) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    """Yield the tensors of a model and their shapes, with None for a size that only the tensor itself tells."""
    yield "embeddings.position_embeddings.weight", (None, width)
    yield "embeddings.token_type_embeddings.weight", (None, width)
    yield from _layer_norm("embeddings.LayerNorm", width)
    for number in range(layers):
        layer = f"encoder.layer.{number}."
        for name in ("query", "key", "value"):
            yield from _dense(f"{layer}attention.self.{name}", width, width)
        yield from _dense(f"{layer}attention.output.dense", width, width)
        yield from _layer_norm(f"{layer}attention.output.LayerNorm", width)
        yield from _dense(f"{layer}intermediate.dense", inner, width)
        yield from _dense(f"{layer}output.dense", width, inner)
        yield from _layer_norm(f"{layer}output.LayerNorm", width)


def _dense(name: str, outputs: int, inputs: int) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _layer_norm(name: str, width: int) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    yield f"{name}.weight", (width,)
    yield f"{name}.bias", (width,)


@dataclass(frozen=True)
class _Group:
    """Consecutive sentences of one length: their numbers, and the rows of their tokens."""

    sentences: slice
    rows: slice
    length: int

    @property
    def count(self) -> int:
        return int(self.sentences.stop - self.sentences.start)


def _groups(lengths: Sequence[int]) -> list[_Group]:
    groups, first, row = list[_Group](), 0, 0
    for last in range(1, len(lengths) + 1):
        if last == len(lengths) or lengths[last] != lengths[first]:
            rows = slice(row, row + (last - first) * lengths[first])
            groups.append(_Group(slice(first, last), rows, lengths[first]))
            first, row = last, rows.stop
    return groups
