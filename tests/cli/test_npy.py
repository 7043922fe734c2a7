"""What the bits of a .npy file mean: by its type, by an option, or as codes."""

import os
import re

import ml_dtypes
import numpy as np
import pytest

from lmul.cli.arrays_io import loaded_qkv
from lmul.cli.npy import check_fit, loaded, loaded_codes
from lmul.golden.codes import encode
from lmul.golden.formats import BF16, E4M3, E5M2, format_named

NUMBERS = np.array([[0.0, 1.0], [-1.5, 3.0]])
NARROW = [
    "float8_e4m3fn",
    "float8_e4m3",
    "float8_e5m2",
    "float8_e3m4",
    "float6_e2m3fn",
    "float6_e3m2fn",
    "float4_e2m1fn",
    "bfloat16",
]


@pytest.fixture
def saved(tmp_path):
    def save(array):
        np.save(tmp_path / "x.npy", array)
        return tmp_path / "x.npy"

    return save


@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("order", "CF")
def test_narrow_types_are_read_where_their_name_is_given(saved, name, order):
    path = saved(np.asarray(NUMBERS.astype(getattr(ml_dtypes, name)), order=order))
    np.testing.assert_array_equal(loaded(path, "--x-type", name), NUMBERS)
    np.testing.assert_array_equal(loaded_codes(path, format_named(name)), encode(format_named(name), NUMBERS))


@pytest.mark.parametrize("name", ["float8_e5m2", "bfloat16", "float16", "float32", "float64"])
def test_types_that_a_file_records_need_no_name(saved, name):
    path = saved(NUMBERS.astype(getattr(ml_dtypes, name, name)))
    np.testing.assert_array_equal(loaded(path, "--x-type"), NUMBERS)


def test_the_bits_of_e5m2_reach_all_codes(saved):
    every = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e5m2)
    np.testing.assert_array_equal(loaded(saved(every), "--x-type"), every.astype(np.float64))


@pytest.mark.parametrize("name", [name for name in NARROW if name not in ("float8_e5m2", "bfloat16")])
def test_one_byte_of_several_is_answered_with_the_option(saved, name):
    path = saved(NUMBERS.astype(getattr(ml_dtypes, name)))
    said = (
        f"{path} must have a type that a file records, not one byte of several: say --x-type float8_e4m3fn, or "
        "another name, or save it as float32"
    )
    with pytest.raises(ValueError, match=rf"^{re.escape(said)}$"):
        loaded(path, "--x-type")


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.uint32])
def test_codes_are_integers_of_any_size(saved, kind):
    codes = np.array([0, 0x38, 0x7E, 0x44])
    path = saved(codes.astype(kind))
    np.testing.assert_array_equal(loaded_codes(path, E4M3), codes)
    np.testing.assert_array_equal(loaded(path, "--x-type", "e4m3"), [0, 1, 448, 3])


def test_integers_without_a_name_are_values_and_a_note_says_so(saved, capsys):
    path = saved(np.array([56, -3], np.int8))
    np.testing.assert_array_equal(loaded(path, "--a-type"), [56, -3])
    assert capsys.readouterr().err == (
        f"note: {path} holds integers, read as values; --a-type NAME reads them as codes\n"
    )


@pytest.mark.parametrize(
    ("array", "format", "said"),
    [
        (np.ones(2, np.float32), E4M3, "must hold codes of e4m3, as integers or bytes, not float32"),
        (np.ones(2, bool), E4M3, "must hold codes of e4m3, as integers or bytes, not bool"),
        (np.ones(2, ml_dtypes.float8_e5m2), E4M3, "must hold codes of e4m3, as integers or bytes, not float8_e5m2"),
        (np.array([1, -1]), E4M3, r": values must be codes of 8 bits \(e4m3\), not -1"),
        (np.array([1, 256]), E5M2, r": values must be codes of 8 bits \(e5m2\), not 256"),
        (np.zeros(2, "V1"), BF16, "must hold codes of bf16, of 16 bits, not single bytes"),
        (np.zeros(2, "V3"), BF16, "must hold codes of bf16 in 1, 2 or 4 bytes, not in 3"),
    ],
    ids=str,
)
def test_what_is_no_code_is_refused(saved, array, format, said):
    with pytest.raises(ValueError, match=rf"x\.npy:? ?{said.removeprefix(': ')}$"):
        loaded_codes(saved(array), format)


@pytest.mark.parametrize("name", ["bfloat16", "float8_e5m2", "float8_e4m3fn"])
def test_an_npz_is_read_as_npy_files_are(tmp_path, name):
    numbers = NUMBERS.astype(getattr(ml_dtypes, name))
    np.savez_compressed(tmp_path / "head.npz", Q=numbers, K=numbers, V=numbers, other=np.array("text"))
    for array in loaded_qkv(tmp_path / "head.npz", "float8_e4m3fn" if name == "float8_e4m3fn" else None):
        np.testing.assert_array_equal(array, NUMBERS)


def test_a_fifo_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for read in (lambda path: loaded(path, "--x-type"), loaded_qkv):
        with pytest.raises(ValueError, match=r"/pipe must be a regular file, not a FIFO$"):
            read(tmp_path / "pipe")


def test_pairs_are_those_of_broadcasting():
    assert check_fit("x and y", (3, 1), (1, 4)) == 12
    assert check_fit("x and y", (), (5,)) == 5
    with pytest.raises(ValueError, match=r"^the shapes of x and y must fit each other, not \(3, 5\) and \(64, 128\)$"):
        check_fit("x and y", (3, 5), (64, 128))
