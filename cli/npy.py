"""Arrays of numbers in .npy files, and what their bits mean where a file does not say it."""

import io
import math
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from tokenize import TokenError
from typing import IO, Any

import click
import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import Codes, as_float64, checked_codes, decode
from lmul.golden.formats import E5M2, Format, format_named
from lmul.tools.files import check_regular

BROKEN = (
    *(ValueError, EOFError, SyntaxError, MemoryError, AttributeError, TypeError, OverflowError, RuntimeError),
    *(TokenError, zipfile.BadZipFile, zlib.error),
)
"""Errors that NumPy's reader, or Python's of zip files, raises for a file that is not in its format."""

_HEAD_BYTES = 64  # the type comes first

CODES = click.option("--codes", is_flag=True, help="The files hold codes of the unit's formats, as integers or bytes.")


def type_option(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that says what the bits in a file mean, such as `--x-type` for the name `x`."""
    what = "they" if name == "qkv" else f"those of --{name}" if name in "xy" else f"those of {name.upper()}"
    return click.option(
        f"--{name}-type",
        metavar="NAME",
        help=f"What {what} mean where a file has bytes or codes: float8_e4m3fn, or any format.",
    )


def loaded(path: Path, option: str, type_name: str | None = None) -> NDArray[np.float64]:
    """Read the numbers of a .npy file as float64.

    A file of integers holds values, and a note on standard error says so. Bytes of two are bfloat16.

    Parameters
    ----------
    path : Path
        File with an array of a floating-point type, of integers, or of codes.
    option : str
        Option that names the type, such as `--x-type`, for messages.
    type_name : str or None
        Format of the codes that the file holds, as integers or bytes.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or does not hold numbers.
    """
    return numbers_of(str(path), loaded_array(path), option, type_name)


def loaded_codes(path: Path, format: Format) -> Codes:
    """Read a .npy file of codes, which are integers, or the bytes that it keeps of narrow types of ml_dtypes.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or does not hold codes of the format.
    """
    return _codes(str(path), loaded_array(path), format)


def loaded_array(path: Path) -> NDArray[Any]:
    """Read a .npy file's array as it is.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or is none of numbers, or the array is empty.
    """
    check_regular(path)
    try:
        with path.open("rb") as file:
            array = read_npy(file)
    except BROKEN:
        raise ValueError(f"{path} must be a .npy file of numbers, which it is not") from None
    if array.size == 0:
        raise ValueError(f"{path} must be a .npy file of an array that is not empty")
    return array


def numbers_of(what: str, array: NDArray[Any], option: str, type_name: str | None) -> NDArray[np.float64]:
    """Return the numbers of an array that a file held; `what` names it in messages. See `loaded` for the rest."""
    if type_name is not None:
        format = format_named(type_name)
        return decode(format, _codes(what, array, format))
    if array.dtype == "V2":  # a file records the bfloat16 of ml_dtypes as two raw bytes
        array = array.view(ml_dtypes.bfloat16)
    elif array.dtype == "V1":
        raise ValueError(
            f"{what} must have a type that a file records, not one byte of several: say {option} float8_e4m3fn, or"
            " another name, or save it as float32"
        )
    elif array.dtype.kind in "iu":
        print(f"note: {what} holds integers, read as values; {option} NAME reads them as codes", file=sys.stderr)
    try:
        return as_float64(array)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {error}") from None


def _codes(what: str, array: NDArray[Any], format: Format) -> Codes:
    size = array.dtype.itemsize
    recorded = array.dtype == ml_dtypes.float8_e5m2 and format == E5M2
    if array.dtype.kind not in "iuV" and not recorded:
        raise ValueError(f"{what} must hold codes of {format}, as integers or bytes, not {array.dtype}")
    if array.dtype.kind not in "iu" or 8 * size == format.width:  # PyTorch's users store codes as int8, too
        if size not in (1, 2, 4):
            raise ValueError(f"{what} must hold codes of {format} in 1, 2 or 4 bytes, not in {size}")
        if 8 * size < format.width:
            raise ValueError(f"{what} must hold codes of {format}, of {format.width} bits, not single bytes")
        array = array.view(f"u{size}")
    try:
        return checked_codes("values", format, array)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {error}") from None


def check_fit(what: str, x: tuple[int, ...], y: tuple[int, ...]) -> int:
    """Return the number of pairs that two shapes make as NumPy broadcasts them; `what` names both in the message.

    Raises
    ------
    ValueError
        The shapes do not fit each other.
    """
    try:
        return math.prod(np.broadcast_shapes(x, y))
    except ValueError:
        raise ValueError(f"the shapes of {what} must fit each other, not {x} and {y}") from None


def read_npy(file: IO[bytes]) -> NDArray[Any]:
    """Read an array; NumPy writes float8_e5m2 of ml_dtypes as a type f1, which it does not read."""
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    if b"{'descr': '<f1'" not in head:
        return np.lib.format.read_array(file, allow_pickle=False)
    known = io.BytesIO(file.read().replace(b"'<f1'", b"'|V1'", 1))
    return np.lib.format.read_array(known, allow_pickle=False).view(ml_dtypes.float8_e5m2)
