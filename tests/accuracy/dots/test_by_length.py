"""The study of dot products: its figures against sums of fractions, and what is known of biases."""

from fractions import Fraction

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution, drawn
from lmul.accuracy.dots.by_length import DISTRIBUTIONS, DotExperiment, sums_of, units
from lmul.accuracy.unbounded import Cut
from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode, encode
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

LENGTHS = (1, 2, 8)
SEED = 2410_00907
LMUL = Parameters(E4M3)


def by_definition(parameters, distribution, cut, count):
    """Bias and NRMSE of each length, one code at a time."""
    x, y = drawn(distribution, SEED, (count, LENGTHS[-1]))
    f = parameters.product.format
    codes = []
    for side in (x, y):
        code = encode(f, side)
        if cut is Cut.TRUNCATED:
            code = code - (np.abs(decode(f, code)) > np.abs(side))
        codes.append(code.astype(int))
    figures = []
    for length in LENGTHS:
        computed, true = [], []
        for i in range(count):
            terms = [[int(c) for c in side[i, :length]] for side in codes]
            held, _ = reference.dot_product(parameters, *terms)
            lsb = Fraction(2) ** parameters.lsb if parameters.format is None else None
            computed.append(float(held * lsb) if lsb else float(decode(parameters.format, held)))
            true.append(
                float(sum(Fraction(a) * Fraction(b) for a, b in zip(x[i, :length], y[i, :length], strict=True)))
            )
        c, t = np.array(computed), np.array(true)
        half = count // 2
        gain = np.linalg.lstsq(c[:half, None], t[:half], rcond=None)[0][0]
        slope = np.linalg.lstsq(t[:, None], c, rcond=None)[0][0]
        rest = gain * c[half:] - t[half:]
        after = np.linalg.norm(rest) / np.linalg.norm(t[half:])
        figures.append((slope - 1, np.linalg.norm(c - t) / np.linalg.norm(t), after, gain))
    return figures


@pytest.mark.parametrize("accumulator", [Accumulator.FIXED, Accumulator.BF16], ids=str)
def test_figures_are_those_of_the_definition(accumulator):
    parameters = DotParameters(LMUL, accumulator, LENGTHS[-1])
    for found in DotExperiment(E4M3, LENGTHS, 12).measured(parameters):
        expected = by_definition(parameters, found.distribution, found.cut, 12)
        got = list(zip(found.bias, found.before, found.after, found.gain, strict=True))
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
        assert found.lengths == LENGTHS


def errors(format, unit, count=400, lengths=(1, 16, 256)):
    found = DotExperiment(format, lengths, count).measured(unit)
    return {(each.distribution, each.cut): each for each in found}


def test_a_bias_stays_and_an_error_averages_out():
    for method, bias in ((Method.LMUL, 0.050), (Method.MITCHELL, -0.037), (Method.EXACT, 0.0)):
        found = errors(E4M3, DotParameters(Parameters(E4M3, method), Accumulator.FIXED, 256))
        positive = found[Distribution.UNIFORM, Cut.ROUNDED]
        assert positive.bias[-1] == pytest.approx(bias, abs=0.002)
        assert abs(positive.bias[-1] - bias) < 0.002
        assert positive.after[-1] < positive.after[0] / 8
        mixed = found[Distribution.GAUSSIAN, Cut.ROUNDED]
        assert mixed.after[-1] == pytest.approx(mixed.after[0], rel=0.35)
        for each in (positive, mixed):
            assert abs(each.bias[-1] - bias) < 0.002 + 3 * each.uncertainty[-1]


def test_the_uncertainty_is_how_far_other_operands_scatter():
    """Of 24 lots of 50, against the error that is told of one."""
    unit = DotParameters(LMUL, Accumulator.FIXED, 1)
    whole = errors(E4M3, unit, 1200, (1,))[Distribution.GAUSSIAN, Cut.ROUNDED]
    x, y = drawn(Distribution.GAUSSIAN, SEED, (1200, 1))[..., 0]
    codes = [encode(E4M3, side).astype(int) for side in (x, y)]
    lsb = 2.0**unit.lsb
    computed = np.array([reference.dot_product(unit, [int(a)], [int(b)])[0] * lsb for a, b in zip(*codes, strict=True)])
    lots = zip(computed.reshape(24, 50), (x * y).reshape(24, 50), strict=True)
    scatter = np.std([c @ t / (t @ t) for c, t in lots], ddof=1)
    assert whole.uncertainty[0] == pytest.approx(scatter / 24**0.5, rel=0.5)


def test_narrow_accumulators_stop_growing():
    unit = DotParameters(Parameters(E4M3, Method.EXACT), Accumulator.E4M3)
    positive = errors(E4M3, unit)[Distribution.UNIFORM, Cut.ROUNDED]
    assert abs(positive.bias[0]) < 0.02
    assert positive.bias[2] < -0.7
    assert positive.saturated == (0, 0, 0)


def test_e3m4_is_scaled_and_may_saturate_a_narrow_accumulator():
    found = errors(E3M4, DotParameters(Parameters(E3M4, Method.EXACT), Accumulator.E4M3))
    assert found[Distribution.UNIFORM, Cut.ROUNDED].saturated[-1] == 1
    fixed = errors(E3M4, DotParameters(Parameters(E3M4, Method.EXACT), Accumulator.FIXED, 256))
    assert abs(fixed[Distribution.UNIFORM, Cut.ROUNDED].bias[-1]) < 0.004


def test_units():
    names = [unit.name for unit in units(E4M3, 64)]
    assert len(names) == len(set(names))
    for accumulator in ("fixed_k64", "anchored12_k64", "fp32", "bf16", "fp16", "e4m3"):
        assert {f"exact_e4m3_{accumulator}", f"lmul_e4m3_{accumulator}"} <= set(names)
    assert {"rounded_e4m3_fixed_k64", "mitchell_e4m3_fp32", "corrected2_e4m3_anchored12_k64"} <= set(names)
    assert not any("corrected" in unit.name for unit in units(E5M2, 64))
    assert not any("fixed" in unit.name for unit in units(BF16, 64))
    assert (sums_of(E5M2), sums_of(BF16)) == (Accumulator.FIXED, Accumulator.FP32)
    assert {found.distribution for found in DotExperiment(E4M3, (1,), 2).measured(next(units(E4M3, 1)))} == set(
        DISTRIBUTIONS
    )


def test_half_of_an_odd_number_is_none():
    with pytest.raises(ValueError, match=r"^count must be an even number from 2 on, not 3$"):
        DotExperiment(E4M3, (1,), 3)
