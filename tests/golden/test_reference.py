"""The vectorised product against the definition on Python's integers and fractions."""

import numpy as np
import pytest
from support.cases import all_variants, formats_up_to, mixed_formats

from lmul.golden import reference
from lmul.golden.formats import FORMATS
from lmul.golden.multiply import extended_code, multiply
from lmul.golden.parameters import Parameters, Policy
from lmul.sim.stimulus.vectors import operands

NARROW = [p for f in formats_up_to(6) for p in all_variants(f)]
WIDE = [p for f in FORMATS.values() if f.width > 6 for p in all_variants(f)]
MIXED = [p for formats in mixed_formats() for p in all_variants(*formats)]


def defined(p: Parameters, x, y):
    return [reference.product(p, int(a), int(b)) for a, b in zip(x, y, strict=True)]


@pytest.mark.parametrize("p", NARROW, ids=lambda p: p.name)
def test_every_pair_is_as_defined(p):
    x, y = np.arange(1 << p.format.width)[:, None], np.arange(1 << p.y_format.width)
    pairs = (side.ravel() for side in np.broadcast_arrays(x, y))
    np.testing.assert_array_equal(multiply(p, x, y).ravel(), defined(p, *pairs))


@pytest.mark.parametrize("p", [*WIDE, *MIXED], ids=lambda p: p.name)
def test_chosen_pairs_are_as_defined(p):
    """Some of those that the hardware is tested with, which are where multipliers go wrong."""
    x, y = operands((p.format, p.y_format, p.result), 20_000)
    chosen = np.random.default_rng(3).choice(len(x), 800)
    np.testing.assert_array_equal(multiply(p, x[chosen], y[chosen]), defined(p, x[chosen], y[chosen]))


@pytest.mark.parametrize("p", [p for p in MIXED if p.policy is not Policy.RAW], ids=lambda p: p.name)
def test_extended_codes_are_as_defined(p):
    rng = np.random.default_rng(4)
    x, y = (rng.integers(f.sign_bit, size=100) for f in (p.format, p.y_format))
    t = [reference.extended_code(p, int(a), int(b)) for a, b in zip(x, y, strict=True)]
    np.testing.assert_array_equal(extended_code(p, x, y), t)


@pytest.mark.parametrize("p", [p for p in NARROW if p.format.width < 5], ids=lambda p: p.name)
def test_scalars_are_accepted(p):
    for x in range(16):
        product = multiply(p, x, 9)
        assert product.shape == () and product == reference.product(p, x, 9)
