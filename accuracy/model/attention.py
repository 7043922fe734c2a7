"""Parts of a transformer in NumPy float32: attention heads and GELU."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.golden.types import Float32s, Floats

_GELU = 1 << 16  # numbers at a time

Matmul = Callable[[Float32s, Float32s], Float32s]
"""Matrix product of a (..., M, K) and b (..., K, N), like `np.matmul`."""


def finite_float32(name: str, values: ArrayLike) -> Float32s:
    """Convert an operand to float32; raise ValueError if an element is not finite, with its index."""
    array = np.asarray(values, np.float32)
    if not np.isfinite(array).all():
        index = [int(i) for i in np.argwhere(~np.isfinite(array))[0]]
        raise ValueError(f"{name} must be finite, not {array[tuple(index)]} (at index {index})")
    return array


@dataclass(frozen=True)
class Head:
    """Operands of one attention head, for one sentence.

    Attributes
    ----------
    query, key, value : array of float32, (tokens, features)
    """

    query: Float32s
    key: Float32s
    value: Float32s

    @property
    def scale(self) -> float:
        """Return 1 / sqrt(d), the factor of the scores."""
        return float(1 / np.sqrt(self.query.shape[1]))


def softmax(scores: NDArray[np.floating]) -> Floats:
    """Compute the softmax over the last axis, in float64."""
    shifted = np.exp(scores.astype(np.float64) - scores.max(-1, keepdims=True))
    weights: Floats = shifted / shifted.sum(-1, keepdims=True)
    return weights


@dataclass(frozen=True)
class Heads:
    """Operands and outputs of all heads of a layer, for sentences of one length.

    Attributes
    ----------
    query, key, value : array of float32, (sentences, heads, tokens, features)
    mixed : array of float32, likewise
        Output softmax(Q K^T / sqrt(d)) V.
    """

    query: Float32s
    key: Float32s
    value: Float32s
    mixed: Float32s


def attend(query: Float32s, key: Float32s, value: Float32s, matmul: Matmul = np.matmul) -> Float32s:
    """Compute softmax(Q K^T / sqrt(d)) V of arrays (..., tokens, features): products by `matmul`, else float32."""
    scale = np.float32(1 / np.sqrt(query.shape[-1]))
    scores = matmul(query, np.swapaxes(key, -1, -2)) * scale
    return matmul(softmax(scores).astype(np.float32), value).astype(np.float32)


def gelu(x: Float32s) -> Float32s:
    """Compute x (1 + erf(x / sqrt(2))) / 2.

    erf is within 1.5e-7 of the true one: M. Abramowitz and I. Stegun, Handbook of Mathematical Functions, 7.1.26.
    """
    y, step = np.empty_like(x), max(_GELU // max(x.shape[-1], 1), 1)
    for start in range(0, len(x), step):  # a part that fits caches
        y[start : start + step] = _gelu(x[start : start + step])
    return y


def _gelu(x: Float32s) -> Float32s:
    size = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * size)
    tail = np.zeros_like(t)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail = (tail + np.float32(coefficient)) * t
    erf = np.copysign(1 - tail * np.exp(-size * size), x)
    y: Float32s = x * np.float32(0.5) * (1 + erf)
    return y
