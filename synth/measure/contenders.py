"""Designs that the full report compares: methods in formats, as multipliers, MACs and dot products."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lmul.accuracy.dots.total import differ
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import Format, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.measure.catalog import ALL_METHODS, EXACT, core, dot_parameters
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.measure.pieces import Piece, PieceKind


class Use(StrEnum):
    """Unit that a multiplication is part of."""

    MULTIPLIER = "multiplier"  # two codes in, one code out, policy flush
    MAC_FIXED = "MAC, fixed"  # operands in registers, multiply, add to an accumulator
    MAC_FP32 = "MAC, fp32"
    DOT = "dot product, anchored"  # 16 lanes (fp32: 4); the words of y stay


_ACCUMULATORS = {
    Use.MULTIPLIER: Accumulator.ANCHORED,  # not used by a multiplier
    Use.MAC_FIXED: Accumulator.FIXED,
    Use.MAC_FP32: Accumulator.FP32,
    Use.DOT: Accumulator.ANCHORED,
}


@dataclass(frozen=True)
class Contender:
    """Method in a format, put to a use.

    Parameters
    ----------
    use : Use
        Unit that the multiplication is part of.
    dot : DotParameters
        Formats, method and accumulator; a multiplier uses only the product's parameters.
    """

    use: Use
    dot: DotParameters

    @property
    def product(self) -> Parameters:
        """Return the parameters of the multiplier that forms one product."""
        return replace(self.dot.product, method=self.dot.method.of_multiplier)

    @property
    def format(self) -> Format:
        """Return the format of x. It is y's too, except in exact baselines of fewer bits."""
        return self.dot.product.format

    @property
    def method(self) -> Method:
        """Return the method that forms products."""
        return self.dot.method

    @property
    def design(self) -> Design:
        """Return the design to measure."""
        if self.use is Use.MULTIPLIER:
            return Design(self.product)
        return Design(core(self.dot) if self.use is Use.DOT else Piece(PieceKind.ELEMENT_CORE, self.dot))

    @property
    def baselines(self) -> list[Design]:
        """List the exact designs for the same use: one adds whole products, the other rounds them first."""
        found = (contender(self.use, self.format, method) for method in EXACT)
        return [each.design for each in found if each is not None]


def contender(use: Use, f: Format, method: Method) -> Contender | None:
    """Return a method put to a use, or None where the design is not valid or is the same as another.

    A multiplier rounds its product, so `exact` and `rounded` are the same there. Fixed accumulators can be too wide.
    """
    if not differ(f, method) or (use is Use.MULTIPLIER and method.is_dot_only):
        return None
    try:
        return Contender(use, dot_parameters(f, method, _ACCUMULATORS[use]))
    except ValueError:
        return None


def contenders(
    formats: Sequence[Format], uses: Sequence[Use] = tuple(Use), methods: Sequence[Method] = ALL_METHODS
) -> Iterator[Contender]:
    """Yield all contenders, use by use and format by format, the exact one last."""
    for use in uses:
        for f in formats:
            found = [contender(use, f, method) for method in methods]
            yield from (each for each in found if each is not None)


WIDTHS = range(1, 11)
"""Mantissa bits of the formats in a series."""


def series(exponent_bits: int) -> list[Format]:
    """List the formats with `exponent_bits` and 1 to 10 mantissa bits, under their usual names where they have one."""
    known = {(5, 10): "fp16", (8, 7): "bf16", (8, 10): "tf32"}
    return [format_named(known.get((exponent_bits, m), f"e{exponent_bits}m{m}")) for m in WIDTHS]
