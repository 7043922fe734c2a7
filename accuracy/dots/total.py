"""Total error of dot products, with the quantisation of both operands, by format and method.

Every figure is an NRMSE: the root of the summed squared errors over the summed squares of the true dot products, which
are those of the numbers before they became codes. Operands are the same in every run and for every format and method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lmul.accuracy.distributions import SIGNED, Distribution, drawn
from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.metrics import errors, fitted_gain
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.block_scaling import Rule, Scaled, quantise, scaled_dot_product
from lmul.golden.codes import encode
from lmul.golden.dot.sums import least_anchor
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, Format
from lmul.golden.methods import CATALOGUE, Method, MethodKind, Rounding
from lmul.golden.parameters import Parameters
from lmul.golden.types import Floats

TERMS = 64
"""Length of a dot product, unless tensors are shorter."""

COUNT = 20480
"""Dot products a condition."""

TILE = 256
"""Rows of x, and columns of y, that share an anchor where operands have no scales."""

_SEED = 2410_00907

Bits = tuple[int, int]


@dataclass(frozen=True)
class DotUnit:
    """Products and accumulator of a dot-product unit.

    Attributes
    ----------
    product : Parameters
        Formats and method; the policy is flush.
    window : int or None
        Bits of the anchored accumulator; None for sums of whole products, which `fixed` forms, too.
    """

    product: Parameters
    window: int | None = None

    @property
    def method(self) -> str:
        """Return the method's name."""
        return self.product.method.name


@dataclass(frozen=True)
class Condition:
    """Distribution of operands, or tensors, and the rule of their block scales; None for operands without scales."""

    distribution: Distribution | Tensors
    rule: Rule | None

    @property
    def name(self) -> str:
        """Return a name such as `gaussian floor`, or `gaussian` without scales."""
        return self.distribution.value if self.rule is None else f"{self.distribution.value} {self.rule}"

    def drawn(self, seed: int, count: int) -> Floats:
        """Draw operands x and y: (2, count, TERMS), or fewer terms where tensors are shorter."""
        if isinstance(self.distribution, Tensors):
            return self.distribution.drawn(seed, (count, TERMS))
        return drawn(self.distribution, seed, (count, TERMS))


@dataclass(frozen=True)
class TotalError:
    """Total error of a unit's dot products in a condition.

    Attributes
    ----------
    condition : Condition
        Distribution and scales of the operands.
    unit : Unit
        Unit that computes.
    before, after : float
        NRMSE as computed, and after the one gain that makes it least (fitted on the same dot products).
    gain : float
        Gain that makes the error least.
    uncertainty : float
        Standard error of `after` as an estimate for other operands of the same kind.
    baseline_before, baseline_after : tuple of int, or None
        Mantissa bits of x and of y, y's the same or one less, of the smallest exact unit that is at least as accurate.
        It has the same exponents, kind and window, and its operands are rounded to those bits. None for exact units,
        and where the format's own bits do not suffice.
    rounded_before, rounded_after : tuple of int, or None
        Mantissa bits for exact units that round each product first.
    """

    condition: Condition
    unit: DotUnit
    before: float
    after: float
    gain: float
    uncertainty: float
    baseline_before: Bits | None
    baseline_after: Bits | None
    rounded_before: Bits | None = None
    rounded_after: Bits | None = None

    @property
    def row(self) -> dict[str, str | int | float | Bits | None]:
        """Return all values as a row of a table, by heading."""
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
            "baseline_before": self.baseline_before,
            "baseline_after": self.baseline_after,
        }


SCALED = tuple(Condition(d, r) for r in Rule for d in SIGNED)
"""Conditions with one scale a block of 32, by both rules."""

PLAIN = Condition(Distribution.GAUSSIAN, None)
"""Gaussian operands of standard deviation 1 without scales."""

CONDITIONS = (*SCALED, PLAIN)
"""Conditions of the study."""


def units(condition: Condition) -> Iterator[DotUnit]:
    """Yield the units of the study: formats, methods and accumulators."""
    plain = condition.rule is None
    for format in (E4M3, E5M2, E3M4):
        for window in (12, None):
            yield from _units(format, window)
    if condition.distribution is not Distribution.OUTLIERS:
        for format in (BF16, FP16):
            for window in (12, None) if plain else (12,):
                yield from _units(format, window)
    if plain:
        yield from _units(FP32, 24)


def study(conditions: Sequence[Condition] = CONDITIONS, count: int = COUNT) -> Iterator[TotalError]:
    """Measure all units in all conditions; yield their errors in order.

    Parameters
    ----------
    conditions : sequence of Condition
        Conditions to study.
    count : int
        Dot products a condition.
    """
    for condition in conditions:
        experiment = Experiment(condition, count)
        yield from map(experiment.measured, units(condition))


def _units(format: Format, window: int | None) -> Iterator[DotUnit]:
    """Yield a unit for each method that differs, the exact ones first."""
    found = [method for method in CATALOGUE if method.rounding is Rounding.NEAREST and differ(format, method)]
    for method in sorted(found, key=lambda each: (not each.is_exact, not each.is_full)):
        yield DotUnit(Parameters(format, method), window)


def differ(format: Format, method: Method) -> bool:
    """Tell whether a method differs from all others in a format, so that a study has a row for it.

    With two mantissa bits all corrections are 0, as Mitchell's. Up to 3 bits, the constant D = 1 is the paper's.
    """
    if method.kind is MethodKind.CONSTANT:
        return format == E3M4
    return method.kind is not MethodKind.CORRECTED or format.mantissa_bits > 2


class Experiment:
    """Dot products of one condition: true ones, and those of units.

    Parameters
    ----------
    condition : Condition
        Distribution and scales of the operands.
    count : int
        Number of dot products.
    seed : int
        Seed of the operands.
    """

    def __init__(self, condition: Condition, count: int = COUNT, seed: int = _SEED) -> None:
        self.condition = condition
        self.operands = condition.drawn(seed, count)
        self.terms = self.operands.shape[-1]
        self.true: Floats = np.einsum("ik,ik->i", *self.operands)
        self._scaled: dict[tuple[Format, int], Scaled] = {}
        self._baselines: dict[DotUnit, tuple[float, float]] = {}

    def computed(self, unit: DotUnit) -> Floats:
        """Compute the dot products with a unit."""
        x, y = self._operand(0, unit.product.format), self._operand(1, unit.product.y_format)
        anchor = None
        if self.condition.rule is None and unit.window is not None:
            parameters = DotParameters(unit.product, Accumulator.ANCHORED, self.terms, unit.window)
            tiles = range(0, len(self.true), TILE)
            each = [least_anchor(parameters, x.codes[i : i + TILE], y.codes[i : i + TILE].T) for i in tiles]
            anchor = np.repeat(each, TILE)[: len(self.true), None]
        return scaled_dot_product(unit.product, x, y, unit.window, anchor)

    def measured(self, unit: DotUnit) -> TotalError:
        """Measure the total error of a unit."""
        computed = self.computed(unit)
        before, after, gain = self.nrmse(computed)
        squares, errors_squared = self.true**2, (gain * computed - self.true) ** 2
        # Standard error of a ratio of sums, to first order, and then of its square root.
        deviation = np.linalg.norm(errors_squared - after**2 * squares) / squares.sum()
        uncertainty = float(deviation / (2 * after))
        approximate = unit.product.method.is_adder
        baselines = [
            self._baseline(unit, place, error, exact) if approximate else None
            for exact in (Method.EXACT, Method.ROUNDED)
            for place, error in enumerate((before, after))
        ]
        return TotalError(self.condition, unit, before, after, gain, uncertainty, *baselines)

    def nrmse(self, computed: Floats) -> tuple[float, float, float]:
        """Compute the NRMSE of computed dot products before and after the gain, and the gain."""
        gain = fitted_gain(computed, self.true)
        before, after = (errors(factor * computed, self.true).nmse ** 0.5 for factor in (1.0, gain))
        return before, after, gain

    def _baseline(self, unit: DotUnit, measure: int, error: float, method: Method) -> Bits | None:
        """Find the fewest mantissa bits with which an exact unit has an error of at most `error`."""
        own = unit.product.format
        for x, y in ((i, j) for i in range(1, own.mantissa_bits + 1) for j in (i - 1, i) if j > 0):
            product = Parameters(own.with_mantissa(x), method, y_format=own.with_mantissa(y))
            exact = DotUnit(product, unit.window)
            if exact not in self._baselines:
                self._baselines[exact] = self.nrmse(self.computed(exact))[:2]
            if self._baselines[exact][measure] <= error:
                return x, y
        return None

    def _operand(self, side: int, format: Format) -> Scaled:
        """Return operand x (0) or y (1) in a format."""
        if (format, side) not in self._scaled:
            values, rule = self.operands[side], self.condition.rule
            if rule is not None:
                codes = quantise(format, values, rule)
            else:
                codes = Scaled(format, encode(format, values), np.zeros((len(values), 1), np.int64), self.terms)
            self._scaled[format, side] = codes
        return self._scaled[format, side]
