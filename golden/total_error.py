"""Total error of dot products, that of quantising both operands included: which format and method are worth what.

Every figure is an NRMSE: the root of the summed squared errors over the summed squares of the true dot products, which
are those of the numbers before they became codes. Operands are the same in every run and for every format and method.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import encode
from lmul.golden.correction import TABLE_BITS
from lmul.golden.dot import least_anchor
from lmul.golden.errors import errors
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, Format, format_named
from lmul.golden.parameters import Method, Parameters
from lmul.golden.scaling import Rule, Scaled, quantise, scaled_dot_product

TERMS = 64
"""Length of a dot product."""

COUNT = 20480
"""Dot products a condition."""

TILE = 256
"""Without scales: so many x rows and as many y columns share an anchor."""

_SEED = 2410_00907

Floats = NDArray[np.float64]


class Distribution(StrEnum):
    """Of the operands' elements, which are independent."""

    GAUSSIAN = "gaussian"
    LAPLACE = "laplace"
    STUDENT = "student"  # t with 4 degrees of freedom


@dataclass(frozen=True)
class Unit:
    """Formats and method of products, and what adds them.

    Attributes
    ----------
    product : Parameters
        Formats and method; the policy is flush.
    rounded : bool
        The exact product is rounded to M + 1 bits.
    window : int or None
        Bits of the anchored accumulator; None for sums of whole products, which `fixed` forms, too.
    """

    product: Parameters
    rounded: bool = False
    window: int | None = None

    @property
    def method(self) -> str:
        """The method's name."""
        name = self.product.method_name
        return name.replace("exact", "rounded", 1) if self.rounded else name


@dataclass(frozen=True)
class Condition:
    """What operands are, and how they become codes: by a rule, one scale a block, or as they are (None)."""

    distribution: Distribution
    rule: Rule | None


@dataclass(frozen=True)
class TotalError:
    """What a unit makes of the dot products of a condition.

    Attributes
    ----------
    condition : Condition
        The operands.
    unit : Unit
        What computes.
    before, after : float
        NRMSE as computed, and after the one gain that makes it least (fitted on the same dot products).
    gain : float
        That gain.
    uncertainty : float
        Standard error of `after` as an estimate for other operands of the same kind.
    rival_before, rival_after : int or None
        Fewest mantissa bits with which an exact unit, of the same exponent bits and window, on operands rounded to so
        many, is at least as accurate; None where even the format's own do not suffice, and for exact units.
    """

    condition: Condition
    unit: Unit
    before: float
    after: float
    gain: float
    uncertainty: float
    rival_before: int | None
    rival_after: int | None

    @property
    def row(self) -> dict[str, str | int | float | None]:
        """All of it as a row of a table, by heading."""
        rule, window = self.condition.rule, self.unit.window
        return {
            "distribution": self.condition.distribution.value,
            "rule": rule.value if rule is not None else None,
            "format": self.unit.product.format.name,
            "method": self.unit.method,
            "window": window,
            "before": self.before,
            "after": self.after,
            "gain": self.gain,
            "uncertainty": self.uncertainty,
            "rival_before": self.rival_before,
            "rival_after": self.rival_after,
        }


SCALED = tuple(Condition(d, r) for r in Rule for d in Distribution)
"""One scale a block, by both rules."""

PLAIN = Condition(Distribution.GAUSSIAN, None)
"""Without scales; the standard deviation is 1."""

CONDITIONS = (*SCALED, PLAIN)
"""All that the study covers."""


def units(condition: Condition) -> Iterator[Unit]:
    """Those that the study covers: every format, method and accumulator that is worth a row."""
    formats = (E4M3, E5M2, E3M4, BF16, FP16) if condition.rule else (E4M3, E5M2, E3M4, BF16, FP16, FP32)
    for format in formats:
        for window in (24 if format == FP32 else 12, None):
            for product, rounded in _products(format):
                yield Unit(product, rounded, window)


def study(conditions: Sequence[Condition] = CONDITIONS, count: int = COUNT) -> Iterator[TotalError]:
    """The total error of all units in all conditions, one after the other.

    Parameters
    ----------
    conditions : sequence of Condition
        Which.
    count : int
        Dot products a condition.
    """
    for condition in conditions:
        experiment = Experiment(condition, count)
        yield from map(experiment.measured, units(condition))


def _products(format: Format) -> Iterator[tuple[Parameters, bool]]:
    """Products of all methods that differ, and whether they are rounded."""
    exact = Parameters(format, Method.EXACT)
    yield from ((exact, False), (exact, True))
    yield Parameters(format, Method.LMUL), False
    yield Parameters(format, Method.MITCHELL), False
    if format == E3M4:  # where it is not the paper's
        yield Parameters(format, Method.CONSTANT, constant=1), False
    if format.mantissa_bits > 2:  # below, the corrections are all zero
        for t in TABLE_BITS:
            yield Parameters(format, Method.CORRECTED, table_bits=t), False


class Experiment:
    """The dot products of one condition: true ones, and what units make of them.

    Parameters
    ----------
    condition : Condition
        The operands.
    count : int
        How many.
    seed : int
        Of the operands.
    """

    def __init__(self, condition: Condition, count: int = COUNT, seed: int = _SEED) -> None:
        self.condition = condition
        rng = np.random.default_rng(seed)
        shape = (2, count, TERMS)
        draw: dict[Distribution, Callable[[], Floats]] = {
            Distribution.GAUSSIAN: lambda: rng.standard_normal(shape),
            Distribution.LAPLACE: lambda: rng.laplace(size=shape),
            Distribution.STUDENT: lambda: rng.standard_t(4, size=shape),
        }
        self.operands = draw[condition.distribution]()
        self.true: Floats = np.einsum("ik,ik->i", *self.operands)
        self._scaled: dict[Format, tuple[Scaled, Scaled]] = {}
        self._rivals: dict[tuple[Format, int | None], tuple[float, float]] = {}

    def computed(self, unit: Unit) -> Floats:
        """The dot products as a unit has them."""
        x, y = self._quantised(unit.product.format)
        anchor = None
        if self.condition.rule is None and unit.window is not None:
            parameters = DotParameters(unit.product, Accumulator.ANCHORED, TERMS, unit.window, unit.rounded)
            tiles = range(0, len(self.true), TILE)
            each = [least_anchor(parameters, x.codes[i : i + TILE], y.codes[i : i + TILE].T) for i in tiles]
            anchor = np.repeat(each, TILE)[: len(self.true), None]
        return scaled_dot_product(unit.product, x, y, unit.window, unit.rounded, anchor)

    def measured(self, unit: Unit) -> TotalError:
        """The total error of a unit."""
        computed = self.computed(unit)
        before, after, gain = self._errors(computed)
        squares, errors_squared = self.true**2, (gain * computed - self.true) ** 2
        # Of a ratio of sums, to first order; and of its root.
        deviation = np.sqrt(((errors_squared - after**2 * squares) ** 2).sum()) / squares.sum()
        uncertainty = float(deviation / (2 * after))
        rivals: tuple[int | None, int | None] = None, None
        if unit.product.method is not Method.EXACT:
            rivals = self._rival(unit, 0, before), self._rival(unit, 1, after)
        return TotalError(self.condition, unit, before, after, gain, uncertainty, *rivals)

    def _errors(self, computed: Floats) -> tuple[float, float, float]:
        """NRMSE before and after the gain, and the gain."""
        gain = float(computed @ self.true / (computed @ computed))
        before, after = (errors(factor * computed, self.true).nmse ** 0.5 for factor in (1.0, gain))
        return before, after, gain

    def _rival(self, unit: Unit, measure: int, error: float) -> int | None:
        """The fewest mantissa bits with which an exact unit is at most `error` off."""
        own = unit.product.format
        for bits in range(1, own.mantissa_bits + 1):
            format = own if bits == own.mantissa_bits else format_named(f"e{own.exponent_bits}m{bits}")
            key = format, unit.window
            if key not in self._rivals:
                exact = Unit(Parameters(format, Method.EXACT), window=unit.window)
                self._rivals[key] = self._errors(self.computed(exact))[:2]
            if self._rivals[key][measure] <= error:
                return bits
        return None

    def _quantised(self, format: Format) -> tuple[Scaled, Scaled]:
        if format not in self._scaled:
            x, y = (self._codes(format, side) for side in self.operands)
            self._scaled[format] = x, y
        return self._scaled[format]

    def _codes(self, format: Format, values: Floats) -> Scaled:
        if self.condition.rule is not None:
            return quantise(format, values, self.condition.rule)
        return Scaled(format, encode(format, values), np.zeros((len(values), 1), np.int64), TERMS)
