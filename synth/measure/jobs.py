"""Jobs of reports of arrays: costs of pieces, and errors of dot products and of multipliers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lmul.accuracy.dots.total import COUNT, Condition, DotUnit, Experiment, TotalError
from lmul.accuracy.metrics import errors
from lmul.golden.accumulators import DotParameters
from lmul.golden.block_scaling import BLOCK
from lmul.golden.codes import decode, encode
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.synth.energy.operands import Stream
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.pieces import Piece, mapped
from lmul.synth.technology.technology import Technology


@dataclass(frozen=True)
class PieceCost:
    """Job: cost of a piece."""

    piece: Piece

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return self.piece.effort

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return mapped(self.piece, technology).cost


@dataclass(frozen=True)
class TotalErrors:
    """Job: total errors of several units in a condition."""

    condition: Condition
    units: tuple[DotUnit, ...]
    count: int = COUNT

    @property
    def effort(self) -> float:
        """Return an effort above all others, so that these start first; one takes as long as a dozen pieces."""
        return 4000

    def run(self, technology: Technology) -> list[TotalError]:
        """Compute the dot products."""
        experiment = Experiment(self.condition, self.count)
        return [experiment.measured(unit) for unit in self.units]


@dataclass(frozen=True)
class DotError:
    """Job: NRMSE of the dot products of one unit in a condition, before and after one gain."""

    condition: Condition
    unit: DotUnit
    count: int

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`; no search for baselines, unlike `TotalErrors`."""
        return 300

    def run(self, technology: Technology) -> tuple[float, float]:
        """Compute the dot products."""
        experiment = Experiment(self.condition, self.count)
        before, after, _ = experiment.nrmse(experiment.computed(self.unit))
        return before, after


@dataclass(frozen=True)
class ProductError:
    """Job: mean |relative error| of a multiplier's output, against products of the numbers before they were encoded.

    The operands are those of the energy measurement. A product that becomes zero has an error of 1.
    """

    parameters: Parameters
    stream: Stream
    count: int

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
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
    """List the jobs that measure the costs of pieces."""
    return [PieceCost(piece) for piece in pieces]


def errors_of(conditions: Sequence[Condition], dots: Iterable[DotParameters], count: int = COUNT) -> list[TotalErrors]:
    """List the jobs that compute total errors of dot products, one job a condition."""
    units = tuple(dict.fromkeys(DotUnit(dot.product, dot.window) for dot in dots))
    return [TotalErrors(condition, units, count) for condition in conditions]
