"""Log codes, and products of them, against exact fractions for every code and every pair of codes."""

from fractions import Fraction

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode
from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, FP16, FP32
from lmul.golden.log_codes import log_codes
from lmul.golden.methods import Method
from lmul.golden.multiply import equation1, multiply, wide_product
from lmul.golden.parameters import Parameters

TABLE = (0, 2, 2, 9, 9, 11, 16, 16)
"""Not the logarithm's, with entries that repeat and with 2^F."""

METHODS = [Method.log(0), Method.log(1, 2), Method.log(2, 4, 3), Method.log(4, 2, -5)]
CASES = [Parameters(f, method) for f in (E4M3, E5M2, E3M4, E2M1) for method in METHODS]
CASES += [
    Parameters(E4M3, Method.log(1), subnormals=False),
    Parameters(E3M4, Method.log(0, 4), subnormals=False),
    Parameters(E4M3, Method.log(1, 1, 0, TABLE)),
    Parameters(E4M3, Method.log(1, 4, 2, TABLE), y_format=E5M2),
    Parameters(E2M1, Method.log(2, 2), y_format=E3M4),
]


def decoded(f, codes):
    """The logarithm of each code's magnitude, in units of 2^-F, without the format's bias; None for a zero."""
    field = (codes & (f.sign_bit - 1)) >> f.fraction_bits
    moved = (codes & (f.sign_bit - 1)).astype(np.int64) - (f.excess << f.fraction_bits)
    return [int(t) if e else None for t, e in zip(moved, field, strict=True)]


@pytest.mark.parametrize("p", CASES, ids=lambda p: p.name)
def test_every_pair_is_as_defined(p):
    dot = DotParameters(p, Accumulator.FP32)
    # Negative x are compared with positive ones.
    x, y = np.arange(p.format.sign_bit), np.arange(1 << p.y_format.width)
    product = wide_product(p, x[:, None], y)
    for i in x:
        defined = [reference.wide_product(dot, int(i), int(j)) for j in y]
        assert [Fraction(v) for v in product.value[i].tolist()] == defined
        assert product.zero[i].tolist() == [not each for each in defined]
    negative = wide_product(p, p.format.sign_bit | x, y[:, None])
    assert (negative.negative == ~product.negative.T).all()
    np.testing.assert_array_equal(negative.significand, product.significand.T)


def test_words_of_33_bits_keep_their_sign():
    """The exponent field of fp32's largest numbers and 23 more need 9 bits."""
    f = Parameters(FP32, Method.EXACT, subnormals=True).entry_formats[0]
    codes = np.array([0x3FC00000, 0xBFC00000, 0x80000001, 0x80000000, 0xFF800000], np.uint32)
    words = [(127 + 23 << 23) + 0x400000, (1 << 32) + (127 + 23 << 23) + 0x400000]
    words += [(1 << 32) + (1 << 23), 1 << 32, (1 << 32) + (255 + 23 << 23)]
    found = log_codes(f, codes)
    assert (f.width, found.dtype, found.tolist()) == (33, np.uint64, words)


@pytest.mark.parametrize("p", CASES, ids=lambda p: p.name)
def test_the_product_is_one_addition_of_log_codes(p):
    for side, f in enumerate(p.log_formats):
        codes = np.arange(1 << f.format.width)
        logs = log_codes(f, codes)
        assert logs.dtype == np.uint32 and int(logs.max()) < 1 << f.width
        np.testing.assert_array_equal(logs >> (f.width - 1), codes >> (f.format.width - 1))
        magnitudes = decoded(f, logs)
        values = np.abs(decode(f.format, codes, reserved=False))
        zero = values == 0 if f.subnormals else codes & (f.format.sign_bit - 1) < f.format.hidden_one
        assert [t is None for t in magnitudes] == zero.tolist()
        # The other operand is 1, whose log code is its exponent field alone, unless a table says otherwise.
        other = p.log_formats[1 - side].format
        one = other.bias << other.mantissa_bits
        operands = (codes, one) if side == 0 else (one, codes)
        product = wide_product(p, *operands)
        for t, significand, exponent in zip(magnitudes, product.significand, product.exponent, strict=True):
            if t is not None:
                total = t + (other.bias << p.mantissa_bits) + p.log_formats[1 - side].table[0] + p.correction[0][0]
                total -= p.bias << p.mantissa_bits
                assert exponent == (total >> p.mantissa_bits) - p.result.bias - p.mantissa_bits
                h = p.method.antilogarithms(p.mantissa_bits)
                assert significand == h[total & (p.hidden_one - 1)]


def test_log_codes_by_hand():
    """e4m3, G = 1: 0, the subnormals 1 and 7, the smallest normal number, 1.5 and its negative, and NaN's number."""
    with_subnormals, without = (Parameters(E4M3, Method.log(1), subnormals=s).log_formats[0] for s in (True, False))
    codes = [0, 0x80, 1, 7, 8, 0x3C, 0xBC, 0x7F]
    # Exponent fields are 3 more, so that the least, -2, becomes 1.
    assert log_codes(with_subnormals, codes).tolist() == [
        *(0, 0x200, 0x010, 0x03D, 0x040, 0x0A9, 0x2A9, 0x12F),
    ]
    assert log_codes(without, codes).tolist() == [0, 0x100, 0, 0, 0x010, 0x079, 0x179, 0x0FF]
    with pytest.raises(ValueError, match=r"^codes must be codes of 8 bits \(e4m3\), not 256$"):
        log_codes(without, [256])


@pytest.mark.parametrize(("f", "segments"), [(BF16, 1), (BF16, 4), (FP16, 2)])
def test_pairs_of_wide_formats_are_as_defined(f, segments):
    rng = np.random.default_rng(8)
    p = Parameters(f, Method.log(1, segments))
    dot = DotParameters(p, Accumulator.FP32)
    x, y = rng.integers(1 << f.width, size=(2, 400))
    x[:50] &= f.sign_bit | (f.hidden_one - 1)
    value = wide_product(p, x, y).value
    for i in range(len(x)):
        assert Fraction(float(value[i])) == reference.wide_product(dot, int(x[i]), int(y[i]))


def test_single_multipliers_have_no_such_method():
    with pytest.raises(ValueError, match=r"by itself \(code in, code out\) has no such method$"):
        multiply(Parameters(E4M3, Method.log(1)), 0x38, 0x38)
    with pytest.raises(ValueError, match=r"^method must have one constant D for equation 1, not 'log1'$"):
        equation1(Parameters(E4M3, Method.log(1)), 0x38, 0x38)
