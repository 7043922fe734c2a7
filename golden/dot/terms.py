"""Products in the form in which an accumulator adds them.

An integer is a tuple of limbs: int64 arrays, limb j in units of 2^(32 j), all with the sign of the whole. Where the
accumulator has at most 63 bits it is one limb, of any size.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from lmul.golden.accumulators import DotParameters
from lmul.golden.dot.rounding import NARROW, limits
from lmul.golden.multiply import WideProduct, wide_product
from lmul.golden.types import Array, Flags, Integers

Function = Callable[[Array, Array], tuple[Array, ...]]

LIMB = 32
"""Bits of a limb: 2^31 of them can be added."""

NOWHERE = -(1 << 20)
"""The exponent of a zero product: below every anchor by more than any window."""

_TABLE_BITS = 16  # products of operands that have so many bits together are looked up
_MASK = (1 << LIMB) - 1


@lru_cache(maxsize=8)
def fixed(parameters: DotParameters) -> Function:
    """Build a function of codes x and y: the product in LSBs of the fixed accumulator, as limbs."""
    count = 1 if parameters.width <= NARROW else -(-parameters.width // LIMB)

    def addends(x: Array, y: Array) -> tuple[Array, ...]:
        product = _product(parameters, x, y)
        shift = np.where(product.zero, 0, product.exponent - parameters.lsb)
        if count == 1:
            magnitude = product.significand << np.maximum(shift, 0) >> np.maximum(-shift, 0)
            return (_signed(product.negative, magnitude),)
        return tuple(_signed(product.negative, _limb(product.significand, LIMB * j - shift)) for j in range(count))

    return _tabulated(parameters, addends)


@lru_cache(maxsize=8)
def normalised(parameters: DotParameters) -> Function:
    """Build a function of codes x and y: sign (-1 or 0), W leading bits and biased exponent of the product.

    The exponent is that of a significand in [1, 2).
    """
    window = parameters.window or 1

    def parts(x: Array, y: Array) -> tuple[Array, ...]:
        product = _product(parameters, x, y)
        bits = _significand_bits(parameters, product)
        significand = product.significand.astype(np.uint64)
        leading = (significand << np.maximum(window - bits, 0).astype(np.uint64)) >> np.maximum(
            bits - window, 0
        ).astype(np.uint64)
        if parameters.width <= NARROW:
            leading = leading.astype(np.int64)
        return -product.negative.astype(np.int64), leading, _exponent(parameters, product)

    return _tabulated(parameters, parts)


def anchored(parameters: DotParameters, sign: Integers, leading: Array, below: Integers) -> tuple[Integers, ...]:
    """Shift products right by `below`, their distance to the anchor; return limbs. Negative distances saturate."""
    window = parameters.window or 1
    if parameters.width <= NARROW:
        magnitude = np.where(below < 0, (1 << window) - 1, leading >> np.clip(below, 0, NARROW))
        return ((magnitude ^ sign) - sign,)
    # NumPy does not define a shift by 64 places.
    shifted = np.where(below > 63, np.uint64(0), leading >> np.clip(below, 0, 63).astype(np.uint64))
    shifted = np.where(below < 0, np.uint64((1 << window) - 1), shifted)
    limbs = (shifted & np.uint64(_MASK), shifted >> np.uint64(LIMB))
    return tuple((limb.astype(np.int64) ^ sign) - sign for limb in limbs)


def plus(limbs: list[Array], terms: tuple[Array, ...]) -> list[Array]:
    """Add the sums over the first axis of `terms` to `limbs`, if any yet: of at most 2^31 terms in all."""
    sums = [limb.sum(axis=0) for limb in terms]
    return [limb + more for limb, more in zip(limbs, sums, strict=True)] if limbs else sums


def whole(limbs: list[Array]) -> Array:
    """Combine limbs to integers: int64 for one limb, else Python's."""
    if len(limbs) == 1:
        return limbs[0]
    return sum((limb.astype(object) << LIMB * j for j, limb in enumerate(limbs)), np.array(0, object))


@lru_cache(maxsize=8)
def floating(parameters: DotParameters) -> Function:
    """Build a function of codes x and y: a floating-point accumulator's addend, and if the product is above TOP.

    Zeros, and products that become zeros, are -0, which changes no sum.
    """
    smallest, top = limits(parameters.float_format)

    def addends(x: Array, y: Array) -> tuple[Array, ...]:
        value = _product(parameters, x, y).value
        size = np.abs(value)
        return np.where(size < smallest, -0.0, np.clip(value, -top, top)), size > top

    return _tabulated(parameters, addends)


def exponent(parameters: DotParameters, x: Array, y: Array) -> Integers:
    """Return the biased exponent of the products of codes x and y, as in `normalised`."""
    return _exponent(parameters, _product(parameters, x, y))


def _exponent(parameters: DotParameters, product: WideProduct) -> Integers:
    last_place = product.exponent + parameters.product.result.bias
    return np.where(product.zero, NOWHERE, last_place + _significand_bits(parameters, product) - 1)


def _product(parameters: DotParameters, x: Array, y: Array) -> WideProduct:
    return wide_product(parameters.product, x, y)


def _significand_bits(parameters: DotParameters, product: WideProduct) -> Integers:
    """Return the bits of the significand: M + 1, or for the full product 2M + 1 or 2M + 2."""
    m = parameters.product.result.mantissa_bits
    if not parameters.full:
        return np.full(product.significand.shape, m + 1)
    bits: Integers = 2 * m + 1 + (product.significand >> (2 * m + 1))
    return bits


def _signed(negative: Flags, magnitude: Integers) -> Integers:
    return np.where(negative, -magnitude, magnitude)


def _limb(significand: Integers, down: Integers) -> Integers:
    """Return the 32 bits of significand / 2^down with weight 1 and above."""
    # Bits that a left shift pushes out of the int64 are in higher limbs.
    limb: Integers = (significand >> np.clip(down, 0, 63)) << np.clip(-down, 0, LIMB) & _MASK
    return limb


def _tabulated(parameters: DotParameters, function: Function) -> Function:
    """Replace a function by a table look-up if there are few pairs of codes."""
    x_width, y_width = parameters.product.format.width, parameters.product.y_format.width
    if x_width + y_width > _TABLE_BITS:
        return function
    tables = [table.ravel() for table in function(np.arange(1 << x_width)[:, None], np.arange(1 << y_width))]

    def look_up(x: Array, y: Array) -> tuple[Array, ...]:
        index = (x.astype(np.intp) << y_width) | y.astype(np.intp)
        return tuple(table.take(index) for table in tables)

    return look_up
