"""The error column."""

from fractions import Fraction

import pytest

from lmul.accuracy.products.mean_error import mean_relative_error
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.golden.reference import extended_code


def _by_definition(parameters: Parameters) -> float:
    """The same from the scalar definition, in exact rationals."""
    f = parameters.format
    one, base = f.hidden_one, f.bias << f.mantissa_bits
    total = Fraction(0)
    for mx in range(one):
        for my in range(one):
            t = extended_code(parameters, base + mx, base + my)
            product = Fraction(one + t % one) * Fraction(2) ** (t // one - f.bias) / one
            total += abs(product / Fraction((one + mx) * (one + my), one * one) - 1)
    return float(total / one**2)


@pytest.mark.parametrize("name", ["e5m2", "e4m3", "e3m4"])
@pytest.mark.parametrize("method", [Method.LMUL, Method.MITCHELL, Method.EXACT, Method.corrected(2)])
def test_it_is_the_mean_over_all_mantissas(name: str, method: Method) -> None:
    parameters = Parameters(format_named(name), method)
    assert mean_relative_error(parameters) == pytest.approx(_by_definition(parameters), rel=1e-12)


def test_random_mantissas_stand_for_all_of_them() -> None:
    # From 7 bits on the error of L-Mul hardly depends on the width.
    errors = [mean_relative_error(Parameters(format_named(name))) for name in ("bf16", "fp16", "fp32")]
    assert errors[1:] == pytest.approx([errors[0]] * 2, rel=0.01)
    assert errors == [mean_relative_error(Parameters(format_named(name))) for name in ("bf16", "fp16", "fp32")]


def test_the_policy_plays_no_part() -> None:
    f = format_named("e4m3")
    assert mean_relative_error(Parameters(f, policy=Policy.RAW)) == mean_relative_error(Parameters(f))
