"""Trials of arrays: runs of tiles with waits, chosen to be hard."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmul.golden.accumulators import AccumulatorKind
from lmul.golden.codes import Codes, encode, reserved
from lmul.golden.dot.sums import least_anchor
from lmul.golden.formats import Format
from lmul.golden.types import Array
from lmul.hdl.arith.stored_operand import anchor_width
from lmul.sim.stimulus.tiles import Shape, Tiles
from lmul.sim.verilog.player import ALWAYS

FULL_SPEED = (ALWAYS, ALWAYS, ALWAYS)
_SLOW = 26


@dataclass(frozen=True)
class Trial:
    """Run of tiles, with its waits and resets.

    Attributes
    ----------
    tiles : list of Tiles
        Tiles to multiply, back to back.
    rates : tuple of int, or None
        Rates, as in `Run`.
    interrupts : tuple of int
        After each of these numbers of cycles there is a reset, and all is played once more.
    dense : bool
        A step has to be issued in every cycle from the first to the last.
    misframed : bool
        One b_last is wrong, which the array has to tell, and which changes nothing else.
    miscounted : bool
        A pass has too many rows, which a weight-stationary array has to tell. What it puts out is open.
    spare : bool
        Of the last tile, of one pass, a weight-stationary array gets the words alone, and has no use for them.
    """

    tiles: list[Tiles]
    rates: tuple[int, int, int] | None = None
    interrupts: tuple[int, ...] = ()
    dense: bool = False
    misframed: bool = False
    miscounted: bool = False
    spare: bool = False


def trials(shape: Shape, rng: np.random.Generator) -> Iterator[Trial]:
    """Yield the trials that every array must pass, simple ones first."""
    depth = shape.dot.depth
    short, even = max(shape.rows - 1, 1) * shape.lanes, shape.rows * shape.lanes
    if shape.stationary == "ws":
        short, even = max(shape.terms - 1, 1), shape.terms
    long = 2 * shape.terms + 1 if shape.stationary == "ws" else 3 * even + 1
    lengths = sorted({min(k, depth) for k in (1, short, even, long, depth)})
    yield Trial([uniform(shape, rng, 1, min(even, depth))], FULL_SPEED)
    yield Trial([special(shape, rng, kind, lengths[-1]) for kind in SPECIAL], FULL_SPEED)
    yield Trial([uniform(shape, rng, 3, k) for k in lengths])
    yield Trial([gaussian(shape, rng, 3, k) for k in reversed(lengths)], interrupts=_interrupts(rng))
    if depth >= even:
        yield Trial([uniform(shape, rng, 5, even, shape.rows)], FULL_SPEED, dense=True)
    for rates in ((_SLOW, ALWAYS, ALWAYS), (ALWAYS, _SLOW, ALWAYS), (ALWAYS, ALWAYS, _SLOW)):
        yield Trial([uniform(shape, rng, 2, k) for k in lengths], rates, interrupts=_interrupts(rng))
    yield random_trial(shape, rng)
    for tiles in _lone_reserved(shape, rng, min(even, depth)):
        yield Trial([tiles], FULL_SPEED)
    yield Trial([gaussian(shape, rng, 2, min(long, depth))], misframed=True)
    if shape.stationary == "ws":
        yield from _passes(shape, rng)
        if shape.dot.product.y_format.has_reserved:
            *_, words = _lone_reserved(shape, rng, min(even, depth))
            anchor = None if words.anchor is None else words.anchor[-1:]
            yield Trial([gaussian(shape, rng, 1, 1, 1), Tiles(words.a[-1:], words.b[-1:], anchor)], spare=True)
    yield Trial([_finite(shape, rng, _few_tiles(shape, k), k) for k in {1, min(even, depth)}])
    if shape.dot.kind is not AccumulatorKind.FIXED:
        columns = sorted({0, shape.columns // 2, shape.columns - 1})
        yield Trial([_lone_large(shape, rng, min(long, depth), j) for j in columns])
    if not shape.dot.kind.is_integer:
        yield Trial([_nearly_equal(shape, rng, _nearly_equal_tiles(shape), lengths[-1])])


def _passes(shape: Shape, rng: np.random.Generator) -> Iterator[Trial]:
    """Yield passes of as many rows as sums can stay for and of more: alone, and such that others go on with."""
    k, sums, depth = shape.terms, min(shape.sums, _MOST_ROWS), shape.dot.depth
    alone = [gaussian(shape, rng, 1, min(k, depth), sums + more) for more in (1, 2, sums + 3)]
    going_on = [gaussian(shape, rng, 1, min(2 * k, depth), sums)] if depth > k else []
    yield Trial([*alone, *going_on], FULL_SPEED)
    if going_on and sums == shape.sums:
        yield Trial([gaussian(shape, rng, 1, min(2 * k, depth), sums + 1)], FULL_SPEED, miscounted=True)


_MOST_ROWS = 64


def _few_tiles(shape: Shape, k: int) -> int:
    return max(_FEW_BEATS // beats_of_a_tile(shape, k, shape.rows), 1)


def _finite(shape: Shape, rng: np.random.Generator, count: int, k: int) -> Tiles:
    """Draw tiles of numbers of any size, a part of them near the largest or the smallest, and no reserved codes."""
    p, m = shape.dot.product, min(shape.rows, shape.sums)
    a, b = finite(p.format, (count, m, k), rng), finite(p.y_format, (count, k, shape.columns), rng)
    return Tiles(a, b, _anchors(shape, rng, a, b))


def finite(f: Format, size: tuple[int, ...], rng: np.random.Generator) -> Codes:
    """Draw codes that are not reserved: uniformly distributed, near the largest number, and near the smallest."""
    near = rng.integers(0, 8, size)
    top, least = np.maximum(f.top - near, 0), np.minimum(f.hidden_one + near, f.top)
    magnitude = np.choose(rng.integers(3, size=size), [rng.integers(0, f.sign_bit, size), top, least])
    codes = (magnitude | f.sign_bit * rng.integers(2, size=size)).astype(np.uint32)
    return np.where(reserved(f, codes), f.top, codes).astype(np.uint32)


def _lone_large(shape: Shape, rng: np.random.Generator, k: int, column: int) -> Tiles:
    """Build a tile of numbers in which the first product of one column, in one row, is far above all others."""
    p, tiles = shape.dot.product, gaussian(shape, rng, 1, k)
    a, b = tiles.a.copy(), tiles.b.copy()
    a[:, :, 0], b[:, 0] = 0, 0
    anchor = np.array([least_anchor(shape.dot, a[0], b[0])]) if shape.dot.kind.has_anchor else None
    a[0, rng.integers(a.shape[1]), 0], b[0, 0, column] = p.format.top, p.y_format.top
    return Tiles(a, b, anchor)


def _nearly_equal_tiles(shape: Shape) -> int:
    return max(min(50, 6400 // _longest_tile(shape)), 2)


def _longest_tile(shape: Shape) -> int:
    return beats_of_a_tile(shape, shape.dot.depth, 3 * shape.rows)


def _nearly_equal(shape: Shape, rng: np.random.Generator, count: int, k: int) -> Tiles:
    """Draw tiles in which of three products the first is larger by any power of two, and the third takes it away."""
    p, tiles = shape.dot.product, gaussian(shape, rng, count, k)
    a, b = tiles.a.copy(), tiles.b.copy()
    powers = 2.0 ** rng.integers(0, 1 << (p.format.exponent_bits - 1), (count, 1, 1))
    a[..., ::3] = _encoded(p.format, rng.normal(size=a[..., ::3].shape) * powers)
    again = range(2, k, 3)
    a[..., again] = a[..., : len(again) * 3 : 3] ^ np.uint32(p.format.sign_bit)
    b[:, again] = b[:, : len(again) * 3 : 3]
    return Tiles(a, b, tiles.anchor)


def _lone_reserved(shape: Shape, rng: np.random.Generator, k: int) -> Iterator[Tiles]:
    """Yield tiles with one reserved code among numbers: first, in between or last, in either matrix."""
    p = shape.dot.product
    for a_or_b, f in enumerate((p.format, p.y_format)):
        if not f.has_reserved:
            continue
        for at in (0, None, -1):
            tiles = gaussian(shape, rng, 2, k)
            codes = (tiles.a, tiles.b)[a_or_b]
            codes.flat[rng.integers(codes.size) if at is None else at] = reserved_code(f, rng)
            yield tiles


def random_trial(shape: Shape, rng: np.random.Generator) -> Trial:
    """Build tiles of random lengths and codes, with random waits."""
    depth, k = shape.dot.depth, shape.terms * shape.rows if shape.stationary == "os" else 2 * shape.terms
    made = []
    for length in (int(n) for n in rng.integers(1, min(depth, 2 * k) + 1, 3)):
        rows = _rows(shape, rng, length)
        count = max(_BEATS // beats_of_a_tile(shape, length, rows), 1)
        made.append((uniform, gaussian)[rng.integers(2)](shape, rng, count, length, rows))
    return Trial(made, interrupts=_interrupts(rng)[:1])


_BEATS = 1 << 11
"""Beats that tiles of one length take in a random trial."""

_FEW_BEATS = 1 << 9


def beats_of_a_tile(shape: Shape, k: int, m: int) -> int:
    """Count the beats of a tile's busiest stream."""
    steps = -(-k // shape.terms)
    return max(steps, shape.rows) if shape.stationary == "os" else max(steps * max(m, shape.rows), m)


def beats_of_a_trial(shape: Shape) -> int:
    """Return an upper bound of the beats of any trial's busiest stream."""
    tile = _longest_tile(shape)
    nearly_equal = 0 if shape.dot.kind.is_integer else _nearly_equal_tiles(shape) * tile
    return max(15 * tile, 3 * (_BEATS + tile), nearly_equal)


def _interrupts(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(cycles) for cycles in rng.integers(20, 300, 16))


def uniform(shape: Shape, rng: np.random.Generator, count: int, k: int, m: int | None = None) -> Tiles:
    """Draw tiles of uniformly distributed codes, reserved ones included."""
    p, m = shape.dot.product, _rows(shape, rng, k) if m is None else m
    a = rng.integers(0, 1 << p.format.width, (count, m, k), np.uint32)
    b = rng.integers(0, 1 << p.y_format.width, (count, k, shape.columns), np.uint32)
    return Tiles(a, b, _anchors(shape, rng, a, b))


def gaussian(shape: Shape, rng: np.random.Generator, count: int, k: int, m: int | None = None) -> Tiles:
    """Draw tiles of normally distributed numbers, within the formats."""
    p, m = shape.dot.product, _rows(shape, rng, k) if m is None else m
    a = _encoded(p.format, rng.normal(size=(count, m, k)))
    b = _encoded(p.y_format, rng.normal(size=(count, k, shape.columns)))
    return Tiles(a, b, _anchors(shape, rng, a, b))


def reserved_code(f: Format, rng: np.random.Generator) -> int:
    """Draw a code that a format reserves. The format must have some."""
    if f.is_integer:
        return f.sign_bit
    return int(rng.integers(f.top + 1, f.sign_bit)) | f.sign_bit * int(rng.integers(2))


def _encoded(f: Format, values: Array) -> Codes:
    return encode(f, np.ldexp(values, middle(f)))


def middle(f: Format) -> int:
    """Return the exponent of numbers in the middle of the format's range, for any bias."""
    return f.mantissa_bits - 2 if f.is_integer else (1 << (f.exponent_bits - 1)) - 1 - f.bias


def _rows(shape: Shape, rng: np.random.Generator, k: int) -> int:
    if shape.stationary == "os":
        return shape.rows
    return int(rng.integers(1, min(shape.sums, 3 * shape.rows) + 1))


SPECIAL = ("zero", "largest", "cancelling", "single", "smallest")


def special(shape: Shape, rng: np.random.Generator, kind: str, k: int) -> Tiles:
    """Build a tile of extreme values; `kind` is one of `SPECIAL`."""
    p, n = shape.dot.product, shape.columns
    m = shape.rows if shape.stationary == "os" else min(shape.rows, shape.sums)
    x, y = np.zeros((1, m, k), np.uint32), np.zeros((1, k, n), np.uint32)
    if kind in ("largest", "cancelling"):
        x[:], y[:] = p.format.sign_bit - 1, p.y_format.sign_bit - 1
    if kind == "cancelling":
        x[..., 1::2] = p.format.sign_bit + 1 if p.is_integer else 2 * p.format.sign_bit - 1
    if kind == "single":
        x[0, rng.integers(m), k - 1], y[0, k - 1, rng.integers(n)] = p.format.top, p.y_format.top
    if kind == "smallest":
        least = (1, 1) if p.subnormals or p.is_integer else (p.format.hidden_one, p.y_format.hidden_one)
        x[:], y[:] = least[0], least[1] | p.y_format.sign_bit
    return Tiles(x, y, _anchors(shape, rng, x, y, 3))


def _anchors(shape: Shape, rng: np.random.Generator, a: Codes, b: Codes, choice: int | None = None) -> Array | None:
    """Choose an anchor a tile: lowest, highest, random, least sufficient, beyond the highest, or the port's limits."""
    dot = shape.dot
    if not dot.kind.has_anchor:
        return None
    lowest, highest, width = dot.lowest_exponent, dot.highest_exponent, anchor_width(dot)
    chosen = []
    for x, y in zip(a, b, strict=True):
        middle, least = int(rng.integers(lowest, highest + 1)), least_anchor(dot, x, y)
        among = (lowest, highest, middle, least, highest + 1, -1 << (width - 1), (1 << (width - 1)) - 1)
        chosen.append(among[int(rng.integers(len(among))) if choice is None else choice])
    return np.array(chosen, np.int64)
