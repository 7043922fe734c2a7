"""ONNX's operators that multiply matrices, with products formed by a function."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lmul.accuracy.model.attention import Matmul
from lmul.golden.types import Float32s

REPLACED = ("MatMul", "Gemm", "Conv")
"""Operators whose products are replaced."""


@dataclass(frozen=True)
class Layer:
    """Output of a replaced operator.

    Attributes
    ----------
    name, operator : str
        Name of the node, or of its output where it has none; and its operator.
    output : array of float32
        Output.
    """

    name: str
    operator: str
    output: Float32s


def replacing_operators(matmul: Matmul, layers: list[Layer]) -> list[Any]:
    """Make the operators for onnx's reference evaluator, for one run.

    Parameters
    ----------
    matmul : callable
        Function that forms products of floating-point matrices; those of integers stay as they are.
    layers : list of Layer
        Gets what each of them puts out.
    """
    from onnx.reference.op_run import OpRun

    def product(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
        if a.dtype.kind != "f":
            integers: NDArray[Any] = np.matmul(a, b)
            return integers
        for values in (a, b):  # other weights may be infinite, such as where a maximum begins
            if not np.isfinite(values).all():
                index = [int(i) for i in np.argwhere(~np.isfinite(values))[0]]
                raise ValueError(f"operands of products must be finite, not {values[tuple(index)]} (at index {index})")
        found: NDArray[Any] = matmul(a, b).astype(a.dtype)
        return found

    class MatMul(OpRun):
        op_domain = ""

        def _run(self, a: NDArray[Any], b: NDArray[Any]) -> tuple[NDArray[Any]]:
            found = product(a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b)
            found = found[..., 0] if b.ndim == 1 else found
            return _seen(self, found if a.ndim > 1 else found[..., 0, :] if b.ndim > 1 else found[..., 0])

    class Gemm(OpRun):
        op_domain = ""

        def _run(
            self, a: NDArray[Any], b: NDArray[Any], c: NDArray[Any] | None = None, **attributes: Any
        ) -> tuple[NDArray[Any]]:
            found = product(a.T if attributes["transA"] else a, b.T if attributes["transB"] else b)
            found = found * a.dtype.type(attributes["alpha"])
            return _seen(self, found if c is None else found + c * a.dtype.type(attributes["beta"]))

    class Conv(OpRun):
        op_domain = ""

        def _run(
            self, x: NDArray[Any], w: NDArray[Any], b: NDArray[Any] | None = None, **attributes: Any
        ) -> tuple[NDArray[Any]]:
            found = convolution(product, x, w, **attributes)
            return _seen(self, found if b is None else found + b.reshape(-1, *[1] * (x.ndim - 2)))

    class GlobalMaxPool(OpRun):
        """In place of onnx 1.23's, which is right for images alone: findings/onnx_global_max_pool.sh."""

        op_domain = ""

        def _run(self, x: NDArray[Any]) -> tuple[NDArray[Any]]:
            return (x.max(axis=tuple(range(2, x.ndim)), keepdims=True),)

    def _seen(operator: Any, output: NDArray[Any]) -> tuple[NDArray[Any]]:
        node = operator.onnx_node
        layers.append(Layer(node.name or node.output[0], node.op_type, np.asarray(output, np.float32)))
        return (output,)

    return [MatMul, Gemm, Conv, GlobalMaxPool]


def convolution(
    product: Matmul,
    x: NDArray[Any],
    w: NDArray[Any],
    *,
    auto_pad: str | None = None,
    dilations: Sequence[int] | None = None,
    group: int | None = None,
    pads: Sequence[int] | None = None,
    strides: Sequence[int] | None = None,
    kernel_shape: Sequence[int] | None = None,
) -> NDArray[Any]:
    """Convolve as ONNX's Conv, without a bias: a product of matrices for each group of channels.

    Parameters
    ----------
    product : callable
        Function that forms the product of (places, C / group x kernel) and (C / group x kernel, filters).
    x : array, (N, C, ...)
        Input.
    w : array, (filters, C / group, ...)
        Weights.
    auto_pad, dilations, group, pads, strides, kernel_shape
        Attributes of Conv; `pads` has what stands before each axis, then what stands behind each.

    Returns
    -------
    array, (N, filters, ...)
        Output.
    """
    axes = x.ndim - 2
    steps, spread, groups = strides or [1] * axes, dilations or [1] * axes, group or 1
    reach = [(size - 1) * gap + 1 for size, gap in zip(w.shape[2:], spread, strict=True)]
    before, behind = _padding(x.shape[2:], reach, steps, auto_pad or "NOTSET", pads or [0] * 2 * axes)
    padded = np.pad(x, [(0, 0), (0, 0), *zip(before, behind, strict=True)])
    windows = sliding_window_view(padded, reach, axis=tuple(range(2, x.ndim)))
    every = (slice(None), slice(None))
    windows = windows[(*every, *(slice(None, None, step) for step in (*steps, *spread)))]
    places = windows.shape[2 : 2 + axes]
    # (N, C, places, kernel) to (N, places, C, kernel)
    columns = np.moveaxis(windows, 1, 1 + axes).reshape(x.shape[0], *places, groups, -1)
    parts = []
    for number, filters in enumerate(np.split(w, groups)):
        rows = np.ascontiguousarray(columns[..., number, :]).reshape(-1, columns.shape[-1])
        parts.append(product(rows, np.ascontiguousarray(filters.reshape(len(filters), -1).T)))
    found = np.concatenate(parts, axis=-1).reshape(x.shape[0], *places, -1)
    return np.moveaxis(found, -1, 1)


def _padding(
    sizes: Sequence[int], reach: Sequence[int], steps: Sequence[int], auto_pad: str, pads: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """Return the padding before and behind each axis."""
    if auto_pad in ("NOTSET", "VALID"):
        own = pads if auto_pad == "NOTSET" else [0] * 2 * len(sizes)
        return own[: len(sizes)], own[len(sizes) :]
    wanted = [max((-(-n // step) - 1) * step + r - n, 0) for n, r, step in zip(sizes, reach, steps, strict=True)]
    less, more = [total // 2 for total in wanted], [total - total // 2 for total in wanted]
    return (less, more) if auto_pad == "SAME_UPPER" else (more, less)
