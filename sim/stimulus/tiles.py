"""Tiles of an array, as beats of its streams and as sums of the golden model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import Codes, reserved
from lmul.golden.dot.sums import Sums, matmul
from lmul.golden.formats import Format
from lmul.golden.log_codes import log_codes
from lmul.golden.logarithms import LogFormat
from lmul.golden.types import Array
from lmul.sim.stimulus.beats import pack, unpack

Beats = NDArray[np.uint8]


def entering(dot: DotParameters, side: str, codes: Codes) -> tuple[Array, int]:
    """Return the operands of `side`, x or y, as a unit takes them: codes or converted words, and their bits."""
    f = dot.port_formats["xy".index(side)]
    return log_codes(f, codes) if isinstance(f, LogFormat) else codes, f.width


def any_reserved(dot: DotParameters, x: Codes, y: Codes) -> bool:
    """Tell whether an operand that comes in as a code is one that its format reserves."""
    pairs = zip(dot.port_formats, (x, y), strict=True)
    return any(bool(reserved(f, codes).any()) for f, codes in pairs if isinstance(f, Format))


@dataclass(frozen=True)
class Shape:
    """Properties of an array that a bench needs.

    Attributes
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    rows, columns, lanes : int
        Rows, columns and lanes of the array.
    stationary : str
        `os` or `ws`.
    sums : int
        Rows of a tile of several passes, at most.
    """

    dot: DotParameters
    rows: int
    columns: int
    lanes: int
    stationary: str
    sums: int

    @property
    def terms(self) -> int:
        """Return the terms of a sum that one step, or one pass, adds."""
        return self.lanes if self.stationary == "os" else self.rows * self.lanes


@dataclass(frozen=True)
class Tiles:
    """Products of matrices of one shape, in order.

    Attributes
    ----------
    a, b : Codes
        (tiles, M, K) and (tiles, K, N). M is at most the rows of an output-stationary array, N at most the columns.
    anchor : array of int, (tiles,), or None
        Anchors of the anchored accumulator.
    """

    a: Codes
    b: Codes
    anchor: Array | None = None

    def golden(self, shape: Shape) -> Sums:
        """Compute the golden model's sums, of shape (tiles, M, N)."""
        anchor = None if self.anchor is None else self.anchor[:, None, None]
        return matmul(shape.dot, self.a, self.b, anchor, saturate=shape.dot.kind.has_anchor)

    def beats(self, shape: Shape) -> tuple[Beats, Beats, int]:
        """Build the beats of a and b; count the beats of c that follow from them."""
        make = _output_stationary if shape.stationary == "os" else _weight_stationary
        a, a_flags, b, b_last, results = make(shape, self)
        b_fields = [entering(shape.dot, "y", b), (b_last, 1)]
        if self.anchor is not None:
            width = _anchor_width(shape.dot)
            b_fields.append((np.repeat(self.anchor, len(b) // len(self.anchor))[:, None], width))
        return pack([entering(shape.dot, "x", a), (a_flags, 1)]), pack(b_fields), results

    def sums(self, shape: Shape, beats: Beats) -> tuple[Array, Array, Array]:
        """Unpack beats of c: sums (tiles, M, N), then c_last and c_saturated (tiles, beats of a tile).

        Rows and columns beyond the matrices are left out.
        """
        dot, (tiles, m, _), n = shape.dot, self.a.shape, self.b.shape[2]
        signed = (dot.output or dot.format) is None
        codes, flags = unpack(beats, [(shape.columns, dot.output_width, signed), (2, 1, False)])
        each = len(beats) // tiles
        sums = codes.reshape(tiles, each, shape.columns)[:, :m, :n]
        return sums, flags[:, 0].reshape(tiles, each), flags[:, 1].reshape(tiles, each)


def _anchor_width(dot: DotParameters) -> int:
    return max((dot.highest_exponent + 1).bit_length(), (-dot.lowest_exponent).bit_length()) + 1


def _padded(array: Array, *sizes: int) -> Array:
    """Pad the last axes with zeros at the end, up to `sizes`."""
    short = [(0, 0)] * (array.ndim - len(sizes))
    ends = zip(sizes, array.shape[-len(sizes) :], strict=True)
    return np.pad(array, [*short, *((0, size - length) for size, length in ends)])


def _output_stationary(shape: Shape, tiles: Tiles) -> tuple[Array, Array, Array, Array, int]:
    count, _, k = tiles.a.shape
    steps = -(-k // shape.lanes)
    a = _padded(tiles.a, shape.rows, steps * shape.lanes).reshape(count, shape.rows, steps, shape.lanes)
    b = _padded(tiles.b, steps * shape.lanes, shape.columns).reshape(count, steps, shape.lanes, shape.columns)
    last = np.zeros((count, steps), np.uint8)
    last[:, -1] = 1
    last = last.reshape(-1, 1)
    return (
        a.transpose(0, 2, 1, 3).reshape(count * steps, -1),
        last,
        b.transpose(0, 1, 3, 2).reshape(count * steps, -1),
        last,
        count * shape.rows,
    )


def _weight_stationary(shape: Shape, tiles: Tiles) -> tuple[Array, Array, Array, Array, int]:
    count, m, k = tiles.a.shape
    passes, rows, lanes = -(-k // shape.terms), shape.rows, shape.lanes
    a = _padded(tiles.a, passes * shape.terms).reshape(count, m, passes, rows * lanes).transpose(0, 2, 1, 3)
    b = _padded(tiles.b, passes * shape.terms, shape.columns)
    b = b.reshape(count, passes, rows, lanes, shape.columns)[:, :, ::-1].transpose(0, 1, 2, 4, 3)
    flags = np.zeros((count, passes, m, 2), np.uint8)
    flags[:, :, -1, 0] = 1
    flags[:, :-1, :, 1] = 1
    b_last = np.zeros((count, passes, rows), np.uint8)
    b_last[:, :, -1] = 1
    return (
        a.reshape(count * passes * m, -1),
        flags.reshape(-1, 2),
        b.reshape(count * passes * rows, -1),
        b_last.reshape(-1, 1),
        count * m,
    )
