"""Matrix products of float32 numbers by the arithmetic of a unit: operands as codes, sums by its accumulator.

For any model in NumPy: `Arithmetic.matmul` returns a function to call in place of `np.matmul`. Every sum is bit for bit
that of the unit; what a host does around it, scales and gains, is in float64, rounded once to float32.
`lmul.accuracy.attention.replaced_matmul` is faster where sums may be float32's.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from lmul.accuracy.model.attention import Matmul, finite_float32
from lmul.accuracy.unbounded import Cut, cut_to_format, largest_scale
from lmul.golden.accumulators import DEEPEST, DotParameters
from lmul.golden.block_scaling import BLOCK, Rule, quantise, scaled_anchor
from lmul.golden.codes import Codes, decode, encode
from lmul.golden.dot.sums import least_anchor
from lmul.golden.formats import Format
from lmul.golden.types import Float32s, Floats, Integers
from lmul.kernels.sums import matmul

Sums = Callable[[Codes, Codes], Floats]
"""Product of the codes of a (..., M, K) and b (..., K, N)."""


class Scale(StrEnum):
    """Power-of-two scale of operands before they become codes."""

    NONE = "none"
    TENSOR = "tensor"  # one a matrix: the largest with which neither operands nor sums saturate
    BLOCK = "block"  # one for 32 elements along K, as in OCP's MX formats, by the rule that nothing saturates


@dataclass(frozen=True)
class Arithmetic:
    """How products of float32 matrices are formed.

    With a scale for a matrix and a floating-point accumulator of largest number TOP, b is scaled to at most the square
    root of TOP, and a such that the largest sum, computed in float32, is at most TOP / 2: a host calibrates that.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator. Its depth grows to that of the matrices where sums depend on it.
    scale : Scale
        Scales of both operands. With blocks, the accumulator begins anew for each block, and its sums are added in
        float64.
    cut : Cut
        How operands come to fewer bits.
    gain : float
        Factor of the result, as of an output scale.

    Raises
    ------
    ValueError
        The gain is not above 0; blocks are to be truncated, or have sums that the accumulator does not hold.
    """

    dot: DotParameters
    scale: Scale = Scale.TENSOR
    cut: Cut = Cut.ROUNDED
    gain: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.gain) and self.gain > 0):
            raise ValueError(f"gain must be above 0, not {self.gain}")
        if self.scale is Scale.BLOCK and self.cut is not Cut.ROUNDED:
            raise ValueError(f"cut must be rounded for block scales, not {self.cut}")
        product, top = self.dot.product, self._top
        largest = BLOCK * _top(product.format) * _top(product.y_format)
        if self.scale is Scale.BLOCK and top is not None and largest > top:
            raise ValueError(
                f"accumulator must hold {BLOCK} of the largest products for block scales, not {self.dot.accumulator}"
            )

    @property
    def _top(self) -> float | None:
        """Return the largest sum; None for integers, which are as wide as it takes."""
        return None if self.dot.format is None else _top(self.dot.format)

    @property
    def name(self) -> str:
        """Return all that it is, such as `lmul_e4m3_rounded_fp32_tensor`."""
        product, gain = self.dot.product, "" if self.gain == 1 else f"_x{self.gain:g}"
        sums = f"{self.dot.accumulator}{self.dot.window or ''}"
        return f"{product.method.name}_{product.format}_{self.cut}_{sums}_{self.scale}{gain}"

    def matmul(self, sums: "Sums | None" = None, threads: int | None = None) -> Matmul:
        """Build a function of a (..., M, K) and b (..., K, N) that replaces `np.matmul`, in float32.

        It keeps the codes of the last b, since a model multiplies many a by one matrix of weights: b must not be
        changed in place. It raises ValueError for shapes that do not fit, and for elements that are not finite, with
        their index.

        Parameters
        ----------
        sums : callable or None
            Function of the codes of a and b that returns their product, in place of the golden model, such as one
            that simulates an array. Not for block scales.
        threads : int or None
            Threads of the golden model's compiled form; the default is one for each core.
        """
        return _Product(self, sums, threads)

    def right(self, b: ArrayLike) -> "Operand":
        """Convert b (..., K, N) to codes."""
        format, numbers = self.dot.product.y_format, finite_float32("b", b)
        if self.scale is Scale.BLOCK:
            scaled = quantise(format, np.swapaxes(numbers, -1, -2), Rule.FIT)
            return Operand(np.ascontiguousarray(np.swapaxes(scaled.codes, -1, -2)), scaled.exponents)
        if self.scale is Scale.NONE or not numbers.any():
            return self._codes(format, numbers, 0)
        exponent = -largest_scale(numbers.astype(np.float64), format)
        if self._top is not None:
            exponent = max(exponent, _exponent(np.abs(numbers).max(), self._top**0.5))
        return self._codes(format, numbers, exponent)

    def left(self, a: ArrayLike, b: ArrayLike, right: "Operand") -> "Operand":
        """Convert a (..., M, K) to codes, for a product with b."""
        format, numbers = self.dot.product.format, finite_float32("a", a)
        if self.scale is Scale.BLOCK:
            scaled = quantise(format, numbers, Rule.FIT)
            return Operand(scaled.codes, scaled.exponents)
        if self.scale is Scale.NONE or not numbers.any():
            return self._codes(format, numbers, 0)
        exponent = -largest_scale(numbers.astype(np.float64), format)
        if self._top is not None:
            largest = np.ldexp(np.abs(numbers @ np.asarray(b, np.float32)).max(initial=0), -int(right.exponents))
            exponent = max(exponent, _exponent(largest, self._top / 2))
        return self._codes(format, numbers, exponent)

    def product(
        self, left: "Operand", right: "Operand", sums: "Sums | None" = None, threads: int | None = None
    ) -> Float32s:
        """Multiply operands that `left` and `right` made; see `matmul` for the other arguments."""
        if self.scale is Scale.BLOCK:
            product = _in_blocks(self.dot, left, right, threads)
        else:
            exponent = left.exponents + right.exponents
            whole = (sums or partial(_whole, self.dot, threads))(left.codes, right.codes)
            product = np.ldexp(whole, exponent.astype(np.int32))
        with np.errstate(over="ignore", under="ignore"):
            scaled: Float32s = (product * self.gain).astype(np.float32)
        return scaled

    def used(self, operand: "Operand", right: bool = False) -> Float32s:
        """Return the numbers that codes of a stand for, or of b if `right`, as they are multiplied, with their scales.

        Where the method has no subnormal numbers, they are zeros.
        """
        product = self.dot.product
        format = product.y_format if right else product.format
        codes = np.swapaxes(operand.codes, -1, -2) if right else operand.codes
        numbers = decode(format, codes, reserved=False)
        if not (product.subnormals or format.is_integer):
            numbers = np.where((codes & np.uint32(format.sign_bit - 1)) < format.hidden_one, 0.0, numbers)
        exponents = np.asarray(operand.exponents)
        if exponents.ndim:
            exponents = np.repeat(exponents, BLOCK, -1)[..., : codes.shape[-1]]
        found = np.ldexp(numbers, exponents.astype(np.int32)).astype(np.float32)
        return np.swapaxes(found, -1, -2) if right else found

    def _codes(self, format: Format, numbers: Float32s, exponent: int) -> "Operand":
        exact = np.ldexp(numbers.astype(np.float64), -exponent)
        if self.cut is Cut.TRUNCATED:
            exact = cut_to_format(exact, format, self.cut)
        return Operand(encode(format, exact), np.int64(exponent))


@dataclass(frozen=True)
class Operand:
    """Codes of an operand, and exponents of its scales: one; or (..., M or N, blocks), one for each block along K."""

    codes: Codes
    exponents: Integers | np.int64


@dataclass
class _Product:
    arithmetic: Arithmetic
    sums: Sums | None
    threads: int | None
    kept: tuple[ArrayLike, Operand] | None = field(default=None, repr=False)

    def __call__(self, a: ArrayLike, b: ArrayLike) -> Float32s:
        own = self.arithmetic
        if self.kept is None or self.kept[0] is not b:
            self.kept = b, own.right(b)
        right = self.kept[1]
        return own.product(own.left(a, b, right), right, self.sums, self.threads)


def _whole(dot: DotParameters, threads: int | None, a: Codes, b: Codes) -> Floats:
    """Multiply codes."""
    dot = _deep_enough(dot, a.shape[-1])
    anchor = least_anchor(dot, a, b) if dot.kind.has_anchor else None
    return matmul(dot, a, b, anchor, threads=threads).values(dot, anchor)


def _in_blocks(dot: DotParameters, a: Operand, b: Operand, threads: int | None) -> Floats:
    """Multiply operands with a scale for each block along K."""
    total: Floats | float = 0.0
    anchor = scaled_anchor(dot) if dot.kind.has_anchor else None
    rows, columns = np.asarray(a.exponents), np.asarray(b.exponents)
    for block in range(rows.shape[-1]):
        part = slice(block * BLOCK, (block + 1) * BLOCK)
        sums = matmul(dot, a.codes[..., part], b.codes[..., part, :], anchor, threads=threads).values(dot, anchor)
        scales = rows[..., block, None] + columns[..., None, :, block]
        total = total + np.ldexp(sums, scales.astype(np.int32))
    return np.asarray(total)


def _deep_enough(dot: DotParameters, depth: int) -> DotParameters:
    """Grow the depth of an integer accumulator to that of the matrices, in powers of two."""
    if not dot.kind.is_integer or depth <= dot.depth:
        return dot
    return replace(dot, depth=min(1 << (depth - 1).bit_length(), DEEPEST))


def _top(format: Format) -> float:
    return float(decode(format, format.top))


def _exponent(largest: float, bound: float) -> int:
    """Return the least e with largest / 2^e at most bound."""
    if largest == 0:
        return -(1 << 20)
    exponent = int(np.frexp(largest)[1] - np.frexp(bound)[1])
    return exponent + bool(np.ldexp(largest, -exponent) > bound)
