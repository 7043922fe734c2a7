"""Operands with one power-of-two scale a block: quantisation, and dot products."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import Codes, as_float64, checked_codes, decode, encode
from lmul.golden.dot.sums import dot_product, least_anchor
from lmul.golden.formats import Format
from lmul.golden.multiply import wide_product
from lmul.golden.parameters import Parameters
from lmul.golden.types import Floats, Integers

BLOCK = 32
"""Elements that share a scale, as in OCP's MX formats."""

_TABLE_BITS = 16  # products of operands that have so many bits together are looked up


class Rule(StrEnum):
    """Rule for the scale of a block, from its largest magnitude m; TOP is the format's largest number."""

    FLOOR = "floor"  # 2^(floor(log2 m) - floor(log2 TOP)), as in OCP's MX 1.0, section 6.3: values above TOP saturate
    FIT = "fit"  # the least one with m / scale <= TOP: nothing saturates


@dataclass(frozen=True)
class Scaled:
    """Numbers (..., K) as codes with a scale for each block along K; the last block may be shorter.

    Attributes
    ----------
    format : Format
        Format of the codes.
    codes : array of uint32, (..., K)
        One an element.
    exponents : array of int64, (..., ceil(K / block))
        Exponents of the scales: a code of block i means its number times 2^exponents[..., i].
    block : int
        Elements that share a scale.
    """

    format: Format
    codes: Codes
    exponents: Integers
    block: int = BLOCK

    def __post_init__(self) -> None:
        codes, exponents = checked_codes("codes", self.format, self.codes), np.asarray(self.exponents)
        if type(self.block) is not int or self.block < 1:
            raise ValueError(f"block must be an int of at least 1, not {self.block!r}")
        if codes.ndim == 0:
            raise ValueError("codes must have the shape (..., K), not ()")
        shape = (*codes.shape[:-1], -(-codes.shape[-1] // self.block))
        if exponents.dtype.kind not in "ui" or exponents.shape != shape:
            raise ValueError(
                f"exponents must be integers of the shape {shape}, not {exponents.dtype} {exponents.shape}"
            )

    @property
    def blocks(self) -> Codes:
        """Return the codes, (..., number of blocks, block), padded with zeros in the last block."""
        *rest, terms = self.codes.shape
        count = self.exponents.shape[-1]
        padding = [(0, 0)] * len(rest) + [(0, count * self.block - terms)]
        return np.pad(self.codes, padding).reshape(*rest, count, self.block)

    @property
    def values(self) -> Floats:
        """Decode to float64; subnormal codes count in full."""
        scales = np.repeat(self.exponents, self.block, axis=-1)[..., : self.codes.shape[-1]]
        return np.ldexp(decode(self.format, self.codes, reserved=False), scales.astype(np.int32))


def quantise(format: Format, values: ArrayLike, rule: Rule, block: int = BLOCK) -> Scaled:
    """Quantise numbers; each block along the last axis gets its scale by `rule`.

    A number is divided by the scale and rounded once, as by `encode`. A block of zeros has the scale 1. Exponents have
    no bounds but those of the formats and of float64; e8m0 holds -127 to 127. Scales are powers of two before they are
    stored, so no rule of rounding to e8m0 plays a part: ml_dtypes' rounds to the nearest, ties up, and makes 0 a NaN.

    Raises
    ------
    TypeError
        The values have a type that `encode` does not take, or the rule is not a `Rule`.
    ValueError
        A value is not finite, or there is no last axis, or `block` is not an int of at least 1.
    """
    exact = as_float64(np.asarray(values))
    if not isinstance(rule, Rule):
        raise TypeError(f"rule must be a Rule, not {rule!r}")
    if not np.isfinite(exact).all():
        index = [int(i) for i in np.argwhere(~np.isfinite(exact))[0]]
        raise ValueError(f"values must be finite, not {exact[tuple(index)]} (at index {index})")
    if exact.ndim == 0:
        raise ValueError("values must have the shape (..., K), not ()")
    if type(block) is not int or block < 1:
        raise ValueError(f"block must be an int of at least 1, not {block!r}")
    terms = exact.shape[-1]
    starts = np.arange(0, terms, block)
    largest = np.maximum.reduceat(np.abs(exact), starts, axis=-1) if terms else exact
    top = float(decode(format, format.top))
    exponents = np.frexp(largest)[1].astype(np.int64) - np.frexp(top)[1]
    if rule is Rule.FIT:
        exponents += np.ldexp(largest, -exponents) > top
    exponents = np.where(largest > 0, exponents, 0)
    scales = np.repeat(exponents, block, axis=-1)[..., :terms]
    return Scaled(format, encode(format, np.ldexp(exact, -scales)), exponents, block)


def scaled_anchor(parameters: DotParameters) -> int:
    """Return the least anchor that no product of two finite codes exceeds.

    With scaled operands no other is needed: the scales bring the largest codes of every block close to TOP.
    """
    p = parameters.product
    t = p.table_bits
    candidates = []
    for format in (p.format, p.y_format):
        # D depends only on the top t mantissa bits, so the largest code with each pattern of them is enough.
        low = max(format.mantissa_bits - t, 0)
        highest = [(((format.top >> low) - n) << low) | ((1 << low) - 1) for n in range(1 << t)]
        candidates.append(np.minimum(highest, format.top))
    return least_anchor(parameters, candidates[0][:, None], candidates[1][None, :])


def scaled_dot_product(
    product: Parameters,
    x: Scaled,
    y: Scaled,
    window: int | None = None,
    anchor: ArrayLike | None = None,
) -> Floats:
    """Sum products over the last axis: each block's sum times both its scales, over all blocks.

    This is what hardware does. One integer accumulator of `window` bits a block knows nothing of scales; they are
    applied once, to the block's sum. Sums of blocks are added in float64.

    Parameters
    ----------
    product : Parameters
        Formats and method of the products; the policy is flush.
    x, y : Scaled
        Operands of one K and one block.
    window : int or None
        W of the accumulator `anchored`; None for sums of whole products in float64.
    anchor : int or array of int, or None
        Anchor other than `scaled_anchor`, for a window; broadcast to (..., number of blocks).

    Raises
    ------
    TypeError, ValueError
        The operands do not fit the parameters or each other; see also `dot_product`.
    """
    if (x.format, y.format) != (product.format, product.y_format):
        raise ValueError(
            f"formats of x and y must be {product.format} and {product.y_format}, not {x.format} and {y.format}"
        )
    if x.block != y.block or x.codes.shape[-1] != y.codes.shape[-1]:
        raise ValueError(
            f"x and y must have one K and one block, not K = {x.codes.shape[-1]} in blocks of {x.block} "
            f"and K = {y.codes.shape[-1]} in blocks of {y.block}"
        )
    if window is None:
        if anchor is not None:
            raise ValueError(f"anchor must be left out without a window, not {anchor!r}")
        sums = _whole(product, x, y)
    else:
        parameters = DotParameters(product, Accumulator.ANCHORED, x.block, window)
        anchor = scaled_anchor(parameters) if anchor is None else anchor
        sums = dot_product(parameters, x.blocks, y.blocks, anchor).values(parameters, anchor)
    scales = (x.exponents + y.exponents).astype(np.int32)
    total: Floats = np.ldexp(sums, scales).sum(axis=-1)
    return total


def _whole(product: Parameters, x: Scaled, y: Scaled) -> Floats:
    """Sum the products of each block in float64, without an accumulator's truncation."""
    left, right = x.blocks, y.blocks
    if product.method.is_full:
        numbers = _numbers if product.subnormals or product.is_integer else _flushed
        products = numbers(x.format, left) * numbers(y.format, right)
    elif x.format.width + y.format.width > _TABLE_BITS:
        products = wide_product(product, left, right).value
    else:
        every = np.arange(1 << x.format.width)[:, None], np.arange(1 << y.format.width)
        products = wide_product(product, *every).value[left, right]
    sums: Floats = products.sum(axis=-1)
    return sums


def _numbers(format: Format, codes: Codes) -> Floats:
    """Decode codes; subnormals count in full."""
    return decode(format, codes, reserved=False)


def _flushed(format: Format, codes: Codes) -> Floats:
    """Decode codes as flush units read them: exponent field 0 is zero."""
    return np.where(codes & (format.sign_bit - 1) < format.hidden_one, 0.0, decode(format, codes, reserved=False))
