"""Units that are placed, and the figures of each, beside those of the best exact form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.synth.layout.job import Laid, LayoutJob, Setup
from lmul.synth.layout.routing import RoutingJob
from lmul.synth.measure.catalog import dot_parameters, log_methods
from lmul.synth.measure.contenders import Contender, Use, contender
from lmul.synth.measure.exact_baselines import Design
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured

USES = {
    Use.MULTIPLIER: (E4M3, E5M2, E3M4, BF16, FP16, FP32),
    Use.DOT: (E4M3, E3M4, BF16),
    Use.MAC_FIXED: (E4M3, E5M2, BF16, FP16),  # bf16's is refused: too wide
    Use.MAC_FP32: (E4M3, BF16, FP16),
}
"""Uses, and the formats in which their units are placed."""

FIGURES = ("core_um2", "delay_ps", "fj", "fj_glitches")
"""Figures that are compared; the least is the best."""

LANES = 64
"""Lanes of the largest units."""


@dataclass(frozen=True)
class Placing:
    """How units are placed: cells and wires, and the versions of OpenSTA and qrouter, if any."""

    setup: Setup
    sta: str | None
    router: str | None = None

    def job(self, design: Design, form: Form) -> LayoutJob:
        """Return the job that places a design in a form."""
        unit = design.unit
        if isinstance(unit, Parameters):
            return LayoutJob(unit, self.setup, self.sta, form)
        return LayoutJob(replace(unit, form=form), self.setup, self.sta)

    def jobs(self, each: Contender) -> list[LayoutJob]:
        """List the jobs of a contender in all forms, and of its baselines."""
        return [self.job(design, form) for design in (each.design, *each.baselines) for form in design.forms]

    def routing(self, formats: Sequence[Format]) -> list[RoutingJob]:
        """List the jobs that route multipliers, exact ones as arrays, in the order of a table; none without qrouter."""
        if self.router is None:
            return []
        return [RoutingJob(each.product, self.setup, self.router) for each in entrants(Use.MULTIPLIER, formats)]

    @property
    def largest(self) -> list[LayoutJob]:
        """List the jobs that place the largest units, each once."""
        kinds = PieceKind.DOT_CORES, PieceKind.DOT_CORE
        methods = Method.LMUL, Method.ROUNDED
        pieces = [Piece(kind, dot_parameters(E4M3, method), LANES) for kind in kinds for method in methods]
        return [LayoutJob(piece, self.setup, self.sta, repeats=1) for piece in pieces]


def entrants(use: Use, formats: Sequence[Format]) -> Iterator[Contender]:
    """Yield L-Mul, corrected2, methods of logarithms in dot products, and exact, format by format."""
    for f in formats:
        logs = log_methods(f) if use is Use.DOT else ()
        for method in (Method.LMUL, Method.corrected(2), *logs, Method.EXACT):
            each = contender(use, f, method)
            if each is not None:
                yield each


@dataclass(frozen=True)
class Best:
    """Best of some designs in a figure, before wires or placed.

    Parameters
    ----------
    value, spread : float
        The figure, the mean over placements, and its standard deviation over it.
    form : str
        Method and form of the design.
    laid : Laid
        All figures of the design.
    """

    value: float
    spread: float
    form: str
    laid: Laid


def best(measured: Measured, placing: Placing, designs: Sequence[Design], figure: str, placed: bool) -> Best | None:
    """Find the least value of a figure over designs in all their forms; None where it is not known."""
    found: Best | None = None
    for design in designs:
        for form in design.forms:
            laid: Laid = measured[placing.job(design, form)]
            value = figure_of(laid, figure, placed)
            if value is not None and (found is None or value < found.value):
                spread = (laid.spread(figure) or 0.0) if placed and figure != "core_um2" else 0.0
                found = Best(value, spread, f"{design.method} {form}", laid)
    return found


def figure_of(laid: Laid, figure: str, placed: bool) -> float | None:
    """Return a figure before wires, or the mean over placements; area is that of the cells or of the core."""
    if figure == "core_um2":
        return laid.core_um2 if placed else laid.cell_um2
    found: float | None = laid.mean(figure) if placed else getattr(laid.before, figure)
    return found
