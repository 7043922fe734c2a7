"""Language model of the Llama family in NumPy float32, whose matrix products a study can replace.

A layer is x + attention(norm(x)), then that + down(silu(gate(norm(x))) * up(norm(x))). Norms are by root mean square.
Source: H. Touvron et al., LLaMA, arXiv 2302.13971; rotary positions: J. Su et al., RoFormer, arXiv 2104.09864.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lmul.accuracy.model.attention import Matmul, softmax
from lmul.golden.types import Float32s

_HIDDEN = np.float32(-np.inf)  # score of a token that comes later
_LOGITS = 1 << 24  # numbers at a time

LINEAR = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
"""Linear layers of a layer, in the names of GGUF. Their weights are (outputs, inputs)."""


@dataclass(frozen=True)
class Shape:
    """Sizes and constants of a model.

    Parameters
    ----------
    layers, width, inner : int
        Layers; features between them; features inside their feed-forward part.
    heads, groups : int
        Heads of queries, and heads of keys and values that they share in equal parts.
    features : int
        Features of a head.
    epsilon, base : float
        What is added to mean squares; base of the periods of rotary positions.
    context : int
        Most tokens of a text.
    """

    layers: int
    width: int
    inner: int
    heads: int
    groups: int
    features: int
    epsilon: float
    base: float
    context: int

    def __post_init__(self) -> None:
        for name in ("layers", "width", "inner", "heads", "groups", "features", "context"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.heads % self.groups:
            raise ValueError(f"heads of keys must divide {self.heads}, the heads of queries, not {self.groups}")
        if self.features % 2:
            raise ValueError(f"features of a head must be even, for rotary positions, not {self.features}")

    def weights(self, words: int) -> dict[str, tuple[int, ...]]:
        """List the weights that a model must have, in GGUF's names, and their shapes."""
        own = self.heads * self.features, self.groups * self.features
        sizes: dict[str, tuple[int, ...]] = {"token_embd": (words, self.width), "output_norm": (self.width,)}
        for layer in range(self.layers):
            rows = (own[0], own[1], own[1], self.width, self.inner, self.inner, self.width)
            columns = (self.width, self.width, self.width, own[0], self.width, self.width, self.inner)
            sizes |= {f"blk.{layer}.{name}": (m, n) for name, m, n in zip(LINEAR, rows, columns, strict=True)}
            sizes |= {f"blk.{layer}.{name}": (self.width,) for name in ("attn_norm", "ffn_norm")}
        return sizes


@dataclass(frozen=True)
class Llama:
    """Model: its shape and its weights.

    Parameters
    ----------
    shape : Shape
        Sizes.
    tensors : mapping of str to array of float32
        Weights in GGUF's names, without `.weight`. Without `output`, `token_embd` is that, too.

    Raises
    ------
    ValueError
        A weight is missing, of another shape or not finite.
    """

    shape: Shape
    tensors: Mapping[str, Float32s] = field(repr=False)

    def __post_init__(self) -> None:
        if "token_embd" not in self.tensors:
            raise ValueError("the model must have the weight token_embd")
        sizes = self.shape.weights(len(self.tensors["token_embd"]))
        if "output" in self.tensors:
            sizes["output"] = self.tensors["token_embd"].shape
        for name, size in sizes.items():
            if name not in self.tensors:
                raise ValueError(f"the model must have the weight {name}")
            tensor = self.tensors[name]
            if tensor.shape != size:
                raise ValueError(f"{name} must be of the shape {size}, not {tensor.shape}")
            if not np.isfinite(tensor).all():
                index = tuple(int(i) for i in np.argwhere(~np.isfinite(tensor))[0])
                raise ValueError(f"{name} must be finite, not {tensor[index]} at {index}")
        unknown = [name for name in self.tensors if name not in sizes]
        if unknown:
            raise ValueError(f"weights must be those of the Llama family, not {unknown[0]}")

    @property
    def words(self) -> int:
        """Return the number of tokens that it knows."""
        return len(self.tensors["token_embd"])

    def losses(self, tokens: np.ndarray, linear: Matmul = np.matmul, attention: Matmul = np.matmul) -> Float32s:
        """Compute -ln p of each token but the first of each text, given those before it.

        Parameters
        ----------
        tokens : array of int, (texts, length)
            Texts of one length, at least 2 tokens.
        linear : callable
            Function that forms the products with weights, of (rows, inputs) and (inputs, outputs).
        attention : callable
            Function that forms Q K^T and the product of weights and V, of (texts, heads, rows, columns).

        Returns
        -------
        array of float32, (texts, length - 1)
            Losses in nats.

        Raises
        ------
        ValueError
            A text is too long or too short, or a token is unknown.
        """
        texts, length = tokens.shape
        if not 2 <= length <= self.shape.context:
            raise ValueError(f"texts must have 2 to {self.shape.context} tokens, not {length}")
        if tokens.size and not (tokens.min() >= 0 and tokens.max() < self.words):
            raise ValueError(f"tokens must be 0 to {self.words - 1}, not {tokens.min()} to {tokens.max()}")
        x = self.tensors["token_embd"][tokens].reshape(texts * length, -1)
        for layer in range(self.shape.layers):
            x = x + self._attention(x, f"blk.{layer}.", (texts, length), linear, attention)
            x = x + self._feed_forward(x, f"blk.{layer}.", linear)
        x = self._norm(x, "output_norm")
        states = x.reshape(texts, length, -1)[:, :-1].reshape(texts * (length - 1), -1)
        return self._losses(states, tokens[:, 1:].ravel(), linear).reshape(texts, length - 1)

    def _losses(self, states: Float32s, following: np.ndarray, linear: Matmul) -> Float32s:
        """Compute losses, a part of the texts at a time: there are as many logits as words for each."""
        output = self.tensors.get("output", self.tensors["token_embd"]).T
        found, step = np.empty(len(states), np.float32), max(_LOGITS // self.words, 1)
        for start in range(0, len(states), step):
            logits = linear(states[start : start + step], output).astype(np.float64)
            logits -= logits.max(1, keepdims=True)
            chosen = logits[np.arange(len(logits)), following[start : start + step]]
            found[start : start + step] = np.log(np.exp(logits).sum(1)) - chosen
        return found

    def _attention(self, x: Float32s, layer: str, size: tuple[int, int], linear: Matmul, matmul: Matmul) -> Float32s:
        shape, normal = self.shape, self._norm(x, f"{layer}attn_norm")

        def heads(name: str, count: int) -> Float32s:
            found = linear(normal, self.tensors[f"{layer}{name}"].T)
            return np.swapaxes(found.reshape(*size, count, shape.features), 1, 2)

        query = self._rotated(heads("attn_q", shape.heads))
        key, value = self._rotated(heads("attn_k", shape.groups)), heads("attn_v", shape.groups)
        shared = shape.heads // shape.groups
        key, value = np.repeat(key, shared, axis=1), np.repeat(value, shared, axis=1)
        scores = matmul(query, np.swapaxes(key, -1, -2)) * np.float32(shape.features**-0.5)
        later = np.triu(np.ones(scores.shape[-2:], bool), 1)
        weights = softmax(np.where(later, _HIDDEN, scores)).astype(np.float32)
        mixed = np.swapaxes(matmul(weights, value), 1, 2).reshape(len(x), -1)
        return linear(mixed, self.tensors[f"{layer}attn_output"].T)

    def _feed_forward(self, x: Float32s, layer: str, linear: Matmul) -> Float32s:
        normal = self._norm(x, f"{layer}ffn_norm")
        gate = linear(normal, self.tensors[f"{layer}ffn_gate"].T)
        with np.errstate(over="ignore"):  # of exp(-x), where 1 / inf is the right 0
            gate = gate / (1 + np.exp(-gate))
        return linear(gate * linear(normal, self.tensors[f"{layer}ffn_up"].T), self.tensors[f"{layer}ffn_down"].T)

    def _norm(self, x: Float32s, name: str) -> Float32s:
        mean = np.mean(x * x, axis=-1, keepdims=True) + np.float32(self.shape.epsilon)
        y: Float32s = (x / np.sqrt(mean) * self.tensors[name]).astype(np.float32)
        return y

    def _rotated(self, x: Float32s) -> Float32s:
        """Rotate neighbouring features 2i and 2i + 1 of (..., tokens, features) by the token's number times a rate."""
        pairs = self.shape.features // 2
        rates = self.shape.base ** (-np.arange(pairs) / pairs)
        angles = np.arange(x.shape[-2])[:, None] * rates
        cosine, sine = np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
        even, odd = x[..., 0::2], x[..., 1::2]
        turned = np.stack([even * cosine - odd * sine, even * sine + odd * cosine], axis=-1)
        return turned.reshape(x.shape)
