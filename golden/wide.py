"""Products of matrices of codes as numbers, of any formats: not bit for bit what an accumulator holds."""

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.dot.arguments import checked_matrices
from lmul.golden.dot.rounding import Floats
from lmul.golden.dot.separable import factors, stand_ins
from lmul.golden.parameters import Parameters

_NUMBERS = 1 << 21  # in memory at a time


def wide_matmul(parameters: Parameters, a: ArrayLike, b: ArrayLike) -> Floats:
    """The sums of wide products of matrices a (..., M, K) and b (..., K, N), added in float64.

    Products are exact; sums are rounded as those of float64 are, in the order of BLAS.
    `lmul.golden.dot.sums.matmul` has sums bit for bit.

    Parameters
    ----------
    parameters : Parameters
        Formats and method; the policy is flush.
    a, b : array of int
        Codes of `parameters.format` and of `parameters.y_format`. Those that a format reserves are numbers.

    Raises
    ------
    TypeError, ValueError
        An operand is no code of its format, or shapes do not fit, or the parameters are none of a dot product.
    """
    dot = DotParameters(parameters, Accumulator.FP32)
    left, right = checked_matrices(dot, a, b)
    right = np.swapaxes(right, -1, -2)
    own, fields = factors(dot), [(1, (1 << f.exponent_bits) - 1) for f in (parameters.format, parameters.y_format)]
    shape = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    sums = np.zeros((*shape, left.shape[-2], right.shape[-2]))
    depth = left.shape[-1]
    terms = max(_NUMBERS * max(depth, 1) // max((left.size + right.size) * own.rank, 1), 1)
    for k in range(0, depth, terms):
        x = stand_ins(parameters.format, own.left, left[..., k : k + terms], fields[0])
        y = stand_ins(parameters.y_format, own.right, right[..., k : k + terms], fields[1])
        sums += x.reshape(*x.shape[:-2], -1) @ np.swapaxes(y.reshape(*y.shape[:-2], -1), -1, -2)
    return np.ldexp(sums, own.exponent + 2)
