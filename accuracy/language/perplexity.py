"""Perplexity of a language model with replaced matrix products, and its confidence interval over blocks of text."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from lmul.accuracy.language.files import LanguageModel, read_model
from lmul.accuracy.language.variants import Variant
from lmul.tools.session import NoContext

_QUANTILES = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604)
"""Quantiles 0.975 of Student's t for 1 degree of freedom and more; above, by the normal quantile's expansion."""


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % confidence interval of the mean of numbers taken as independent, by Student's t.

    The quantile above 13 degrees of freedom n is z + (z^3 + z) / (4 n) + (5 z^5 + 16 z^3 + 3 z) / (96 n^2) +
    (3 z^7 + 19 z^5 + 17 z^3 - 15 z) / (384 n^3): M. Abramowitz and I. Stegun, Handbook of Mathematical Functions,
    26.7.5.

    Raises
    ------
    ValueError
        There are fewer than two numbers.
    """
    freedom = len(values) - 1
    if freedom < 1:
        raise ValueError(f"blocks must be at least 2 for an interval, not {len(values)}")
    z = 1.959963984540054
    more = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    more += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    quantile = _QUANTILES[freedom - 1] if freedom <= len(_QUANTILES) else more
    middle, half = float(np.mean(values)), quantile * float(np.std(values, ddof=1)) / (freedom + 1) ** 0.5
    return middle - half, middle + half


@dataclass(frozen=True)
class Losses:
    """Losses of a variant on a text.

    Attributes
    ----------
    variant : Variant
        What formed the products.
    blocks : tuple of float
        Mean loss of each block of text, in nats a token.
    """

    variant: Variant
    blocks: tuple[float, ...]

    @property
    def perplexity(self) -> float:
        """Return exp of the mean loss."""
        return float(np.exp(np.mean(self.blocks)))

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the 95 % confidence interval of the perplexity, over blocks of text."""
        low, high = interval(np.array(self.blocks))
        return float(np.exp(low)), float(np.exp(high))

    def ratio(self, other: "Losses") -> tuple[float, float, float]:
        """Return the ratio to another variant's perplexity, and its interval, by differences block for block."""
        differences = np.array(self.blocks) - np.array(other.blocks)
        low, high = interval(differences)
        return float(np.exp(differences.mean())), float(np.exp(low)), float(np.exp(high))


@dataclass(frozen=True)
class Perplexity:
    """Job: losses of a language model with replaced matrix products.

    Parameters
    ----------
    model, text : str
        SHA-256 of the model's files and of the tokens, which stand for them.
    variant : Variant
        What forms the products.
    path : Path
        File or folder of the model.
    tokens : array of int64, (blocks, length)
        Blocks of text.
    """

    model: str
    text: str
    variant: Variant
    path: Path = field(repr=False, compare=False)
    tokens: np.ndarray = field(repr=False, compare=False)

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`; most where all products are replaced."""
        return 3 * self.tokens.size if self.variant.everywhere else self.tokens.size

    def run(self, context: NoContext) -> Losses:
        """Run the model."""
        losses = model_at(self.path).llama.losses(self.tokens, self.variant.linear(), self.variant.attention())
        return Losses(self.variant, tuple(losses.mean(1, dtype=np.float64).tolist()))


@lru_cache(maxsize=1)
def model_at(path: Path) -> LanguageModel:
    """Read a model, once per process."""
    return read_model(path)
