"""Layers in place of those of `torch.nn`, with the same parameters and state."""

from typing import Any, Unpack

import torch
from torch import nn
from torch.nn import functional

from lmul.torch.functional import attended, convolution, linear
from lmul.torch.products import Kept, Options, Products


class Linear(nn.Linear):
    """Linear layer whose products are formed by an arithmetic.

    Parameters
    ----------
    in_features, out_features, bias, device, dtype
        Those of `torch.nn.Linear`.
    **options
        Arguments of `Products`.
    """

    products: Products
    kept: Kept

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(in_features, out_features, bias, device, dtype)
        self.products, self.kept = Products(**options), Kept()

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Compute x W^T + b; the bias is added in the type of the tensors."""
        return linear(input, self.weight, self.bias, self.products, self.kept)


class Conv2d(nn.Conv2d):
    """Convolution of images whose products are formed by an arithmetic; `convert` makes it of `torch.nn.Conv2d`."""

    products: Products
    kept: Kept

    def _conv_forward(self, input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        x = _padded(self, input if input.dim() == 4 else input[None])
        found = convolution(x, weight, bias, self.stride, self.dilation, self.groups, self.products, self.kept)
        return found if input.dim() == 4 else found[0]


class Conv1d(nn.Conv1d):
    """Convolution along one axis whose products are formed by an arithmetic; `convert` makes it."""

    products: Products
    kept: Kept

    def _conv_forward(self, input: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        x = _padded(self, input if input.dim() == 3 else input[None])[:, :, None]
        steps = (1, *self.stride), (1, *self.dilation)
        found = convolution(x, weight[:, :, None], bias, *steps, self.groups, self.products, self.kept)[:, :, 0]
        return found if input.dim() == 3 else found[0]


def _padded(layer: Any, x: torch.Tensor) -> torch.Tensor:
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    return functional.pad(x, layer._reversed_padding_repeated_twice, mode=mode)


class MultiheadAttention(nn.MultiheadAttention):
    """Attention of several heads whose products are formed by an arithmetic; `convert` makes it.

    It takes and returns what `torch.nn.MultiheadAttention` does. The projections of query, key and value are a product
    each. Without `around` they, and that of the output, are PyTorch's.
    """

    products: Products
    around: Products | None
    kept: tuple[Kept, Kept, Kept, Kept]

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        key_padding_mask: torch.Tensor | None = None,
        need_weights: bool = True,
        attn_mask: torch.Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Compute the output, and the weights of attention if they are wanted."""
        single = query.dim() == 2

        def turned(x: torch.Tensor) -> torch.Tensor:
            return x if self.batch_first else x.transpose(0, 1)

        sides = (each[None] if single else turned(each) for each in (query, key, value))
        parts = zip(sides, *self._projections(), self.kept[:3], strict=True)
        q, k, v = (linear(x, weight, bias, self.around, kept) for x, weight, bias, kept in parts)
        mask = self._mask(q, k, attn_mask, key_padding_mask, is_causal)
        if self.bias_k is not None:
            k, v = (torch.cat([x, bias.expand(len(x), 1, -1)], 1) for x, bias in ((k, self.bias_k), (v, self.bias_v)))
        if self.add_zero_attn:
            k, v = (functional.pad(x, (0, 0, 0, 1)) for x in (k, v))
        q, k, v = (x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for x in (q, k, v))
        found, weights = attended(q, k, v, mask, self.dropout if self.training else 0.0, None, self.products)
        joined, last = found.transpose(1, 2).flatten(2), self.out_proj
        output = linear(joined, last.weight, last.bias, self.around, self.kept[3])
        weights = weights.mean(1) if average_attn_weights else weights
        told = (weights[0] if single else weights) if need_weights else None
        return output[0] if single else turned(output), told

    def _projections(self) -> tuple[Any, Any]:
        """Return the weights and the biases of query, key and value."""
        whole, bias = self.in_proj_weight, self.in_proj_bias
        apart = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        return apart if whole is None else whole.chunk(3), (None,) * 3 if bias is None else bias.chunk(3)

    def _mask(
        self, q: torch.Tensor, k: torch.Tensor, inner: torch.Tensor | None, padding: torch.Tensor | None, causal: bool
    ) -> torch.Tensor | None:
        """Join the masks, in which True is where not to look, to one that is added to scores."""
        if causal and inner is None:
            inner = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool, device=q.device).triu(1)
        if inner is not None and inner.dim() == 3:
            inner = inner.unflatten(0, (-1, self.num_heads))
        if padding is not None:
            padding = padding.reshape(len(k), 1, 1, -1)
        total: torch.Tensor | None = None
        for mask in (each for each in (inner, padding) if each is not None):
            added = (
                torch.zeros_like(mask, dtype=q.dtype).masked_fill(mask, -torch.inf)
                if mask.dtype == torch.bool
                else mask
            )
            total = added if total is None else total + added
        more = (self.bias_k is not None) + self.add_zero_attn
        return total if total is None else functional.pad(total, (0, more))
