"""Error and bias of dot products by length: the part that averages out, and the part that does not.

True dot products are those of the operands before they become codes. A gain is one factor of all sums, free as part of
an output scale. It is fitted on one half of the dot products and judged on the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.constant_search import best_constant
from lmul.accuracy.distributions import Distribution, drawn
from lmul.accuracy.metrics import errors, fitted_gain
from lmul.accuracy.unbounded import Cut, cut_to_format, largest_scale
from lmul.golden.accumulators import NARROW_FLOATING, Accumulator, DotParameters
from lmul.golden.codes import Codes, encode
from lmul.golden.dot.sums import Sums, least_anchor
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format
from lmul.golden.methods import CATALOGUE, NUMBERED, Method, paper_constant
from lmul.golden.parameters import Parameters
from lmul.golden.types import Floats
from lmul.kernels.sums import dot_product
from lmul.tools.session import NoContext

LENGTHS = tuple(1 << i for i in range(13))
"""Lengths of the dot products."""

STUDIED_FORMATS = (E4M3, E3M4, E5M2, BF16)

DISTRIBUTIONS = (Distribution.UNIFORM, Distribution.GAUSSIAN)
"""Distributions of operands. Positive products show a bias most; with mean 0 it is an error of scale."""

COUNT = 512
"""Dot products of each kind and length."""

WINDOW = 12

MEASURES = ("bias", "uncertainty", "before", "after", "gain", "saturated")
"""Measures of a `DotError`, for each length."""

_SEED = 2410_00907
_LOWEST = -6  # the exponent down to which a format should have normal numbers, as e4m3 has them


@dataclass(frozen=True)
class DotError:
    """Errors of a unit's dot products, by length.

    Attributes
    ----------
    distribution : Distribution
        Distribution of the operands.
    cut : Cut
        Reduction of operands to codes.
    parameters : DotParameters
        Parameters of the unit.
    lengths : tuple of int
        K, for the entries of the following tuples.
    bias : tuple of float
        Relative excess in size of sums: slope of computed over true ones, less 1.
    uncertainty : tuple of float
        Standard error of the bias.
    before, after : tuple of float
        NRMSE as computed, and times the gain.
    gain : tuple of float
        Gain with the least squared error.
    saturated : tuple of float
        Share of sums in which a product or a sum exceeded the range.
    """

    distribution: Distribution
    cut: Cut
    parameters: DotParameters
    lengths: tuple[int, ...]
    bias: tuple[float, ...]
    uncertainty: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    gain: tuple[float, ...]
    saturated: tuple[float, ...]

    @property
    def format(self) -> str:
        """Return the name of the operands' format."""
        return self.parameters.product.format.name

    @property
    def method(self) -> str:
        """Return the name of the method."""
        return self.parameters.method.name

    @property
    def accumulator(self) -> str:
        """Return accumulator and window, such as `anchored12`."""
        return f"{self.parameters.accumulator}{self.parameters.window or ''}"

    @property
    def exact_sums(self) -> bool:
        """Tell whether the accumulator is the one that stands for exact sums in this format."""
        return self.parameters.accumulator is sums_of(self.parameters.product.format, self.lengths[-1])

    @property
    def row(self) -> dict[str, str | list[float] | list[int]]:
        """Return all values by heading."""
        figures = {what: list(getattr(self, what)) for what in ("lengths", *MEASURES)}
        return {
            "distribution": self.distribution.value,
            "cut": self.cut.value,
            "format": self.format,
            "method": self.method,
            "accumulator": self.accumulator,
            **figures,
        }


def products(format: Format) -> list[Parameters]:
    """List the methods that differ: exact, additions, best constants.

    The best constants are those for rounded Gaussian operands, without and with a gain.
    """
    plain = [method for method in CATALOGUE if method.is_adder and method.kind not in NUMBERED]
    methods = [Method.EXACT, Method.ROUNDED, *plain]
    known = {0, paper_constant(format.mantissa_bits)}
    for with_gain in (False, True):
        d = best_constant(format, Distribution.GAUSSIAN, with_gain=with_gain).d(format)
        if d not in known:
            known.add(d)
            methods.append(Method.constant(d))
    if format.mantissa_bits > 2:  # below, the corrections are all zero
        methods.append(Method.corrected(2))
    return [Parameters(format, method) for method in methods]


def units(format: Format, longest: int = LENGTHS[-1]) -> Iterator[DotParameters]:
    """Yield every method with integer accumulators and fp32; exact and L-Mul with every accumulator.

    Units that would be too wide are left out.
    """
    for product in products(format):
        for accumulator in Accumulator:
            if accumulator not in NARROW_FLOATING or product.method in (Method.EXACT, Method.LMUL):
                window = WINDOW if accumulator is Accumulator.ANCHORED else None
                try:
                    yield DotParameters(product, accumulator, longest, window)
                except ValueError:
                    continue


def sums_of(format: Format, longest: int = LENGTHS[-1]) -> Accumulator:
    """Return the accumulator that stands for exact sums: `fixed`, or fp32 if that would be too wide."""
    try:
        DotParameters(Parameters(format, Method.EXACT), Accumulator.FIXED, longest)
    except ValueError:
        return Accumulator.FP32
    return Accumulator.FIXED


def _check_count(count: int) -> None:
    if count < 2 or count % 2:
        raise ValueError(f"count must be an even number from 2 on, not {count!r}")


class DotExperiment:
    """Dot products in one format, of every distribution and with both cuts.

    Parameters
    ----------
    format : Format
        Format of both operands.
    lengths : sequence of int
        K, in rising order.
    count : int
        Dot products of each kind; even.
    """

    def __init__(self, format: Format, lengths: Sequence[int] = LENGTHS, count: int = COUNT) -> None:
        _check_count(count)
        self.format, self.lengths = format, tuple(lengths)
        ends = np.array(lengths) - 1
        codes: list[list[Codes]] = [[], []]
        self._true, self._scale = [], list[int]()
        for distribution in DISTRIBUTIONS:
            operands = drawn(distribution, _SEED, (count, lengths[-1]))
            self._true.append(np.cumsum(operands[0] * operands[1], axis=-1)[:, ends])
            scale = _exponent(format, operands)
            self._scale.append(scale)
            for side, values in zip(codes, operands, strict=True):
                scaled = np.ldexp(values, scale)
                side.append(np.stack([encode(format, cut_to_format(scaled, format, cut)) for cut in Cut]))
        self._x, self._y = (np.stack(side) for side in codes)  # distribution, cut, dot product, term

    def measured(self, parameters: DotParameters) -> list[DotError]:
        """Measure a unit: one result for each distribution and cut."""
        computed, saturated = self._computed(parameters)
        results = []
        for i, distribution in enumerate(DISTRIBUTIONS):
            unscaled = np.ldexp(computed[:, i], -2 * self._scale[i])
            for j, cut in enumerate(Cut):
                figures = [_figures(sums[j], true) for sums, true in zip(unscaled, self._true[i].T, strict=True)]
                bias, uncertainty, before, after, gain = zip(*figures, strict=True)
                shares = tuple(float(share) for share in saturated[:, i, j].mean(axis=-1))
                names = (distribution, cut, parameters, self.lengths)
                results.append(DotError(*names, bias, uncertainty, before, after, gain, shares))
        return results

    def _computed(self, parameters: DotParameters) -> tuple[Floats, NDArray[np.bool_]]:
        """Compute sums, (length, distribution, cut, dot product), and where they are saturated."""
        anchor = self._anchor(parameters)
        sums: Sums | None = None
        values, saturated, begin = [], [], 0
        for end in self.lengths:
            terms = slice(begin, end)
            sums = dot_product(parameters, self._x[..., terms], self._y[..., terms], anchor, start=sums, threads=1)
            values.append(sums.values(parameters, anchor))
            saturated.append(sums.saturated)
            begin = end
        return np.stack(values), np.stack(saturated)

    def _anchor(self, parameters: DotParameters) -> NDArray[np.int64] | None:
        """Return an anchor for each distribution and cut, the least for all its products, as in a tile; else None."""
        if not parameters.kind.has_anchor:
            return None
        kinds = zip(self._x.reshape(-1, *self._x.shape[2:]), self._y.reshape(-1, *self._y.shape[2:]), strict=True)
        each = [least_anchor(parameters, x, y.T) for x, y in kinds]
        return np.array(each).reshape(*self._x.shape[:2], 1)


def _figures(computed: Floats, true: Floats) -> tuple[float, float, float, float, float]:
    """Compute bias, its standard error, NRMSE before and after the gain, and the gain."""
    half = len(true) // 2
    bias = float(computed @ true / (true @ true) - 1)
    rest = (computed - (1 + bias) * true) * true
    uncertainty = float(np.sqrt((rest**2).sum()) / (true @ true))
    gain = fitted_gain(computed[:half], true[:half])
    after = errors(gain * computed[half:], true[half:]).nmse ** 0.5
    return bias, uncertainty, errors(computed, true).nmse ** 0.5, after, gain


def _exponent(format: Format, operands: Floats) -> int:
    """Return the exponent of the power of two that scales operands before they become codes.

    It is 0 for formats with normal numbers down to 2^-6. For others it brings numbers of that size into the normal
    range, as far as nothing saturates.
    """
    return max(min(largest_scale(operands, format), 1 - format.bias - _LOWEST), 0)


@dataclass(frozen=True)
class DotErrors:
    """Job: errors of dot products of all units of a format, by length.

    Parameters
    ----------
    format : Format
        Format of both operands.
    lengths : tuple of int
        K, in rising order.
    count : int
        Dot products of each kind; even.
    """

    format: Format
    lengths: tuple[int, ...] = LENGTHS
    count: int = COUNT

    def __post_init__(self) -> None:
        _check_count(self.count)  # before the work, where it is an error of the command and not of a job

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return self.lengths[-1]

    def run(self, context: NoContext) -> list[DotError]:
        """Compute the dot products of all units."""
        experiment = DotExperiment(self.format, self.lengths, self.count)
        return [row for unit in units(self.format, self.lengths[-1]) for row in experiment.measured(unit)]
