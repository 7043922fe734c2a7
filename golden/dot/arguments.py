"""Checks of the arguments of dot products."""

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import Codes, checked_codes, decode
from lmul.golden.dot.rounding import NARROW
from lmul.golden.types import Array, Integers

Shape = tuple[int, ...]

ANCHORS = range(-2047, 2048)
"""Range of anchors."""


def checked_matrices(parameters: DotParameters, a: ArrayLike, b: ArrayLike) -> tuple[Codes, Codes]:
    """Check the codes of a (..., M, K) and b (..., K, N), and return them."""
    p = parameters.product
    left, right = checked_codes("a", p.format, a), checked_codes("b", p.y_format, b)
    if min(left.ndim, right.ndim) < 2 or left.shape[-1] != right.shape[-2]:
        raise ValueError(f"shapes must be (..., M, K) and (..., K, N), not {left.shape} and {right.shape}")
    return left, right


def checked_shape(parameters: DotParameters, x: Shape, y: Shape) -> Shape:
    """Check the shapes of the operands, and return the shape of the sums."""
    if not x or not y or x[-1] != y[-1]:
        raise ValueError(f"shapes of x and y must be (..., K) with one K, not {x} and {y}")
    if x[-1] < 1 or (parameters.kind.is_integer and x[-1] > parameters.depth):
        most = f"1 to {parameters.depth}" if parameters.kind.is_integer else "at least 1"
        raise ValueError(f"K must be {most} for the accumulator {parameters.accumulator}, not {x[-1]}")
    try:
        return np.broadcast_shapes(x[:-1], y[:-1])
    except ValueError:
        raise ValueError(f"shapes of x and y must broadcast but for K, not {x} and {y}") from None


def checked_anchor(parameters: DotParameters, anchor: ArrayLike | None, shape: Shape) -> Integers:
    """Check the anchor, and return one for each sum; zeros if there is none."""
    if not parameters.kind.has_anchor:
        if anchor is not None:
            raise ValueError(f"anchor must be left out unless the accumulator is anchored, not {anchor!r}")
        return np.broadcast_to(np.int64(0), shape)
    if anchor is None:
        raise ValueError("anchor must be given for the accumulator anchored, not None")
    array = np.asarray(anchor)
    if array.dtype.kind not in "ui":
        raise TypeError(f"anchor must be an integer, not {anchor!r}")
    wrong = (array < ANCHORS[0]) | (array > ANCHORS[-1])
    if wrong.any():
        raise ValueError(f"anchor must be {ANCHORS[0]} to {ANCHORS[-1]}, not {array[wrong].flat[0]}")
    return broadcast("anchor", array.astype(np.int64), shape)


def checked_start(parameters: DotParameters, start: ArrayLike, shape: Shape) -> Array:
    """Check the initial accumulators: integers, or the numbers of codes. Return a writable copy."""
    format = parameters.format
    if format is not None:
        array = checked_codes("start", format, start)
        magnitude = array & (format.sign_bit - 1)
        wrong = (magnitude > format.top) | ((magnitude < format.hidden_one) & (magnitude > 0))
        if wrong.any():
            raise ValueError(f"start must be codes of zeros and normal numbers ({format}), not {array[wrong].flat[0]}")
        return broadcast("start", decode(format, array), shape).copy()
    array = np.asarray(start)
    if array.dtype.kind not in "uiO" or not all(isinstance(n, int) for n in array.flat if array.dtype == object):
        raise TypeError(f"start must be integers, not {array.dtype}")
    exact = array.astype(object)
    wrong = np.asarray(abs(2 * exact + 1) > 1 << parameters.width)
    if wrong.any():
        raise ValueError(f"start must fit the {parameters.width} bits of the accumulator, not {exact[wrong].flat[0]}")
    held = exact if parameters.width > NARROW else exact.astype(np.int64)
    return broadcast("start", held, shape).copy()


def broadcast(what: str, array: Array, shape: Shape) -> Array:
    """Broadcast an array to the shape of the sums, read-only."""
    try:
        return np.broadcast_to(array, shape)
    except ValueError:
        raise ValueError(f"{what} must broadcast to the sums, {shape}, not {array.shape}") from None
