"""Accumulation of a block of sums, product by product in the order of k."""

import numpy as np

from lmul.golden.accumulators import DotParameters
from lmul.golden.dot import terms
from lmul.golden.dot.blocks import Block, Operands, chunks
from lmul.golden.dot.rounding import added
from lmul.golden.types import Array, Flags, Floats, Integers


def floating(parameters: DotParameters, operands: Operands, sums: Floats) -> tuple[Floats, Flags]:
    """Add products to `sums` in floating point; tell where a product or a sum was above TOP."""
    function, saturated = terms.floating(parameters), np.zeros(sums.shape, bool)
    for x, y in chunks(operands, sums.size):
        values, above = function(x, y)
        saturated |= above.any(axis=0)
        for value in values:
            sums, over = added(parameters.float_format, sums, value)
            saturated |= over
    return sums, saturated


def fixed(parameters: DotParameters, operands: Operands, sums: Array) -> tuple[Array, Flags]:
    """Add products to `sums` in the fixed accumulator; no sum saturates."""
    function, limbs = terms.fixed(parameters), list[Array]()
    for x, y in chunks(operands, sums.size):
        limbs = terms.plus(limbs, function(x, y))
    return sums + terms.whole(limbs), np.zeros(sums.shape, bool)


def anchored(
    parameters: DotParameters, operands: Operands, sums: Array, anchors: Integers, saturate: bool, block: Block
) -> tuple[Array, Flags]:
    """Add products to `sums` in the anchored accumulator; tell where a product was above the anchor."""
    function, limbs = terms.normalised(parameters), list[Array]()
    saturated, k = np.zeros(sums.shape, bool), 0
    for x, y in chunks(operands, sums.size):
        sign, leading, exponent = function(x, y)
        below = anchors - exponent
        if below.min() < 0:
            if not saturate:
                first = tuple(int(i) for i in np.argwhere(below < 0)[0])
                index = [s.start + i for s, i in zip(block, first[1:], strict=True)][1:]
                raise ValueError(
                    f"anchor must be at least {exponent[first]}, the exponent of product {k + first[0]} of sum "
                    f"{index}, not {anchors[first[1:]]}"
                )
            saturated |= (below < 0).any(axis=0)
        limbs = terms.plus(limbs, terms.anchored(parameters, sign, leading, below))
        k += len(exponent)
    return sums + terms.whole(limbs), saturated
