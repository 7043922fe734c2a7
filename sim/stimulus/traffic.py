"""Traffic of a dot-product unit between two resets, as beats of its streams and as sums of the golden model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import Codes
from lmul.golden.dot.scaled_sums import E8M0_NAN, scaled_sums
from lmul.golden.dot.sums import Sums, dot_product
from lmul.golden.types import Array
from lmul.sim.stimulus.beats import pack, unpack
from lmul.sim.stimulus.tiles import Beats, any_reserved, entering


@dataclass(frozen=True)
class DotShape:
    """Properties of a dot-product unit that a bench needs.

    Attributes
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    lanes : int
        Products a beat.
    anchor_width : int
        Bits of the anchor; of no account if there is none.
    latency : int
        Cycles from the last beat of a sum to that sum.
    """

    dot: DotParameters
    lanes: int
    anchor_width: int
    latency: int


@dataclass(frozen=True)
class Traffic:
    """Beats of x, and the words of y that they are multiplied with.

    Attributes
    ----------
    x : Codes, (beats, lanes)
        The last beat of a sum may end in zeros, which are no terms of it.
    last, release : array of bool, (beats,)
        Ends of sums, the last beat among them; beats after which the words are released.
    y : Codes, (loads, lanes)
        Words in the order in which they are used; as many as there are beats before the last that release, and one.
        One more, which is not used, can follow where the last beat releases, too.
    anchor : array of int, (loads,), or None
        Anchors of the anchored accumulator; words of one sum have the same.
    scales : array of int, (loads, 2), or None
        E8M0 codes of the scales of x and y, for a unit that takes them.
    """

    x: Codes
    last: Array
    release: Array
    y: Codes
    anchor: Array | None = None
    scales: Array | None = None

    @property
    def used(self) -> Array:
        """Return the index of the word for each beat of x."""
        return np.cumsum(self.release) - self.release

    def golden(self, dot: DotParameters) -> Sums:
        """Compute the golden model's sums."""
        which, begins = np.cumsum(self.last) - self.last, np.flatnonzero(np.append(True, self.last[:-1]))
        beat = np.arange(len(self.x)) - begins[which]
        x, y = (np.zeros((len(begins), beat.max() + 1, self.x.shape[1]), np.uint32) for _ in range(2))
        x[which, beat], y[which, beat] = self.x, self.y[self.used]
        anchor = None if self.anchor is None else self.anchor[self.used[begins]]
        if self.scales is not None and anchor is not None:
            scales = np.zeros((*x.shape[:2], 2), np.int64)
            scales[which, beat] = self.scales[self.used]
            deep = replace(dot, depth=max(dot.depth, x[0].size))  # lanes beyond the end of a sum are zeros
            return scaled_sums(deep, x, y, scales[..., 0], scales[..., 1], anchor, saturate=True)[0]
        x, y = (each.reshape(len(begins), -1)[:, : dot.depth] for each in (x, y))
        return dot_product(dot, x, y, anchor, saturate=anchor is not None)

    @property
    def nan(self) -> Array:
        """Tell which sums have a scale that is NaN."""
        if self.scales is None:
            return np.zeros(int(self.last.sum()), bool)
        of_beats = (self.scales == E8M0_NAN).any(axis=1)[self.used]
        return np.logical_or.reduceat(of_beats, np.flatnonzero(np.append(True, self.last[:-1])))

    def beats(self, shape: DotShape) -> tuple[Beats, Beats, int]:
        """Build the beats of x and y; count the sums."""
        flags = np.stack([self.last, self.release], axis=1).astype(np.int64)
        y = [entering(shape.dot, "y", self.y)]
        if self.anchor is not None:
            y.append((self.anchor[:, None], shape.anchor_width))
        if self.scales is not None:
            y.append((self.scales, 8))
        return pack([entering(shape.dot, "x", self.x), (flags, 1)]), pack(y), int(self.last.sum())

    def reserved(self, dot: DotParameters) -> bool:
        """Tell whether an operand that comes in as a code is one that its format reserves."""
        scales = self.scales is not None and bool((self.scales == E8M0_NAN).any())
        return scales or any_reserved(dot, self.x, self.y)


def joined(parts: Sequence[Traffic]) -> Traffic:
    """Put traffic one after the other; each begins with words of its own, so what is before releases its last ones."""
    release = [part.release.copy() for part in parts]
    for flags in release[:-1]:
        flags[-1] = True
    anchors = [part.anchor for part in parts if part.anchor is not None]
    scales = [part.scales for part in parts if part.scales is not None]
    return Traffic(
        np.concatenate([part.x for part in parts]),
        np.concatenate([part.last for part in parts]),
        np.concatenate(release),
        np.concatenate([part.y for part in parts]),
        np.concatenate(anchors) if anchors else None,
        np.concatenate(scales) if scales else None,
    )


def beat_size(shape: DotShape) -> int:
    """Return the bytes of a beat of sums."""
    return -(-(shape.dot.width + 1 + shape.dot.scaled) // 8)


def sums_of(shape: DotShape, beats: Beats) -> tuple[Array, Array, Array]:
    """Unpack beats of sums: the sums, and the flags saturated and NaN, which is 0 of units without scales."""
    sums, flags = unpack(beats, [(1, shape.dot.width, True), (1 + shape.dot.scaled, 1, False)])
    return sums[:, 0], flags[:, 0], flags[:, 1] if shape.dot.scaled else np.zeros(len(beats), np.int64)
