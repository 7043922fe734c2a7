"""Comparison of an array's sums with those of the golden model."""

from dataclasses import dataclass, field

import numpy as np

from lmul.golden.types import Array
from lmul.sim.stimulus.tiles import Beats, Shape, Tiles, any_reserved

RESERVED, SATURATED, FRAMING = 1, 2, 4
"""Sticky flags, as a player packs them."""


@dataclass
class TileComparison:
    """Result of the comparison of tiles.

    Attributes
    ----------
    sums, mismatches : int
        Sums compared, and those that were not equal, bit for bit.
    complaint : str
        First error; empty if there is none.
    flags : int
        The sticky flags that the array should have.
    codes, golden_saturated : array
        The array's sums, and where they saturated: (tiles, M, N).
    """

    sums: int = 0
    mismatches: int = 0
    complaint: str = ""
    flags: int = 0
    codes: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    golden_saturated: Array = field(default_factory=lambda: np.zeros(0, bool))

    def add(self, other: "TileComparison") -> None:
        """Add the counts of another comparison."""
        self.sums += other.sums
        self.mismatches += other.mismatches
        self.complaint = self.complaint or other.complaint
        self.flags |= other.flags


def compare_tiles(shape: Shape, tiles: Tiles, beats: Beats) -> TileComparison:
    """Compare the beats of c of some tiles with the golden model: sums, c_last and c_saturated."""
    sums, last, saturated = tiles.sums(shape, beats)
    golden = tiles.golden(shape)
    wrong = np.argwhere(sums != golden.codes)
    ends = np.zeros(last.shape, np.int64)
    ends[:, -1] = 1
    complaint, what = "", f"K = {tiles.a.shape[2]}"
    if len(wrong):
        tile, *place = (int(i) for i in wrong[0])
        if tiles.anchor is not None:
            what += f", anchor {tiles.anchor[tile]}"
        got, expected = sums[tile, *place], golden.codes[tile, *place]
        complaint = f"sum {place} of tile {tile} ({what}) was {got}, expected {expected}"
    elif (last != ends).any():
        complaint = f"c_last was not where it should be ({what})"
    elif (saturated[:, : tiles.a.shape[1]] != golden.saturated.any(axis=2)).any():
        complaint = f"c_saturated was not where it should be ({what})"
    flags = RESERVED * any_reserved(shape.dot, tiles.a, tiles.b) | SATURATED * bool(golden.saturated.any())
    return TileComparison(sums.size, len(wrong), complaint, flags, sums, golden.saturated)
