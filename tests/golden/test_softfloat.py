"""Products and sums of the golden model against Berkeley SoftFloat, which shares nothing with it.

Left out are sums with a product or a partial sum that is subnormal, the smallest normal number, or at or above TOP:
accumulators flush and saturate there, and SoftFloat does not.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import softfloatpy

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.dot.sums import dot_product
from lmul.golden.formats import BF16, FP16, FP32
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.sim.stimulus.vectors import operands

SOFT: dict[Any, Any] = {FP16: softfloatpy.Float16, FP32: softfloatpy.Float32, BF16: softfloatpy.BFloat16}
NEAR, ZERO = softfloatpy.RoundingMode.NEAR_EVEN, softfloatpy.RoundingMode.MIN_MAG
EXACT = {"method": Method.EXACT, "policy": Policy.IEEE, "overflow": Overflow.INF}


def soft(f, codes):
    """SoftFloat's numbers for codes."""
    size = f.width // 8
    return [SOFT[f].from_bytes(int(code).to_bytes(size, "big")) for code in codes]


def multiplied(a, b):
    return (softfloatpy.f16_mul if isinstance(a, softfloatpy.Float16) else softfloatpy.f32_mul)(a, b)


def added(a, b, total):
    """total + a b, rounded once."""
    return (softfloatpy.f16_mul_add if isinstance(a, softfloatpy.Float16) else softfloatpy.f32_mul_add)(a, b, total)


def codes_of(numbers):
    return np.array([int.from_bytes(number.to_bytes(), "big") for number in numbers], np.uint32)


def pairs(f, result):
    """Some of the pairs that hardware is tested with: at the edges, and at random."""
    x, y = operands((f, f, result), 1 << 17)
    chosen = np.random.default_rng(0).choice(len(x), 50_000)
    return x[chosen], y[chosen]


@pytest.fixture
def rounding():
    """Set SoftFloat's rounding until the test ends."""
    yield softfloatpy.set_rounding_mode
    softfloatpy.set_rounding_mode(NEAR)


def agree(f, got, expected):
    """Equal codes; NaN is equal to NaN."""
    nan = np.logical_and(*((codes & f.sign_bit - 1) > f.infinity for codes in (got, expected)))
    np.testing.assert_array_equal(got[~nan], expected[~nan])
    assert nan.sum() < len(got) // 2


@pytest.mark.parametrize(("method", "mode"), [(Method.EXACT, NEAR), (Method.EXACT_RTZ, ZERO)], ids=["even", "zero"])
@pytest.mark.parametrize("f", [FP16, FP32], ids=str)
def test_products_are_those_of_softfloat(f, method, mode, rounding):
    """Subnormal numbers, Inf and NaN on both sides."""
    rounding(mode)
    x, y = pairs(f, f)
    expected = codes_of([multiplied(a, b) for a, b in zip(soft(f, x), soft(f, y), strict=True)])
    agree(f, multiply(Parameters(f, **{**EXACT, "method": method}), x, y), expected)


def test_products_of_another_format_are_those_of_softfloat():
    """fp16 to fp32, where they are exact; and bf16, rounded from fp32, where they are unless subnormal."""
    x, y = pairs(FP16, FP32)
    wide = [multiplied(a.to_f32(), b.to_f32()) for a, b in zip(soft(FP16, x), soft(FP16, y), strict=True)]
    agree(FP32, multiply(Parameters(FP16, result=FP32, **EXACT), x, y), codes_of(wide))
    x, y = pairs(BF16, BF16)
    wide = [multiplied(a, b) for a, b in zip(soft(FP32, x << 16), soft(FP32, y << 16), strict=True)]
    normal = codes_of(wide) & 0x7F800000 != 0
    rounded = codes_of([softfloatpy.f32_to_bf16(number) for number in wide])
    agree(BF16, multiply(Parameters(BF16, **EXACT), x, y)[normal], rounded[normal])


def widened(f, acc, codes) -> list[Any]:
    """Numbers of the accumulator's format, each equal to a code's."""
    if f == BF16:
        return soft(FP32, codes << 16)
    return [number.to_f32() for number in soft(f, codes)] if f != acc else soft(f, codes)


def near_one(f, size, rng):
    """Codes of normal numbers not far from 1, many of few bits, and a few zeros."""
    exponent = rng.integers(f.bias - 3, f.bias + 4, size)
    mantissa = rng.integers(f.hidden_one, size=size) >> (cut := rng.integers(f.mantissa_bits + 1, size=size)) << cut
    codes = (exponent << f.mantissa_bits | mantissa | f.sign_bit * rng.integers(2, size=size)).astype(np.uint32)
    return np.where(rng.random(size) < 0.03, 0, codes).astype(np.uint32)


def anywhere(f, size, rng):
    """Codes of normal numbers of any size, products of which are far apart."""
    magnitude = rng.integers(f.hidden_one, f.top + 1, size)
    return (magnitude | f.sign_bit * rng.integers(2, size=size)).astype(np.uint32)


@pytest.mark.parametrize("drawn", [near_one, anywhere])
@pytest.mark.parametrize(
    ("f", "accumulator"),
    [(FP16, Accumulator.FP16), (FP32, Accumulator.FP32), (FP16, Accumulator.FP32), (BF16, Accumulator.FP32)],
    ids=lambda each: str(getattr(each, "value", each)),
)
def test_sums_are_those_of_softfloat(f, accumulator, drawn: Callable[..., Any]):
    """Each step is a fused multiply-add: the exact product is added and the sum is rounded once."""
    dot = DotParameters(Parameters(f, Method.EXACT), accumulator, 8)
    acc, rng = dot.float_format, np.random.default_rng(1)
    x, y = drawn(f, (4000, 8), rng), drawn(f, (4000, 8), rng)
    sums, sound = soft(acc, np.zeros(len(x), np.uint32)), np.ones(len(x), bool)
    for k in range(8):
        a, b = widened(f, acc, x[:, k]), widened(f, acc, y[:, k])
        sums = [added(p, q, total) for p, q, total in zip(a, b, sums, strict=True)]
        for numbers in (sums, [multiplied(p, q) for p, q in zip(a, b, strict=True)]):
            size = codes_of(numbers) & acc.sign_bit - 1
            zero = size == 0 if numbers is sums else (x[:, k] == 0) | (y[:, k] == 0)
            sound &= (size > acc.hidden_one) & (size < acc.top) | zero
        got = dot_product(dot, x[:, : k + 1], y[:, : k + 1]).codes
        np.testing.assert_array_equal(got[sound], codes_of(sums)[sound])
        assert sound.sum() > (2500 if drawn is near_one else 30)
