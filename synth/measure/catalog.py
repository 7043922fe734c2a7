"""Which lanes, elements and arrays a report measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, FP32, Format, format_named
from lmul.golden.parameters import Method, Parameters
from lmul.synth.measure.pieces import Kind, Piece

DEPTH = 1024
"""The largest K of every fixed and anchored accumulator, unless a row says otherwise."""

SHALLOW = 64
"""The other largest K, of elements with a fixed accumulator."""

ALL_METHODS = ("lmul", "mitchell", "constant1", "corrected1", "corrected2", "corrected3", "rounded", "exact")
MAIN_METHODS = ("lmul", "corrected2", "rounded", "exact")
FORMATS = (E4M3, E5M2, E3M4, BF16, FP16, FP32)
EIGHT_BITS = (E4M3, E5M2, E3M4)


@dataclass(frozen=True)
class Chosen:
    """What the designs are made of.

    Parameters
    ----------
    formats : sequence of Format
        Of both operands.
    everything : bool
        Every method with every accumulator, which takes long.
    """

    formats: Sequence[Format] = FORMATS
    everything: bool = False


def dot_parameters(
    f: Format,
    method: str,
    accumulator: Accumulator = Accumulator.ANCHORED,
    depth: int = DEPTH,
    y: Format | None = None,
    output: Format | None = None,
) -> DotParameters:
    """A dot product by the name of its method, such as `corrected2`; windows are as `window` says."""
    name = method.rstrip("0123456789")
    number = int(method[len(name) :] or 0)
    product = Parameters(
        f,
        Method("exact" if name == "rounded" else name),
        constant=number if name == "constant" else None,
        table_bits=number if name == "corrected" else None,
        y_format=y or f,
    )
    windows = window(f) if accumulator is Accumulator.ANCHORED else None
    return DotParameters(product, accumulator, depth, windows, name == "rounded", output)


def window(f: Format) -> int:
    """W of the anchored accumulator."""
    return 24 if f == FP32 else 12


def lanes(f: Format) -> int:
    """Of a dot product: 16, or 4 where products are large."""
    return 4 if f == FP32 else 16


def differ(f: Format, method: str) -> bool:
    """Whether a method is none of the others in a format.

    With two mantissa bits all corrections are 0, as Mitchell's; and a constant D = 1 is the paper's up to 3 bits.
    """
    if method == "constant1":
        return f == E3M4
    return not method.startswith("corrected") or f.mantissa_bits > 2


def dots(chosen: Chosen) -> Iterator[DotParameters]:
    """Those of the table of lanes: every method anchored, and the main ones fixed where that exists."""
    for accumulator in (Accumulator.ANCHORED, Accumulator.FIXED):
        for f in chosen.formats:
            narrow = f in EIGHT_BITS or chosen.everything
            methods = ALL_METHODS if narrow and accumulator is Accumulator.ANCHORED else MAIN_METHODS
            yield from _existing([(f, method, accumulator, DEPTH) for method in methods])


def elements(chosen: Chosen) -> Iterator[DotParameters]:
    """Those of the table of elements."""
    for f in chosen.formats:
        depths = [(Accumulator.FIXED, SHALLOW), (Accumulator.FIXED, DEPTH)] if f in EIGHT_BITS else []
        others: list[Accumulator] = [Accumulator.ANCHORED, Accumulator.FP32]
        if f == FP16 or chosen.everything:
            depths = [(Accumulator.FIXED, DEPTH)]
        if f == E4M3 or chosen.everything:
            others += [Accumulator.BF16, Accumulator.FP16, Accumulator.E4M3]
        kinds = [*depths, *((accumulator, DEPTH) for accumulator in others)]
        methods = ALL_METHODS if chosen.everything else MAIN_METHODS
        for accumulator, depth in kinds:
            yield from _existing([(f, method, accumulator, depth) for method in methods])


def arrays(chosen: Chosen) -> Iterator[DotParameters]:
    """Those of the table of arrays."""
    for f, accumulator in ((E4M3, Accumulator.FIXED), (BF16, Accumulator.ANCHORED)):
        if f in chosen.formats:
            yield from _existing([(f, method, accumulator, DEPTH) for method in ("lmul", "rounded", "exact")])


def loaders(chosen: Chosen) -> Iterator[DotParameters]:
    """Those whose loaders are measured."""
    for f in chosen.formats:
        for accumulator in (Accumulator.ANCHORED, Accumulator.FIXED):
            yield from _existing([(f, method, accumulator, DEPTH) for method in ("lmul", "exact")])


def quantisers(chosen: Chosen) -> Iterator[DotParameters]:
    """Numbers of wide formats, as from a floating-point accumulator, made codes of narrow ones."""
    for accumulator, source in ((Accumulator.FP32, FP32), (Accumulator.BF16, BF16)):
        for f in chosen.formats:
            if f.width < source.width:
                yield dot_parameters(f, "lmul", accumulator, output=f)


def output_roundings(chosen: Chosen) -> Iterator[DotParameters]:
    """Sums of a fixed accumulator, rounded once."""
    for f in chosen.formats:
        if f in EIGHT_BITS:
            for output in (f, BF16, FP32):
                yield dot_parameters(f, "lmul", Accumulator.FIXED, output=output)


def scaled() -> list[DotParameters]:
    """Those of the table of block-scaled lanes: e3m4 by all methods, and what it stands against."""
    found = [dot_parameters(E3M4, method) for method in ALL_METHODS]
    return [
        *found,
        dot_parameters(E3M4, "exact", y=format_named("e3m3")),
        dot_parameters(E4M3, "exact"),
        dot_parameters(E4M3, "rounded"),
        dot_parameters(E4M3, "lmul"),
    ]


def _existing(rows: Sequence[tuple[Format, str, Accumulator, int]]) -> Iterator[DotParameters]:
    """Those that exist and differ: a fixed accumulator may be too wide."""
    for f, method, accumulator, depth in rows:
        if differ(f, method):
            try:
                yield dot_parameters(f, method, accumulator, depth)
            except ValueError:
                continue


EXACT = ("exact", "rounded")
"""Methods of exact rivals: the whole product is added, or the product rounded first. The better one counts."""


def core(dot: DotParameters) -> Piece:
    """The dot product's core."""
    return Piece(Kind.DOT_CORE, dot, lanes(dot.product.format))


def accumulator_name(dot: DotParameters) -> str:
    """As in `anchored W12`, `fixed K 1024`, `fp32`."""
    if dot.window is not None:
        return f"anchored W{dot.window}"
    return f"fixed K {dot.depth}" if dot.accumulator is Accumulator.FIXED else dot.accumulator.value
