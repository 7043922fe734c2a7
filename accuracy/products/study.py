"""Errors of products of operands with few mantissa bits, for every method, constant and cut.

There are two references: the product of the uncut operands, which matters to a user (`total`), and that of the operands
as multiplied, which is the method's own error (`own`). Truncation and rounding are always compared, since they change
which of two methods is better.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from lmul.accuracy.constant_search import Objective, Search
from lmul.accuracy.metrics import Errors, errors
from lmul.accuracy.operands import Pairs
from lmul.accuracy.unbounded import Cut, adder, cut_to_bits, equation1
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format
from lmul.golden.methods import paper_constant
from lmul.golden.types import Floats
from lmul.tools.session import NoContext

BITS = range(1, 11)
"""Mantissa bits of the study."""

EXACT_FORMATS = (E4M3, E5M2, E3M4, BF16)
"""Formats whose exact products are compared."""


_TRIED = 1 << 16  # pairs that the best constant is fitted on


@dataclass(frozen=True)
class ProductError:
    """Errors of a method on cut operands.

    Attributes
    ----------
    operands : str
        Source of the operands.
    cut : Cut
        Reduction of operands to few bits.
    bits : int or None
        Mantissa bits; exponents have no bounds.
    format : str or None
        Format that operands were cut to instead.
    method : str
        `exact`, the full product; `rounded`, that rounded to as many bits as operands have; `mitchell`, `lmul` and
        `constant`, additions without a constant, with the paper's and with another; `equation1`; `best_mean` and
        `best_nmse`, additions with the real constant that is best by that measure of `total`.
    constant : float or None
        Constant, from 0 to 1.
    total, own : Errors
        Errors against the product of the operands before the cut, and after it.
    """

    operands: str
    cut: Cut
    bits: int | None
    format: str | None
    method: str
    constant: float | None
    total: Errors
    own: Errors

    @property
    def row(self) -> dict[str, str | int | float | None]:
        """Return all values as a row of a table, by heading."""
        measures = {
            f"{which}_{what}": getattr(found, what)
            for which, found in (("total", self.total), ("own", self.own))
            for what in ("mean", "bias", "rms", "largest", "nmse")
        }
        return {
            "operands": self.operands,
            "cut": self.cut.value,
            "bits": self.bits,
            "format": self.format,
            "method": self.method,
            "constant": self.constant,
            **measures,
        }


def study(pairs: Pairs, bits: Iterable[int] = BITS) -> Iterator[ProductError]:
    """Measure all methods on operands of `bits` mantissa bits, and exact products of `EXACT_FORMATS`, with both cuts.

    Parameters
    ----------
    pairs : Pairs
        Operands.
    bits : iterable of int
        Mantissa bits, 1 to 51.
    """
    for cut in Cut:
        for count in bits:
            yield from _rows(pairs, count, cut)
        for format in EXACT_FORMATS:
            yield from _rows(pairs, format, cut)


def _rows(pairs: Pairs, to: int | Format, cut: Cut) -> Iterator[ProductError]:
    x, y = pairs.cut_to(to, cut)
    own = x * y

    def row(method: str, constant: float | None, products: Floats) -> ProductError:
        bits, name = (to, None) if isinstance(to, int) else (None, to.name)
        return ProductError(
            pairs.name, cut, bits, name, method, constant, errors(products, pairs.true), errors(products, own)
        )

    yield row("exact", None, own)
    k = to if isinstance(to, int) else to.mantissa_bits
    yield row("rounded", None, cut_to_bits(own, k, Cut.ROUNDED))
    if not isinstance(to, int):
        return
    paper = paper_constant(k) / (1 << k)
    yield row("mitchell", 0.0, adder(x, y))
    for constant in (2.0**-place for place in range(1, k + 1)):
        yield row("lmul" if constant == paper else "constant", constant, adder(x, y, constant))
    yield row("equation1", paper, equation1(x, y, paper))
    for objective in Objective:
        best = Search(x[:_TRIED], y[:_TRIED], pairs.true[:_TRIED], objective).least().constant
        yield row(f"best_{objective}", best, adder(x, y, best))


@dataclass(frozen=True)
class MantissaError:
    """Mean errors over every pair of M-bit mantissas, against their exact product.

    Attributes
    ----------
    bits : int
        Mantissa bits M.
    mitchell, lmul, equation1, rounded : Errors
        Errors of addition without a constant and with the paper's, of the paper's equation 1, and of the product
        rounded to M bits.
    best : Errors
        Errors of addition with the D that has the least mean |relative error|.
    best_d : int
        D with that error, in mantissa LSBs.
    """

    bits: int
    mitchell: Errors
    lmul: Errors
    best: Errors
    best_d: int
    equation1: Errors
    rounded: Errors


def every_pair(bits: int) -> tuple[Floats, Floats]:
    """List all pairs of significands of `bits` mantissa bits."""
    x, y = (1 + side.ravel() / (1 << bits) for side in np.indices((1 << bits, 1 << bits)))
    return x, y


def enumerated(bits: int) -> MantissaError:
    """Measure the methods over all pairs of mantissas of `bits` bits."""
    x, y = every_pair(bits)
    true, paper = x * y, paper_constant(bits) / (1 << bits)
    best = Search(x, y, true, Objective.MEAN).least(1 << bits).constant
    return MantissaError(
        bits,
        mitchell=errors(adder(x, y), true),
        lmul=errors(adder(x, y, paper), true),
        best=errors(adder(x, y, best), true),
        best_d=round(best * (1 << bits)),
        equation1=errors(equation1(x, y, paper), true),
        rounded=errors(cut_to_bits(true, bits, Cut.ROUNDED), true),
    )


@dataclass(frozen=True)
class ProductErrors:
    """Job: errors of all methods on pairs of operands."""

    pairs: Pairs

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 300

    def run(self, context: NoContext) -> list[ProductError]:
        """Measure all methods with both cuts."""
        return list(study(self.pairs))


@dataclass(frozen=True)
class Enumerated:
    """Job: errors over every pair of M-bit mantissas."""

    bits: int

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 1 << self.bits

    def run(self, context: NoContext) -> MantissaError:
        """Measure the methods over all pairs."""
        return enumerated(self.bits)
