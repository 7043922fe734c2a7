# amaranth: UnusedElaboratable=no
"""Cost of processing elements and whole arrays, and of loaders, quantisers and output rounding."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.array.element import OutputStationary, WeightStationary
from lmul.reporting.sections import Record, Section, area, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.measure.catalog import accumulator_name
from lmul.synth.measure.jobs import costs_of
from lmul.synth.measure.pieces import SUMS, Piece, PieceKind, part
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.arrays.dot_products import SAVED, exact_ones
from lmul.synth.report.setting import Setting
from lmul.tools.failure import least, number

SIDE = 4
"""Rows and columns of the arrays."""

LARGE_SIDE = 16
"""Rows and columns of the array that is estimated."""

BIT = Piece(PieceKind.BIT)
ELEMENTS = {"os": PieceKind.OS, "ws": PieceKind.WS}
ARRAYS = {"os": PieceKind.OS_ARRAY, "ws": PieceKind.WS_ARRAY}

_NAMES = {
    "format": ("format", plain),
    "accumulator": ("accumulator", plain),
    "method": ("method", plain),
}


def element_pieces(dots: Sequence[DotParameters]) -> Iterator[Piece]:
    """Yield the pieces to measure for processing elements."""
    yield BIT
    for dot in dots:
        yield from (
            part(kind, dot)
            for kind in ((PieceKind.PRODUCT, PieceKind.TERM) if dot.kind.is_integer else (PieceKind.PRODUCT,))
        )
        yield from (Piece(kind, dot) for kind in (PieceKind.ELEMENT_CORE, PieceKind.OS, PieceKind.WS))


def element_section(measured: Measured, dots: Sequence[DotParameters]) -> Section:
    """Make the table of processing elements."""
    records: list[Record] = []
    for dot in dots:
        areas, others = _element(measured, dot), [_element(measured, other) for other in exact_ones(dot, dots)]
        savings = _savings(dot, ("core", *ELEMENTS), areas, others)
        records.append({**_named(dot), **areas, **savings})
    return Section(
        "elements",
        "Processing elements: NAND2 equivalents",
        records,
        {
            **_NAMES,
            "multiplier": ("multiplier", area),
            "alignment": ("alignment", area),
            "sum": ("accumulator", area),
            "operands": ("operand registers", area),
            "core": ("core", area),
            "core_saved": ("saved", saving),
            "os": ("os element", area),
            "os_saved": ("saved", saving),
            "os_more": ("os over core", area),
            "ws": ("ws element", area),
            "ws_saved": ("saved", saving),
            "ws_more": ("ws over core", area),
        },
        ("format", "accumulator"),
        [
            "One product a step. 'core' is a bare element, measured whole: registers for both operands, multiplier,"
            " an accumulator that can be cleared; its parts are found as those of lanes are. A floating-point"
            " accumulator aligns inside its adder. 'os element' and 'ws element' are those of the arrays. Over the"
            " core the output-stationary one has flags, a register in which results drain down the column, and an"
            " enable at every register; the weight-stationary one a second word (loaded while the first is in use),"
            f" flags and enables, and no clearing. {SAVED}",
        ],
    )


def array_pieces(dots: Sequence[DotParameters]) -> Iterator[Piece]:
    """Yield the pieces to measure for arrays."""
    for dot in dots:
        for flow, kind in ARRAYS.items():
            yield from (Piece(kind, dot, SIDE), Piece(ELEMENTS[flow], dot))
            for side in (SIDE, LARGE_SIDE):
                yield from _skews(flow, dot, side)


def array_section(measured: Measured, dots: Sequence[DotParameters]) -> Section:
    """Make the table of arrays."""
    records: list[Record] = []
    for flow, kind in ARRAYS.items():
        for dot in dots:
            areas = _array(measured, flow, kind, dot)
            others = [_array(measured, flow, kind, other) for other in exact_ones(dot, dots)]
            savings = _savings(dot, ("total", "large"), areas, others)
            records.append({**_named(dot), "dataflow": flow, **areas, **savings})
    return Section(
        "arrays",
        f"Arrays: NAND2 equivalents per product a step ({SIDE} x {SIDE} measured, {LARGE_SIDE} x {LARGE_SIDE}"
        " estimated)",
        records,
        {
            "dataflow": ("dataflow", plain),
            **_NAMES,
            "elements": ("elements", area),
            "skew": ("skew", area),
            "control": ("loading, control", area),
            "total": (f"{SIDE} x {SIDE}", area),
            "total_saved": ("saved", saving),
            "large_skew": (f"skew at {LARGE_SIDE}", area),
            "large": (f"{LARGE_SIDE} x {LARGE_SIDE}, estimate", area),
            "large_saved": ("saved", saving),
        },
        ("dataflow", "format"),
        [
            f"'{SIDE} x {SIDE}' is the whole array mapped flat, with streams and loaders, over its {SIDE**2} elements."
            " 'elements' is one element by itself, 'skew' the delays around them by themselves, 'loading, control' the"
            f" rest. The {LARGE_SIDE} x {LARGE_SIDE} array is put together: elements as here, its own delays, and"
            f" what is left of the small one as often as it has more columns. Weight-stationary arrays are measured"
            f" with room for {SUMS} row of partial sums: more would be a memory. {SAVED}",
        ],
    )


def converter_pieces(kind: PieceKind, dots: Sequence[DotParameters]) -> list[Piece]:
    """List loaders or rounders as pieces to measure."""
    return [Piece(kind, dot) for dot in dots]


def converter_section(
    measured: Measured,
    loaders: Sequence[DotParameters],
    quantisers: Sequence[DotParameters],
    roundings: Sequence[DotParameters],
) -> Section:
    """Make the table of loaders, quantisers and output rounding."""
    rows: list[tuple[str, DotParameters, PieceKind, str, str]] = []
    for dot in loaders:
        f = dot.product.format.name
        rows.append((f"loader, {dot.method.name}", dot, PieceKind.LOADER, f, f"word, {accumulator_name(dot)}"))
    for dot in quantisers:
        rows.append(("quantiser", dot, PieceKind.ROUNDER, dot.accumulator.value, str(dot.output)))
    for dot in roundings:
        source = f"sum of {dot.product.format.name}, {accumulator_name(dot)}"
        rows.append(("output rounding", dot, PieceKind.ROUNDER, source, str(dot.output)))
    records: list[Record] = [
        {"what": what, "from": source, "to": target, "nand2": measured.nand2(Piece(kind, dot))}
        for what, dot, kind, source, target in rows
    ]
    return Section(
        "converters",
        "Loaders, quantisers, output rounding: NAND2 equivalents each",
        records,
        {
            "what": ("unit", plain),
            "from": ("from", plain),
            "to": ("to", plain),
            "nand2": ("NAND2 eq.", area),
        },
        ("what",),
        [
            "Combinational, one for each column, row or port, not for each product. A loader folds bias, anchor and"
            " a constant D into a code of y. A quantiser rounds a number that is no Inf, NaN or subnormal once, to"
            " nearest even, with saturation; it is the unit that rounds floating-point sums where they leave. Applying"
            " a block's scale would be one subtraction in the exponent more, finding it is not built. There is no"
            " output rounding for anchored sums.",
        ],
    )


def _element(measured: Measured, dot: DotParameters) -> dict[str, float | None]:
    product = measured.nand2(part(PieceKind.PRODUCT, dot))
    aligned = measured.nand2(part(PieceKind.TERM, dot)) if dot.kind.is_integer else product
    whole = measured.nand2(Piece(PieceKind.ELEMENT_CORE, dot))
    operands = (dot.product.format.width + Stored.of(dot).width) * measured.nand2(BIT)
    elements = {flow: measured.nand2(Piece(kind, dot)) for flow, kind in ELEMENTS.items()}
    return {
        "multiplier": product,
        "alignment": aligned - product if dot.kind.is_integer else None,
        "sum": whole - operands - aligned,
        "operands": operands,
        "core": whole,
        **elements,
        **{f"{flow}_more": size - whole for flow, size in elements.items()},
    }


def _array(measured: Measured, flow: str, kind: PieceKind, dot: DotParameters) -> dict[str, float]:
    total = measured.nand2(Piece(kind, dot, SIDE)) / SIDE**2
    element = measured.nand2(Piece(ELEMENTS[flow], dot))
    skew, large_skew = (
        sum(measured.nand2(each) for each in _skews(flow, dot, side)) / side**2 for side in (SIDE, LARGE_SIDE)
    )
    control = total - element - skew
    return {
        "elements": element,
        "skew": skew,
        "control": control,
        "total": total,
        "large_skew": large_skew,
        "large": element + large_skew + control * SIDE / LARGE_SIDE,
    }


def _skews(flow: str, dot: DotParameters, side: int) -> list[Piece]:
    element = OutputStationary(dot) if flow == "os" else WeightStationary(dot)
    widths = (
        [len(element.x), 2, len(element.y), len(element.below)]
        if isinstance(element, OutputStationary)
        else [len(element.x), 1, len(element.word), len(element.sum), len(element.sum)]
    )
    return [Piece(PieceKind.SKEW, None, side, width) for width in widths]


def _named(dot: DotParameters) -> Record:
    return {
        "format": dot.product.format_name,
        "accumulator": accumulator_name(dot),
        "method": dot.method.name,
    }


def _savings(
    dot: DotParameters,
    keys: Sequence[str],
    areas: Mapping[str, float | None],
    others: Sequence[Mapping[str, float | None]],
) -> Record:
    """Compute savings over the smallest exact design, for each area separately; None for exact ones."""
    if dot.product.method.is_exact:
        return {f"{key}_saved": None for key in keys}
    return {f"{key}_saved": 1 - number(areas[key]) / least(number(o[key]) for o in others) for key in keys}


@dataclass(frozen=True)
class Elements(Topic[Setting]):
    """Topic: areas of processing elements.

    Parameters
    ----------
    dots : sequence of DotParameters
        Formats, method and accumulator of each element.
    """

    dots: Sequence[DotParameters]

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for elements and their parts."""
        return [(setting.main, costs_of(element_pieces(self.dots)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [element_section(setting.main, self.dots)]


@dataclass(frozen=True)
class Arrays(Topic[Setting]):
    """Topic: areas of arrays; no table where there is none to measure.

    Parameters
    ----------
    dots : sequence of DotParameters
        Formats, method and accumulator of the elements.
    """

    dots: Sequence[DotParameters]

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for arrays, their elements and their skews."""
        return [(setting.main, costs_of(array_pieces(self.dots)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [array_section(setting.main, self.dots)] if self.dots else []


@dataclass(frozen=True)
class Converters(Topic[Setting]):
    """Topic: areas of loaders, quantisers and output rounding.

    Parameters
    ----------
    loaders, quantisers, roundings : sequence of DotParameters
        Designs whose loaders, operand quantisers and output rounders are measured.
    """

    loaders: Sequence[DotParameters]
    quantisers: Sequence[DotParameters]
    roundings: Sequence[DotParameters]

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for all of them."""
        kinds = (
            (PieceKind.LOADER, self.loaders),
            (PieceKind.ROUNDER, self.quantisers),
            (PieceKind.ROUNDER, self.roundings),
        )
        return [(setting.main, costs_of(piece for kind, dots in kinds for piece in converter_pieces(kind, dots)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [converter_section(setting.main, self.loaders, self.quantisers, self.roundings)]
