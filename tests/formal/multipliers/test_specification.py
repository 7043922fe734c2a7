"""The specification, evaluated on operands, against other people's arithmetic."""

import ml_dtypes
import numpy as np
import pytest
from bitwuzla import TermManager
from support.terms import evaluated

from lmul.formal.multipliers.specification import product
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy

TYPES = {"e4m3": ml_dtypes.float8_e4m3fn, "e5m2": ml_dtypes.float8_e5m2, "fp16": np.float16}


@pytest.mark.parametrize("name", TYPES)
def test_the_exact_product_is_that_of_ieee_754(name):
    f, kind = format_named(name), TYPES[name]
    unsigned = np.uint8 if f.width == 8 else np.uint16
    p = Parameters(f, Method.EXACT, Policy.IEEE, overflow=Overflow.INF)
    x, y = np.random.default_rng(1).integers(0, 1 << f.width, (2, 400)).astype(unsigned)
    with np.errstate(all="ignore"):
        true = (x.view(kind).astype(np.float64) * y.view(kind).astype(np.float64)).astype(kind)
    expected = np.where(np.isnan(true.astype(np.float64)), f.nan, true.view(unsigned))
    tm = TermManager()
    sort = tm.mk_bv_sort(f.width)
    a, b = tm.mk_const(sort), tm.mk_const(sort)
    term = product(tm, p, a, b)
    assert [evaluated(tm, term, {a: int(i), b: int(j)}) for i, j in zip(x, y, strict=True)] == expected.tolist()
