"""`lmul convert` against the golden model and values worked out by hand, and what it refuses."""

import numpy as np
import pytest

from lmul.golden.formats import E4M3
from lmul.golden.log_codes import log_codes
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

LOG = ("--format", "e4m3,e5m2", "--method", "log", "--guard", "1")


@pytest.fixture
def files(tmp_path):
    """A file of numbers, and the path for what becomes of them."""
    np.save(tmp_path / "a.npy", np.array([[0.0, 1.0, -1.5], [2.0**-9, 448.0, 1000.0]]))
    return str(tmp_path / "a.npy"), str(tmp_path / "words.npy")


def test_numbers_become_log_codes(lmul, files):
    a, words = files
    done = lmul("convert", *LOG, "--operand", "x", a, "-o", words)
    assert done.code is None, done.err
    # 1 has the exponent field 7 and an excess of 3; 2^-9 is the smallest subnormal number.
    expected = [[0, 0x0A0, 0x2A9], [0x010, 0x12D, 0x12D]]
    found = np.load(words)
    assert (found.dtype, found.tolist()) == (np.uint16, expected)
    assert "6 words of 10 bits. A log code is sign | exponent, 5 bits | fraction, 4 bits." in done.out
    assert done.err == "note: numbers beyond the largest of e4m3, which became that: 1\n"


def test_codes_become_words(lmul, files, tmp_path):
    codes = np.arange(256, dtype=np.uint8)
    np.save(tmp_path / "codes.npy", codes)
    done = lmul("convert", "--format", "e4m3", "--method", "log0s2", "--codes", tmp_path / "codes.npy", "-o", files[1])
    f = Parameters(E4M3, Method.log(0, 2)).log_formats[0]
    np.testing.assert_array_equal(np.load(files[1]), log_codes(f, codes))
    assert done.err == "note: codes that e4m3 reserves for Inf or NaN, which became the numbers that they spell: 2\n"


def test_normalised_codes_of_e2m1(lmul, files, tmp_path):
    """The subnormal 0.5 is 2^-1: its exponent field, 0, becomes 1."""
    np.save(tmp_path / "a.npy", np.array([0.0, 0.5, 1.0, -1.5, 6.0]))
    lmul("convert", "--format", "e2m1", "--method", "exact", "--subnormals", files[0], "-o", files[1])
    found = np.load(files[1])
    assert (found.dtype, found.tolist()) == (np.uint8, [0, 0b00010, 0b00100, 0b10101, 0b01001])


def test_words_of_fp32_have_33_bits(lmul, files, tmp_path):
    np.save(tmp_path / "a.npy", np.array([-1.0, 2.0**-149]))
    lmul("convert", "--format", "fp32", "--method", "exact", "--subnormals", files[0], "-o", files[1])
    found = np.load(files[1])
    assert (found.dtype, found.tolist()) == (np.uint64, [(1 << 32) + (150 << 23), 1 << 23])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--format", "e4m3"), "--method must be log, or --subnormals be given, to convert operands, not lmul"),
        ((*LOG, "--codes", "--a-type", "e4m3"), "--a-type must be left out with --codes, not 'e4m3'"),
    ],
)
def test_what_cannot_be_converted(lmul, files, arguments, message):
    done = lmul("convert", *arguments, files[0], "-o", files[1])
    assert (done.code, done.err) == (2, f"lmul: {message}\n")


def test_nan_is_refused(lmul, files, tmp_path):
    np.save(tmp_path / "a.npy", np.array([1.0, np.nan]))
    done = lmul("convert", *LOG, files[0], "-o", files[1])
    assert done.code == 2 and done.err.startswith(f"lmul: {files[0]}: ") and "NaN" in done.err
    assert not (tmp_path / "words.npy").exists()
