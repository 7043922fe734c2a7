"""Savings against mantissa width: L-Mul against exact, in every datapath that a multiplication is part of."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import Format
from lmul.hdl.forms import Form
from lmul.synth.designs import DEPTH, dot_parameters, lanes
from lmul.synth.element_rows import SIDE
from lmul.synth.forms import Design, figures
from lmul.synth.measurement import Job, Measured
from lmul.synth.pieces import Kind, Piece
from lmul.synth.sections import Record, Section, plain, saving

EXPONENT_BITS = 5
"""Of all formats of the series: all accumulators exist for it."""

ARRAY_WIDTHS = (1, 2, 3, 4, 7, 10)
"""Mantissa bits for which whole arrays are measured."""


RIVALS = ("exact", "rounded")
"""Exact ones: the whole product is added, or the product rounded first. The smaller one counts."""


def _unit(f: Format, method: str) -> Design | None:
    if method == "rounded":  # which the exact multiplier is
        return None
    return Design(dot_parameters(f, method).product)


def _piece(kind: Kind, accumulator: Accumulator, f: Format, method: str) -> Design | None:
    if kind is Kind.OS_ARRAY and f.mantissa_bits not in ARRAY_WIDTHS:
        return None
    side = {Kind.DOT_CORE: lanes(f), Kind.OS_ARRAY: SIDE}
    return Design(Piece(kind, dot_parameters(f, method, accumulator, DEPTH), side.get(kind, 1)))


DATAPATHS: dict[str, Callable[[Format, str], Design | None]] = {
    "multiplier": _unit,
    **{
        f"MAC {accumulator}": partial(_piece, Kind.ELEMENT_CORE, accumulator)
        for accumulator in (
            Accumulator.ANCHORED,
            Accumulator.FIXED,
            Accumulator.FP32,
            Accumulator.BF16,
            Accumulator.FP16,
            Accumulator.E4M3,
        )
    },
    "dot product": partial(_piece, Kind.DOT_CORE, Accumulator.ANCHORED),
    "array": partial(_piece, Kind.OS_ARRAY, Accumulator.ANCHORED),
}
"""By name what is measured for a format and a method; None where it is not."""


def width_jobs(formats: Sequence[Format]) -> Iterator[Job]:
    """What has to be found out, in the form that is exported."""
    for build in DATAPATHS.values():
        for f in formats:
            designs = (build(f, method) for method in ("lmul", *RIVALS))
            yield from (design.cost_job(Form.ARRAY) for design in designs if design is not None)


def width_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Area saved, one line a width."""
    records: list[Record] = []
    for f in formats:
        record: Record = {"format": f.name}
        for name, build in DATAPATHS.items():
            own, *rivals = (_area(measured, build(f, method)) for method in ("lmul", *RIVALS))
            known = [area for area in rivals if area is not None]
            record[name] = 1 - own / min(known) if own is not None and known else None
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
            " for area, exact products as arrays of full adders. 'MAC' is a processing element's core with that"
            " accumulator (anchored W12), 'dot product' 16 lanes anchored, 'array' a"
            f" {SIDE} x {SIDE} output-stationary one,"
            " anchored, with its streams, stalls and drains. The wider the mantissa, the more L-Mul saves, and the more"
            " its error exceeds that of exact multiplication: a saving here is no saving at equal accuracy.",
        ],
    )


def _area(measured: Measured, design: Design | None) -> float | None:
    return None if design is None else figures(measured, design, Form.ARRAY, None).nand2
