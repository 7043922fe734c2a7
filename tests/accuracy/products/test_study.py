"""The study of products: its figures against fractions and against known ones."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.operands import Pairs
from lmul.accuracy.products.study import enumerated, study
from lmul.accuracy.unbounded import Cut
from lmul.golden.methods import paper_constant

PAIRS = Pairs.drawn(Distribution.MANTISSA, 1 << 14)


def adder(s):
    exponent = int(s)
    return (1 + s - exponent) * 2**exponent


@pytest.mark.parametrize("bits", [1, 2, 3, 4])
def test_every_pair_of_mantissas_in_fractions(bits):
    n, c = 1 << bits, Fraction(paper_constant(bits), 1 << bits)
    means = dict.fromkeys(("mitchell", "lmul", "equation1", "rounded"), Fraction(0))
    for i, j in product(range(n), repeat=2):
        x, y = Fraction(i, n), Fraction(j, n)
        true = (1 + x) * (1 + y)
        step = Fraction(2 if true >= 2 else 1, n)
        made = {"mitchell": adder(x + y), "lmul": adder(x + y + c), "equation1": 1 + x + y + c}
        made["rounded"] = round(true / step) * step
        for method, value in made.items():
            means[method] += abs(value / true - 1) / n**2
    found = enumerated(bits)
    for method, mean in means.items():
        assert getattr(found, method).mean == pytest.approx(float(mean), rel=1e-12), method


KNOWN = {2: (0.0357, 0.1467, 0.1111, 0.0357), 3: (0.0378, 0.0524, 0.0689, 0.0190), 4: (0.0383, 0.0514, 0.0694, 0.0107)}


@pytest.mark.parametrize("bits", KNOWN)
def test_known_means(bits):
    e = enumerated(bits)
    assert KNOWN[bits] == pytest.approx([m.mean for m in (e.mitchell, e.lmul, e.equation1, e.rounded)], abs=5e-5)


CUT = {
    (Cut.TRUNCATED, "exact"): {2: 0.161, 3: 0.084},
    (Cut.TRUNCATED, "lmul"): {3: 0.048, 4: 0.030},
    (Cut.ROUNDED, "exact"): {2: 0.059, 3: 0.029},
    (Cut.ROUNDED, "lmul"): {3: 0.058, 4: 0.053},
}
"""Of uniform mantissas, from probes that share no code with this."""


def test_known_means_of_cut_operands():
    rows = {(row.cut, row.method, row.bits or row.format): row for row in study(PAIRS, (2, 3, 4))}
    for (cut, method), means in CUT.items():
        for bits, mean in means.items():
            assert rows[cut, method, bits].total.mean == pytest.approx(mean, abs=0.0012)
    for format, bits in (("e5m2", 2), ("e4m3", 3), ("e3m4", 4)):  # whose mantissas these are
        for cut in Cut:
            assert rows[cut, "exact", format].total == rows[cut, "exact", bits].total
    for cut in Cut:
        assert rows[cut, "exact", 3].own.largest == 0
        least = min(r.total.mean for r in rows.values() if r.cut is cut and r.bits == 3 and r.constant is not None)
        assert rows[cut, "best_mean", 3].total.mean <= least * 1.001


def test_each_power_of_two_is_there():
    rows = [row for row in study(Pairs("own", np.ones(2), np.full(2, 1.5)), (4,)) if row.cut is Cut.ROUNDED]
    constants = [row.constant for row in rows if row.method in ("lmul", "constant")]
    assert constants == [0.5, 0.25, 0.125, 0.0625]
    assert [row.constant for row in rows if row.method == "lmul"] == [0.125]
    assert rows[0].row["total_rms"] == 0


def test_formats_get_the_scale_that_fits():
    """Operands far beyond any fp8 format are as accurate as those near 1."""
    large = Pairs("own", PAIRS.x * 2.0**90, PAIRS.y * 2.0**-70)
    near, far = ({(r.format, r.cut): r.total for r in study(p, ()) if r.method == "exact"} for p in (PAIRS, large))
    assert near == far


def test_samples_are_elements_of_both_arrays():
    pairs = Pairs.sampled("own", [[1.0, -3.0], [2.0, 0.0]], [5.0], 500)
    assert set(pairs.x) == {1, -3, 2, 0}
    assert set(pairs.y) == {5}
    assert pairs.name == "own"


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, np.nan], r"^x must be zero or .*, not NaN \(at index \[1\]\)$"),
        ([0.0], "^x must have an element that is not zero$"),
    ],
)
def test_arrays_that_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        Pairs.sampled("own", x, [1.0])
