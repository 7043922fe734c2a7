"""Tensors of every type that has one number a code, and what a damaged file is answered with."""

import json
import re

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import save_file

from lmul.accuracy.model.safetensors_file import read_tensors

NUMBERS = np.array([[1.5, -0.25], [3.0, 0.0]], np.float32)
TYPES = {"F8_E4M3": ml_dtypes.float8_e4m3fn, "F8_E5M2": ml_dtypes.float8_e5m2, "BF16": ml_dtypes.bfloat16}


def written(path, header, content=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + content)
    return path


def entry(type_name, shape, size):
    return {"t": {"dtype": type_name, "shape": shape, "data_offsets": [0, size]}}


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16])
def test_what_the_package_writes_is_read(tmp_path, kind):
    save_file({"t": NUMBERS.astype(kind), "n": np.arange(3)}, tmp_path / "a", metadata={"format": "pt"})
    tensors = read_tensors(tmp_path / "a")
    assert sorted(tensors) == ["n", "t"]
    np.testing.assert_array_equal(tensors["t"].float32(), NUMBERS)


@pytest.mark.parametrize("name", TYPES)
def test_narrow_types_are_read(tmp_path, name):
    content = NUMBERS.astype(TYPES[name]).tobytes()
    tensors = read_tensors(written(tmp_path / "a", entry(name, [2, 2], len(content)), content))
    np.testing.assert_array_equal(tensors["t"].float32(), NUMBERS)


@pytest.mark.parametrize("name", ["F4", "F6_E2M3", "F8_E8M0", "I8", "BOOL", "U8", "C64"])
def test_other_types_are_named(tmp_path, name):
    tensor = read_tensors(written(tmp_path / "a", entry(name, [2], 2), bytes(2)))["t"]
    with pytest.raises(ValueError, match=rf"^t must be of the type F64, F32, F16, BF16, F8_E4M3, F8_E5M2, not {name}$"):
        tensor.float32()


@pytest.mark.parametrize(
    ("header", "length", "said"),
    [
        (b"", 0, "header of types, shapes and places: Expecting value.*"),
        (b"{}", 1 << 62, "header that fits it, not of 4611686018427387904 bytes"),
        (b"[1]", 3, "header of types, shapes and places: .*"),
        (entry("F32", [2], 9), None, r"header of .*: shape and place of t must be in the file, not \(2,\) and 0 to 9"),
        (entry("F32", [-2], 8), None, r"header of .*: shape and place of t must be in the file, not \(-2,\) .*"),
        ({"t": {"shape": [2]}}, None, "header of types, shapes and places: 'data_offsets'"),
    ],
    ids=str,
)
def test_a_damaged_file_is_one_line(tmp_path, header, length, said):
    path = written(tmp_path / "a", header, bytes(8), length)
    with pytest.raises(ValueError, match=f"^a must have a {said}$"):
        read_tensors(path)


def test_bytes_and_shape_must_agree(tmp_path):
    tensor = read_tensors(written(tmp_path / "a", entry("F32", [3], 8), bytes(8)))["t"]
    with pytest.raises(ValueError, match=re.escape("t must have as many bytes as its shape, not 8")):
        tensor.float32()
