"""Lanes that a search compares: floating-point ones by every method, exact ones of fewer bits, and integers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lmul.accuracy.dots.total import Condition, DotUnit, Experiment, differ
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import E2M5, E3M4, E4M3, E5M2, FORMATS, Format
from lmul.golden.logarithms import GUARD_BITS, SEGMENTS, WIDEST_MANTISSA, LogTable, antilogarithms
from lmul.golden.methods import CATALOGUE, Method, Rounding
from lmul.golden.parameters import Parameters
from lmul.synth.measure.catalog import EXACT, INTEGER_BITS, core, dot_parameters, integers
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.technology.technology import Technology

_GUARDS = GUARD_BITS[:3]
"""Guard bits that are tried; with more, the antilog's error is all that is left."""


@dataclass(frozen=True)
class Candidate:
    """Lane to compare: of a dot product, or of integers.

    Parameters
    ----------
    dot : DotParameters
        Formats, method and accumulator: anchored, or for integers fixed.
    """

    dot: DotParameters

    @property
    def name(self) -> str:
        """Return a name such as `log1s4 e3m4 W12` or `int7`."""
        if self.is_integer:
            return self.dot.product.format_name
        return f"{self.dot.method.name} {self.dot.product.format_name} W{self.dot.window}"

    @property
    def is_exact(self) -> bool:
        """Tell whether products are exact floating-point ones, whole or rounded."""
        return self.dot.method.is_exact and not self.is_integer

    @property
    def is_integer(self) -> bool:
        """Tell whether operands are integers."""
        return self.dot.product.is_integer

    @property
    def group(self) -> tuple[str, int | None]:
        """Return what candidates whose errors one job computes have in common: exponents, and window."""
        f = self.dot.product.format
        return f"e{f.exponent_bits}{f.kind}", self.dot.window

    @property
    def design(self) -> Design:
        """Return the design to measure: 16 lanes with words and accumulator."""
        return Design(core(self.dot))

    def error(self, experiment: Experiment) -> float:
        """Compute the NRMSE of an experiment's dot products after the gain."""
        return experiment.nrmse(experiment.computed(DotUnit(self.dot.product, self.dot.window)))[1]


@dataclass(frozen=True)
class CandidateErrors:
    """Job: total errors after the gain of candidates in a condition."""

    condition: Condition
    candidates: tuple[Candidate, ...]
    count: int

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 30 * len(self.candidates)

    def run(self, technology: Technology) -> list[float]:
        """Compute the dot products."""
        experiment = Experiment(self.condition, self.count)
        return [each.error(experiment) for each in self.candidates]


def formats_of(bits: int) -> list[Format]:
    """List the formats of so many bits that a search tries unless it is told: the known ones.

    Raises
    ------
    ValueError
        There is none.
    """
    found = [f for f in FORMATS.values() if f.width == bits and f.mantissa_bits <= WIDEST_MANTISSA]
    if not found:
        widths = sorted({f.width for f in FORMATS.values() if f.mantissa_bits <= WIDEST_MANTISSA})
        raise ValueError(f"--format-bits must be one of {', '.join(map(str, widths))}, not {bits}")
    return sorted(found, key=lambda f: (E2M5, E3M4, E4M3, E5M2).index(f) if bits == 8 else f.exponent_bits)


def candidates(
    formats: Sequence[Format], windows: Sequence[int], tables: Sequence[tuple[int, LogTable]] = (), scaled: bool = True
) -> list[Candidate]:
    """List the candidates, each once.

    Parameters
    ----------
    formats : sequence of Format
        Formats of x and y.
    windows : sequence of int
        Bits W of the anchored accumulator.
    tables : sequence of (int, tuple of int)
        Guard bits and tables of logarithms of the user's, for the formats with as many mantissas.
    scaled : bool
        Operands have block scales; without them there are no integers.
    """
    found = [
        Candidate(replace(dot_parameters(p.format, p.method), product=p, window=window))
        for f in formats
        for p in (*_exact(f), *_others(f, tables))
        for window in windows
    ]
    whole = [Candidate(integers(bits)) for bits in INTEGER_BITS] if scaled else []
    return list(dict.fromkeys([*found, *whole]))


def _exact(f: Format) -> Iterator[Parameters]:
    """Yield exact products of the format, and of operands that are rounded to fewer bits; y has one less at most."""
    for x in range(f.mantissa_bits, 0, -1):
        for y in (x, x - 1):
            if y:
                own, other = (f.with_mantissa(bits) for bits in (x, y))
                for method in EXACT:
                    yield from _edges(own, method, other)


def _others(f: Format, tables: Sequence[tuple[int, LogTable]]) -> Iterator[Parameters]:
    """Yield products by addition; those of logarithms with every antilog that differs."""
    for method in CATALOGUE:
        fits = (method.table_bits or 0) <= f.mantissa_bits and differ(f, method)
        if not method.is_exact and method.rounding is Rounding.NEAREST and fits:
            yield from _edges(f, method, f)
    if f.mantissa_bits > WIDEST_MANTISSA:
        return
    own = [(guard, table) for guard, table in tables if len(table) == f.hidden_one]
    for guard, table in (*((guard, None) for guard in _GUARDS), *own):
        known = set()
        for segments in SEGMENTS:
            antilog = antilogarithms(segments, f.mantissa_bits + guard)
            if antilog not in known:
                known.add(antilog)
                yield Parameters(f, Method.log(guard, segments, table=table))


def _edges(f: Format, method: Method, y: Format) -> Iterator[Parameters]:
    """Yield a product with subnormal operands read as zero, and with them counted in full."""
    yield from (Parameters(f, method, y_format=y, subnormals=full) for full in (False, True))
