"""Beats of arrays with AXI4-Stream ports: codes that are zero are not kept, at random, and then anything."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from lmul.sim.stimulus.array_trials import Trial, trials
from lmul.sim.stimulus.beats import pack, unpack
from lmul.sim.stimulus.tiles import Beats, Shape, Tiles

_ZEROS = 0.1


@dataclass(frozen=True)
class Kept:
    """Beats of a stream: `count` elements of `width` bits in `size` bytes each, and `rest` bits besides."""

    count: int
    width: int
    size: int
    rest: int

    def thinned(self, beats: Beats, rng: np.random.Generator) -> Beats:
        """Add tkeep to beats. About half of the elements that are zero lose a byte or more, and become anything."""
        codes, rest = unpack(beats, [(self.count, self.width, False), (self.rest, 1, False)])
        gone = (codes == 0) & (rng.random(codes.shape) < 0.5)
        anything = rng.integers(0, 1 << self.width, codes.shape)
        every = (1 << self.size) - 1
        keep = np.where(gone, rng.integers(0, every, codes.shape), every)
        return pack([(np.where(gone, anything, codes), self.width), (rest, 1), (keep, self.size)])


@dataclass(frozen=True)
class AxiShape(Shape):
    """Properties of an array with AXI4-Stream ports that a bench needs.

    Attributes
    ----------
    kept : tuple of Kept
        Beats of a and of b.
    """

    kept: tuple[Kept, Kept]

    def thinned(self, a: Beats, b: Beats) -> tuple[Beats, Beats]:
        """Add tkeep to beats of a and b; see `Kept`."""
        rng = np.random.default_rng(len(a))
        return self.kept[0].thinned(a, rng), self.kept[1].thinned(b, rng)


def axi_trials(shape: AxiShape, rng: np.random.Generator) -> Iterator[Trial]:
    """Yield the trials of every array, with more zeros."""
    for trial in trials(shape, rng):
        yield with_zeros(trial, rng)


def with_zeros(trial: Trial, rng: np.random.Generator) -> Trial:
    """Replace codes of a trial by zeros at random."""

    def fewer(tiles: Tiles) -> Tiles:
        a, b = (np.where(rng.random(codes.shape) < _ZEROS, 0, codes) for codes in (tiles.a, tiles.b))
        return replace(tiles, a=a.astype(np.uint32), b=b.astype(np.uint32))

    return replace(trial, tiles=[fewer(tiles) for tiles in trial.tiles])
