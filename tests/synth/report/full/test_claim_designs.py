# amaranth: UnusedElaboratable=no
"""The paper's arithmetic, the addition that is measured, and how verdicts follow from numbers."""

import numpy as np
import pytest

from lmul.golden.accumulators import Accumulator
from lmul.golden.codes import encode
from lmul.golden.formats import BF16, E4M3, E5M2, FP16, FP32
from lmul.hdl.export.verilog import verilog
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.energy import Energies, Energy, library_of
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import Cost, map_module
from lmul.synth.measure.cores import Adder
from lmul.synth.measure.energy_jobs import AdderEnergy
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.claim_designs import Scope, claims
from lmul.synth.report.full.claims import claims_jobs, claims_section, verdict
from lmul.synth.technology.technology import GENERIC


def _saved(scope: Scope, f, accumulator=None) -> float:
    [claim] = [c for c in claims() if (c.scope, c.format, c.accumulator) == (scope, f, accumulator)]
    exact, ours = claim.horowitz
    return 1 - ours / exact


def test_what_follows_from_horowitz() -> None:
    # As the paper has it for fp16 and fp32; 15 % for 8 bits is what its own way of counting gives.
    assert _saved(Scope.PRODUCT, FP16) == pytest.approx(0.9545, abs=1e-4)
    assert _saved(Scope.PRODUCT, FP32) == pytest.approx(0.9730, abs=1e-4)
    assert _saved(Scope.MAC, FP32, Accumulator.FP32) == pytest.approx(0.783, abs=1e-3)
    assert _saved(Scope.MAC, FP16, Accumulator.FP16) == pytest.approx(0.70, abs=1e-3)
    assert _saved(Scope.MAC, E4M3, Accumulator.FP32) == pytest.approx(0.155, abs=1e-3)
    assert _saved(Scope.ACCUMULATE, FP32, Accumulator.FP32) == 0


def test_rows() -> None:
    assert {c.format for c in claims() if c.scope is Scope.PRODUCT} == {FP32, FP16, BF16, E4M3, E5M2}
    assert {c.format for c in claims([E4M3])} == {E4M3, FP32}  # and what adds its products
    for claim in claims():
        methods = [design.method.name for design in claim.exact_designs]
        assert methods == {Scope.PRODUCT: ["exact"], Scope.ACCUMULATE: [], Scope.MAC: ["exact", "rounded"]}[claim.scope]


def test_the_adder_adds_as_float32_does() -> None:
    rng = np.random.default_rng(1)
    streams, cycles = 100, 8
    numbers = (rng.standard_normal((streams, cycles)) * 2.0 ** rng.integers(-12, 12, (streams, cycles))).astype(
        np.float32
    )
    clear = (np.arange(cycles) % 5 == 0).astype(np.uint8)
    unit = Adder(FP32)
    circuit = Circuit(map_module(verilog(unit), unit.name, GENERIC).module, library_of(GENERIC))
    stimulus = {"x": encode(FP32, numbers), "clear": np.broadcast_to(clear, numbers.shape)}
    totals = np.array([port_values(state, "total") for state in simulate(circuit, stimulus)]).T.astype(np.uint32)
    expected = np.zeros((streams, cycles), np.float32)
    for i in range(cycles - 1):  # a sum is there in the cycle after
        expected[:, i + 1] = (np.float32(0) if clear[i] else expected[:, i]) + numbers[:, i]
    assert np.array_equal(totals.view(np.float32)[:, 1:], expected[:, 1:])


@pytest.mark.parametrize(
    ("settled", "glitches", "expected"),
    [
        (0.79, 0.90, "holds"),
        (0.77, 0.90, "holds only with glitches"),
        (0.79, 0.2, "holds only without glitches"),
        (0.77, 0.77, "fails"),
    ],
)
def test_the_rule(settled: float, glitches: float, expected: str) -> None:
    assert verdict(0.80, settled, glitches) == expected


def _energies(fj: float) -> Energies:
    return Energies(*(Energy(each, 0, 0, 0) for each in (fj, 2 * fj, 0, 0)))


def test_verdicts_from_numbers() -> None:
    """Products save 94 % in fp32 and 20 % in the others; MACs 10 %."""
    formats = [FP32, E5M2]
    measured = Measured(GENERIC)
    for claim in claims(formats):
        if claim.scope is Scope.ACCUMULATE:
            measured.learn(AdderEnergy(claim.format, GAUSSIAN), _energies(900.0))
            continue
        product = claim.scope is Scope.PRODUCT
        kept = (0.06 if claim.format == FP32 else 0.8) if product else 0.9
        energies = {"exact": 1000.0, "rounded": 1200.0, "lmul": 1000.0 * kept}
        for design in (*claim.exact_designs, claim.lmul_design):
            for i, form in enumerate(design.forms):
                measured.learn(design.cost_job(form), Cost({}, 1.0, 1))
                measured.learn(design.energy_job(form, GAUSSIAN), _energies(energies[design.method.name] + 10 * i))
    assert not measured.missing(claims_jobs(formats))
    section = claims_section(measured, formats)
    products, dots = section.notes[-2:]
    assert products.startswith("95 % of the energy of elementwise products: holds only for fp32; measured 20 to 94 %")
    assert products.endswith("From Horowitz's own figures it follows for fp32.")
    assert dots.startswith("80 % of the energy of dot products: fails; measured 10 to 10 %")
    assert dots.endswith("it follows for fp32 (fp32 sum).")
    rows = {(r["scope"], r["format"], r["accumulator"]): r for r in section.records}
    assert rows["product", "fp32", ""]["fj_saved"] == pytest.approx(0.94)
    assert rows["product", "fp32", ""]["fj_form"] == "array"
    assert rows["whole MAC", "fp32", "fp32"]["fj_form"] == "exact, array"
    assert rows["whole MAC", "e5m2", "fixed"]["fj_form"] == "exact, array"
    assert rows["accumulate", "fp32", "fp32"]["fj_exact"] == 900.0
    assert rows["whole MAC", "e5m2", "fixed"]["fj_glitches_lmul"] == pytest.approx(1800)
