"""Files of numbers and text: the user's input, and output."""

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmul.cli.npy import BROKEN, numbers_of, read_npy
from lmul.golden.types import Float32s
from lmul.tools.files import check_regular, write_files

_QKV = ("Q", "K", "V")


def loaded_qkv(path: Path, type_name: str | None = None) -> tuple[Float32s, Float32s, Float32s]:
    """Read the arrays Q, K and V of a .npz file as float32, each of which is as in a .npy file.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, lacks an array, or has one that is not of numbers or does not fit the others.
    """
    check_regular(path)
    try:
        with zipfile.ZipFile(path) as content:
            names = content.namelist()
            found = {name: _member(content, f"{name}.npy") for name in _QKV if f"{name}.npy" in names}
    except BROKEN:
        raise ValueError(f"{path} must be a .npz file of numbers, which it is not") from None
    missing = [name for name in _QKV if name not in found]
    if missing:
        raise ValueError(f"{path} must have the arrays Q, K and V, and lacks {', '.join(missing)}")
    arrays = [
        _float32(path, name, numbers_of(f"{path}: {name}", found[name], "--qkv-type", type_name)) for name in _QKV
    ]
    q, k, v = (each.shape for each in arrays)
    if len(q) < 2 or q[:-2] != k[:-2] or q[-1] != k[-1] or k[:-1] != v[:-1] or 0 in (*q, *k, *v):
        raise ValueError(
            f"{path} must have Q of the shape (..., queries, d), K (..., keys, d) and V (..., keys, features), "
            f"not {q}, {k} and {v}"
        )
    return arrays[0], arrays[1], arrays[2]


def _member(content: zipfile.ZipFile, name: str) -> NDArray[Any]:
    with content.open(name) as file:
        return read_npy(file)


def _float32(path: Path, name: str, exact: NDArray[np.float64]) -> Float32s:
    # Numbers beyond float32 become infinite here, and are reported below.
    with np.errstate(over="ignore"):
        values = exact.astype(np.float32)
    if not np.isfinite(values).all():
        index = [int(i) for i in np.argwhere(~np.isfinite(values))[0]]
        raise ValueError(f"{path}: {name} must be finite in float32, not {exact[tuple(index)]} (at index {index})")
    return values


def lines_of(path: Path) -> list[str]:
    """Read the non-empty lines of a text.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or has no line.
    """
    check_regular(path)
    try:
        lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} must be text in UTF-8: {error}") from None
    if not lines:
        raise ValueError(f"{path} must have a sentence in it")
    return lines


def saved(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file, whole or not at all.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    content = io.BytesIO()
    np.save(content, array)
    write_files(path.parent, {path.name: content.getvalue()})
