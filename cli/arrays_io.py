"""Files of numbers and text: the user's input, and output."""

import io
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any
from zipfile import BadZipFile

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import as_float64
from lmul.golden.types import Float32s
from lmul.tools.files import check_regular, write_files

_QKV = ("Q", "K", "V")
_BROKEN = (
    *(ValueError, EOFError, SyntaxError, MemoryError, AttributeError, TypeError, OverflowError),
    *(TokenError, BadZipFile, zlib.error),
)
"""Errors that NumPy's reader raises for a file that is not in its format."""


def loaded(path: Path) -> NDArray[np.float64]:
    """Read the numbers of a .npy file, of any floating-point type, as float64.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or does not hold numbers.
    """
    try:
        with check_regular(path).open("rb") as file:  # which NumPy does not always close
            array = np.load(file, allow_pickle=False)
            if not isinstance(array, np.ndarray):
                array.close()
    except _BROKEN:
        raise ValueError(f"{path} must be a .npy file of numbers, which it is not") from None
    if not isinstance(array, np.ndarray) or array.size == 0:
        raise ValueError(f"{path} must be a .npy file of one array that is not empty")
    if array.dtype == "V2":  # a file records the bfloat16 of ml_dtypes as two raw bytes
        array = array.view(ml_dtypes.bfloat16)
    elif array.dtype.kind == "V":
        raise ValueError(f"{path} must be of a type that a .npy file records, not {array.dtype}: save it as float32")
    try:
        return as_float64(array)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None


def loaded_qkv(path: Path) -> tuple[Float32s, Float32s, Float32s]:
    """Read the arrays Q, K and V of a .npz file as float32.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, lacks an array, or has one that is not of numbers or does not fit the others.
    """
    try:
        with check_regular(path).open("rb") as file, np.load(file, allow_pickle=False) as content:
            found = {name: content[name] for name in _QKV if name in content.files}
    except _BROKEN:
        raise ValueError(f"{path} must be a .npz file of numbers, which it is not") from None
    missing = [name for name in _QKV if name not in found]
    if missing:
        raise ValueError(f"{path} must have the arrays Q, K and V, and lacks {', '.join(missing)}")
    arrays = [_float32(path, name, found[name]) for name in _QKV]
    q, k, v = (each.shape for each in arrays)
    if len(q) < 2 or q[:-2] != k[:-2] or q[-1] != k[-1] or k[:-1] != v[:-1] or 0 in (*q, *k, *v):
        raise ValueError(
            f"{path} must have Q of the shape (..., queries, d), K (..., keys, d) and V (..., keys, features), "
            f"not {q}, {k} and {v}"
        )
    return arrays[0], arrays[1], arrays[2]


def _float32(path: Path, name: str, array: NDArray[Any]) -> Float32s:
    try:
        exact = as_float64(array)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {name}: {error}") from None
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
    try:
        lines = [line.strip() for line in check_regular(path).read_text().splitlines() if line.strip()]
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
