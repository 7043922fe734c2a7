"""Error measures of computed values against true ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Errors:
    """Error measures of computed values against true ones, over the pairs whose true value is finite.

    Relative measures leave out pairs whose true value is zero.

    Attributes
    ----------
    count : int
        Pairs whose true value is finite and not zero.
    mean : float
        Mean |relative error|.
    bias : float
        Mean relative error; positive where values come out too large in size.
    largest : float
        Largest |relative error|.
    nmse : float
        Sum of squared errors over the sum of squared true values.
    rms : float
        Root of the mean squared relative error.
    """

    count: int
    mean: float
    bias: float
    largest: float
    nmse: float
    rms: float


def errors(computed: ArrayLike, true: ArrayLike) -> Errors:
    """Compare two arrays of one shape. All measures are NaN if there is nothing to compare.

    Raises
    ------
    ValueError
        The shapes differ.
    """
    got: NDArray[np.float64] = np.asarray(computed, np.float64)
    want: NDArray[np.float64] = np.asarray(true, np.float64)
    if got.shape != want.shape:
        raise ValueError(f"computed must have the shape of true, {want.shape}, not {got.shape}")
    finite = np.isfinite(want)
    got, want = got[finite], want[finite]
    some = want != 0
    if not some.any():
        return Errors(0, *[float("nan")] * 5)
    relative = got[some] / want[some] - 1
    # Scaled first, so that squares of very small or large values neither vanish nor overflow.
    scale = np.abs(want).max()
    nmse = (((got - want) / scale) ** 2).sum() / ((want / scale) ** 2).sum()
    sizes = np.abs(relative)
    rms = float(np.sqrt((relative**2).mean()))
    return Errors(int(some.sum()), float(sizes.mean()), float(relative.mean()), float(sizes.max()), float(nmse), rms)


def fitted_gain(computed: ArrayLike, true: ArrayLike) -> float:
    """Return the factor of computed values with the least sum of squared errors; 1 if all of them are zero."""
    got, want = (np.asarray(values, np.float64).ravel() for values in (computed, true))
    square = float(got @ got)
    return float(got @ want) / square if square else 1.0
