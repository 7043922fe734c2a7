"""Designs with exact products in several forms, the jobs that measure each form, and the best form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.mantissa import TABLE_MANTISSA_BITS
from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import Stream
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import PieceCost
from lmul.synth.measure.multipliers import UnitCost
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Job, Measured

BASELINE_FORMS = (Form.ARRAY, Form.TREE, Form.FAST_BOOTH, Form.OPERATOR)
"""Forms that exact baselines are measured in. At bf16 and fp16 (`exact_forms`) others win by no more than noise."""


@dataclass(frozen=True)
class Design:
    """Multiplier, or core that multiplies and adds, in any form of its exact products.

    Parameters
    ----------
    unit : Parameters or Piece
        Multiplier, or a core; the core's own `form` is ignored.
    """

    unit: Parameters | Piece

    @property
    def name(self) -> str:
        """Name the kind of unit, with its lanes and accumulator."""
        if isinstance(self.unit, Parameters):
            return "multiplier"
        dot = self.unit.known
        what = f"{self.unit.lanes} lanes" if self.unit.kind is PieceKind.DOT_CORE else "MAC"
        return f"{what}, {dot.accumulator}{dot.window or ''}"

    @property
    def method(self) -> Method:
        """Return the method that forms products."""
        return self.unit.method if isinstance(self.unit, Parameters) else self.unit.known.method

    @property
    def format(self) -> Format:
        """Return the format of x."""
        return self.unit.format if isinstance(self.unit, Parameters) else self.unit.known.product.format

    @property
    def products(self) -> int:
        """Return the products of one cycle."""
        return 1 if isinstance(self.unit, Parameters) else self.unit.lanes

    def cost_job(self, form: Form) -> Job:
        """Return the job that measures the cost of a form."""
        if isinstance(self.unit, Parameters):
            return UnitCost(self.unit, form)
        return PieceCost(self._piece(form))

    def energy_job(self, form: Form, stream: Stream) -> Job:
        """Return the job that measures the energy of a form on a stream."""
        if isinstance(self.unit, Parameters):
            return EnergyJob(self.unit, stream, form)
        return EnergyJob(self._piece(form), stream)

    def _piece(self, form: Form) -> Piece:
        assert isinstance(self.unit, Piece)
        return replace(self.unit, form=form)

    @property
    def has_forms(self) -> bool:
        """Tell whether several forms are measured. L-Mul has none; a rounded product of few bits is a table.

        That table beats all forms of whole products in dot products of e2m1, e4m3, e5m2 and e3m4, but not in MACs.
        """
        p = self.unit if isinstance(self.unit, Parameters) else self.unit.known.product
        whole_mac = isinstance(self.unit, Piece) and self.unit.kind is PieceKind.ELEMENT_CORE and self.unit.known.full
        return p.method.is_exact and (whole_mac or p.result.mantissa_bits > TABLE_MANTISSA_BITS)

    @property
    def forms(self) -> Sequence[Form]:
        """Return the forms that it is measured in as a baseline."""
        return BASELINE_FORMS if self.has_forms else (Form.ARRAY,)


@dataclass(frozen=True)
class Figures:
    """Cost and energy of a design in one form; areas and energies are per product.

    Parameters
    ----------
    nand2, area_um2, delay_ps, depth
        Area in NAND2 equivalents and in um2, longest path in ps and in cells; see `Cost`.
    fj, fj_glitches : float or None
        Energy without glitches and with them, in fJ; None where no stream was given.
    """

    nand2: float
    area_um2: float | None
    delay_ps: float | None
    depth: int
    fj: float | None
    fj_glitches: float | None


FIGURES = ("nand2", "delay_ps", "depth", "fj", "fj_glitches")
"""Fields of `Figures` in which forms are compared; the least is the best."""


def form_jobs(designs: Iterable[Design], stream: Stream | None, forms: Sequence[Form] | None = None) -> list[Job]:
    """List the jobs for designs in `forms`, by default those of a baseline; with a stream, their energies too."""
    found: list[Job] = []
    for design in designs:
        for form in forms or design.forms:
            found.append(design.cost_job(form))
            found += [design.energy_job(form, stream)] if stream else []
    return found


def figures(measured: Measured, design: Design, form: Form, stream: Stream | None) -> Figures:
    """Look up the cost of a design in a form and, with a stream, its energy."""
    cost: Cost = measured[design.cost_job(form)]
    fj: list[float | None] = [None, None]
    if stream:
        energies: Energies = measured[design.energy_job(form, stream)]
        fj = [each.fj_per_cycle / design.products for each in (energies.settled, energies.glitches)]
    area_um2 = None if cost.area_um2 is None else cost.area_um2 / design.products
    return Figures(cost.nand2 / design.products, area_um2, cost.delay_ps, cost.depth, *fj)


@dataclass(frozen=True)
class Best:
    """Lowest value of a figure, and what has it.

    Parameters
    ----------
    form : Form
        Form with that value.
    value : float
        Value of the figure, in its unit in `Figures`.
    method : Method
        Method of the design: tells `exact` from `rounded` where both are baselines.
    """

    form: Form
    value: float
    method: Method


def best_forms(
    measured: Measured, design: Design, stream: Stream | None, forms: Sequence[Form] | None = None
) -> dict[str, Best]:
    """Find, for each of `FIGURES` that is known, the form of a design with the lowest value."""
    return best_of(measured, [design], stream, forms)


def best_of(
    measured: Measured, designs: Iterable[Design], stream: Stream | None, forms: Sequence[Form] | None = None
) -> dict[str, Best]:
    """Find the lowest value of each of `FIGURES` over several designs for the same use.

    Each is looked up in `forms`, by default those of a baseline.

    Each is looked up in `forms`, by default those of a baseline.
    """
    found: dict[str, Best] = {}
    for design in designs:
        for form in forms or design.forms:
            each = figures(measured, design, form, stream)
            for name in FIGURES:
                value = getattr(each, name)
                if value is not None and (name not in found or value < found[name].value):
                    found[name] = Best(form, value, design.method)
    return found
