"""Sections of energies follow from the numbers, whatever they are."""

from typing import Any

import numpy as np
import pytest

from lmul.golden.formats import BF16
from lmul.golden.methods import Method
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record
from lmul.synth.energy.energy import Energies, Energy
from lmul.synth.energy.horowitz import FIGURES
from lmul.synth.energy.operands import GAUSSIAN, UNIFORM, tensor_stream
from lmul.synth.measure.calibration import fit_jobs
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.report.calibration import fit_note, fit_section
from lmul.synth.report.energy_notes import multiplier
from lmul.synth.report.full.agreement import Agreement
from lmul.synth.report.full.energy_model import model_jobs, model_section
from lmul.synth.report.full.energy_model_picture import model_picture
from lmul.synth.report.full.operands import stream_jobs, stream_section
from lmul.synth.technology.technology import GENERIC


class _Known(dict[Any, Any]):
    """Stands for what was measured."""

    technology = GENERIC


def _energies(fj: float, counted: float, glitches: float = 3.0) -> Energies:
    own, model = (Energy(0.7 * value, 0.1 * value, 0.2 * value, 0) for value in (fj, counted))
    return Energies(own, Energy(glitches * fj, 0, 0, 0), model, Energy(glitches * counted, 0, 0, 0))


def test_agreement_by_hand() -> None:
    found = Agreement.of([1, 2, 8], [10, 20, 20])
    # The ratios 10, 10 and 2.5 have the mean 10 / 4^(1/3).
    assert found.factor == pytest.approx(10 / 4 ** (1 / 3))
    assert found.worst == pytest.approx(4 ** (2 / 3))
    assert found.typical == pytest.approx(4 ** np.sqrt((1 / 9 + 1 / 9 + 4 / 9) / 3))
    assert found.correlation == pytest.approx(np.corrcoef([0, 1, 3], [0, 1, 1])[0, 1])
    assert Agreement.of([10, 20, 20], [1, 2, 8]).worst == pytest.approx(found.worst)  # too low is as bad as too high


def test_a_model_that_is_right_but_for_its_unit() -> None:
    liberty, generic = _Known(), _Known()
    for i, job in enumerate(model_jobs()):
        liberty[job] = _energies(100 + i, 50 + i / 2)
        generic[job] = _energies(300 + 3 * i, 1)
    section = model_section(generic, liberty)
    assert len(section.records) == len(set(model_jobs())) > 40
    for record in section.records:
        ratios = [value for key, value in record.items() if key.endswith("_ratio")]
        assert ratios == pytest.approx([1] * 4)
    text = " ".join(section.notes)
    assert text.count("correlation of logarithms 1.0000, worst ratio 1.00") == 4
    assert text.count("differ by up to 0 points") == 4
    assert "as much as 12.0 gate inputs do among gates, and is 20 % of a MAC's energy" in text
    assert section.table.groups


def test_one_design_that_the_model_has_wrong() -> None:
    liberty, generic = _Known(), _Known()
    jobs = model_jobs()
    for i, job in enumerate(jobs):
        liberty[job] = generic[job] = _energies(100 + i, 100 + i)
    exact = next(job for job in jobs if getattr(job.contender, "name", "") == "exact_e4m3_flush")
    liberty[exact] = generic[exact] = _energies(100, 100)
    liberty[jobs[0]] = _energies(25, 100)  # lmul e4m3: by the tables a saving of 75 %, by the model none
    section = model_section(generic, liberty)
    worst = 4 ** (1 - 1 / len(jobs))
    assert f"worst ratio {worst:.2f}" in section.notes[1] and "differ by up to 75 points" in section.notes[1]
    assert float(section.records[0]["settled_same_ratio"]) == pytest.approx(worst)


def test_energies_of_streams() -> None:
    streams = [UNIFORM, GAUSSIAN, tensor_stream("query x key", [1.0], [2.0])]
    measured = _Known()
    for job in stream_jobs(streams):
        assert isinstance(job, EnergyJob)
        exact = any(f"MethodKind.{kind}" in repr(job.contender) for kind in ("EXACT", "ROUNDED"))
        measured[job] = _energies((1600 if exact else 800) * (2 if job.stream == UNIFORM else 1), 1)
    tree = EnergyJob(multiplier(BF16, Method.EXACT), GAUSSIAN, Form.TREE)
    measured[tree] = _energies(1000, 1, glitches=10)  # the least without glitches, and not with them
    section = stream_section(measured, streams)

    def row(**of: str) -> Record:
        return next(r for r in section.records if all(r[key] == value for key, value in of.items()))

    assert len(section.records) == 3 * (3 + 4 + 4) * len(streams)
    own = row(unit="multiplier", format="e4m3", method="lmul", stream="gaussian")
    assert (own["settled"], own["settled_saved"], own["settled_clock"]) == pytest.approx((0.8, 0.5, 0.2))
    assert own["glitches"] == pytest.approx(2.4)
    wide = row(unit="multiplier", format="bf16", method="lmul", stream="gaussian")
    assert (wide["settled_saved"], wide["glitches_saved"]) == pytest.approx((1 - 800 / 1000, 0.5))
    lanes = row(unit="16 lanes, anchored W12", method="exact", stream="uniform")
    assert (lanes["settled"], lanes["settled_saved"]) == (pytest.approx(3.2 / 16), 0)
    assert streams[2].tensors is not None and streams[2].tensors.sha256[:12] in " ".join(section.notes)


def test_the_fit_stands_beside_the_numbers() -> None:
    measured = _Known()
    assert fit_note(measured).endswith("without glitches.")
    for job in fit_jobs():
        measured[job] = _energies(1, 1000 * FIGURES[job.kind, job.width] / 0.6, 1.5)
    residuals = ", ".join(f"int{width} {kind} +0 %" for kind, width in FIGURES)
    assert fit_note(measured).replace("-0", "+0").endswith(f"; model against published: {residuals}.")
    section = fit_section([measured])
    assert [record["settled"] for record in section.records] == pytest.approx(list(FIGURES.values()))
    assert "generic without glitches 0.600 fJ a gate input, off by a factor of 1.00" in section.notes[1]
    assert "generic with glitches 0.400 fJ a gate input" in section.notes[1]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_picture_is_the_same_each_time(kind: str) -> None:
    liberty = _Known({job: _energies(100 + i, 70 + i) for i, job in enumerate(model_jobs())})
    section = model_section(liberty, liberty)
    first = model_picture(section, "tiny", kind)
    assert first == model_picture(section, "tiny", kind)
    assert first.startswith(b"\x89PNG" if kind == "png" else b"<?xml")


def test_jobs_say_what_they_depend_on() -> None:
    jobs = [*model_jobs(), *stream_jobs([UNIFORM, tensor_stream("t", [1.0], [2.0]), tensor_stream("t", [1.0], [3.0])])]
    assert len({repr(job) for job in jobs}) == len(set(jobs)) > 100
    assert all(job.effort > 0 for job in jobs)
