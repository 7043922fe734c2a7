"""Ways of forming a language model's products that `lmul accuracy language` compares."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lmul.accuracy.attention.variants import GAIN
from lmul.accuracy.model.arithmetic import Arithmetic, Scale
from lmul.accuracy.model.attention import Matmul
from lmul.accuracy.unbounded import Cut
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

SCOPES = ("attention", "all")
"""Products that are replaced: Q K^T and the product of weights and V; or those with the model's weights, too."""


@dataclass(frozen=True)
class Variant:
    """Products of a model: of float32, or by an arithmetic in a part of the model.

    Parameters
    ----------
    arithmetic : Arithmetic or None
        Arithmetic of replaced products; None replaces none.
    scope : str
        One of `SCOPES`.
    """

    arithmetic: Arithmetic | None = None
    scope: str = "attention"

    @property
    def everywhere(self) -> bool:
        """Tell whether products with weights are replaced."""
        return self.arithmetic is not None and self.scope == "all"

    def linear(self) -> Matmul:
        """Return the function that forms products with weights."""
        return self.arithmetic.matmul() if self.arithmetic is not None and self.scope == "all" else np.matmul

    def attention(self) -> Matmul:
        """Return the function that forms the products of attention."""
        return np.matmul if self.arithmetic is None else self.arithmetic.matmul()


def _of(method: Method, format: Format, accumulator: Accumulator = Accumulator.FP32, **others: Any) -> Arithmetic:
    return Arithmetic(DotParameters(Parameters(format, method), accumulator), **others)


def arithmetics() -> tuple[Arithmetic, ...]:
    """List what is compared: sums are float32's, exact with block scales, and e4m3's as in the paper's fine-tuning."""
    found = [_of(Method.EXACT, format) for format in (E4M3, E5M2, BF16)]
    for cut in Cut:
        found += [_of(Method.LMUL, format_named(f"e8m{k}"), cut=cut) for k in (3, 4, 6)]
    found += [_of(Method.LMUL, format) for format in (BF16, E4M3)]
    found += [_of(Method.MITCHELL, E4M3), _of(Method.MITCHELL, E4M3, gain=GAIN)]
    found += [_of(Method.log(1, 4), E4M3), _of(Method.log(0), E3M4)]
    found += [_of(method, E4M3, Accumulator.E4M3) for method in (Method.EXACT, Method.LMUL)]
    blocks = ((Method.EXACT, E4M3), (Method.LMUL, E4M3), (Method.log(0), E3M4))
    found += [_of(method, format, Accumulator.FIXED, scale=Scale.BLOCK) for method, format in blocks]
    return tuple(found)


def chosen(few: bool) -> tuple[Variant, ...]:
    """List the variants: all, or those that a first look needs."""
    every = arithmetics()
    first = (_of(Method.EXACT, E4M3), _of(Method.LMUL, E4M3), _of(Method.LMUL, format_named("e8m4"), cut=Cut.TRUNCATED))
    own = {"attention": first if few else every, "all": first[:2] if few else every}
    return (Variant(), *(Variant(arithmetic, scope) for scope in SCOPES for arithmetic in own[scope]))
