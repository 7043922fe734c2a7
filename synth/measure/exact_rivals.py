"""Designs with exact products in several forms, and what is found out about each form: jobs."""

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
from lmul.synth.measure.pieces import Kind, Piece
from lmul.synth.measure.session import Job, Measured

RIVAL_FORMS = (Form.ARRAY, Form.TREE, Form.FAST_BOOTH, Form.OPERATOR)
"""Forms that exact rivals are measured in. At bf16 and fp16 (`exact_forms`) no other is better by more than noise."""


@dataclass(frozen=True)
class Design:
    """A multiplier, or a core that multiplies and adds, in any form of its exact products.

    Parameters
    ----------
    unit : Parameters or Piece
        A multiplier; or a core, whose own form counts for nothing here.
    """

    unit: Parameters | Piece

    @property
    def name(self) -> str:
        """What it is."""
        if isinstance(self.unit, Parameters):
            return "multiplier"
        dot = self.unit.known
        what = f"{self.unit.lanes} lanes" if self.unit.kind is Kind.DOT_CORE else "MAC"
        return f"{what}, {dot.accumulator}{dot.window or ''}"

    @property
    def method(self) -> Method:
        """How products are formed."""
        return self.unit.method if isinstance(self.unit, Parameters) else self.unit.known.method

    @property
    def format(self) -> Format:
        """Of the operands."""
        return self.unit.format if isinstance(self.unit, Parameters) else self.unit.known.product.format

    @property
    def products(self) -> int:
        """Of a cycle."""
        return 1 if isinstance(self.unit, Parameters) else self.unit.lanes

    def cost_job(self, form: Form) -> Job:
        """What it costs in a form."""
        if isinstance(self.unit, Parameters):
            return UnitCost(self.unit, form)
        return PieceCost(self._piece(form))

    def energy_job(self, form: Form, stream: Stream) -> Job:
        """Its energy in a form."""
        if isinstance(self.unit, Parameters):
            return EnergyJob(self.unit, stream, form)
        return EnergyJob(self._piece(form), stream)

    def _piece(self, form: Form) -> Piece:
        assert isinstance(self.unit, Piece)
        return replace(self.unit, form=form)

    @property
    def has_forms(self) -> bool:
        """Whether forms are looked at: L-Mul has none, and a product of few bits that is rounded at once is a table.

        That table beats all forms of whole products in dot products of e2m1, e4m3, e5m2 and e3m4, but not in MACs.
        """
        p = self.unit if isinstance(self.unit, Parameters) else self.unit.known.product
        whole_mac = isinstance(self.unit, Piece) and self.unit.kind is Kind.ELEMENT_CORE and self.unit.known.full
        return p.method.is_exact and (whole_mac or p.result.mantissa_bits > TABLE_MANTISSA_BITS)

    @property
    def forms(self) -> Sequence[Form]:
        """Those that it stands for as a rival."""
        return RIVAL_FORMS if self.has_forms else (Form.ARRAY,)


@dataclass(frozen=True)
class Figures:
    """What a design in a form has; areas and energies are a product's share.

    Parameters
    ----------
    nand2, area_um2, delay_ps, depth
        As in `Cost`.
    fj, fj_glitches : float or None
        Without glitches and with them; None where energies were not asked for.
    """

    nand2: float
    area_um2: float | None
    delay_ps: float | None
    depth: int
    fj: float | None
    fj_glitches: float | None


FIGURES = ("nand2", "delay_ps", "depth", "fj", "fj_glitches")
"""What a form can be the best in."""


def form_jobs(designs: Iterable[Design], stream: Stream | None, forms: Sequence[Form] | None = None) -> list[Job]:
    """Designs in some forms, or in those in which they stand as rivals; with a stream their energies too."""
    found: list[Job] = []
    for design in designs:
        for form in forms or design.forms:
            found.append(design.cost_job(form))
            found += [design.energy_job(form, stream)] if stream else []
    return found


def figures(measured: Measured, design: Design, form: Form, stream: Stream | None) -> Figures:
    """What was found out about a form."""
    cost: Cost = measured[design.cost_job(form)]
    fj: list[float | None] = [None, None]
    if stream:
        energies: Energies = measured[design.energy_job(form, stream)]
        fj = [each.fj_per_cycle / design.products for each in (energies.settled, energies.glitches)]
    area_um2 = None if cost.area_um2 is None else cost.area_um2 / design.products
    return Figures(cost.nand2 / design.products, area_um2, cost.delay_ps, cost.depth, *fj)


@dataclass(frozen=True)
class Best:
    """The best there is for a figure.

    Parameters
    ----------
    form : Form
        That it has.
    value : float
        The figure.
    method : Method
        Of the design: `exact` or `rounded`, where both stand for an exact product.
    """

    form: Form
    value: float
    method: Method


def best_forms(
    measured: Measured, design: Design, stream: Stream | None, forms: Sequence[Form] | None = None
) -> dict[str, Best]:
    """For each of `FIGURES` that is known the form with the least of it: the rival to stand against in that figure."""
    return best_of(measured, [design], stream, forms)


def best_of(
    measured: Measured, designs: Iterable[Design], stream: Stream | None, forms: Sequence[Form] | None = None
) -> dict[str, Best]:
    """The same of several designs that do the same job, each in some forms or in those of a rival."""
    found: dict[str, Best] = {}
    for design in designs:
        for form in forms or design.forms:
            each = figures(measured, design, form, stream)
            for name in FIGURES:
                value = getattr(each, name)
                if value is not None and (name not in found or value < found[name].value):
                    found[name] = Best(form, value, design.method)
    return found
