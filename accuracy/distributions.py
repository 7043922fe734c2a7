"""Distributions of a study's operands."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from lmul.golden.types import Floats


class Distribution(StrEnum):
    """Distribution of the operands' elements, which are independent."""

    GAUSSIAN = "gaussian"
    LAPLACE = "laplace"
    STUDENT = "student"  # t with 4 degrees of freedom
    OUTLIERS = "outliers"  # Gaussian, but one element in 100, at random, has a deviation of 20
    UNIFORM = "uniform"  # from 0 to 1: positive, so that a bias of products shows in every sum
    MANTISSA = "mantissa"  # from 1 to 2: all mantissas alike, one exponent


SIGNED = (Distribution.GAUSSIAN, Distribution.LAPLACE, Distribution.STUDENT, Distribution.OUTLIERS)
"""Distributions with mean 0."""

_DRAW: dict[Distribution, Callable[[np.random.Generator, tuple[int, ...]], Floats]] = {
    Distribution.GAUSSIAN: lambda rng, shape: rng.standard_normal(shape),
    Distribution.LAPLACE: lambda rng, shape: rng.laplace(size=shape),
    Distribution.STUDENT: lambda rng, shape: rng.standard_t(4, size=shape),
    Distribution.OUTLIERS: lambda rng, shape: rng.standard_normal(shape) * np.where(rng.random(shape) < 0.01, 20, 1),
    Distribution.UNIFORM: lambda rng, shape: rng.random(shape),
    Distribution.MANTISSA: lambda rng, shape: 1 + rng.random(shape),
}


def drawn(distribution: Distribution, seed: int, shape: tuple[int, ...]) -> Floats:
    """Draw operands x and y, (2, *shape); the same seed gives the same ones.

    Raises
    ------
    TypeError
        The argument is not a `Distribution`.
    """
    if not isinstance(distribution, Distribution):
        raise TypeError(f"distribution must be a Distribution, not {distribution!r}")
    return _DRAW[distribution](np.random.default_rng(seed), (2, *shape))
