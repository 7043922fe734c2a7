"""List of the parts that `lmul prove lanes` proves, and their proofs."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from lmul.formal.part_proof import PartProof
from lmul.formal.proved_parts import (
    ProvedArray,
    ProvedConverter,
    ProvedElement,
    ProvedLane,
    ProvedPart,
    ProvedRounder,
    ProvedStep,
    ProvedUnit,
)
from lmul.formal.questions import questions_kept
from lmul.golden.accumulators import Accumulator, AccumulatorKind, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3, format_named
from lmul.golden.logarithms import GUARD_BITS, SEGMENTS, WIDEST_MANTISSA
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.dot.converter import converters
from lmul.hdl.style import Style
from lmul.tools.parallel import on_all_cores

FORMATS = ("e2m1", "e2m3", "e3m2", "e4m3", "e5m2", "e3m4", "bf16", "fp16", "tf32", "fp32")
"""Formats of both operands."""

INTEGERS = ("int4", "int5", "int6", "int7", "int8")
"""Integers, of both operands."""

MIXED = (("e4m3", "e5m2"), ("e5m2", "e4m3"), ("bf16", "e4m3"), ("e3m4", "e5m2"))
"""Formats of x and of y."""

WINDOWS = (2, 12, 24)
"""Windows of the anchored accumulator, for the methods `IN_ELEMENTS`; lanes of others are proved for the widest."""

USUAL_WINDOW = 12
"""The window where there is one alone."""

IN_ELEMENTS = frozenset({Method.LMUL, Method.log(0), Method.EXACT})
"""Methods whose elements, units and windows are proved."""

FLOATING = tuple(a for a in Accumulator if not a.kind.is_integer)
"""Floating-point accumulators."""

STEP_FORMATS = ("e4m3", "bf16", "fp16")
"""Formats whose steps are proved with all floating-point accumulators, by the methods lmul and exact.

In gates, where the product alone differs, and with other formats and methods one is enough, and two for e4m3."""

FEW_FLOATING = (Accumulator.BF16, Accumulator.E4M3)
"""Accumulators of other steps."""

OUTPUTS = ("e4m3", "bf16", "fp32")
"""Formats that sums are rounded to."""

ELEMENT_LANES = (1, 2, 16)
"""Products a step of elements; many for narrow operands alone."""

FLOATING_ELEMENTS = ("e4m3", "bf16")
"""Formats of elements with floating-point accumulators."""

MANY_LANES = 4
"""Products a step from which on that is so."""

SHAPES = ((1, 1), (1, 4), (4, 1), (2, 3), (3, 2), (6, 5), (4, 4), (16, 16))
"""Rows and columns of arrays. Grids of more than 16 elements are shown by their structure. The last two, which take
longest, are proved of the first array alone."""

ARRAYS = (
    (DotParameters(Parameters(E4M3), depth=64), 1),
    (DotParameters(Parameters(E3M4, Method.log(1)), Accumulator.ANCHORED, 64, 12), 2),
    (DotParameters(Parameters(E4M3, Method.EXACT), output=BF16, depth=64), 2),
    (DotParameters(Parameters(BF16, Method.EXACT), Accumulator.FP32, output=E4M3), 1),
)
"""What arrays compute, and products a step of an element."""

DEPTH = 64
"""Products of the longest sums; a lane does not depend on it."""


def parts(
    formats: Sequence[str] = FORMATS,
    mixed: Sequence[tuple[str, str]] = MIXED,
    integers: Sequence[str] = INTEGERS,
    shapes: Sequence[tuple[int, int]] = SHAPES,
) -> list[ProvedPart]:
    """List arrays, converters and rounders, each once, lanes, steps, units and elements; methods stand for all."""
    dots = [dot for x, y in (*((f, f) for f in formats), *mixed) for dot in _dots(x, y)]
    dots += [DotParameters(Parameters(format_named(name), Method.EXACT), depth=DEPTH) for name in integers]
    layouts = dict.fromkeys(part.format for dot in dots for part in converters(dot))
    lanes = [ProvedLane(dot, style) for dot in dots for style in Style]
    chosen = [dot for dot in dots if dot.method in IN_ELEMENTS]
    others: list[ProvedPart] = [*_steps(dots), *_rounders(chosen), *_units(chosen), *_elements(chosen)]
    others += _floating_elements([name for name in FLOATING_ELEMENTS if name in formats])
    return [*_arrays(shapes), *map(ProvedConverter, layouts), *lanes, *others]


def _steps(dots: Sequence[DotParameters]) -> Iterator[ProvedStep]:
    """Yield steps: to what follows the product, a method is the length of its significand."""
    for p in dict.fromkeys(dot.product for dot in dots if not dot.product.is_integer):
        usual = p.method in (Method.LMUL, Method.EXACT) and not p.subnormals
        narrow = p.format_name == STEP_FORMATS[0]
        few = FEW_FLOATING if narrow else FEW_FLOATING[:1]
        if usual and p.format_name in STEP_FORMATS:
            kinds = [*itertools.product(FLOATING, [Style.RTL]), *itertools.product(few, [Style.GATES])]
        elif usual and max(p.format.width, p.y_format.width) <= 16:
            kinds = [*itertools.product(few, [Style.RTL])]
        elif narrow:
            kinds = [*itertools.product(few, Style)]
        else:
            continue
        for accumulator, style in kinds:
            yield ProvedStep(DotParameters(p, accumulator), style)


def _rounders(dots: Sequence[DotParameters]) -> Iterator[ProvedRounder]:
    """Yield rounders, each once: of an integer they depend on its width and last place, of a code on its format."""
    integer = [dot for dot in dots if dot.kind is AccumulatorKind.FIXED and dot.product.log_formats is None]
    fixed = {(dot.width, dot.lsb): dot for dot in integer}
    floating = [DotParameters(dots[0].product, accumulator) for accumulator in FLOATING]
    for dot, output in itertools.product([*fixed.values(), *floating], OUTPUTS):
        yield ProvedRounder(replace(dot, output=format_named(output)))


def _units(dots: Sequence[DotParameters]) -> Iterator[ProvedUnit]:
    """Yield units: around its lanes a method is the width of a word; scales meet the anchor alone."""
    for dot in dots:
        if dot.window in (None, USUAL_WINDOW) and dot.product.subnormals == (dot.product.log_formats is not None):
            yield from (ProvedUnit(dot, style) for style in Style)
            if dot.window is not None and dot.method.is_full:
                yield from (ProvedUnit(replace(dot, scaled=True), style) for style in Style)


def _arrays(shapes: Sequence[tuple[int, int]]) -> Iterator[ProvedArray]:
    """Yield arrays of every shape in one style, and of one shape in the other, too."""
    for (dot, lanes), dataflow, shape in itertools.product(ARRAYS, Dataflow, shapes):
        if dot != ARRAYS[0][0] and shape in SHAPES[-2:]:
            continue
        yield ProvedArray(dot, dataflow, *shape, lanes, Style.RTL)
        if shape == (2, 3):
            yield ProvedArray(dot, dataflow, *shape, lanes, Style.GATES)


def _elements(dots: Sequence[DotParameters]) -> Iterator[ProvedElement]:
    """Yield elements: to their registers a method is the width of a word, and W that of the accumulator."""
    for dot in dots:
        if dot.window in (None, USUAL_WINDOW) and dot.product.subnormals == (dot.product.log_formats is not None):
            widest = max(dot.product.format.width, dot.product.y_format.width)
            for dataflow, lanes, style in itertools.product(Dataflow, ELEMENT_LANES, Style):
                if lanes >= MANY_LANES and widest > 8:
                    continue
                yield ProvedElement(dot, dataflow, lanes, style)


def _floating_elements(names: Sequence[str]) -> Iterator[ProvedElement]:
    """Yield elements with floating-point accumulators: to them a method is the width of a word."""
    for name, accumulator, dataflow in itertools.product(names, FLOATING, Dataflow):
        dot = DotParameters(Parameters(format_named(name), Method.EXACT), accumulator)
        yield from (ProvedElement(dot, dataflow, 1, style) for style in Style)


def _dots(x: str, y: str) -> Iterator[DotParameters]:
    for product in _products(x, y):
        # Where subnormals count, what is new stands before the lane.
        windows = WINDOWS if product.method in IN_ELEMENTS else WINDOWS[-1:]
        windows = windows if product.subnormals == (product.log_formats is not None) else (USUAL_WINDOW,)
        for accumulator, window in ((Accumulator.FIXED, None), *((Accumulator.ANCHORED, w) for w in windows)):
            try:
                yield DotParameters(product, accumulator, DEPTH, window)
            except ValueError:  # a fixed accumulator that is too wide
                continue


def _products(x: str, y: str) -> Iterator[Parameters]:
    first, second = format_named(x), format_named(y)
    m = max(first.mantissa_bits, second.mantissa_bits)
    corrected = [Method.corrected(bits) for bits in range(1, min(m, 3) + 1)]
    exact = (Method.ROUNDED, Method.EXACT)
    for method in (Method.LMUL, Method.MITCHELL, Method.constant(1), *corrected, *exact):
        yield Parameters(first, method, y_format=second)
    for method in (Method.LMUL, corrected[-1], *exact):
        yield Parameters(first, method, y_format=second, subnormals=True)
    if m > WIDEST_MANTISSA:
        return
    for guard in GUARD_BITS:
        yield Parameters(first, Method.log(guard, SEGMENTS[guard % len(SEGMENTS)]), y_format=second)
    for segments in SEGMENTS[1:]:
        yield Parameters(first, Method.log(0, segments, d=-1), y_format=second, subnormals=False)


def prove_all_parts(
    chosen: Sequence[ProvedPart], done: Callable[[], None] = lambda: None, questions: Path | None = None
) -> list[PartProof]:
    """Prove parts in parallel, one process a core; `done` is called after each, and the folder gets all questions."""
    return on_all_cores(partial(_proved, questions), list(enumerate(chosen)), _effort, done)


def _proved(questions: Path | None, numbered: tuple[int, ProvedPart]) -> PartProof:
    number, part = numbered
    what = part.layout if isinstance(part, ProvedConverter) else part.dot.name
    with questions_kept(questions, f"{number:04}_{type(part).__name__.removeprefix('Proved').lower()}_{what}"):
        return part.prove()


def _effort(numbered: tuple[int, ProvedPart]) -> int:
    _, part = numbered
    if isinstance(part, ProvedConverter):
        return part.layout.width
    if isinstance(part, ProvedArray):
        return 100 + part.rows * part.columns
    floating = part.dot.format if isinstance(part, ProvedStep) else None
    return part.dot.product.mantissa_bits + (10 * floating.mantissa_bits if floating else 0)
