"""Sums being formed, block by block and by several threads."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import Codes
from lmul.golden.dot.arguments import Shape
from lmul.golden.dot.blocks import Block, blocks
from lmul.golden.dot.sums import Sums, begun, leaving
from lmul.golden.formats import FP32
from lmul.golden.types import Array, Flags, Integers
from lmul.kernels.operands import Classes, Factored, Side, factored, words
from lmul.kernels.ways import Added, Way, chosen, loops

WORTH = 1 << 18
"""Products from which on compiled loops serve, at least 1: below, to load them takes longer than the model does."""

_COLUMNS = 256  # at a time: a row of sums stays in the first cache
_ROWS = 1024  # at a time
_FEWEST_ROWS = 64  # for a thread, since each makes the grids that it needs
_GRID = 1 << 17  # bytes of a grid, a quarter of a second cache
_MOST_TERMS = 32  # in a grid; a multiple of 4, as loops want
_PAIRS = 1 << 19  # products of pairs in memory at a time


@dataclass(frozen=True)
class Work:
    """Sums being formed, in place.

    Attributes
    ----------
    parameters : DotParameters
        Parameters of the sums.
    parts : Factored
        Factors of the products.
    way : Way
        Way in which products are added.
    held : array
        Accumulators, as the model has them.
    before, saturated : array of bool
        Where sums were saturated before, and where they have become so.
    """

    parameters: DotParameters
    parts: Factored
    way: Way
    held: Array
    before: Flags
    saturated: Flags

    @classmethod
    def begun(
        cls,
        parameters: DotParameters,
        left: Codes,
        right: Codes,
        depth: int,
        anchors: Integers,
        start: Sums | ArrayLike | None,
        fits: Callable[[], bool] | None = None,
    ) -> "Work | None":
        """Begin sums of `depth` products; for the rest see `chosen`.

        Return None where the model has to serve: for few products, without numba, where no way is exact.
        """
        parts = factored(parameters.product) if anchors.size * depth >= WORTH else None
        if parts is None:
            return None
        try:
            loops()
        except (ImportError, RuntimeError):  # numba is not there, or finds no folder for what it compiles
            return None
        held, before = begun(parameters, start, anchors.shape)
        present = parts.x.present(left), parts.y.present(right)
        # Single sums have a row each.
        rows = anchors[..., None] if fits is None else anchors
        way = chosen(parameters, parts, present, depth, held, rows, fits or (lambda: False))
        return None if way is None else cls(parameters, parts, way, held, before, np.zeros(held.shape, bool))

    def ended(self, anchors: Integers, saturate: bool) -> Sums | None:
        """Return the sums; None if a product is above its anchor and that is an error, which the model describes."""
        if self.parameters.kind.has_anchor and not saturate and self.saturated.any():
            return None
        saturated = self.before | self.saturated
        if self.parameters.format == FP32 and self.parameters.output is None:
            return Sums(self.held.astype(np.float32).view(np.uint32), saturated)
        return leaving(self.parameters, self.held, saturated, anchors, self.held.shape)

    def matrix(self, index: Shape, left: Codes, right: Codes, threads: int) -> None:
        """Add the products of the matrices left (..., M, K) and right (..., K, N) at an index of their stacks."""
        left, right = _at(left, index), np.ascontiguousarray(_at(right, index))
        if isinstance(self.way, Added):
            self._added(index, left, right, threads)
            return
        unit = self.way.unit if isinstance(self.way.unit, int) else self.way.unit[index]
        terms = left.shape[1]
        padding = ((0, 0), (0, -terms % _MOST_TERMS))
        x, kinds = (np.pad(each, padding) for each in self._parts(self.parts.x, unit, left))
        y, table = self._factors(self.parts.y, self.way.y_unit), self._table
        held, saturated = self.held[index], self.saturated[index]
        step = min(max(_GRID // (_COLUMNS * table.itemsize * len(table)), 4), _MOST_TERMS)

        def add(block: Block) -> None:
            rows, columns = block
            buffers = self.way.begin(held[block])
            grid: Array = np.empty((len(table), step, buffers[0].shape[1]), self.way.number)
            for k in range(0, terms, step):
                loops().spread(grid, right, k, columns.start, y, self.parts.y.classes, table)
                self.way.add(buffers, (x, kinds, rows.start, k, grid))
            saturated[block] = self.way.end(buffers, held[block])

        _each(add, _cuts(held.shape, threads), threads)

    def _added(self, index: Shape, left: Codes, right: Codes, threads: int) -> None:
        """Add the products of matrices whose words are sums of words."""
        own = words(self.parameters.product)
        assert own is not None
        terms, more = left.shape[1], -left.shape[1] % _MOST_TERMS
        x, counts = (np.pad(np.take(each, left), ((0, 0), (0, more))) for each in (own.x, own.counts_x))
        y, y_counts = (np.pad(np.take(each, right), ((0, more), (0, 0))) for each in (own.y, own.counts_y))
        held = self.held[index]

        def add(block: Block) -> None:
            rows, columns = block
            (sums,) = self.way.begin(held[block])
            for k in range(0, terms, _MOST_TERMS):
                part = slice(k, k + _MOST_TERMS), columns
                here = (np.ascontiguousarray(each[part]) for each in (y, y_counts))
                loops().add_words(sums, x, counts, rows.start, k, *here)
            held[block] = sums

        _each(add, _cuts(held.shape, threads), threads)

    def pairs(self, left: Codes, right: Codes, threads: int) -> None:
        """Add the products of left (..., K) and right (..., K), which broadcast."""
        # Another axis in front, for single sums.
        held, saturated, unit = self.held[None], self.saturated[None], self.way.unit
        x, y = (np.broadcast_to(side, (*held.shape, side.shape[-1])) for side in (left, right))
        table = self._table

        def add(block: Block) -> None:
            before = held[block].reshape(1, -1)
            buffers, step = self.way.begin(before), max(_PAIRS // before.size // 4 * 4, 4)
            # All sums are one row, and products are the grid that is multiplied by 1.
            one: Array = np.ones((1, step), self.way.number)
            none = np.zeros((1, step), np.uint8)
            grid: Array = np.empty((1, step, before.size), self.way.number)
            own = unit if isinstance(unit, int) else unit[None][block].reshape(-1)
            for k in range(0, x.shape[-1], step):
                codes = [side[block][..., k : k + step].reshape(before.size, -1).T for side in (x, y)]
                a, b = self._parts(self.parts.x, own, codes[0]), self._parts(self.parts.y, self.way.y_unit, codes[1])
                loops().pair(grid, *a, *b, table)
                self.way.add(buffers, (one, none, 0, 0, grid))
            over = self.way.end(buffers, before)
            held[block] = before.reshape(held[block].shape)
            saturated[block] = np.broadcast_to(over, before.shape).reshape(held[block].shape)

        _each(add, blocks(held.shape), threads)

    @property
    def _table(self) -> Array:
        return self.parts.table.astype(self.way.number)

    def _factors(self, side: Side, unit: int) -> Array:
        """Return the factor of each code in units of 2^unit. Below those of the number's type it is 0."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(side.factors, -unit).astype(self.way.number)

    def _parts(self, side: Side, unit: Integers | int, codes: Codes) -> tuple[Array, Classes]:
        """Return factors of codes, in units of 2^unit, and classes, in the order that loops want."""
        if isinstance(unit, int):
            return np.take(self._factors(side, unit), codes), np.take(side.classes, codes)
        with np.errstate(over="ignore", under="ignore"):
            factors: Array = np.ldexp(np.take(side.factors, codes), -unit).astype(self.way.number)
        return factors, np.take(side.classes, codes)


def _at(stack: Codes, index: Shape) -> Codes:
    """Return the matrix at an index of stacks that broadcast."""
    own = index[len(index) + 2 - stack.ndim :]
    matrix: Codes = stack[tuple(i if length > 1 else 0 for i, length in zip(own, stack.shape[:-2], strict=True))]
    return matrix


def _cuts(shape: Shape, threads: int) -> Iterator[Block]:
    """Yield blocks of a matrix, for each thread one at least if they are not too small."""
    rows, columns = shape
    bands = -(-columns // _COLUMNS)
    high = min(max(rows * bands // threads, _FEWEST_ROWS), _ROWS)
    for i, n in product(range(0, rows, high), range(0, columns, _COLUMNS)):
        yield slice(i, min(i + high, rows)), slice(n, min(n + _COLUMNS, columns))


def _each(do: Callable[[Block], None], cuts: Iterator[Block], threads: int) -> None:
    """Do something with each block, in several threads."""
    if threads == 1:
        for block in cuts:
            do(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(do, cuts):
            pass
