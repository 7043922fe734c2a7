"""Sums of block-scaled operands in one anchored accumulator: the scales move each block's anchor."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.golden.accumulators import DotParameters
from lmul.golden.dot.arguments import ANCHORS, Shape, checked_anchor, checked_shape
from lmul.golden.dot.sums import Sums, dot_product
from lmul.golden.types import Flags, Integers

E8M0_BIAS = 127
"""What a code of the scale format E8M0 (OCP's MX 1.0, section 5.4.1) has more than the exponent of its power of two."""

E8M0_NAN = 255
"""The code of E8M0 that is NaN."""


def encode_e8m0(exponents: ArrayLike) -> NDArray[np.uint8]:
    """Return the E8M0 codes of powers of two, given by their exponents, -127 to 127.

    Raises
    ------
    TypeError, ValueError
        An exponent is no integer, or out of the range.
    """
    array = np.asarray(exponents)
    if array.dtype.kind not in "ui" and array.size:
        raise TypeError(f"exponents must be integers, not {array.dtype}")
    array = array.astype(np.int64)  # abs(-128) is -128 in int8
    wrong = abs(array) > E8M0_BIAS
    if wrong.any():
        raise ValueError(f"exponents must be {-E8M0_BIAS} to {E8M0_BIAS} for e8m0, not {array[wrong].flat[0]}")
    return (array + E8M0_BIAS).astype(np.uint8)


def scaled_sums(
    parameters: DotParameters,
    x: ArrayLike,
    y: ArrayLike,
    x_scales: ArrayLike,
    y_scales: ArrayLike,
    anchor: ArrayLike,
    saturate: bool = False,
) -> tuple[Sums, Flags]:
    """Sum products over all blocks in one anchored accumulator; a block's exponents are higher by those of its scales.

    Parameters
    ----------
    parameters : DotParameters
        Formats, method and the accumulator, which is anchored, without an output format.
    x, y : array of int, (..., B, K)
        Codes of B blocks of K terms; the other axes broadcast. B K is at most the depth.
    x_scales, y_scales : array of int, (..., B)
        E8M0 codes of the scales: code c is 2^(c - 127). NaN counts as 2^128, as its bits spell.
    anchor : int or array of int
        Biased exponent that no product exceeds, times its scales; broadcasts to the sums.
    saturate : bool
        As of `dot_product`.

    Returns
    -------
    Sums, array of bool
        The sums, (...), and which of them have a scale that is NaN.

    Raises
    ------
    TypeError, ValueError
        See `dot_product`; or the accumulator is another one, or there are more than `parameters.depth` terms.
    """
    if not parameters.kind.has_anchor or parameters.output is not None:
        raise ValueError(f"accumulator must be anchored, without an output, for scaled sums, not {parameters.name}")
    left, right = np.asarray(x), np.asarray(y)
    if min(left.ndim, right.ndim) < 2:
        raise ValueError(f"shapes of x and y must be (..., B, K), not {left.shape} and {right.shape}")
    shape = checked_shape(parameters, left.shape, right.shape)
    terms = shape[-1] * left.shape[-1]
    if not 1 <= terms <= parameters.depth:
        raise ValueError(f"K must be 1 to {parameters.depth} over all blocks, not {terms}")
    scales = [_checked(what, each, shape) for what, each in (("x_scales", x_scales), ("y_scales", y_scales))]
    anchors = checked_anchor(parameters, anchor, shape[:-1])[..., None] - (scales[0] + scales[1] - 2 * E8M0_BIAS)
    # Beyond these bounds, too, all products saturate, or none has a bit in the window.
    blocks = dot_product(parameters, left, right, np.clip(anchors, ANCHORS[0], ANCHORS[-1]), saturate)
    nan = np.broadcast_to((scales[0] == E8M0_NAN) | (scales[1] == E8M0_NAN), blocks.codes.shape).any(axis=-1)
    return Sums(blocks.codes.sum(axis=-1), np.asarray(blocks.saturated.any(axis=-1))), np.asarray(nan)


def _checked(what: str, scales: ArrayLike, shape: Shape) -> Integers:
    array = np.asarray(scales)
    if array.dtype.kind not in "ui":
        raise TypeError(f"{what} must be integer codes, not {array.dtype}")
    wrong = (array < 0) | (array > E8M0_NAN)
    if wrong.any():
        raise ValueError(f"{what} must be codes of e8m0, 0 to {E8M0_NAN}, not {array[wrong].flat[0]}")
    try:
        return np.broadcast_to(array.astype(np.int64), shape)
    except ValueError:
        raise ValueError(f"{what} must broadcast to the blocks, {shape}, not {array.shape}") from None
