"""Area savings of L-Mul over exact by mantissa width, in every datapath with a multiplication."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.accumulators import NARROW_FLOATING, Accumulator
from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record, Section, plain, saving
from lmul.reporting.topic import Picture, Topic
from lmul.synth.measure.catalog import DEPTH, EXACT, dot_parameters, lanes
from lmul.synth.measure.contenders import series
from lmul.synth.measure.exact_baselines import Design, figures
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.arrays.elements import SIDE
from lmul.synth.report.full.pareto_picture import width_picture
from lmul.synth.report.setting import Setting
from lmul.tools.failure import least

EXPONENT_BITS = 5
"""Exponent bits of all formats in the series; every accumulator exists for it."""

ARRAY_WIDTHS = (1, 2, 3, 4, 7, 10)
"""Mantissa bits for which whole arrays are measured."""

BOOTH_BITS = 8
"""Mantissa bits from which Booth's recoding can make an exact product smaller than an array of full adders."""


def _unit(f: Format, method: Method) -> Design | None:
    if method.is_dot_only:  # `rounded` is the exact multiplier
        return None
    return Design(dot_parameters(f, method).product)


def _piece(kind: PieceKind, accumulator: Accumulator, f: Format, method: Method) -> Design | None:
    if kind is PieceKind.OS_ARRAY and f.mantissa_bits not in ARRAY_WIDTHS:
        return None
    side = {PieceKind.DOT_CORE: lanes(f), PieceKind.OS_ARRAY: SIDE}
    return Design(Piece(kind, dot_parameters(f, method, accumulator, DEPTH), side.get(kind, 1)))


DATAPATHS: dict[str, Callable[[Format, Method], Design | None]] = {
    "multiplier": _unit,
    **{
        f"MAC {accumulator}": partial(_piece, PieceKind.ELEMENT_CORE, accumulator)
        for accumulator in (Accumulator.ANCHORED, Accumulator.FIXED, Accumulator.FP32, *NARROW_FLOATING)
    },
    "dot product": partial(_piece, PieceKind.DOT_CORE, Accumulator.ANCHORED),
    "array": partial(_piece, PieceKind.OS_ARRAY, Accumulator.ANCHORED),
}
"""Functions that return the design for a format and a method, by datapath; None where it is not measured."""


def width_jobs(formats: Sequence[Format]) -> Iterator[Job]:
    """Yield the jobs for areas in all datapaths."""
    for build in DATAPATHS.values():
        for f in formats:
            designs = [design for method in (Method.LMUL, *EXACT) if (design := build(f, method)) is not None]
            yield from (design.cost_job(form) for design in designs for form in _forms(design))


def width_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of area saved, one row a width."""
    records: list[Record] = []
    for f in formats:
        record: Record = {"format": f.name}
        for name, build in DATAPATHS.items():
            own, *baselines = (_area(measured, build(f, method)) for method in (Method.LMUL, *EXACT))
            known = [area for area in baselines if area is not None]
            record[name] = 1 - own / least(known) if own is not None and known else None
        records.append(record)
    return Section(
        "widths",
        f"Area that L-Mul saves, by mantissa width, {measured.technology.name}",
        records,
        {"format": ("format", plain), **{name: (name, saving) for name in DATAPATHS}},
        (),
        [
            f"Formats of {EXPONENT_BITS} exponent bits, so that every accumulator exists; L-Mul against the smaller"
            " exact one of the same format, which adds whole products or products rounded first; policy flush, mapped"
            f" for area, exact products as arrays of full adders or, from {BOOTH_BITS} mantissa bits on and but for"
            " whole arrays, by Booth's recoding if that is smaller. 'MAC' is a processing element's core with that"
            " accumulator (anchored W12), 'dot product' 16 lanes anchored, 'array' a"
            f" {SIDE} x {SIDE} output-stationary one,"
            " anchored, with its streams, stalls and drains. The wider the mantissa, the more L-Mul saves, and the more"
            " its error exceeds that of exact multiplication: a saving here is no saving at equal accuracy.",
        ],
    )


def _area(measured: Measured, design: Design | None) -> float | None:
    if design is None:
        return None
    return min(figures(measured, design, form, None).nand2 for form in _forms(design))


def _forms(design: Design) -> Sequence[Form]:
    whole_array = isinstance(design.unit, Piece) and design.unit.kind is PieceKind.OS_ARRAY
    recoded = design.has_forms and design.format.mantissa_bits >= BOOTH_BITS and not whole_array
    return (Form.ARRAY, Form.FAST_BOOTH) if recoded else (Form.ARRAY,)


@dataclass(frozen=True)
class Widths(Topic[Setting]):
    """Topic: area savings by mantissa width."""

    formats: Sequence[Format] = tuple(series(EXPONENT_BITS))

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for areas in all datapaths."""
        return [(setting.main, list(width_jobs(self.formats)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [width_section(setting.main, self.formats)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw savings as lines."""
        draw = partial(width_picture, width_section(setting.main, self.formats))
        return {"widths": Picture("Area that L-Mul saves, by mantissa width", draw)}
