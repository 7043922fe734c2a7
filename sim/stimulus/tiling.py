"""Tiling of a matrix product, in chunks that a player's memories hold."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lmul.golden.codes import Codes
from lmul.golden.dot.sums import least_anchor
from lmul.golden.types import Array
from lmul.sim.stimulus.tiles import Shape, Tiles

CHUNK = 1 << 13
"""Steps that are played at a time, unless a single tile needs more."""

Place = tuple[int, int, int]


@dataclass(frozen=True)
class Chunk:
    """Tiles played together, and for each the matrix, row and column where its product begins."""

    tiles: Tiles
    places: list[Place]


@dataclass(frozen=True)
class Tiling:
    """Tiles of a batch of products of one size.

    Attributes
    ----------
    shape : Shape
        The array.
    batch, m, k, n : int
        The matrices are M x K and K x N.
    """

    shape: Shape
    batch: int
    m: int
    k: int
    n: int

    @classmethod
    def of(cls, shape: Shape, a: Place, b: Place) -> "Tiling":
        """Build the tiling for matrices of these shapes."""
        return cls(shape, *a, b[2])

    @property
    def passes(self) -> int:
        """Count the steps of an output-stationary tile, or the passes of a weight-stationary one."""
        return -(-self.k // self.shape.terms)

    @property
    def rows(self) -> int:
        """Return the rows of a tile."""
        if self.shape.stationary == "os":
            return self.shape.rows
        return min(self.m, self.shape.sums if self.passes > 1 else CHUNK)

    @property
    def steps(self) -> int:
        """Count the beats of a in a tile."""
        return self.passes * (1 if self.shape.stationary == "os" else self.rows)

    @property
    def weights(self) -> int:
        """Count the beats of b in a tile."""
        return self.passes * (1 if self.shape.stationary == "os" else self.shape.rows)

    @property
    def starts(self) -> list[Place]:
        """List the matrix, row and column where each tile begins."""
        rows, columns = range(0, self.m, self.rows), range(0, self.n, self.shape.columns)
        return [(s, i, j) for s in range(self.batch) for i in rows for j in columns]

    @property
    def macs(self) -> int:
        """Count the multiplications of all tiles."""
        return len(self.starts) * self.macs_of_a_tile

    @property
    def macs_of_a_tile(self) -> int:
        """Count the multiplications of a tile, with those by zeros."""
        return self.steps * self.shape.rows * self.shape.columns * self.shape.lanes

    @property
    def _together(self) -> int:
        """Return the number of tiles in a chunk."""
        return max(CHUNK // max(self.steps, self.weights, self.rows), 1)

    def memories(self) -> dict[str, int]:
        """Return the depths of the memories of a, b and c, in beats; they are the same for most products."""
        sizes = {"a": self.steps, "b": self.weights, "c": self.rows}
        return {stream: max(CHUNK, size) for stream, size in sizes.items()}

    def chunks(self, a: Codes, b: Codes, anchor: int | None) -> Iterator[Chunk]:
        """Yield the tiles in chunks, with their anchors."""
        starts, n = self.starts, self.shape.columns
        for first in range(0, len(starts), self._together):
            places = starts[first : first + self._together]
            x = np.zeros((len(places), self.rows, self.k), np.uint32)
            y = np.zeros((len(places), self.k, n), np.uint32)
            for place, (s, i, j) in enumerate(places):
                rows, columns = a[s, i : i + self.rows], b[s, :, j : j + n]
                x[place, : len(rows)], y[place, :, : columns.shape[1]] = rows, columns
            yield Chunk(Tiles(x, y, self._anchors(x, y, anchor)), places)

    def _anchors(self, x: Codes, y: Codes, anchor: int | None) -> Array | None:
        dot = self.shape.dot
        if not dot.kind.has_anchor:
            return None
        return np.array([least_anchor(dot, *each) if anchor is None else anchor for each in zip(x, y, strict=True)])
