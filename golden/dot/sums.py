"""Dot products and matrix products of codes, bit for bit those of the hardware."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.codes import Codes, checked_codes, decode, encode
from lmul.golden.dot import adding, terms
from lmul.golden.dot.arguments import (
    Shape,
    broadcast,
    checked_anchor,
    checked_matrices,
    checked_shape,
    checked_start,
)
from lmul.golden.dot.blocks import blocks, within
from lmul.golden.dot.rounding import from_integers, narrowed
from lmul.golden.dot.separable import separated
from lmul.golden.formats import Format
from lmul.golden.logarithms import normalised
from lmul.golden.types import Array, Flags, Floats, Integers


@dataclass(frozen=True)
class Sums:
    """Sums of products.

    Attributes
    ----------
    codes : array of int64, of Python's int, or of uint32
        Integer accumulators, signed: int64 up to 63 bits, else objects. For a floating-point
        accumulator, or sums rounded to the output format: codes, uint32.
    saturated : array of bool
        Sums in which a product or a partial sum exceeded the range, at any step.
    """

    codes: Array
    saturated: Flags

    def values(self, parameters: DotParameters, anchor: ArrayLike | None = None) -> Floats:
        """Decode the sums to float64, rounded once if that does not hold them.

        Parameters
        ----------
        parameters : DotParameters
            Parameters of the sums.
        anchor : int or array of int, or None
            Anchor of the sums.

        Raises
        ------
        TypeError, ValueError
            The anchor is not valid, or is missing.
        """
        format = parameters.output or parameters.format
        if format is not None:
            return decode(format, self.codes)
        lsb = lsb_exponents(parameters, checked_anchor(parameters, anchor, self.codes.shape))
        with np.errstate(over="ignore", under="ignore"):
            values: Floats = np.ldexp(self.codes.astype(np.float64), lsb.astype(np.int32))
        return values

    def fractions(self, parameters: DotParameters, anchor: ArrayLike | None = None) -> Array:
        """Convert the sums to Fraction, exactly. Arguments and errors are those of `values`."""
        format = parameters.output or parameters.format
        if format is not None:
            return np.asarray(np.frompyfunc(Fraction, 1, 1)(self.values(parameters)), object)
        lsb = lsb_exponents(parameters, checked_anchor(parameters, anchor, self.codes.shape))
        exact = np.frompyfunc(lambda n, place: int(n) * Fraction(2) ** int(place), 2, 1)
        return np.asarray(exact(self.codes, lsb), object)


def dot_product(
    parameters: DotParameters,
    x: ArrayLike,
    y: ArrayLike,
    anchor: ArrayLike | None = None,
    saturate: bool = False,
    start: Sums | ArrayLike | None = None,
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

    Raises
    ------
    TypeError
        Codes, anchor or start are no integers.
    ValueError
        An operand is no code of its format, shapes do not fit, K is above the depth of an integer accumulator, the
        anchor is missing or superfluous, or a product is above it.
    """
    p = parameters.product
    left, right = checked_codes("x", p.format, x), checked_codes("y", p.y_format, y)
    shape = checked_shape(parameters, left.shape, right.shape)
    anchors = checked_anchor(parameters, anchor, shape)
    held, saturated = begun(parameters, start, shape)
    # The axis of terms comes first, so that each step adds whole arrays. An axis of length 1 serves a single sum.
    left, right = (np.moveaxis(each[(None,) * (len(shape) + 2 - each.ndim)], -1, 0) for each in (left, right))
    held, anchors, saturated = held[None], anchors[None], saturated[None]
    for block in blocks(held.shape):
        operands = left[:, *within(left.shape[1:], block)], right[:, *within(right.shape[1:], block)]
        match parameters.kind:
            case AccumulatorKind.FLOATING:
                sums, over = adding.floating(parameters, operands, held[block])
            case AccumulatorKind.FIXED:
                sums, over = adding.fixed(parameters, operands, held[block])
            case AccumulatorKind.ANCHORED:
                sums, over = adding.anchored(parameters, operands, held[block], anchors[block], saturate, block)
        held[block], saturated[block] = sums, saturated[block] | over
    return leaving(parameters, held, saturated, anchors, shape)


def matmul(
    parameters: DotParameters,
    a: ArrayLike,
    b: ArrayLike,
    anchor: ArrayLike | None = None,
    saturate: bool = False,
    start: Sums | ArrayLike | None = None,
) -> Sums:
    """Multiply matrices a (..., M, K) and b (..., K, N) to sums (..., M, N); else as `dot_product`.

    For the accumulator `fixed` the sums are products of float64 matrices if those are exact: see `separable`. Memory
    beyond operands and result is bounded.
    """
    left, right = checked_matrices(parameters, a, b)
    # Make k the last axis of b, for speed.
    columns = np.ascontiguousarray(np.swapaxes(right, -1, -2))
    x, y = left[..., :, None, :], columns[..., None, :, :]
    way = separated(parameters, left, columns) if parameters.kind is AccumulatorKind.FIXED else None
    if way is None:
        return dot_product(parameters, x, y, anchor, saturate, start)
    shape = checked_shape(parameters, x.shape, y.shape)
    anchors = checked_anchor(parameters, anchor, shape)
    held, saturated = begun(parameters, start, shape)
    way.add_to(held, left, columns)
    return leaving(parameters, held, saturated, anchors, shape)


def begun(parameters: DotParameters, start: Sums | ArrayLike | None, shape: Shape) -> tuple[Array, Flags]:
    """Return writable initial accumulators, and where they have saturated."""
    codes, before = (start.codes, start.saturated) if isinstance(start, Sums) else (start, False)
    held = checked_start(parameters, 0 if codes is None else codes, shape)
    return held, broadcast("start", np.asarray(before), shape).copy()


def least_anchor(parameters: DotParameters, a: ArrayLike, b: ArrayLike) -> int:
    """Return the least anchor that no product of `matmul` exceeds: the largest biased exponent.

    Products of zero do not count. If all are zero, it is the least exponent that a product can have.

    Raises
    ------
    TypeError, ValueError
        See `matmul`.
    """
    p = parameters.product
    left, right = checked_matrices(parameters, a, b)
    largest = parameters.lowest_exponent
    # Among operands that have the same correction the larger product is that of the larger operand.
    rows, columns = _largest(parameters, p.format, left, -2), _largest(parameters, p.y_format, right, -1)
    for x, y in product(rows, columns):
        largest = max(largest, int(terms.exponent(parameters, x, y).max(initial=largest)))
    return largest


def _largest(parameters: DotParameters, format: Format, codes: Codes, axis: int) -> Iterator[Codes]:
    """Yield the largest magnitude codes along an axis for each index into the correction table; 0 if there are none."""
    m, t = parameters.product.result.mantissa_bits, parameters.product.table_bits
    magnitude = codes & (format.sign_bit - 1)
    if t == 0:  # one entry
        yield magnitude.max(axis=axis, initial=0)
        return
    number = normalised(format, magnitude.astype(np.int64)) if parameters.product.subnormals else magnitude
    index = (number << (m - format.mantissa_bits) & ((1 << m) - 1)) >> (m - t)
    for i in range(1 << t):
        yield np.where(index == i, magnitude, 0).max(axis=axis, initial=0)


def leaving(parameters: DotParameters, held: Array, saturated: Flags, anchors: Integers, shape: Shape) -> Sums:
    """Check the range of integer accumulators, round to the output format, and return the sums."""
    if parameters.kind.is_integer:
        largest = 1 << (parameters.width - 1)
        wrong = (held < -largest) | (held >= largest)
        if wrong.any():
            raise ValueError(
                f"start must keep the sums within the {parameters.width} bits of the accumulator, not lead to "
                f"{held[wrong].flat[0]}"
            )
    format = parameters.output or parameters.format
    if format is None:
        return Sums(held.reshape(shape), saturated.reshape(shape))
    if parameters.output is not None:
        # Adding 0 makes +0 of -0.
        exact = from_integers(held, lsb_exponents(parameters, anchors)) if parameters.kind.is_integer else held + 0.0
        held, above = narrowed(parameters.output, exact)
        saturated = saturated | above
    return Sums(encode(format, held).reshape(shape), saturated.reshape(shape))


def lsb_exponents(parameters: DotParameters, anchors: Integers) -> Integers:
    """Return the binary exponent of the weight of an integer accumulator's unit, for each sum."""
    if parameters.kind.has_anchor:
        return anchors + parameters.anchored_lsb(0)
    return np.full(anchors.shape, parameters.lsb)
