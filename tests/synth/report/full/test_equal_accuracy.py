"""A baseline of equal accuracy is exact, no less accurate, and the cheapest of those."""

import numpy as np
import pytest

from lmul.golden.formats import BF16, E2M3, E3M4, E4M3, Format
from lmul.synth.energy.energy import Energies, Energy
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import DotError, PieceCost, ProductError
from lmul.synth.measure.multipliers import UnitCost
from lmul.synth.measure.session import Job, Measured
from lmul.synth.report.full.equal_accuracy import MOST_BITS, baselines, equal_jobs, equal_section
from lmul.synth.technology.technology import GENERIC


def _method(job: Job) -> str:
    """As in `exact e4m3 x e4m2fn`, of whatever the job is about."""
    if isinstance(job, UnitCost | ProductError):
        product = job.parameters
    elif isinstance(job, DotError):
        product = job.unit.product
    else:
        assert isinstance(job, PieceCost)
        product = job.piece.known.product
    return f"{product.method} {product.format_name.replace('_', ' x ')}"


def _measured(areas: dict[str, float], errors: dict[str, float]) -> Measured:
    """Areas of a product, 100 and more where none is given; errors, 1 where none is."""
    measured = Measured(GENERIC)
    for job in equal_jobs([E4M3]):
        if isinstance(job, UnitCost | PieceCost):
            name, lanes = _method(job), job.piece.lanes if isinstance(job, PieceCost) else 1
            measured.learn(job, Cost({}, lanes * areas.get(name, 100 + len(name)), 10))
        elif isinstance(job, EnergyJob):
            measured.learn(job, Energies(*[Energy(7.0 * job.products, 0, 0, 0)] * 4))
        else:
            error = errors.get(_method(job), 1.0)
            measured.learn(job, (2 * error, error) if isinstance(job, DotError) else error)
    return measured


def test_the_cheapest_of_those_that_are_as_accurate() -> None:
    areas = {
        "lmul e4m3": 40.0,
        "exact e4m1fn": 30.0,
        "exact e4m2fn x e4m1fn": 50.0,
        "exact e4m2fn": 60.0,
        "rounded e4m2fn": 45.0,
    }
    errors = {
        "lmul e4m3": 0.05,
        "exact e4m2fn x e4m1fn": 0.05,
        "exact e4m2fn": 0.02,
        "rounded e4m2fn": 0.03,
        "exact e4m3": 0.01,
    }
    section = equal_section(_measured(areas, errors), [E4M3])
    rows = {row["measure"]: row for row in section.records if row["method"] == "lmul"}
    assert [(row["baseline_area"], row["baseline_error"]) for row in rows.values()] == [
        ("exact e4m2fn x e4m1fn", 0.05),  # of a product, which rounds, so that `rounded` is no other
        ("rounded e4m2fn", 0.06),
        ("rounded e4m2fn", 0.03),
    ]
    saved = [row["area_saved"] for row in rows.values()]
    assert saved == pytest.approx([1 - 40 / 50, 1 - 40 / 45, 1 - 40 / 45])
    assert {row["settled_saved"] for row in rows.values()} == {0}


@pytest.mark.parametrize(("error", "baseline"), [(0.0509, "exact e4m3"), (0.0511, None)])
def test_errors_that_hardly_differ_are_equal(error: float, baseline: str | None) -> None:
    section = equal_section(_measured({}, {"lmul e4m3": 0.05, "exact e4m3": error}), [E4M3])
    assert next(row for row in section.records if row["method"] == "lmul")["baseline_area"] == baseline


def test_without_a_baseline_nothing_is_saved() -> None:
    section = equal_section(_measured({}, {"lmul e4m3": 0.5}), [E4M3])
    row = next(row for row in section.records if row["method"] == "lmul")
    assert row["baseline_area"] is row["area_saved"] is row["baseline_error"] is None and row["area"] is not None


def test_a_lone_baseline_may_truncate() -> None:
    areas, errors = {"exact_rtz e4m2fn": 20.0}, {"lmul e4m3": 0.05, "exact_rtz e4m2fn": 0.05, "exact e4m3": 0.01}
    rows = [row for row in equal_section(_measured(areas, errors), [E4M3]).records if row["method"] == "lmul"]
    assert [row["baseline_area"] for row in rows] == ["exact_rtz e4m2fn", "exact e4m3", "exact e4m3"]


@pytest.mark.parametrize(("f", "bits"), [(E3M4, "e3m2ieee"), (E2M3, "e2m2finite"), (E4M3, "e4m2fn"), (BF16, "e8m2")])
def test_baselines_have_the_same_range(f: Format, bits: str) -> None:
    found = {each.format for each in baselines(Use.MULTIPLIER, f) if each.format.mantissa_bits == 2}
    assert [each.name for each in found] == [bits]
    assert {(each.exponent_bits, each.bias, each.kind) for each in found} == {(f.exponent_bits, f.bias, f.kind)}


@pytest.mark.parametrize(
    ("use", "methods"), [(Use.MULTIPLIER, {"exact", "rounded_rtz"}), (Use.DOT, {"exact", "rounded"})]
)
def test_baselines_have_fewer_bits(use: Use, methods: set[str]) -> None:
    found = list(baselines(use, BF16))
    assert {each.method.name for each in found} == methods
    assert all(each.dot.product.method.is_exact for each in found)
    bits = [(p.format.mantissa_bits, p.y_format.mantissa_bits) for p in (each.dot.product for each in found)]
    assert len(set(bits)) == 2 * MOST_BITS - 1 == len(bits) / len(methods)
    assert np.max(bits) == MOST_BITS and all(x - y in (0, 1) for x, y in bits)
    assert {p.format.exponent_bits for p in (each.dot.product for each in found)} == {8}
