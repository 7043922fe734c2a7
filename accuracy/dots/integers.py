"""Integers with block scales, as a rival of floating-point operands: quantisation, and exact dot products."""

from dataclasses import dataclass

import numpy as np

from lmul.golden.block_scaling import BLOCK, Rule
from lmul.golden.types import Floats

BITS = range(4, 9)
"""Bits of the integers that are compared."""


@dataclass(frozen=True)
class Integers:
    """Two's complement integers of n bits, -2^(n-1) unused, whose products and sums are exact.

    With n = 8 and the rule of OCP's MX 1.0 they are its MXINT8: numbers q / 2^(n-2), the largest just below 2.

    Parameters
    ----------
    bits : int
        n, 4 to 8.

    Raises
    ------
    ValueError
        n is another.
    """

    bits: int

    def __post_init__(self) -> None:
        if type(self.bits) is not int or self.bits not in BITS:
            raise ValueError(f"bits must be {BITS[0]} to {BITS[-1]}, not {self.bits!r}")

    @property
    def name(self) -> str:
        """Return the name, such as `int7`."""
        return f"int{self.bits}"

    def quantised(self, values: Floats, rule: Rule, block: int = BLOCK) -> Floats:
        """Round numbers (..., K) to integers with one power-of-two scale a block along K, and return what these mean.

        By `floor` the scale is 2^floor(log2 m) of the largest magnitude m, and what is above the largest number
        saturates; by `fit` it is the least with which nothing does.
        """
        terms = values.shape[-1]
        largest = np.maximum.reduceat(np.abs(values), np.arange(0, terms, block), axis=-1)
        top = (1 << (self.bits - 1)) - 1
        # m is 2^(e - 1) to 2^e, so that m / step has n - 1 bits before the point.
        exponents = np.frexp(largest)[1] - self.bits + 1
        if rule is Rule.FIT:
            exponents = exponents + (np.ldexp(largest, -exponents) > top)
        steps = np.repeat(exponents, block, axis=-1)[..., :terms]
        found: Floats = np.ldexp(np.clip(np.rint(np.ldexp(values, -steps)), -top, top), steps)
        return found

    def dot_products(self, operands: Floats, rule: Rule) -> Floats:
        """Sum the products of x and y, (2, ..., K), each quantised with scales of its own blocks."""
        x, y = (self.quantised(side, rule) for side in operands)
        sums: Floats = (x * y).sum(axis=-1)
        return sums
