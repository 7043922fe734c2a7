"""Beats of streams: packed from fields, written as hexadecimal files for Verilog, and read back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lmul.golden.types import Array

_LIMB = 32


def pack(fields: Sequence[tuple[Array, int]]) -> NDArray[np.uint8]:
    """Pack fields into beats, the first field lowest: an array of bytes (beats, bytes), lowest byte first.

    Parameters
    ----------
    fields : sequence of (array of int, int)
        Elements (beats, count) of each field in two's complement, first one lowest, and their bits.
    """
    bits = [_bits(values, width) for values, width in fields]
    return np.packbits(np.concatenate(bits, axis=1), axis=1, bitorder="little")


def _bits(values: Array, width: int) -> NDArray[np.uint8]:
    if values.dtype == object:  # Python's int, for wider elements
        limbs = [((values >> i) & ((1 << _LIMB) - 1)).astype(np.int64) for i in range(0, width, _LIMB)]
        parts = [_bits(limb, _LIMB).reshape(*values.shape, _LIMB) for limb in limbs]
        return np.concatenate(parts, axis=-1)[..., :width].reshape(len(values), values.shape[1] * width)
    raw = np.ascontiguousarray(values.astype("<i8")).view(np.uint8).reshape(*values.shape, 8)
    bits = np.unpackbits(raw, axis=-1, bitorder="little")[..., :width]
    return bits.reshape(len(values), values.shape[1] * width)


def unpack(beats: NDArray[np.uint8], fields: Sequence[tuple[int, int, bool]]) -> list[Array]:
    """Unpack the fields of beats.

    Parameters
    ----------
    beats : array of uint8, (beats, bytes)
        Beats, as `pack` returns them.
    fields : sequence of (int, int, bool)
        Number of elements, bits of one, and signedness of each field.

    Returns
    -------
    list of array of int, (beats, count)
        int64, or Python's int as objects where that is too narrow.
    """
    bits = np.unpackbits(beats, axis=1, bitorder="little")
    place, found = 0, []
    for count, width, signed in fields:
        part = bits[:, place : place + count * width].reshape(len(beats), count, width)
        place += count * width
        limbs = [part[..., i : i + _LIMB] @ (1 << np.arange(min(_LIMB, width - i))) for i in range(0, width, _LIMB)]
        kind = np.int64 if width < 64 else object
        total = sum((limb.astype(kind) << (_LIMB * i) for i, limb in enumerate(limbs)), np.zeros((1, 1), kind))
        if signed:
            total = total - (part[..., -1].astype(kind) << width)
        found.append(total)
    return found


def write_beats(path: Path, beats: NDArray[np.uint8]) -> None:
    """Write a file for $readmemh."""
    path.write_text(hexadecimal(beats))


def hexadecimal(beats: NDArray[np.uint8]) -> str:
    """Write the text for $readmemh, a beat a line."""
    return np.ascontiguousarray(beats[:, ::-1]).tobytes().hex("\n", beats.shape[1]) + "\n"


def read_beats(path: Path, size: int) -> NDArray[np.uint8]:
    """Read a file that $writememh wrote, with `size` bytes a beat."""
    lines = (line for line in path.read_text().splitlines() if not line.startswith(("/", "@")))
    return np.frombuffer(bytes.fromhex("".join(lines)), np.uint8).reshape(-1, size)[:, ::-1]
