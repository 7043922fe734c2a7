"""The specification of sums, evaluated on codes, against other people's arithmetic."""

import ml_dtypes
import numpy as np
import pytest
from bitwuzla import TermManager
from support.terms import evaluated

from lmul.formal.integers import choose, constant, unsigned
from lmul.formal.sums.sum_specification import Code, exact_sum, rounds_to
from lmul.formal.sums.wide_specification import SpecifiedProduct
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, FP16
from lmul.golden.parameters import Parameters

TYPES = {Accumulator.BF16: (BF16, ml_dtypes.bfloat16), Accumulator.FP16: (FP16, np.float16)}


@pytest.mark.parametrize("accumulator", TYPES)
def test_a_sum_of_two_numbers_is_that_of_ieee_754(accumulator):
    f, kind = TYPES[accumulator]
    rng = np.random.default_rng(1)
    held, added = rng.integers(0, 1 << f.width, (2, 300)).astype(np.uint16)
    added[::3] = held[::3] + rng.integers(0, 1 << 9, 100).astype(np.uint16) ^ 0x8000  # that nearly cancel
    held[::5] = f.top - held[::5] % 256
    added[::10] = held[::10] - (added[::10] % 12 << f.mantissa_bits)
    held[2::5] = f.hidden_one + held[2::5] % 256
    added[2::10] = held[2::10] + 0x8000 + added[2::10] % 256
    sizes = [code & f.sign_bit - 1 for code in (held, added)]
    normal = np.logical_and.reduce([(f.hidden_one <= size) & (size <= f.top) for size in sizes])
    held, added = held[normal], added[normal]
    with np.errstate(all="ignore"):
        true = held.view(kind).astype(np.float64) + added.view(kind).astype(np.float64)
        code = true.astype(kind).view(np.uint16).astype(np.int64)
    magnitude = code & f.sign_bit - 1
    saturated = magnitude > f.top
    middle = 2.0 ** (1 - f.bias) * (1 - 2.0 ** (-f.mantissa_bits - 2))  # of the least number and what is below it
    magnitude = np.where(saturated, f.top, np.where(abs(true) < middle, 0, magnitude))
    expected = magnitude + np.where(true < 0, f.sign_bit, 0)

    tm = TermManager()
    sort = tm.mk_bv_sort(f.width)
    start, product, total, flag = tm.mk_const(sort), tm.mk_const(sort), tm.mk_const(sort), tm.mk_const(tm.mk_bv_sort(1))
    wide = Code(tm, f, product)
    never = constant(tm, 0) < 0
    exact = exact_sum(
        DotParameters(Parameters(f), accumulator),
        Code(tm, f, start),
        SpecifiedProduct(wide.negative, never, wide.exponent, wide.significand, f.mantissa_bits, 1),
        never,
    )
    claim = rounds_to(exact.exact, Code(tm, f, total), unsigned(tm, flag).equals(1), exact.above)
    holds = choose(claim, 1, 0).bits(1)
    assert len(held) > 200 and saturated.sum() > 2 and (magnitude == 0).sum() > 2
    for a, b, wanted, above in zip(held, added, expected, saturated, strict=True):
        given = {start: int(a), product: int(b), flag: int(above)}
        assert evaluated(tm, holds, {**given, total: int(wanted)}) == 1, (hex(a), hex(b), hex(wanted))
        for wrong in (int(wanted) + 1, int(wanted) - 1, int(wanted) ^ f.sign_bit):
            assert evaluated(tm, holds, {**given, total: wrong % (1 << f.width)}) == 0, (hex(a), hex(b), hex(wrong))
