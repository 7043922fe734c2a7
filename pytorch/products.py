"""Products of tensors by an arithmetic, with gradients."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypedDict

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from lmul.accuracy.model.arithmetic import Arithmetic, Operand, Scale
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import Codes, reserved
from lmul.golden.formats import E4M3, E5M2, Format, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.golden.types import Float32s

NUMBERS = (torch.float32, torch.bfloat16, torch.float16)
CODES = {torch.float8_e4m3fn: E4M3, torch.float8_e5m2: E5M2}
"""Types of tensors whose elements are taken as codes, and their formats."""

BACKWARD = ("exact", "same")


class Unscaled(TypedDict, total=False):
    """Arguments of `Products` but for scales."""

    format: str | Format
    method: str | Method
    accumulator: str
    window: int | None
    backward: str
    threads: int | None


class Options(Unscaled, total=False):
    """Arguments of `Products`."""

    scale: str


@dataclass(frozen=True)
class Products:
    """How products of tensors are formed.

    Parameters
    ----------
    format : str or Format
        Format that both operands are rounded to, such as `e4m3`, `e5m2`, `bf16`, `e8m3`.
    method : str or Method
        Method of multiplication, by its name: `lmul`, `exact`, `mitchell`, `log1`, `corrected2`, ...
    accumulator : str
        Accumulator that adds products in the order of K: `fp32`, `e4m3`, `bf16`, `fp16`, `fixed`, `anchored`.
    window : int or None
        Bits below the anchor, for `anchored` only.
    scale : str
        Power-of-two scales of operands: `none`; `tensor`, one a tensor, with which nothing saturates; `block`, one for
        32 elements along K.
    backward : str
        `exact`: gradients are products in float32 with the operands as used, that is rounded, and rounding has the
        derivative 1 (straight through). `same`: the products of the backward pass are formed by this arithmetic, too.
    threads : int or None
        Threads of the compiled sums; the default is one for each core.

    Raises
    ------
    TypeError, ValueError
        An argument is not one of these, or the combination does not exist.
    """

    format: str | Format = "e4m3"
    method: str | Method = "lmul"
    accumulator: str = "fp32"
    window: int | None = None
    scale: str = "tensor"
    backward: str = "exact"
    threads: int | None = None

    def __post_init__(self) -> None:
        if self.backward not in BACKWARD:
            raise ValueError(f"backward must be one of {', '.join(BACKWARD)}, not {self.backward!r}")
        assert self.arithmetic  # the arguments make one

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """Return the arithmetic of numbers."""
        format = self.format if isinstance(self.format, Format) else format_named(str(self.format))
        return self._of(format, format, _one_of(Scale, "scale", self.scale))

    def of_codes(self, x: Format, y: Format) -> Arithmetic:
        """Return the arithmetic of codes of two formats, which have no scales."""
        return self._of(x, y, Scale.NONE)

    def _of(self, x: Format, y: Format, scale: Scale) -> Arithmetic:
        method = self.method if isinstance(self.method, Method) else Method.parse(str(self.method))
        accumulator = _one_of(Accumulator, "accumulator", self.accumulator)
        product = Parameters(x, method, y_format=y)
        return Arithmetic(DotParameters(product, accumulator, window=self.window), scale)


def _one_of(kind: Any, what: str, value: object) -> Any:
    if value not in tuple(kind):
        raise ValueError(f"{what} must be one of {', '.join(kind)}, not {value!r}")
    return kind(value)


@dataclass
class Kept:
    """Codes of weights, which are kept as long as the weights have not changed.

    The numbers are compared, since a parameter can change without its version, as by `parameter.data`.
    """

    held: tuple[Arithmetic, Float32s, Operand] | None = field(default=None, repr=False)

    def right(self, arithmetic: Arithmetic, b: Float32s) -> Operand:
        """Return the codes of b."""
        if self.held is None or self.held[0] != arithmetic or not np.array_equal(self.held[1], b):
            self.held = arithmetic, b.copy(), arithmetic.right(b)
        return self.held[2]


def product(a: torch.Tensor, b: torch.Tensor, products: Products, kept: Kept | None = None) -> torch.Tensor:
    """Multiply tensors (..., M, K) and (..., K, N) of numbers, to the type of a; for errors see `matmul`."""
    check_type("a", a)
    check_type("b", b)
    found: torch.Tensor = _Product.apply(a, b, products, kept)
    return found


def check_type(name: str, tensor: torch.Tensor) -> None:
    """Raise TypeError if a tensor is not of numbers that float32 holds."""
    if tensor.dtype not in NUMBERS:
        raise TypeError(f"{name} must be a tensor of {', '.join(map(str, NUMBERS))}, not {tensor.dtype}")


def product_of_codes(a: torch.Tensor, b: torch.Tensor, products: Products) -> torch.Tensor:
    """Multiply tensors (..., M, K) and (..., K, N) of float8, whose elements are codes, to float32."""
    arithmetic = products.of_codes(CODES[a.dtype], CODES[b.dtype])
    left, right = (Operand(_codes(name, side), np.int64(0)) for name, side in (("a", a), ("b", b)))
    return torch.from_numpy(arithmetic.product(left, right, threads=products.threads)).to(a.device)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, a: torch.Tensor, b: torch.Tensor, products: Products, kept: Kept | None) -> torch.Tensor:
        own, (x, y) = products.arithmetic, (_numbers(a), _numbers(b))
        right = (kept or Kept()).right(own, y)
        left = own.left(x, y, right)
        ctx.products, ctx.left, ctx.right, ctx.types = products, left, right, (a.dtype, b.dtype)
        return torch.from_numpy(own.product(left, right, threads=products.threads)).to(a.device, a.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        own: Arithmetic = ctx.products.arithmetic
        x, y = own.used(ctx.left), own.used(ctx.right, right=True)
        a, b = (torch.from_numpy(np.ascontiguousarray(side)).to(gradient.device) for side in (x, y))
        g, wanted = gradient.float(), ctx.needs_input_grad
        da = _summed(_gradient(g, b.mT, ctx.products), a.shape, ctx.types[0]) if wanted[0] else None
        if b.dim() == 2:  # one matrix for all: its gradient is one product
            a, g = a.flatten(0, -2), g.flatten(0, -2)
        db = _summed(_gradient(a.mT, g, ctx.products), b.shape, ctx.types[1]) if wanted[1] else None
        return da, db, None, None


def _gradient(a: torch.Tensor, b: torch.Tensor, products: Products) -> torch.Tensor:
    return torch.matmul(a, b) if products.backward == "exact" else product(a, b, products)


def _summed(gradient: torch.Tensor, shape: torch.Size, type: torch.dtype) -> torch.Tensor:
    """Sum the gradient of a tensor that was broadcast."""
    return gradient.sum_to_size(shape).to(type)


def _numbers(tensor: torch.Tensor) -> Float32s:
    numbers: Float32s = tensor.detach().to("cpu", torch.float32).numpy()
    return numbers


def _codes(name: str, tensor: torch.Tensor) -> Codes:
    codes: Codes = tensor.detach().cpu().contiguous().view(torch.uint8).numpy().astype(np.uint32)
    wrong = np.argwhere(reserved(CODES[tensor.dtype], codes))
    if len(wrong):
        index = [int(i) for i in wrong[0]]
        raise ValueError(f"{name} must be finite, not {tensor[tuple(index)].item()} (at index {index})")
    return codes
