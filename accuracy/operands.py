"""Pairs of operands that the studies share."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from lmul.accuracy.distributions import Distribution, drawn
from lmul.accuracy.unbounded import Cut, checked_operands, cut_to_bits, cut_to_format, largest_scale
from lmul.golden.codes import as_float64
from lmul.golden.formats import Format
from lmul.golden.types import Floats

PAIRS = 1 << 17
"""Default number of pairs."""


_SEED = 2410_00907


@dataclass(frozen=True)
class Pairs:
    """Pairs of operands, with more bits than any that they are cut to.

    Before either side is cut to a format it is multiplied with the largest power of two for which nothing saturates.

    Attributes
    ----------
    name : str
        Source of the operands.
    x, y : array of float64, one shape
        Operands.
    sha256 : str
        SHA-256 of both arrays, which stands for them in comparisons.
    """

    name: str
    x: Floats = field(repr=False, compare=False)
    y: Floats = field(repr=False, compare=False)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for side in (self.x, self.y):
            digest.update(f"{side.shape}".encode() + np.ascontiguousarray(side).tobytes())
        object.__setattr__(self, "sha256", digest.hexdigest())

    @cached_property
    def true(self) -> Floats:
        """Return the products of the uncut operands."""
        return self.x * self.y

    @classmethod
    def drawn(cls, distribution: Distribution, count: int = PAIRS) -> "Pairs":
        """Draw pairs from a distribution."""
        return cls(distribution.value, *drawn(distribution, _SEED, (count,)))

    @classmethod
    def sampled(cls, name: str, x: ArrayLike, y: ArrayLike, count: int = PAIRS) -> "Pairs":
        """Draw `count` random pairs of an element of x and one of y, two arrays of the user's.

        Raises
        ------
        TypeError, ValueError
            An array is empty or not of numbers, or has an element that is NaN, infinite, or very large or small.
        """
        rng, sides = np.random.default_rng(_SEED), []
        for what, values in (("x", x), ("y", y)):
            side = checked_operands(what, as_float64(np.asarray(values))).ravel()
            if not side.any():
                raise ValueError(f"{what} must have an element that is not zero")
            sides.append(side[rng.integers(side.size, size=count)])
        return cls(name, *sides)

    def cut_to(self, to: int | Format, cut: Cut) -> tuple[Floats, Floats]:
        """Cut both sides to mantissa bits or to a format."""
        x, y = (self._cut(side, to, cut) for side in (self.x, self.y))
        return x, y

    def _cut(self, side: Floats, to: int | Format, cut: Cut) -> Floats:
        if isinstance(to, int):
            return cut_to_bits(side, to, cut)
        exponent = largest_scale(side, to)
        scaled: Floats = np.ldexp(cut_to_format(np.ldexp(side, exponent), to, cut), -exponent)
        return scaled
