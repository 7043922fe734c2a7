"""Functions in place of those of `torch` and `torch.nn.functional`."""

from collections.abc import Sequence
from typing import Unpack

import torch
from torch.nn import functional

from lmul.torch.products import CODES, NUMBERS, Kept, Options, Products, Unscaled, product, product_of_codes


def matmul(a: torch.Tensor, b: torch.Tensor, **options: Unpack[Options]) -> torch.Tensor:
    """Multiply tensors as `torch.matmul` does, by sums that are bit for bit those of a unit.

    Parameters
    ----------
    a, b : tensor
        Numbers of one type, float32, bfloat16 or float16: they are scaled and rounded to the format. Or float8_e4m3fn
        and float8_e5m2, both or mixed, which are taken as codes: `format` and `scale` play no part, and there is no
        gradient. Any device; the product is formed on the host.
    **options
        Arguments of `Products`: format, method, accumulator, window, scale, backward, threads.

    Returns
    -------
    tensor
        Product, of the type of a; of codes float32.

    Raises
    ------
    TypeError
        A tensor is of another type.
    ValueError
        Shapes do not fit, an element is not finite, or an option is not one of its choices.
    """
    return multiplied(a, b, Products(**options))


def multiplied(a: torch.Tensor, b: torch.Tensor, products: Products) -> torch.Tensor:
    """Multiply as `matmul` does."""
    for name, side in (("a", a), ("b", b)):
        if not isinstance(side, torch.Tensor) or side.dtype not in (*NUMBERS, *CODES):
            allowed = ", ".join(str(each) for each in (*NUMBERS, *CODES))
            found = side.dtype if isinstance(side, torch.Tensor) else type(side).__name__
            raise TypeError(f"{name} must be a tensor of {allowed}, not {found}")
    if a.dtype != b.dtype and not (a.dtype in CODES and b.dtype in CODES):
        raise TypeError(f"b must be of the type of a, {a.dtype}, not {b.dtype}")
    left, right = a[None] if a.dim() == 1 else a, b[:, None] if b.dim() == 1 else b
    if min(left.dim(), right.dim()) < 2 or left.shape[-1] != right.shape[-2] or not _broadcast(left, right):
        raise ValueError(f"shapes must be (..., M, K) and (..., K, N), not {tuple(a.shape)} and {tuple(b.shape)}")
    found = (product_of_codes if a.dtype in CODES else product)(left, right, products)
    found = found[..., 0] if b.dim() == 1 else found
    return found if a.dim() > 1 else found[..., 0, :] if b.dim() > 1 else found[..., 0]


def attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    operand_scale: str = "tensor",
    **options: Unpack[Unscaled],
) -> torch.Tensor:
    """Compute softmax(Q K^T scale + mask) V as `torch.nn.functional.scaled_dot_product_attention` does.

    Both products are formed as by `matmul`, whose options it takes, but that its scales of operands are called
    `operand_scale` here. `scale` is applied behind the first product, and softmax is PyTorch's. All of Q K^T is in
    memory.
    """
    arguments = (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)
    return dot_product_attention(Products(scale=operand_scale, **options), *arguments)


def dot_product_attention(
    products: Products,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> torch.Tensor:
    """Compute what `attention` does."""
    if is_causal and attn_mask is not None:
        raise ValueError("attn_mask must be None where is_causal is set")
    if is_causal:
        attn_mask = torch.ones(query.shape[-2], key.shape[-2], dtype=torch.bool, device=query.device).tril()
    if enable_gqa:
        key, value = (side.repeat_interleave(query.shape[-3] // side.shape[-3], -3) for side in (key, value))
    return attended(query, key, value, attn_mask, dropout_p, scale, products)[0]


def attended(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    dropout: float,
    scale: float | None,
    products: Products,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Compute attention, and its weights; a mask tells where to look, or is added to the scores."""
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    scores = multiplied(query, key.mT, products) * factor
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf) if mask.dtype == torch.bool else scores + mask
    nowhere = (scores == -torch.inf).all(-1, keepdim=True)  # such rows are zeros, and no NaN
    weights = torch.softmax(scores.masked_fill(nowhere, 0), -1).masked_fill(nowhere, 0)
    weights = functional.dropout(weights, dropout) if dropout > 0 else weights
    return multiplied(weights, value, products), weights


def linear(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, products: Products | None, kept: Kept
) -> torch.Tensor:
    """Compute x weight^T + bias as `torch.nn.functional.linear` does; without `products` it is that function."""
    if products is None:
        return functional.linear(x, weight, bias)
    if x.shape[-1] != weight.shape[1]:
        raise ValueError(f"input must be (..., {weight.shape[1]}), not {tuple(x.shape)}")
    check_finite("weight", weight)
    found = product(x.reshape(-1, x.shape[-1]), weight.mT, products, kept)
    found = found.reshape(*x.shape[:-1], -1)
    return found if bias is None else found + bias


def convolution(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    stride: Sequence[int],
    dilation: Sequence[int],
    groups: int,
    products: Products,
    kept: Kept,
) -> torch.Tensor:
    """Convolve images (N, C, H, W), already padded, as `torch.nn.functional.conv2d` does, by products of matrices."""
    check_finite("weight", weight)
    size = weight.shape[2:]
    high, wide = (
        (n - gap * (k - 1) - 1) // step + 1 for n, k, gap, step in zip(x.shape[2:], size, dilation, stride, strict=True)
    )
    windows = functional.unfold(x, size, dilation, 0, stride).unflatten(1, (groups, -1))
    rows = windows.permute(1, 0, 3, 2).flatten(1, 2)  # (groups, N places, C / groups kernel)
    filters = weight.unflatten(0, (groups, -1)).flatten(2).mT
    operands = (rows, filters) if groups > 1 else (rows[0], filters[0])
    found = product(*operands, products, kept).reshape(groups, len(x), high, wide, -1)
    found = found.permute(1, 0, 4, 2, 3).flatten(1, 2)
    return found if bias is None else found + bias[:, None, None]


def check_finite(name: str, tensor: torch.Tensor) -> None:
    """Raise ValueError if an element is not finite."""
    wrong = (~torch.isfinite(tensor)).nonzero()
    if len(wrong):
        index = wrong[0].tolist()
        raise ValueError(f"{name} must be finite, not {tensor[tuple(index)].item()} (at index {index})")


def _broadcast(a: torch.Tensor, b: torch.Tensor) -> bool:
    pairs = zip(reversed(a.shape[:-2]), reversed(b.shape[:-2]), strict=False)
    return all(m == n or 1 in (m, n) for m, n in pairs)
