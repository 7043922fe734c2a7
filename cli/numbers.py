"""Arrays of numbers in files: what users bring, and what they get."""

import io
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import as_float64
from lmul.hdl.files import write_files


def loaded(path: Path) -> NDArray[np.float64]:
    """The numbers of a .npy file, of any floating-point type, as float64.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or is not one of numbers.
    """
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, SyntaxError, MemoryError):
        raise ValueError(f"{path} must be a .npy file of numbers, which it is not") from None
    if not isinstance(array, np.ndarray) or array.size == 0:
        raise ValueError(f"{path} must be a .npy file of one array that is not empty")
    if array.dtype == "V2":  # how a file records ml_dtypes' only type of two bytes
        array = array.view(ml_dtypes.bfloat16)
    if array.dtype.kind == "V":
        raise ValueError(f"{path} must be of a type that a .npy file records, not {array.dtype}: save it as float32")
    try:
        return as_float64(array)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from None


def saved(path: Path, array: NDArray[Any]) -> None:
    """Write a .npy file: whole, or not at all.

    Raises
    ------
    OSError
        It cannot be written.
    """
    content = io.BytesIO()
    np.save(content, array)
    write_files(path.parent, {path.name: content.getvalue()})
