"""Matrix products of float32 numbers with each multiplication replaced, by L-Mul for example, on narrow operands.

For any model in NumPy: `replace_matmul` returns a function to call in place of `np.matmul`. Products are wide, as a
dot-product unit adds them, and are added in float32. So sums are not bit for bit those of an accumulator of this
project; `lmul.golden.dot.sums` has those.

A product is +-2^(xe + ye) F[xm, ym], with a table F that depends on the mantissas alone. With factors of F, of r
columns and r rows, a matrix product becomes one of float32 matrices that is r times as deep.
`lmul.golden.dot.separable` does the same with integers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.accuracy import unbounded
from lmul.accuracy.model.attention import Matmul, finite_float32
from lmul.accuracy.unbounded import Cut, largest_scale
from lmul.golden.float_bits import rounded_to_nearest, truncated
from lmul.golden.formats import BF16, Format
from lmul.golden.methods import Method
from lmul.golden.types import Float32s

MOST_RANK = 16
"""Default limit of the rank r. Up to 4 mantissa bits the table is then exact."""

_ADDENDS = 1 << 24  # numbers in memory at a time
_LOW = 23  # mantissa bits of float32
_EXPONENT = np.uint32(0x7F800000)
_SIGN = np.uint32(0x80000000)
_NOISE = 1e-10  # singular values below this share of the largest count as zero


class Form(StrEnum):
    """Operation that multiplies two operands."""

    EXACT = "exact"
    ADDER = "adder"  # one integer addition, with a constant
    EQUATION1 = "equation1"  # the paper's equation 1, with a constant


class Arm(StrEnum):
    """Arm of the study of attention: a method, with or without an output gain."""

    EXACT = "exact"
    FITTED = "fitted"  # exact, with the best gain for Gaussian operands
    LMUL = "lmul"
    MITCHELL = "mitchell"
    EQUATION1 = "equation1"
    BEST = "best"  # the adder with the best constant and gain for Gaussian operands
    GAIN = "gain"  # the adder without a constant, with a gain

    @property
    def label(self) -> str:
        """Return the name that tables and pictures use."""
        return _LABELS.get(self) or Method.parse(self.value).label


_LABELS = {
    Arm.FITTED: "exact, gain",
    Arm.EQUATION1: "Eq. 1",
    Arm.BEST: "best D and gain",
    Arm.GAIN: "no constant, gain",
}


@dataclass(frozen=True)
class Replacement:
    """Replacement of a multiplication.

    Parameters
    ----------
    arm : Arm
        Place of the replacement in the study.
    operands : int or Format
        Mantissa bits, 1 to 7, with unbounded exponents; or a format. With a format each matrix is scaled by the
        largest power of two that leaves nothing above TOP; numbers below the smallest normal one become zero.
    cut : Cut
        Reduction of operands to that.
    form : Form
        Operation that multiplies them.
    constant : float
        Constant from 0 to 1, 1 excluded: 2^-l for the paper's.
    gain : float
        Factor of sums, as of an output scale.

    Raises
    ------
    ValueError
        A number is out of its range.
    """

    arm: Arm
    operands: int | Format
    cut: Cut
    form: Form
    constant: float = 0.0
    gain: float = 1.0

    def __post_init__(self) -> None:
        if not 1 <= self.bits <= 7:
            raise ValueError(f"operands must have 1 to 7 mantissa bits, not {self.bits}")
        if not 0 <= self.constant < 1:
            raise ValueError(f"constant must be from 0 to 1, 1 excluded, not {self.constant}")
        if not (np.isfinite(self.gain) and self.gain > 0):
            raise ValueError(f"gain must be above 0, not {self.gain}")

    @property
    def name(self) -> str:
        """Return arm, operands and cut, such as `lmul_e8m4_rounded`."""
        return f"{self.arm}_{self.operands_name}_{self.cut}"

    @property
    def operands_name(self) -> str:
        """Name the operands, such as `e4m3` or `e8m4`; exact products of 7 bits are named `bf16`."""
        if isinstance(self.operands, Format):
            return str(self.operands)
        return "bf16" if self.form is Form.EXACT and self.operands == BF16.mantissa_bits else f"e8m{self.operands}"

    @property
    def bits(self) -> int:
        """Return the mantissa bits of the operands."""
        return self.operands if isinstance(self.operands, int) else self.operands.mantissa_bits

    def quantise(self, values: Float32s) -> Float32s:
        """Quantise operands as they are multiplied."""
        if isinstance(self.operands, int):
            return _cut(values, self.operands, self.cut)
        size = np.abs(values)
        if not size.any():
            return np.zeros_like(values)
        # Operands need no scaling, since nothing exceeds TOP; the scale only moves the smallest normal number.
        exponent = largest_scale(size.max(keepdims=True), self.operands)
        smallest = 2.0 ** (1 - self.operands.bias - exponent)
        # The step below the smallest normal number equals the one above it. That number is even, so ties go to it.
        kept = smallest * (1 - 0.5 ** (self.bits + 1)) if self.cut is Cut.ROUNDED else smallest
        coded = _cut(values, self.bits, self.cut)
        coded = np.where(size < smallest, np.copysign(np.float32(smallest), values), coded)
        return np.where(size < kept, np.float32(0), coded)


def replace_matmul(replacement: Replacement, most_rank: int = MOST_RANK) -> Matmul:
    """Build a function of a (..., M, K) and b (..., K, N) that replaces `np.matmul`, in float32.

    Parameters
    ----------
    replacement : Replacement
        Method that multiplies.
    most_rank : int
        Limit of the rank r. Below 2^bits the adder's table is replaced by the nearest of that rank. From 8 on, the
        mean square of the difference is below 0.004 of that of the adder's own error.

    Returns
    -------
    callable
        Raises ValueError for shapes that do not fit, and for elements that are not finite, with their index.
    """

    def matmul(a: ArrayLike, b: ArrayLike) -> Float32s:
        left, right = finite_float32("a", a), finite_float32("b", b)
        if left.ndim < 2 or right.ndim < 2 or left.shape[-1] != right.shape[-2]:
            raise ValueError(f"shapes must be (..., M, K) and (..., K, N), not {left.shape} and {right.shape}")
        left, right = replacement.quantise(left), replacement.quantise(right)
        if replacement.form is Form.EXACT:
            product = left @ right
        else:
            factors = _factors(replacement.form, replacement.bits, replacement.constant, most_rank)
            product = _product(left, right, *factors, replacement.bits)
        scaled: Float32s = product if replacement.gain == 1 else product * np.float32(replacement.gain)
        return scaled

    return matmul


def _cut(values: Float32s, bits: int, cut: Cut) -> Float32s:
    """Cut numbers to `bits` mantissa bits; flush float32's subnormal numbers to zero."""
    pattern = np.ascontiguousarray(values).view(np.uint32)
    drop = _LOW - bits
    kept = rounded_to_nearest(pattern, drop) if cut is Cut.ROUNDED else truncated(pattern, drop)
    return np.where(kept & _EXPONENT, kept, np.uint32(0)).view(np.float32)


@cache
def _factors(form: Form, bits: int, constant: float, most_rank: int) -> tuple[Float32s, Float32s]:
    """Factor F: (2^bits, r) by x's mantissa, and (2^bits, r) by y's."""
    multiply: Callable[..., NDArray[Any]] = unbounded.adder if form is Form.ADDER else unbounded.equation1
    significands = 1 + np.arange(1 << bits) / (1 << bits)
    x, y = np.meshgrid(significands, significands, indexing="ij")
    table = multiply(x, y, constant)
    u, sizes, v = np.linalg.svd(table)
    rank = min(int((sizes > _NOISE * sizes[0]).sum()), most_rank)
    if rank == 1 << bits:
        return np.eye(rank, dtype=np.float32), table.T.astype(np.float32)
    return (u[:, :rank] * sizes[:rank]).astype(np.float32), v[:rank].T.astype(np.float32)


def _product(a: Float32s, b: Float32s, left: Float32s, right: Float32s, bits: int) -> Float32s:
    columns = np.swapaxes(b, -1, -2)
    shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
    rank, depth = left.shape[1], a.shape[-1]
    product = np.zeros(shape, np.float32)
    terms = max(_ADDENDS // max((a.size + b.size) // max(depth, 1) * rank, 1), 1)
    for k in range(0, depth, terms):
        x = _spread(a[..., k : k + terms], left, bits)
        y = _spread(columns[..., k : k + terms], right, bits)
        product += x @ np.swapaxes(y, -1, -2)
    return product


def _spread(values: Float32s, rows: Float32s, bits: int) -> Float32s:
    """Expand (..., K) to (..., K r): the row of each mantissa times the signed power of two."""
    pattern = np.ascontiguousarray(values).view(np.uint32)
    power = (pattern & (_SIGN | _EXPONENT)).view(np.float32)
    index = (pattern >> np.uint32(_LOW - bits)) & np.uint32((1 << bits) - 1)
    spread = rows.take(index, axis=0)
    spread *= power[..., None]
    return spread.reshape(*values.shape[:-1], -1)
