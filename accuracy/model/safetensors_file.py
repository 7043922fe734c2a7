"""Reading of .safetensors files, with the narrow types that the package's NumPy interface lacks.

A file is the length of its header in 8 bytes, little-endian, then the header, a JSON object of type, shape and place of
each tensor, then their bytes.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from lmul.golden.types import Float32s
from lmul.tools.files import check_regular

_LONGEST_HEADER = 100_000_000  # the limit of the package safetensors, too

_TYPES: dict[str, Any] = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
    "F8_E4M3": ml_dtypes.float8_e4m3fn,
    "F8_E5M2": ml_dtypes.float8_e5m2,
}


@dataclass(frozen=True)
class Tensor:
    """Tensor as it is in a file.

    Parameters
    ----------
    name : str
        Name in the file.
    type_name : str
        Type in the words of the format, such as `BF16`.
    shape : tuple of int
        Shape.
    content : bytes
        Its elements.
    """

    name: str
    type_name: str
    shape: tuple[int, ...]
    content: memoryview = field(repr=False)

    def float32(self) -> Float32s:
        """Convert to float32.

        Raises
        ------
        ValueError
            The type is none of floating-point numbers with one value a code, the bytes are too few or many, or a
            number is not finite in float32.
        """
        if self.type_name not in _TYPES:
            raise ValueError(f"{self.name} must be of the type {', '.join(_TYPES)}, not {self.type_name}")
        kind = np.dtype(_TYPES[self.type_name])
        if len(self.content) != kind.itemsize * math.prod(self.shape):
            raise ValueError(f"{self.name} must have as many bytes as its shape, not {len(self.content)}")
        stored = np.frombuffer(self.content, kind).reshape(self.shape)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is reported below
            values = stored.astype(np.float32)
        if not np.isfinite(values).all():
            index = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
            raise ValueError(f"{self.name} must be finite in float32, not {stored[index]} at {index}")
        return values


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a file's tensors, by name.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        The file is none of this format.
    """
    content = memoryview(check_regular(path).read_bytes())
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > min(_LONGEST_HEADER, len(content) - 8):
        raise ValueError(f"{path.name} must have a header that fits it, not of {length} bytes")
    try:
        header = json.loads(bytes(content[8 : 8 + length]))
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        return {name: _tensor(name, entry, content[8 + length :]) for name, entry in entries.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"{path.name} must have a header of types, shapes and places: {error}") from None


def _tensor(name: str, entry: dict[str, Any], data: memoryview) -> Tensor:
    start, stop = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if not all(type(n) is int and n >= 0 for n in (*shape, start, stop)) or not start <= stop <= len(data):
        raise ValueError(f"shape and place of {name} must be in the file, not {shape} and {start} to {stop}")
    return Tensor(name, str(entry["dtype"]), shape, data[start:stop])
