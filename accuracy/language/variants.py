"""Ways of forming a language model's products that `lmul accuracy language` compares."""

from dataclasses import dataclass

import numpy as np

from lmul.accuracy.model.arithmetic import Arithmetic
from lmul.accuracy.model.attention import Matmul
from lmul.accuracy.model.compared import arithmetic_of, arithmetics
from lmul.accuracy.unbounded import Cut
from lmul.golden.formats import E4M3, format_named
from lmul.golden.methods import Method

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
        """Return the function that forms products with weights, on one thread: jobs have a core each."""
        return self.arithmetic.matmul(threads=1) if self.arithmetic is not None and self.scope == "all" else np.matmul

    def attention(self) -> Matmul:
        """Return the function that forms the products of attention."""
        return np.matmul if self.arithmetic is None else self.arithmetic.matmul(threads=1)


def chosen(few: bool) -> tuple[Variant, ...]:
    """List the variants: all, or those that a first look needs."""
    every = arithmetics()
    first = (
        arithmetic_of(Method.EXACT, E4M3),
        arithmetic_of(Method.LMUL, E4M3),
        arithmetic_of(Method.LMUL, format_named("e8m4"), cut=Cut.TRUNCATED),
    )
    own = {"attention": first if few else every, "all": first[:2] if few else every}
    return (Variant(), *(Variant(arithmetic, scope) for scope in SCOPES for arithmetic in own[scope]))
