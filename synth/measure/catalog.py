"""Lanes, elements and arrays that a report measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lmul.accuracy.dots.total import differ
from lmul.golden.accumulators import NARROW_FLOATING, Accumulator, AccumulatorKind, DotParameters
from lmul.golden.formats import BF16, E2M5, E3M4, E4M3, E5M2, FP16, FP32, Format, format_named
from lmul.golden.logarithms import WIDEST_MANTISSA
from lmul.golden.methods import CATALOGUE, Method, Rounding
from lmul.golden.parameters import Parameters
from lmul.synth.measure.pieces import Piece, PieceKind

DEPTH = 1024
"""Depth K, in products, of every fixed and anchored accumulator unless a row says otherwise."""

SHALLOW = 64
"""Other depth K at which elements with a fixed accumulator are measured."""

ALL_METHODS = tuple(method for method in CATALOGUE if method.rounding is Rounding.NEAREST)
MAIN_METHODS = (Method.LMUL, Method.corrected(2), Method.ROUNDED, Method.EXACT)
EXACT = (Method.EXACT, Method.ROUNDED)
"""Methods of exact baselines: add the whole product, or round it first. The better one counts."""

INTEGER_BITS = range(4, 9)
REPORT_FORMATS = (E4M3, E5M2, E3M4, BF16, FP16, FP32)
EIGHT_BITS = (E4M3, E5M2, E3M4)


@dataclass(frozen=True)
class Chosen:
    """Formats and methods that designs are made of.

    Parameters
    ----------
    formats : sequence of Format
        Formats; x and y have the same one.
    everything : bool
        Combine every method with every accumulator. This takes long.
    """

    formats: Sequence[Format] = REPORT_FORMATS
    everything: bool = False


def dot_parameters(
    f: Format,
    method: Method,
    accumulator: Accumulator = Accumulator.ANCHORED,
    depth: int = DEPTH,
    y: Format | None = None,
    output: Format | None = None,
) -> DotParameters:
    """Return a dot product with the reports' usual settings; an anchored accumulator has the width of `window`."""
    windows = window(f) if accumulator.kind is AccumulatorKind.ANCHORED else None
    return DotParameters(Parameters(f, method, y_format=y or f), accumulator, depth, windows, output)


def window(f: Format) -> int:
    """Return the width W of the anchored accumulator, in bits."""
    return 24 if f == FP32 else 12


def lanes(f: Format) -> int:
    """Return the lanes of a dot product: 16, or 4 for fp32, whose products are large."""
    return 4 if f == FP32 else 16


def dots(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield the rows of the table of lanes: every method anchored, and the main methods fixed where possible."""
    for accumulator in (Accumulator.ANCHORED, Accumulator.FIXED):
        for f in chosen.formats:
            narrow = f in EIGHT_BITS or chosen.everything
            anchored = accumulator is Accumulator.ANCHORED
            methods = ALL_METHODS if narrow and anchored else MAIN_METHODS
            methods = (*log_methods(f), *methods) if anchored else methods
            yield from _existing([(f, method, accumulator, DEPTH) for method in methods])


def log_methods(f: Format) -> tuple[Method, ...]:
    """Return the methods `log` that are measured in a format; none for fewer than 3 mantissa bits."""
    if not 3 <= f.mantissa_bits <= WIDEST_MANTISSA:
        return ()
    if f in EIGHT_BITS:
        return Method.log(0), Method.log(1)
    return Method.log(0), Method.log(0, 2), Method.log(0, 4)


def logs(chosen: Chosen) -> list[DotParameters]:
    """List the lanes of log codes whose converters are measured."""
    return [dot_parameters(f, method) for f in chosen.formats for method in log_methods(f)]


def elements(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield the rows of the table of processing elements."""
    for f in chosen.formats:
        depths = [(Accumulator.FIXED, SHALLOW), (Accumulator.FIXED, DEPTH)] if f in EIGHT_BITS else []
        others = [Accumulator.ANCHORED, Accumulator.FP32]
        if f == FP16 or chosen.everything:
            depths = [(Accumulator.FIXED, DEPTH)]
        if f == E4M3 or chosen.everything:
            others += NARROW_FLOATING
        kinds = [*depths, *((accumulator, DEPTH) for accumulator in others)]
        methods = ALL_METHODS if chosen.everything else MAIN_METHODS
        for accumulator, depth in kinds:
            yield from _existing([(f, method, accumulator, depth) for method in methods])


def arrays(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield the rows of the table of arrays."""
    for f, accumulator in ((E4M3, Accumulator.FIXED), (BF16, Accumulator.ANCHORED)):
        if f in chosen.formats:
            yield from _existing(
                [(f, method, accumulator, DEPTH) for method in (Method.LMUL, Method.ROUNDED, Method.EXACT)]
            )


def loaders(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield the dot products whose loaders are measured."""
    for f in chosen.formats:
        for accumulator in (Accumulator.ANCHORED, Accumulator.FIXED):
            yield from _existing([(f, method, accumulator, DEPTH) for method in (Method.LMUL, Method.EXACT)])


def quantisers(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield roundings of a floating-point accumulator's fp32 or bf16 sums to codes of narrower formats."""
    for accumulator, source in ((Accumulator.FP32, FP32), (Accumulator.BF16, BF16)):
        for f in chosen.formats:
            if f.width < source.width:
                yield dot_parameters(f, Method.LMUL, accumulator, output=f)


def output_roundings(chosen: Chosen) -> Iterator[DotParameters]:
    """Yield roundings of a fixed accumulator's sums to a code."""
    for f in chosen.formats:
        if f in EIGHT_BITS:
            for output in (f, BF16, FP32):
                yield dot_parameters(f, Method.LMUL, Accumulator.FIXED, output=output)


def scaled() -> list[DotParameters]:
    """List the rows of the table of block-scaled lanes: e3m4 by all methods, and designs to compare it with."""
    # With D_log the bias of the antilog is gone without a gain.
    kinds = ((0, 1, 0), (0, 1, -1), (0, 4, 0), (1, 1, 0), (1, 1, -2), (1, 2, -1), (1, 4, -1))
    logs = [Method.log(guard, segments, d) for guard, segments, d in kinds]
    return [
        *(dot_parameters(E3M4, method) for method in (*logs, *ALL_METHODS)),
        *(with_subnormals(dot_parameters(E3M4, method)) for method in MAIN_METHODS),
        *(with_subnormals(dot_parameters(f, method)) for f in (E4M3, E2M5) for method in EXACT),
        *(integers(bits) for bits in INTEGER_BITS),
        dot_parameters(E3M4, Method.EXACT, y=format_named("e3m3")),
        dot_parameters(E4M3, Method.EXACT),
        dot_parameters(E4M3, Method.ROUNDED),
        dot_parameters(E4M3, Method.LMUL),
        dot_parameters(E4M3, Method.corrected(2)),
        dot_parameters(E4M3, Method.log(1)),
        dot_parameters(E2M5, Method.log(0, d=-2)),
        dot_parameters(E2M5, Method.log(0, 4, d=-1)),
    ]


def with_subnormals(dot: DotParameters) -> DotParameters:
    """Return a dot product whose subnormal operands count in full."""
    return replace(dot, product=replace(dot.product, subnormals=True))


def integers(bits: int) -> DotParameters:
    """Return a dot product of integers of so many bits, with exact products and sums."""
    return dot_parameters(format_named(f"int{bits}"), Method.EXACT, Accumulator.FIXED)


def _existing(rows: Sequence[tuple[Format, Method, Accumulator, int]]) -> Iterator[DotParameters]:
    """Yield the designs that are valid and differ from others; a fixed accumulator may be too wide."""
    for f, method, accumulator, depth in rows:
        if differ(f, method):
            try:
                yield dot_parameters(f, method, accumulator, depth)
            except ValueError:
                continue


def core(dot: DotParameters) -> Piece:
    """Return the dot product's core as a piece to measure."""
    return Piece(PieceKind.DOT_CORE, dot, lanes(dot.product.format))


def accumulator_name(dot: DotParameters) -> str:
    """Name the accumulator as tables do, such as `anchored W12`, `fixed K 1024` or `fp32`."""
    match dot.kind:
        case AccumulatorKind.ANCHORED:
            return f"anchored W{dot.window}"
        case AccumulatorKind.FIXED:
            return f"fixed K {dot.depth}"
        case AccumulatorKind.FLOATING:
            return dot.accumulator.value
