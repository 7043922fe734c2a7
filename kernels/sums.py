"""Dot products and matrix products of codes, compiled where that is exact and worth while; else the golden model's.

Results, errors included, are those of `lmul.golden.dot.sums`, bit for bit. Without numba they are the model's own.
"""

import os

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.codes import checked_codes
from lmul.golden.dot import sums as golden
from lmul.golden.dot.arguments import ANCHORS, checked_anchor, checked_matrices, checked_shape
from lmul.golden.dot.sums import Sums
from lmul.kernels.work import Work


def matmul(
    parameters: DotParameters,
    a: ArrayLike,
    b: ArrayLike,
    anchor: ArrayLike | None = None,
    saturate: bool = False,
    start: Sums | ArrayLike | None = None,
    threads: int | None = None,
) -> Sums:
    """Multiply matrices a (..., M, K) and b (..., K, N) to sums (..., M, N); else as `dot_product`.

    Memory beyond operands and result is bounded.
    """
    count = _checked_threads(threads)
    left, right = checked_matrices(parameters, a, b)
    shape = checked_shape(parameters, left[..., :, None, :].shape, np.swapaxes(right, -1, -2)[..., None, :, :].shape)
    anchors = checked_anchor(parameters, anchor, shape)

    def fits() -> bool:
        return bool(golden.least_anchor(parameters, left, right) <= anchors.min(initial=ANCHORS[-1]))

    # For true products the model's own way, by products of float64 matrices, is as fast as those.
    p, fixed = parameters.product, parameters.kind is AccumulatorKind.FIXED
    best = fixed and parameters.full and not (p.subnormals or p.is_integer)
    work = None if best else Work.begun(parameters, left, right, left.shape[-1], anchors, start, fits)
    if work is not None:
        for index in np.ndindex(shape[:-2]):
            work.matrix(index, left, right, count)
        sums = work.ended(anchors, saturate)
        if sums is not None:
            return sums
    return golden.matmul(parameters, a, b, anchor, saturate, start)


def dot_product(
    parameters: DotParameters,
    x: ArrayLike,
    y: ArrayLike,
    anchor: ArrayLike | None = None,
    saturate: bool = False,
    start: Sums | ArrayLike | None = None,
    threads: int | None = None,
) -> Sums:
    """Sum the products x[..., k] y[..., k] over the last axis, in the order of k.

    Parameters
    ----------
    parameters : DotParameters
        Formats, method, accumulator and output.
    x, y : array of int, (..., K)
        Codes of the formats of the product; the other axes broadcast. Codes that a format reserves are numbers.
    anchor : int or array of int, or None
        Biased exponent that no product exceeds, for `anchored` only; broadcasts to the sums.
    saturate : bool
        A product above the anchor adds 2^W - 1 with its sign, as in hardware, instead of an error.
    start : Sums or array of int, or None
        Initial accumulators, before any output rounding, instead of 0; broadcasts to the sums.
    threads : int or None
        Threads to use; the default is one for each core. The sums do not depend on it.

    Raises
    ------
    TypeError
        Codes, anchor, start or threads are no integers.
    ValueError
        An operand is no code of its format, shapes do not fit, K is above the depth of an integer accumulator, the
        anchor is missing or superfluous, or a product is above it; or there are no threads.
    """
    count = _checked_threads(threads)
    p = parameters.product
    left, right = checked_codes("x", p.format, x), checked_codes("y", p.y_format, y)
    shape = checked_shape(parameters, left.shape, right.shape)
    anchors = checked_anchor(parameters, anchor, shape)

    work = Work.begun(parameters, left, right, left.shape[-1], anchors, start)
    if work is not None:
        work.pairs(left, right, count)
        sums = work.ended(anchors, saturate)
        if sums is not None:
            return sums
    return golden.dot_product(parameters, x, y, anchor, saturate, start)


def _checked_threads(threads: int | None) -> int:
    if threads is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if type(threads) is not int:
        raise TypeError(f"threads must be an int or None, not {threads!r}")
    if threads < 1:
        raise ValueError(f"threads must be at least 1, not {threads}")
    return threads
