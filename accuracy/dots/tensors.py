"""Dot products of the user's own tensors, as a condition of the studies of total error."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from lmul.accuracy.unbounded import checked_operands
from lmul.golden.block_scaling import BLOCK
from lmul.golden.codes import as_float64
from lmul.golden.types import Floats


@dataclass(frozen=True)
class Tensors:
    """Two tensors that are multiplied along their last axes, such as activations (tokens, K) and weights (outputs, K).

    Attributes
    ----------
    value : str
        Name of both, such as `activations x weights`.
    sha256 : str
        Hash of both, which stands for them in comparisons.
    x, y : array of float64, (rows, K)
        Rows to draw from.
    """

    value: str
    sha256: str
    x: Floats = field(repr=False, compare=False)
    y: Floats = field(repr=False, compare=False)

    @classmethod
    def of(cls, name: str, x: ArrayLike, y: ArrayLike) -> "Tensors":
        """Take two arrays (..., K) of one K.

        Raises
        ------
        TypeError, ValueError
            An array is not of numbers of `accuracy.unbounded.EXPONENTS`, or has no last axis, or is all zeros, or
            the last axes differ.
        """
        sides, digest = [], hashlib.sha256()
        for what, values in (("x", x), ("y", y)):
            array = checked_operands(what, as_float64(np.asarray(values)))
            if array.ndim == 0 or not array.any():
                raise ValueError(f"{what} must have the shape (..., K) and a number that is not zero")
            digest.update(f"{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
            sides.append(array.reshape(-1, array.shape[-1]))
        if sides[0].shape[1] != sides[1].shape[1]:
            raise ValueError(
                f"x and y must have last axes of one length, not {sides[0].shape[1]} and {sides[1].shape[1]}"
            )
        return cls(name, digest.hexdigest(), *sides)

    def drawn(self, seed: int, shape: tuple[int, int]) -> Floats:
        """Draw pairs of rows, and of both rows the same neighbours: (2, count, terms), or (2, count, K) if K is less.

        The neighbours begin where a block of `BLOCK` does.
        """
        rng, (count, terms) = np.random.default_rng(seed), shape
        terms = min(terms, self.x.shape[1])
        starts = rng.integers((self.x.shape[1] - terms) // BLOCK + 1, size=count) * BLOCK
        places = starts[:, None] + np.arange(terms)
        sides = (side[rng.integers(len(side), size=count)[:, None], places] for side in (self.x, self.y))
        return np.stack(list(sides))
