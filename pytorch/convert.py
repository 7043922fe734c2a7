"""Replacement of the products of a model by an arithmetic, in place."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from lmul.torch.functional import check_finite, dot_product_attention
from lmul.torch.modules import Conv1d, Conv2d, Linear, MultiheadAttention
from lmul.torch.products import Kept, Options, Products, check_type

WHERE = ("attention", "all")

_LAYERS: dict[type[nn.Module], type[nn.Module]] = {nn.Linear: Linear, nn.Conv1d: Conv1d, nn.Conv2d: Conv2d}
_ATTENTION: dict[type[nn.Module], type[nn.Module]] = {nn.MultiheadAttention: MultiheadAttention}
_WITH_PRODUCTS = (
    *(nn.Linear, nn.Bilinear, nn.MultiheadAttention, nn.RNNBase, nn.RNNCellBase),
    nn.modules.conv._ConvNd,
)


@dataclass(frozen=True)
class Converted:
    """What `convert` did.

    Attributes
    ----------
    replaced : dict of str to int
        Modules that were replaced, by class.
    left : dict of str to int
        Modules with products that stay as they are, by class.
    """

    replaced: dict[str, int]
    left: dict[str, int]

    @property
    def count(self) -> int:
        """Return the number of modules that were replaced."""
        return sum(self.replaced.values())


def convert(model: nn.Module, where: str = "attention", **options: Unpack[Options]) -> Converted:
    """Replace the products of a model by those of an arithmetic, in place: parameters and state stay.

    Attention is `torch.nn.MultiheadAttention`, and every call of `scaled_dot_product_attention` from Python while the
    model's forward runs. PyTorch's own layers of transformers have a second way that passes modules by; it is switched
    off in this model alone. `all` means linear layers, those in `MultiheadAttention` too, and convolutions of images
    and series besides.

    Not replaced, and not seen: products that a forward of your own writes as functions (`a @ b`, `F.linear`, `einsum`),
    and calls of attention from a part of the model that runs alone, outside the model's forward, or that was compiled
    before (`torch.compile`, TorchScript). Subclasses of these layers keep their own forward, and are told as left.

    Parameters
    ----------
    model : Module
        Model, of numbers in float32, bfloat16 or float16.
    where : str
        `attention`: Q K^T and the product of weights and V. `all`: those with the model's weights, too.
    **options
        Arguments of `Products`: format, method, accumulator, window, scale, backward, threads.

    Returns
    -------
    Converted
        What was replaced, and what stays.

    Raises
    ------
    TypeError, ValueError
        An option is not one of its choices, weights are not finite, or nothing in the model can be replaced.
    """
    if where not in WHERE:
        raise ValueError(f"where must be one of {', '.join(WHERE)}, not {where!r}")
    if not isinstance(model, nn.Module):
        raise TypeError(f"model must be a torch.nn.Module, not {type(model).__name__}")
    everywhere, products = where == "all", Products(**options)
    kinds = _ATTENTION | (_LAYERS if everywhere else {})
    named = dict(model.named_modules())
    if any(isinstance(module, (*_LAYERS.values(), *_ATTENTION.values())) for module in named.values()):
        raise ValueError("model must not have been converted before")
    inside = {id(part) for module in named.values() if type(module) in _ATTENTION for part in module.children()}
    found = {name: module for name, module in named.items() if type(module) in kinds}
    others = _WITH_PRODUCTS if everywhere else (nn.MultiheadAttention,)
    left = [
        module
        for name, module in named.items()
        if name not in found and isinstance(module, others) and id(module) not in inside
    ]
    own = all(type(module).__module__.startswith("torch.nn.") for module in named.values())
    if own and not found:
        wanted = ", ".join(kind.__name__ for kind in kinds)
        raise ValueError(f"model must have one of {wanted}, not only {', '.join(_counted(list(named.values())))}")
    for name, module in found.items():
        for parameter, values in module.named_parameters():
            own_name = f"{name}.{parameter}" if name else parameter
            check_type(own_name, values)
            check_finite(own_name, values)
    told = Converted(_counted(list(found.values())), _counted(left))
    for module in named.values():
        _replace(module, kinds, products, everywhere)
    _Mode(products).watch(model)
    return told


def _counted(modules: list[nn.Module]) -> dict[str, int]:
    return dict(sorted(Counter(type(module).__name__ for module in modules).items()))


def _replace(module: Any, kinds: dict[type[nn.Module], type[nn.Module]], products: Products, everywhere: bool) -> None:
    if type(module) is nn.MultiheadAttention:
        module.around = products if everywhere else None
        module.kept = (Kept(), Kept(), Kept(), Kept())
    elif type(module) in kinds:
        module.kept = Kept()
    # Without gradients these two would compute all at once, from the weights of the modules in them.
    if isinstance(module, nn.TransformerEncoderLayer):
        module.activation_relu_or_gelu = 0
    if isinstance(module, nn.TransformerEncoder):
        module.use_nested_tensor = False
    if type(module) in kinds:
        module.products = products
        module.__class__ = kinds[type(module)]


class _Mode(TorchFunctionMode):
    """Replaces attention that is called as a function, while a model's forward runs."""

    def __init__(self, products: Products) -> None:
        super().__init__()
        self.products = products

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is functional.scaled_dot_product_attention:
            return dot_product_attention(self.products, *args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))

    def watch(self, model: nn.Module) -> None:
        """Be on in the model's forward, and off behind it, after an error too."""
        model.register_forward_pre_hook(self.begin)
        model.register_forward_hook(self.end, always_call=True)

    def begin(self, *_: Any) -> None:
        self.__enter__()

    def end(self, *_: Any) -> None:
        self.__exit__(None, None, None)
