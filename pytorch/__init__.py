"""L-Mul and other arithmetics in PyTorch models: products whose sums are bit for bit those of a unit.

It needs the extra `torch`. One line puts L-Mul in place of the products of a model, in place, with its weights:

>>> import torch
>>> from lmul.torch import convert
>>> seed = torch.manual_seed(0)
>>> layer = torch.nn.TransformerEncoderLayer(32, nhead=4, dim_feedforward=64, batch_first=True)
>>> model = torch.nn.TransformerEncoder(layer, num_layers=2).eval()
>>> x = torch.randn(3, 5, 32)
>>> before = model(x)
>>> convert(model, "all", format="e4m3", method="lmul", accumulator="fp32")
Converted(replaced={'Linear': 4, 'MultiheadAttention': 2}, left={})
>>> difference = (model(x) - before).norm() / before.norm()
>>> bool(0.01 < difference < 0.2)
True

`matmul`, `attention` and `Linear` are those of `torch.matmul`, `torch.nn.functional.scaled_dot_product_attention` and
`torch.nn.Linear`. Tensors may be on any device, but products are formed on the host, by compiled loops (the extra
`fast`) or NumPy: a GPU's tensors are copied there and back, which is slow. There is no kernel for GPUs.
"""

try:
    from lmul.torch.convert import Converted, convert
    from lmul.torch.functional import attention, matmul
    from lmul.torch.modules import Conv1d, Conv2d, Linear, MultiheadAttention
    from lmul.torch.products import Products
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
    message = "the package torch must be installed: pip install 'lmul[torch]'"
    raise ModuleNotFoundError(message, name="torch") from None

__all__ = [
    "Conv1d",
    "Conv2d",
    "Converted",
    "Linear",
    "MultiheadAttention",
    "Products",
    "attention",
    "convert",
    "matmul",
]
