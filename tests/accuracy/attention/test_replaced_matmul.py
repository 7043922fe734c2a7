"""Replaced products of matrices against the definition on Python's integers and fractions."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import floor, log2

import numpy as np
import pytest

from lmul.accuracy.attention.replaced_matmul import Arm, Form, Replacement, replace_matmul
from lmul.accuracy.unbounded import Cut
from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode, encode
from lmul.golden.formats import E4M3, E5M2, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

LMUL = Replacement(Arm.LMUL, 3, Cut.ROUNDED, Form.ADDER, 1 / 8)


def operands(seed=1, shapes=((4, 9), (9, 3))):
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal(s) * 2.0 ** rng.integers(-9, 9, s)).astype(np.float32) for s in shapes]


def cut(value, bits, how):
    """A number with so many mantissa bits, as a fraction."""
    if value == 0:
        return Fraction(0)
    step = Fraction(2) ** (floor(log2(abs(value))) - bits)
    places = Fraction(float(value)) / step
    return (round(places) if how is Cut.ROUNDED else int(places)) * step


def sums(a, b, product):
    return [[float(sum(product(x, y) for x, y in zip(row, column, strict=True))) for column in b.T] for row in a]


@pytest.mark.parametrize("how", Cut)
@pytest.mark.parametrize(("bits", "d"), [(1, 1), (2, 1), (4, 2), (4, 13), (7, 0), (7, 8)])
def test_the_adder_on_operands_of_few_bits_is_as_defined(bits, d, how):
    form = format_named(f"e8m{bits}")
    parameters = DotParameters(Parameters(form, Method.constant(d)), Accumulator.FP32)

    def product(x, y):
        codes = (int(encode(form, float(cut(v, bits, how)))) for v in (x, y))
        return reference.wide_product(parameters, *codes)

    a, b = operands(bits)
    matmul = replace_matmul(Replacement(Arm.BEST, bits, how, Form.ADDER, d / 2**bits), most_rank=128)
    np.testing.assert_allclose(matmul(a, b), sums(a, b, product), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("how", Cut)
@pytest.mark.parametrize("bits", [2, 7])
def test_equation_1_is_as_written(bits, how):
    def product(x, y):
        x, y = cut(x, bits, how), cut(y, bits, how)
        powers = [Fraction(2) ** floor(log2(abs(v))) for v in (x, y)]
        mantissas = [abs(v) / power - 1 for v, power in zip((x, y), powers, strict=True)]
        return (1 + sum(mantissas) + Fraction(1, 16)) * powers[0] * powers[1] * (1 if x * y > 0 else -1)

    a, b = operands(3)
    matmul = replace_matmul(Replacement(Arm.BEST, bits, how, Form.EQUATION1, 1 / 16))
    np.testing.assert_allclose(matmul(a, b), sums(a, b, product), rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
@pytest.mark.parametrize("form", [E4M3, E5M2], ids=str)
def test_formats_are_scaled_and_flushed(form, method):
    """Each side by the largest power of two that does not saturate; the multiplication is the unit's."""
    a, b = operands(4)
    a[0, :3], b[:3, 0] = a[0, :3] * 2.0**-24, b[:3, 0] * 2.0**-26
    parameters = DotParameters(Parameters(form, method), Accumulator.FP32)
    top = decode(form, form.top)
    scales = [max(2.0**n for n in range(-40, 40) if np.abs(side).max() * 2.0**n <= top) for side in (a, b)]
    left, right = (encode(form, side * scale) for side, scale in zip((a, b), scales, strict=True))
    # Some are flushed.
    assert any(((side & (form.sign_bit - 1)) < form.hidden_one).any() for side in (left, right))
    exact = sums(left, right, lambda x, y: reference.wide_product(parameters, int(x), int(y)))
    kind = Form.EXACT if method.is_exact else Form.ADDER
    constant = 0.0 if kind is Form.EXACT else (1 / 8 if form == E4M3 else 1 / 4)
    got = replace_matmul(Replacement(Arm.BEST, form, Cut.ROUNDED, kind, constant))(a, b)
    np.testing.assert_allclose(got, np.array(exact) / scales[0] / scales[1], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("how", Cut)
@pytest.mark.parametrize("form", [E4M3, E5M2], ids=str)
def test_operands_are_those_of_the_format(form, how):
    """All numbers and three between any two, so that there is every tie; all are scaled by 8."""
    numbers = [Fraction(float(v)) for v in decode(form, np.arange(form.top + 1))]
    gaps = pairwise(numbers)
    values = [low + (high - low) * i / 4 for low, high in gaps for i in range(1, 5)]
    signed = np.array([sign * float(v) for v in values for sign in (1, -1)])
    expected = decode(form, encode(form, signed))
    if how is Cut.TRUNCATED:
        expected = np.array([float(max((n for n in numbers if n <= abs(v)), default=0)) * np.sign(v) for v in signed])
    expected[np.abs(expected) < float(decode(form, form.hidden_one))] = 0
    got = Replacement(Arm.BEST, form, how, Form.EXACT).quantise((signed / 8).astype(np.float32))
    np.testing.assert_array_equal(got * 8, expected)


def test_stacks_broadcast_and_memory_is_bounded(monkeypatch):
    a, b = operands(5, ((2, 1, 4, 9), (3, 9, 5)))
    matmul = replace_matmul(LMUL)
    whole = matmul(a, b)
    assert whole.shape == (2, 3, 4, 5) and whole.dtype == np.float32
    for i, j in np.ndindex(2, 3):
        np.testing.assert_allclose(whole[i, j], matmul(a[i, 0], b[j]), rtol=1e-5, atol=1e-3)
    monkeypatch.setattr("lmul.accuracy.attention.replaced_matmul._ADDENDS", 100)
    np.testing.assert_allclose(matmul(a, b), whole, rtol=1e-5, atol=1e-3)


def test_a_lower_rank_misses_little_of_the_table():
    """Over every pair of mantissas, against the adder's own error."""
    side = (1 + np.arange(128) / 128).astype(np.float32)
    one = replace(LMUL, operands=7, constant=1 / 16)
    own = replace_matmul(one, 128)(side[:, None], side[None])
    near = replace_matmul(one, 8)(side[:, None], side[None])
    missing = ((near - own) ** 2).mean() / ((own - np.outer(side, side)) ** 2).mean()
    assert 0 < missing < 0.0025


def test_the_gain_is_a_factor_and_zeros_stay():
    a, b = operands(6)
    np.testing.assert_allclose(
        replace_matmul(replace(LMUL, gain=1.5))(a, b), 1.5 * replace_matmul(LMUL)(a, b), rtol=1e-6
    )
    for one in (LMUL, replace(LMUL, operands=E4M3), replace(LMUL, operands=E4M3, form=Form.EXACT)):
        assert not replace_matmul(one)(np.zeros((2, 3)), b[:3]).any()


def test_what_is_no_number_is_named():
    a, b = operands(7)
    b[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"^b must be finite, not nan \(at index \[2, 1\]\)$"):
        replace_matmul(LMUL)(a, b)
    with pytest.raises(
        ValueError, match=r"^shapes must be \(\.\.\., M, K\) and \(\.\.\., K, N\), not \(4, 9\) and \(4, 9\)$"
    ):
        replace_matmul(LMUL)(a, a)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operands": 8}, "operands must have 1 to 7 mantissa bits, not 8"),
        ({"constant": 1.0}, "constant must be from 0 to 1, 1 excluded, not 1.0"),
        ({"gain": 0.0}, "gain must be above 0, not 0.0"),
    ],
)
def test_what_is_out_of_range_is_refused(change, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        replace(LMUL, **change)
