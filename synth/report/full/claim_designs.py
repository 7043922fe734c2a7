# amaranth: UnusedElaboratable=no
"""Claims of the paper about energy, the same recomputed from its source, and the designs to measure for each.

Energies of operations are those of M. Horowitz, ISSCC 2014, 45 nm at 0.9 V, from which the paper (arXiv 2410.00907)
takes its own; it has neither bf16 nor 8-bit floating point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E4M3, E5M2, FP16, FP32, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.energy.horowitz import HOROWITZ
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.measure.pieces import Piece, PieceKind

PRODUCT_CLAIM, DOT_CLAIM = 0.95, 0.80
"""Savings of energy that the paper's abstract states, for elementwise products and for dot products."""


class Scope(StrEnum):
    """Operation that an energy is for."""

    PRODUCT = "product"
    ACCUMULATE = "accumulate"
    MAC = "whole MAC"


@dataclass(frozen=True)
class Claim:
    """Row of the table of claims.

    Parameters
    ----------
    format : Format
        Format of the operands, or of the accumulator where the row is an addition.
    scope : Scope
        Operation that the energy is for.
    accumulator : Accumulator or None
        Accumulator; None for products alone.
    exact, ours : tuple of str
        Horowitz's operations that add up to it, or the nearest he has: with an exact product, and with L-Mul.
    claimed : float or None
        Saving that the paper states.
    """

    format: Format
    scope: Scope
    accumulator: Accumulator | None
    exact: tuple[str, ...]
    ours: tuple[str, ...]
    claimed: float | None

    @property
    def horowitz(self) -> tuple[float, float]:
        """Compute the energies by Horowitz's figures, exact and L-Mul, in pJ."""
        exact, ours = (sum(HOROWITZ[name] for name in names) for names in (self.exact, self.ours))
        return exact, ours

    @property
    def exact_designs(self) -> list[Design]:
        """List the exact designs. For a MAC there are two: full products, and products rounded first as two units do.

        The list is empty for an addition, which is the same for both.
        """
        if self.scope is Scope.PRODUCT:
            return [Design(Parameters(self.format, Method.EXACT))]
        return [self._mac(method) for method in (Method.EXACT, Method.ROUNDED)] if self.scope is Scope.MAC else []

    @property
    def lmul_design(self) -> Design:
        """Return the same design with L-Mul."""
        return Design(Parameters(self.format)) if self.scope is Scope.PRODUCT else self._mac(Method.LMUL)

    def _mac(self, method: Method) -> Design:
        assert self.accumulator is not None
        return Design(Piece(PieceKind.ELEMENT_CORE, dot_parameters(self.format, method, self.accumulator)))


CLAIMED_FORMATS = (FP32, FP16, BF16, E4M3, E5M2)
"""Formats of the table."""

_MULTIPLY = {FP32: "fp32 mul", FP16: "fp16 mul", BF16: "fp16 mul", E4M3: "int8 mul", E5M2: "int8 mul"}
_ADD = {FP32: "int32 add", FP16: "int16 add", BF16: "int16 add", E4M3: "int8 add", E5M2: "int8 add"}
_SUM = {Accumulator.FP32: "fp32 add", Accumulator.FP16: "fp16 add", Accumulator.FIXED: "int32 add"}
_MACS = (
    (FP32, Accumulator.FP32),
    (FP16, Accumulator.FP32),
    (FP16, Accumulator.FP16),
    (BF16, Accumulator.FP32),
    (E4M3, Accumulator.FP32),
    (E4M3, Accumulator.FIXED),
    (E5M2, Accumulator.FP32),
    (E5M2, Accumulator.FIXED),
)


def claims(formats: Sequence[Format] = CLAIMED_FORMATS) -> list[Claim]:
    """List all rows: products, additions, and both together."""
    known = [f for f in CLAIMED_FORMATS if f in formats]
    found = [Claim(f, Scope.PRODUCT, None, (_MULTIPLY[f],), (_ADD[f],), PRODUCT_CLAIM) for f in known]
    macs = [(f, accumulator) for f, accumulator in _MACS if f in known]
    for f, accumulator in ((FP32, Accumulator.FP32), (FP16, Accumulator.FP16)):
        if any(accumulator is other for _, other in macs):
            found.append(Claim(f, Scope.ACCUMULATE, accumulator, (_SUM[accumulator],), (_SUM[accumulator],), None))
    for f, accumulator in macs:
        total = _SUM[accumulator]
        found.append(Claim(f, Scope.MAC, accumulator, (_MULTIPLY[f], total), (_ADD[f], total), DOT_CLAIM))
    return found
