"""Tables of logarithms and antilogarithms against exact integers and values worked out by hand."""

import numpy as np
import pytest

from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, FP16
from lmul.golden.logarithms import GUARD_BITS, LogFormat, antilogarithms, logarithms, normalised
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters


def test_logarithms_by_hand():
    """round(16 log2(1 + m / 8)), the check values of the definition; and of the shortest mantissa."""
    assert logarithms(3, 4) == (0, 3, 5, 7, 9, 11, 13, 15)
    assert logarithms(1, 1) == (0, 1)
    assert logarithms(1, 5) == (0, 19)


@pytest.mark.parametrize("guard", GUARD_BITS)
@pytest.mark.parametrize("m", [1, 2, 3, 4, 7])
def test_logarithms_are_the_nearest(m, guard):
    """2 n - 1 <= 2 2^F log2(1 + m / 2^M) <= 2 n + 1, raised to powers of two: integers, without a logarithm."""
    one, power = 1 << m, 2 << (m + guard)
    for mantissa, n in enumerate(logarithms(m, m + guard)):
        size = (one + mantissa) ** power
        assert 1 << (m * power + 2 * n - 1) <= size <= 1 << (m * power + 2 * n + 1)


def test_the_widest_logarithms_are_the_nearest():
    """Those nearest to a half, for each of these powers has 10 times 32768 bits."""
    table, exact = logarithms(10, 14), np.log2(1 + np.arange(1024) / 1024) * 2**14
    for mantissa in np.argsort(np.abs(exact % 1 - 0.5))[:8]:
        halves = (int(1024 + mantissa) ** (1 << 15)).bit_length() - 1 - 10 * (1 << 15)
        assert (halves + 1) // 2 == table[mantissa]


def test_antilogarithms_by_hand():
    assert antilogarithms(1, 4) == tuple(range(16, 32))
    # u reaches 31 for F = 6: 31 >> 3 is 3 and 31 >> 4 is 1.
    two, four = antilogarithms(2, 6), antilogarithms(4, 6)
    assert [two[f] for f in (0, 7, 8, 16, 31, 32, 47, 48, 56, 63)] == [64, 71, 71, 77, 91, 92, 108, 111, 120, 127]
    # Eighths of 32: 0, 1, 2, 3, 4, 4, 5, 5.
    assert [four[f] for f in (0, 4, 15, 16, 24, 31, 32, 47, 48, 60, 63)] == [
        *(64, 67, 76, 76, 83, 90, 91, 107, 109, 124, 127),
    ]
    assert [antilogarithms(4, 8)[f] for f in (15, 16, 95, 96, 128, 255)] == [271, 268, 335, 332, 364, 511]
    # With four fraction bits two segments have nothing to take away.
    assert antilogarithms(2, 4) == antilogarithms(1, 4)
    assert antilogarithms(4, 1) == antilogarithms(1, 1) == (2, 3)


@pytest.mark.parametrize(("segments", "most"), [(1, 0.0299), (2, 0.0094), (4, 0.0089)])
def test_more_segments_are_nearer_to_the_power(segments, most):
    """The largest relative error after the gain that makes it least, in 8 fraction bits."""
    f = np.arange(256)
    ratio = np.array(antilogarithms(segments, 8)) / 256 / 2 ** (f / 256)
    middle = (ratio.max() + ratio.min()) / 2
    assert abs(ratio / middle - 1).max() <= most
    assert ratio.min() > 0.99


@pytest.mark.parametrize(
    ("formats", "subnormals", "widths", "lowest"),
    [
        ((E4M3, E4M3), True, (10, 10), (-32, -32)),  # e from -2 to 15, in units of 1/16
        ((E4M3, E4M3), False, (9, 9), (16, 16)),
        ((E5M2, E3M4), True, (12, 10), (-32, -96)),
        ((BF16, E2M1), True, (18, 12), (-1536, 0)),
        ((FP16, FP16), False, (17, 17), (2048, 2048)),
    ],
)
def test_formats_of_log_codes(formats, subnormals, widths, lowest):
    p = Parameters(formats[0], Method.log(1), y_format=formats[1], subnormals=subnormals)
    assert tuple(f.width for f in p.log_formats) == widths
    assert tuple(f.lowest for f in p.log_formats) == lowest


def test_a_table_that_ends_in_a_carry_has_room_for_it():
    assert LogFormat(E3M4, 4, (*range(15), 16), False).exponent_bits == 4
    assert LogFormat(E3M4, 4, tuple(range(16)), False).exponent_bits == 3


def test_subnormals_are_normalised():
    """1, 2 and 7 eighths of e4m3's smallest normal number, 0, and that number."""
    codes = np.array([1, 2, 7, 0, 8], np.int64)
    np.testing.assert_array_equal(normalised(E4M3, codes), [-2 * 8, -1 * 8, 0 * 8 + 6, 0, 8])
