"""Effect of a replaced multiplication on a transformer: on its attention output, and on its embeddings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.attention.replaced_matmul import Replacement, replace_matmul
from lmul.accuracy.model.attention import Heads, Matmul, attend
from lmul.accuracy.model.transformer import Encoder
from lmul.golden.types import Float32s
from lmul.tools.session import NoContext

LINEAR_RANK = 8
"""Largest rank of the adder's table in linear layers, which take most of the time."""

_CONFIDENCE = 1.959963984540054  # standard deviations, 95 %


@dataclass(frozen=True)
class Agreement:
    """Number of sentences whose nearest neighbour stays the same.

    Attributes
    ----------
    same, count : int
        Sentences with the same nearest neighbour, and all sentences.
    """

    same: int
    count: int

    @property
    def share(self) -> float:
        """Return the share that stays the same, 0 to 1."""
        return self.same / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % confidence interval of the share, with sentences taken as independent.

        Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
        """
        z, n, p = _CONFIDENCE, self.count, self.share
        middle, half = p + z * z / (2 * n), z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
        scale = 1 + z * z / n
        return max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0)


@dataclass(frozen=True)
class AttentionError:
    """Errors by a replacement. Mean squares are of the difference to float32, layer by layer.

    Attributes
    ----------
    replacement : Replacement
        Method that multiplied.
    scope : str
        `attention`: Q K^T and the product of weights and V; `all`: the linear layers, too.
    single : tuple of float
        Errors of the attention output with one layer replaced; its inputs are float32's. Empty for `all`.
    whole : tuple of float
        Errors with all layers replaced, so that errors of earlier layers count too. Empty for given Q, K and V.
    cosine_mean, cosine_least : float or None
        Cosines of the angles between embeddings and those of float32.
    agreement : Agreement or None
        Agreement of nearest neighbours, by cosine.
    """

    replacement: Replacement
    scope: str
    single: tuple[float, ...]
    whole: tuple[float, ...] = ()
    cosine_mean: float | None = None
    cosine_least: float | None = None
    agreement: Agreement | None = None

    @property
    def mse(self) -> float | None:
        """Average `single` over the layers."""
        return float(np.mean(self.single)) if self.single else None

    @property
    def whole_mse(self) -> float | None:
        """Average `whole` over the layers."""
        return float(np.mean(self.whole)) if self.whole else None


class Reference:
    """Run in float32, with which others are compared.

    Parameters
    ----------
    encoder : Encoder
        Model to run.
    sentences : sequence of str
        Sentences, at least two.

    Raises
    ------
    ValueError
        There is one sentence or none, or one is too long.
    """

    def __init__(self, encoder: Encoder, sentences: Sequence[str]) -> None:
        if len(sentences) < 2:
            raise ValueError(f"sentences must be at least 2, not {len(sentences)}")
        self._encoder, self._sentences = encoder, sentences
        self._heads: list[dict[int, Heads]] = [{} for _ in range(encoder.layers)]

        def keep(layer: int, which: slice, heads: Heads) -> None:
            self._heads[layer][which.start] = heads

        self.embeddings = encoder.embed(sentences, seen=keep)

    def error(self, replacement: Replacement, scope: str = "attention") -> AttentionError:
        """Measure a replacement in the scope `attention` or `all`."""
        attention = replace_matmul(replacement)
        linear = replace_matmul(replacement, LINEAR_RANK) if scope == "all" else np.matmul
        squares, sizes = np.zeros(self._encoder.layers), np.zeros(self._encoder.layers)

        def compare(layer: int, which: slice, heads: Heads) -> None:
            squares[layer] += _squares(heads.mixed, self._heads[layer][which.start].mixed)
            sizes[layer] += heads.mixed.size

        embeddings = self._encoder.embed(self._sentences, attention, linear, compare)
        cosines = (embeddings.astype(np.float64) * self.embeddings).sum(1)
        same = int((nearest(embeddings) == nearest(self.embeddings)).sum())
        alone = self._heads if scope == "attention" else []
        single = tuple(_mse(list(layer.values()), attention) for layer in alone)
        whole = tuple((squares / sizes).tolist())
        agreement = Agreement(same, len(embeddings))
        return AttentionError(replacement, scope, single, whole, float(cosines.mean()), float(cosines.min()), agreement)


def nearest(embeddings: Float32s) -> NDArray[np.intp]:
    """Find for each row the other row with the largest cosine. Rows have length 1."""
    cosines = embeddings @ embeddings.T
    np.fill_diagonal(cosines, -2)
    found: NDArray[np.intp] = cosines.argmax(1)
    return found


def qkv_error(replacement: Replacement, query: Float32s, key: Float32s, value: Float32s) -> AttentionError:
    """Measure a replacement on given Q, K and V, (..., tokens, features)."""
    heads = Heads(query, key, value, attend(query, key, value))
    return AttentionError(replacement, "attention", (_mse([heads], replace_matmul(replacement)),))


def _mse(groups: Sequence[Heads], matmul: Matmul) -> float:
    squares = sum(_squares(attend(h.query, h.key, h.value, matmul), h.mixed) for h in groups)
    return squares / sum(h.mixed.size for h in groups)


def _squares(a: Float32s, b: Float32s) -> float:
    return float(((a.astype(np.float64) - b) ** 2).sum())


@dataclass(frozen=True)
class ModelErrors:
    """Job: error of a model with replaced multiplications.

    Parameters
    ----------
    sha256 : str
        SHA-256 of the model's files, which stands for them.
    sentences : tuple of str
        Input sentences.
    scope : str
        Products that are replaced, `attention` or `all`.
    replacement : Replacement
        Replacement of the multiplication.
    folder : Path
        Folder of the model.
    """

    sha256: str
    sentences: tuple[str, ...]
    scope: str
    replacement: Replacement
    folder: Path = field(repr=False, compare=False)

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`; most where linear layers are replaced."""
        return 5000 if self.scope == "all" else 1000

    def run(self, context: NoContext) -> AttentionError:
        """Run the model and compare it with float32."""
        return reference(self.folder, self.sentences).error(self.replacement, self.scope)


@dataclass(frozen=True)
class HeadErrors:
    """Job: error of one attention head with replaced multiplications.

    Parameters
    ----------
    sha256 : str
        SHA-256 of Q, K and V, which stands for them.
    replacement : Replacement
        Replacement of the multiplication.
    arrays : tuple of three arrays
        Q, K and V, (..., tokens, features).
    """

    sha256: str
    replacement: Replacement
    arrays: tuple[Float32s, Float32s, Float32s] = field(repr=False, compare=False)

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 100

    def run(self, context: NoContext) -> AttentionError:
        """Compute the attention output and compare it with float32."""
        return qkv_error(self.replacement, *self.arrays)


@lru_cache(maxsize=1)
def reference(folder: Path, sentences: tuple[str, ...]) -> Reference:
    """Run a model in float32, once per process."""
    return Reference(Encoder(folder), sentences)
