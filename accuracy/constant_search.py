"""Search for the constant of an adder, and the output gain, with the least error of products."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from lmul.accuracy.distributions import Distribution, drawn
from lmul.accuracy.unbounded import MOST_BITS, Cut, adder, checked_operands, cut_to_format, largest_scale
from lmul.golden.codes import as_float64
from lmul.golden.formats import Format
from lmul.golden.types import Floats

PAIRS = 1 << 16
"""Number of products in a search."""

_SEED = 2410_00908  # not that of the studies, which judge the fit on other operands
_STEPS = 33  # constants that are tried at a time


class Objective(StrEnum):
    """Error measure to minimise."""

    MEAN = "mean"  # |relative error|
    NMSE = "nmse"  # sum of squared errors over the sum of squared products


@dataclass(frozen=True)
class Best:
    """Best constant for some operands.

    Attributes
    ----------
    constant : float
        Constant D / 2^M, from 0 to 1.
    gain : float
        Best factor of products along with this constant; 1 without a gain.
    error : float
        Mean |relative error| or NMSE with this constant and gain.
    """

    constant: float
    gain: float
    error: float

    def d(self, format: Format) -> int:
        """Return the constant in mantissa LSBs of a format."""
        return round(self.constant * format.hidden_one)


def best_constant(
    format: Format,
    operands: Distribution | tuple[ArrayLike, ArrayLike],
    objective: Objective = Objective.NMSE,
    with_gain: bool = True,
    cut: Cut = Cut.ROUNDED,
) -> Best:
    """Find the D of a format, 0 to 2^M - 1, whose products are nearest to those of the uncoded operands.

    Products of independent operands of mean 0 are as accurate as their sums, so this D and gain also suit dot products
    of such operands. With a gain D may be large: a constant near 1 doubles the product of a constant near 0.

    Parameters
    ----------
    format : Format
        Format of both operands; subnormal codes count as zero.
    operands : Distribution, or two arrays of one shape
        x and y. Each side is scaled by the largest power of two that leaves nothing above TOP.
    objective : Objective
        Error measure to minimise.
    with_gain : bool
        Sums are multiplied by a gain afterwards, as by an output scale.
    cut : Cut
        Reduction of operands to codes.

    Raises
    ------
    TypeError, ValueError
        The operands are not valid.
    """
    return search_for(format, operands, objective, with_gain, cut).least(format.hidden_one)


def search_for(
    format: Format,
    operands: Distribution | tuple[ArrayLike, ArrayLike],
    objective: Objective = Objective.NMSE,
    with_gain: bool = True,
    cut: Cut = Cut.ROUNDED,
) -> "Search":
    """Build the search of `best_constant`, which has the same arguments and errors."""
    if isinstance(operands, Distribution):
        x, y = drawn(operands, _SEED, (PAIRS,))
    else:
        x, y = (
            checked_operands(name, as_float64(np.asarray(side)))
            for name, side in zip(("x", "y"), operands, strict=True)
        )
        if x.shape != y.shape:
            raise ValueError(f"x and y must have one shape, not {x.shape} and {y.shape}")
    for name, side in (("x", x), ("y", y)):
        if not side.any():
            raise ValueError(f"{name} must have an element that is not zero")
    cut_x, cut_y = (_coded(side.ravel(), format, cut) for side in (x, y))
    return Search(cut_x, cut_y, x.ravel() * y.ravel(), objective, with_gain)


class Search:
    """Search for the best constant on pairs of operands.

    Parameters
    ----------
    x, y : array of float64
        Operands of the adder, cut to codes.
    true : array of float64
        True products.
    objective : Objective
        Error measure to minimise.
    with_gain : bool
        Products may be multiplied by a gain.

    Raises
    ------
    ValueError
        Every product is zero.
    """

    def __init__(self, x: Floats, y: Floats, true: Floats, objective: Objective, with_gain: bool = False) -> None:
        some = (true != 0) & np.isfinite(true)
        if not some.any() or not (x * y)[some].any():
            raise ValueError("x and y must have a product that is not zero")
        x, y, true = x[some], y[some], true[some]
        # The adder's bit pattern with a constant is its pattern without one, plus the constant.
        self._pattern = np.abs(adder(x, y)).view(np.int64)
        self._zero = (x == 0) | (y == 0)
        self._inverse = np.sign(x * y) / true
        self._weight = (true / np.abs(true).max()) ** 2
        self._objective, self._with_gain = objective, with_gain

    def at(self, constant: float) -> Best:
        """Evaluate a constant."""
        pattern = self._pattern + np.int64(round(constant * (1 << MOST_BITS)))
        ratio = np.where(self._zero, 0.0, pattern.view(np.float64) * self._inverse)
        gain = 1.0
        if self._objective is Objective.NMSE:
            if self._with_gain:
                gain = float((ratio * self._weight).sum() / (ratio**2 * self._weight).sum())
            error = ((gain * ratio - 1) ** 2 * self._weight).sum() / self._weight.sum()
        else:
            if self._with_gain:
                gain = _weighted_median(ratio)
            error = np.abs(gain * ratio - 1).mean()
        return Best(constant, gain, float(error))

    def least(self, places: int | None = None) -> Best:
        """Find the best constant from 0 to 1, 1 excluded.

        Constants are tried at even distances, then at smaller ones around the best so far.

        Parameters
        ----------
        places : int or None
            The constant is a multiple of 1 / `places`, or of 2^-20 if None.
        """
        last = (places or 1 << 20) - 1
        low, high = 0, last
        while True:
            step = max(-(-(high - low) // (_STEPS - 1)), 1)
            tried = [self.at(n / (last + 1)) for n in range(low, high + 1, step)]
            best = min(tried, key=lambda each: (each.error, each.constant))
            if step == 1:
                return best
            middle = round(best.constant * (last + 1))
            low, high = max(middle - step, 0), min(middle + step, last)


def _weighted_median(ratio: Floats) -> float:
    """Find the factor g with the least sum of |g r - 1|: the median of 1 / r, each with the weight r."""
    kept = ratio[ratio > 0]
    inverse = np.sort(1 / kept)
    weight = np.cumsum(1 / inverse)
    return float(inverse[np.searchsorted(weight, weight[-1] / 2)])


def _coded(values: Floats, format: Format, cut: Cut) -> Floats:
    """Round values to scaled codes of a format; subnormal ones become zero, as in flush units."""
    exponent = largest_scale(values, format)
    coded = cut_to_format(np.ldexp(values, exponent), format, cut)
    flushed: Floats = np.where(np.abs(coded) < 2.0 ** (1 - format.bias), 0.0, coded)
    return np.ldexp(flushed, -exponent)
