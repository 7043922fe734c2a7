"""Ways to hold sums while products are added, and which of them is exact for what is to be added."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.dot.rounding import limits
from lmul.golden.dot.sums import lsb_exponents
from lmul.golden.formats import FP32, Format
from lmul.golden.types import Array, Flags, Floats, Integers
from lmul.kernels.operands import Factored, words

Buffers = tuple[Array, ...]
Terms = tuple[Array, Array, int, int, Array]
"""Factors and classes of x, the first row and term of them, and the grid of y."""

_LARGEST_FACTOR = 100  # exponent up to which factors are float32 numbers, with room for sums of two
_LARGEST_UNIT = 600  # and up to which powers of two scale factors in float64
_EXACT = 53  # bits of a float64
_NARROW = 31  # bits of the size of an int32


@dataclass(frozen=True)
class Way:
    """Sums that are held as floating-point numbers of the accumulator's format: float32, whose own sums serve.

    Attributes
    ----------
    unit : array of int64, or int
        Exponent of what sums are in units of, for each row.
    y_unit : int
        Exponent of what factors of y are in units of.
    """

    number: ClassVar[type] = np.float32
    unit: Integers | int = 0
    y_unit: int = 0

    def begin(self, held: Array) -> Buffers:
        """Return what products are added to, for sums that are held."""
        return (held.astype(np.float32),)

    def add(self, buffers: Buffers, terms: Terms) -> None:
        """Add products."""
        loops().add(*buffers, *terms)

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        """Hold the sums; return where a product or a sum was too large."""
        held[...] = buffers[0]
        return False


@dataclass(frozen=True)
class Added(Way):
    """The same, where a product's word is the sum of words of its operands, and mantissas are long."""


@dataclass(frozen=True)
class Rounded(Way):
    """Sums of a floating-point format, as float64: for all formats and all numbers."""

    number = np.float64
    format: Format = FP32

    def begin(self, held: Array) -> Buffers:
        return held.copy(), np.zeros(held.shape)

    def add(self, buffers: Buffers, terms: Terms) -> None:
        loops().add_rounded(*buffers, *terms, _EXACT - 1 - self.format.mantissa_bits, *limits(self.format))

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        held[...] = buffers[0]
        return buffers[1] > 0


@dataclass(frozen=True)
class Whole(Way):
    """Integers that float64 holds."""

    number = np.float64

    def begin(self, held: Array) -> Buffers:
        return (np.zeros(held.shape),)

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        held += buffers[0].astype(np.int64).astype(held.dtype)
        return False


@dataclass(frozen=True)
class Split(Way):
    """Integers in two parts that float64 holds, the higher in units of 2^places."""

    number = np.float64
    places: int = 0

    def begin(self, held: Array) -> Buffers:
        return np.zeros(held.shape), np.zeros(held.shape)

    def add(self, buffers: Buffers, terms: Terms) -> None:
        loops().add_split(*buffers, *terms, 1.5 * 2.0 ** (_EXACT - 1 + self.places))

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        low, high = (part.astype(np.int64).astype(held.dtype) for part in (buffers[0], buffers[1] * 0.5**self.places))
        held += low + (high << self.places)
        return False


@dataclass(frozen=True)
class Truncated(Way):
    """Sums of the anchored accumulator, as int32, where no product is above the anchor."""

    def begin(self, held: Array) -> Buffers:
        return (np.zeros(held.shape, np.int32),)

    def add(self, buffers: Buffers, terms: Terms) -> None:
        loops().add_truncated(*buffers, *terms)

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        held += buffers[0].astype(held.dtype)
        return False


@dataclass(frozen=True)
class Clamped(Whole):
    """Sums of the anchored accumulator, as float64: for wider windows, and products above the anchor."""

    window: int = 0

    def begin(self, held: Array) -> Buffers:
        return np.zeros(held.shape), np.zeros(held.shape)

    def add(self, buffers: Buffers, terms: Terms) -> None:
        loops().add_clamped(*buffers, *terms, 2.0**self.window - 1)

    def end(self, buffers: Buffers, held: Array) -> Flags | bool:
        super().end(buffers, held)
        return buffers[1] > 0


@cache
def loops() -> Any:
    """Return the compiled loops; raise ImportError where there is no numba."""
    from lmul.kernels import loops as compiled

    return compiled


def chosen(
    parameters: DotParameters,
    parts: Factored,
    present: tuple[Floats, Floats],
    depth: int,
    held: Array,
    anchors: Integers,
    fits: Callable[[], bool],
) -> Way | None:
    """Choose the way for a sum of `depth` products, or None if none is exact.

    Parameters
    ----------
    parameters : DotParameters
        Parameters of the sums.
    parts : Factored
        Factors of the products.
    present : pair of arrays
        Factors of the codes that occur.
    depth : int
        Number of terms K.
    held : array
        Accumulators at the beginning.
    anchors : array of int64
        Anchors of the sums, in rows (..., rows, columns).
    fits : callable
        Tells whether no product is above any anchor, if that does not show in the largest codes.
    """
    if parameters.kind is AccumulatorKind.FLOATING:
        format = parameters.float_format
        if format == FP32 and _stays_normal(parameters, parts, present, depth, held):
            return Way() if words(parameters.product) is None else Added()
        return Rounded(format=format)
    if parameters.kind is AccumulatorKind.FIXED:
        bits = _bits(parameters, depth)
        places = _EXACT - 1 - depth.bit_length()
        if bits <= _EXACT:
            return Whole(parameters.lsb)
        return Split(parameters.lsb, places=places) if bits < _EXACT - 2 + places else None
    return _anchored(parameters, parts, present, depth, anchors, fits)


def _bits(parameters: DotParameters, depth: int) -> int:
    """Return the bits of the size of a sum of `depth` of the largest products in the fixed accumulator."""
    p = parameters
    return DotParameters(p.product, p.accumulator, depth).width - 1


def _anchored(
    parameters: DotParameters,
    parts: Factored,
    present: tuple[Floats, Floats],
    depth: int,
    anchors: Integers,
    fits: Callable[[], bool],
) -> Way | None:
    window, row = parameters.window_bits, anchors[..., :1]
    if (anchors != row).any():
        return None
    units = lsb_exponents(parameters, row)
    lowest, highest = int(units.min()), int(units.max())
    if max(-lowest, highest) > _LARGEST_UNIT or window + depth.bit_length() > _EXACT:
        return None
    own = lowest if lowest == highest else units
    if window + depth.bit_length() <= _NARROW and _significand_bits(parameters) <= FP32.mantissa_bits + 1:
        (_, x), (_, y) = (_exponents(factors) for factors in present)
        within = x + y + np.frexp(parts.table.max())[1] <= lowest + window
        if x + y - lowest < _LARGEST_FACTOR and (within or fits()):
            return Truncated(own - y, y)
    return Clamped(own, window=window)


def _exponents(factors: Floats) -> tuple[int, int]:
    """Return the least exponent e of 2^(e - 1) <= factor < 2^e, and the largest; 0 if there are no factors."""
    exponents = np.frexp(factors)[1]
    return (int(exponents.min()), int(exponents.max())) if factors.size else (0, 0)


def _significand_bits(parameters: DotParameters) -> int:
    return (2 if parameters.full else 1) * parameters.product.mantissa_bits + 2


def _stays_normal(
    parameters: DotParameters, parts: Factored, present: tuple[Floats, Floats], depth: int, held: Array
) -> bool:
    """Tell whether all products and sums are normal numbers of float32 or +0, and no sum is above TOP."""
    if _significand_bits(parameters) > FP32.mantissa_bits + 1:
        return False
    (x_low, x_high), (y_low, y_high) = (_exponents(factors) for factors in present)
    smallest, top = limits(FP32)
    least = np.frexp(parts.table.min())[1] - 4
    if min(x_low, y_low) < -124 or max(x_high, y_high) > 126:
        return False
    # The last place of a product; every sum is a multiple of the least of them, or of the last place of a start.
    place = x_low + y_low + least - _significand_bits(parameters)
    above = x_high + y_high + 2 + depth.bit_length()
    if np.ldexp(1.0, place) < smallest or above > 126:
        return False
    # In one place for all sums without a start.
    starts = held.ravel() if held.view(np.int64).any() else held.ravel()[:1]
    sizes = np.abs(starts[starts != 0])
    negative_zero = bool((np.signbit(starts) & (starts == 0)).any())
    return not negative_zero and bool((sizes >= smallest * 2.0**FP32.mantissa_bits).all() and (sizes < top / 4).all())
