"""What can be found out about pieces and conditions: the jobs of reports of arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lmul.accuracy.dots.total import COUNT, Condition, Experiment, TotalError, Unit
from lmul.accuracy.metrics import errors
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import BLOCK
from lmul.golden.codes import decode, encode
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.synth.energy.operands import Stream
from lmul.synth.mapping.flow import Cost, Mapped
from lmul.synth.measure.pieces import Piece, mapped
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import remembered


@dataclass(frozen=True)
class Netlist:
    """The mapped netlist of a piece, which several jobs need."""

    piece: Piece

    def of(self, technology: Technology) -> Mapped:
        """The netlist, mapped once."""
        return remembered(self, technology, Mapped, lambda: mapped(self.piece, technology))


@dataclass(frozen=True)
class PieceCost:
    """What a piece costs."""

    piece: Piece

    @property
    def effort(self) -> float:
        """As of the piece."""
        return self.piece.effort

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return Netlist(self.piece).of(technology).cost


@dataclass(frozen=True)
class TotalErrors:
    """The total errors of some units in a condition."""

    condition: Condition
    units: tuple[Unit, ...]
    count: int = COUNT

    @property
    def effort(self) -> float:
        """Before all else, since one takes as long as a dozen pieces."""
        return 4000

    def run(self, technology: Technology) -> list[TotalError]:
        """Compute the dot products."""
        experiment = Experiment(self.condition, self.count)
        return [experiment.measured(unit) for unit in self.units]


@dataclass(frozen=True)
class DotError:
    """How far the dot products of one unit are from the true ones in a condition: NRMSE before and after one gain."""

    condition: Condition
    unit: Unit
    count: int

    @property
    def effort(self) -> float:
        """Without a search for rivals, little."""
        return 300

    def run(self, technology: Technology) -> tuple[float, float]:
        """Compute the dot products."""
        experiment = Experiment(self.condition, self.count)
        before, after, _ = experiment.nrmse(experiment.computed(self.unit))
        return before, after


@dataclass(frozen=True)
class ProductError:
    """Mean |relative error| of what a multiplier puts out, against the products of the numbers before they were codes.

    The operands are those that its energy is measured on. A product that becomes zero has an error of 1.
    """

    parameters: Parameters
    stream: Stream
    count: int

    @property
    def effort(self) -> float:
        """Little."""
        return 100

    def run(self, technology: Technology) -> float:
        """Compute the products."""
        p = self.parameters
        numbers = [self.stream.blocks(side, -(-self.count // BLOCK)) for side in (0, 1)]
        exponents = [self.stream.exponent(side) for side in (0, 1)]
        x, y = (
            encode(f, np.ldexp(each, -exponent))
            for f, each, exponent in zip((p.format, p.y_format), numbers, exponents, strict=True)
        )
        products = decode(p.result, multiply(p, x, y), reserved=False)
        return errors(np.ldexp(products, sum(exponents)), numbers[0] * numbers[1]).mean


def costs_of(pieces: Iterable[Piece]) -> list[PieceCost]:
    """What pieces cost."""
    return [PieceCost(piece) for piece in pieces]


def errors_of(conditions: Sequence[Condition], dots: Iterable[DotParameters], count: int = COUNT) -> list[TotalErrors]:
    """The total error of dot products in some conditions."""
    units = tuple(dict.fromkeys(Unit(dot.product, dot.window) for dot in dots))
    return [TotalErrors(condition, units, count) for condition in conditions]
