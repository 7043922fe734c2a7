"""Products of matrices by an arithmetic: every sum is that of golden's dot product, and scales are powers of two."""

from fractions import Fraction

import numpy as np
import pytest

from lmul.accuracy.model.arithmetic import Arithmetic, Scale
from lmul.accuracy.unbounded import Cut
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode, encode
from lmul.golden.dot.sums import dot_product
from lmul.golden.formats import BF16, E4M3, E5M2, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

RNG = np.random.default_rng(7)
A, B = (RNG.standard_normal(size).astype(np.float32) for size in ((2, 3, 40), (40, 5)))
EXACT, LMUL = (DotParameters(Parameters(E4M3, method)) for method in (Method.EXACT, Method.LMUL))


def by_hand(dot, a, b, exponents):
    """Sum by sum, operands divided by powers of two."""
    x, y = (np.ldexp(each.astype(float), -e) for each, e in zip((a, b), exponents, strict=True))
    left, right = encode(dot.product.format, x), encode(dot.product.y_format, y)
    sums = np.empty((*a.shape[:-1], b.shape[-1]))
    for place in np.ndindex(sums.shape):
        sums[place] = dot_product(dot, left[place[:-1]], right[:, place[-1]]).values(dot)
    return np.ldexp(sums, sum(exponents)).astype(np.float32)


@pytest.mark.parametrize("dot", [EXACT, LMUL], ids=lambda dot: dot.product.method.name)
def test_sums_are_those_of_the_unit(dot):
    assert np.array_equal(Arithmetic(dot, Scale.NONE).matmul()(A, B), by_hand(dot, A, B, (0, 0)))
    # The largest numbers are 2.9 and 3.3: times 2^7 they are below 448, times 2^8 they are not.
    assert 2 < np.abs(A).max() < 3.5 and 2 < np.abs(B).max() < 3.5
    assert np.array_equal(Arithmetic(dot).matmul()(A, B), by_hand(dot, A, B, (-7, -7)))
    assert np.array_equal(Arithmetic(dot, gain=1.5).matmul()(A, B), by_hand(dot, A, B, (-7, -7)) * np.float32(1.5))


def test_blocks_have_scales_of_their_own():
    a, b = A[0].copy(), B.copy()
    a[1, :32] *= 2**-20
    b[32:, 2] *= 2**-25
    found = Arithmetic(LMUL, Scale.BLOCK).matmul()(a, b)
    expected = np.zeros((3, 5))
    for part in (slice(0, 32), slice(32, 40)):
        for i, j in np.ndindex(3, 5):
            x, y = a[i, part], b[part, j]
            exponents = [_exponent(each) for each in (x, y)]
            expected[i, j] += by_hand(LMUL, x[None], y[:, None], exponents).item()
    assert np.array_equal(found, expected.astype(np.float32))


def _exponent(values):
    """The least e with the largest / 2^e at most 448."""
    e, largest = -40, Fraction(float(np.abs(values).max()))
    while largest / Fraction(2) ** e > 448:
        e += 1
    return e


@pytest.mark.parametrize("accumulator", [Accumulator.E4M3, Accumulator.FP16, Accumulator.FP32, Accumulator.BF16])
@pytest.mark.parametrize("format", [E5M2, BF16, format_named("e8m3")], ids=str)
def test_scales_leave_room_for_sums(accumulator, format):
    arithmetic = Arithmetic(DotParameters(Parameters(format, Method.EXACT), accumulator))
    error = np.linalg.norm(arithmetic.matmul()(A * 2.0**30, B) - 2.0**30 * (A @ B)) / np.linalg.norm(A @ B) / 2.0**30
    assert error < 0.2
    with pytest.MonkeyPatch.context() as patch:  # without that room they saturate
        patch.setattr(Arithmetic, "_top", None)
        with np.errstate(over="ignore"):
            found = arithmetic.matmul()(A, B)
    saturated = np.linalg.norm(found - A @ B) > 0.5 * np.linalg.norm(A @ B)
    assert saturated == (format is not E5M2 or accumulator in (Accumulator.E4M3, Accumulator.FP16))


def test_truncated_operands_are_never_larger():
    ones = np.ones((1, 1), np.float32)
    found = Arithmetic(EXACT, Scale.NONE, Cut.TRUNCATED).matmul()(A[0].reshape(-1, 1), ones).ravel()
    kept = found != 0
    assert (np.abs(found) <= np.abs(A[0].ravel())).all() and kept.mean() > 0.9
    assert (np.abs(found[kept]) > np.abs(A[0].ravel()[kept]) * 8 / 9).all()
    assert np.array_equal(decode(E4M3, encode(E4M3, found)), found)


def test_the_depth_grows_with_the_matrices():
    found = Arithmetic(EXACT).matmul()(np.ones((1, 3000), np.float32), np.ones((3000, 1), np.float32))
    assert found == 3000


def test_the_last_right_operand_is_kept_and_another_is_not_taken_for_it():
    product = Arithmetic(EXACT).matmul()
    first = product(A, B)
    assert np.array_equal(product(A, B), first) and np.array_equal(product(A, B * 2), first * 2)


def test_zeros_and_no_rows():
    for scale in Scale:
        product = Arithmetic(LMUL, scale).matmul()
        assert not product(np.zeros((2, 40), np.float32), B).any()
        assert product(np.zeros((0, 40), np.float32), B).shape == (0, 5)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"gain": 0.0}, "gain must be above 0, not 0.0"),
        ({"scale": Scale.BLOCK, "cut": Cut.TRUNCATED}, "cut must be rounded for block scales, not truncated"),
    ],
)
def test_what_makes_no_sense_is_refused(given, complaint):
    with pytest.raises(ValueError, match=complaint):
        Arithmetic(EXACT, **given)
    with pytest.raises(ValueError, match="accumulator must hold 32 of the largest products for block scales, not e4m3"):
        Arithmetic(DotParameters(Parameters(E4M3), Accumulator.E4M3), Scale.BLOCK)


def test_numbers_that_are_not_finite_are_refused_by_their_place():
    wrong = A.copy()
    wrong[1, 2, 3] = np.nan
    with pytest.raises(ValueError, match=r"a must be finite, not nan \(at index \[1, 2, 3\]\)"):
        Arithmetic(EXACT).matmul()(wrong, B)
