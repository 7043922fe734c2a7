# amaranth: UnusedElaboratable=no
"""Units in every form are mapped right, and the best one is found for each figure."""

from dataclasses import replace

import numpy as np
import pytest

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E4M3, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.export.verilog import verilog
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.energy import Energies, Energy, library_of
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import Cost, map_module
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.exact_baselines import BASELINE_FORMS, Design, best_forms, form_jobs
from lmul.synth.measure.jobs import PieceCost
from lmul.synth.measure.multipliers import UnitCost, UnitMapped
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.exact_forms import exact_designs, exact_forms_jobs, exact_forms_section
from lmul.synth.technology.technology import GENERIC

_FIVE = Parameters(format_named("e3m5"), Method.EXACT)
_BF16 = Design(Parameters(BF16, Method.EXACT))


def test_netlists_of_every_form() -> None:
    x, y = np.random.default_rng(1).integers(0, 1 << _FIVE.format.width, (2, 4000))
    expected = multiply(_FIVE, x, y)
    texts = {UnitMapped(_FIVE, form).verilog for form in Form}
    assert len(texts) == len(Form)
    for text in texts:
        circuit = Circuit(map_module(text, _FIVE.name, GENERIC).module, library_of(GENERIC))
        [state] = simulate(circuit, {"x": x[:, None], "y": y[:, None]})
        assert np.array_equal(port_values(state, "p"), expected)


@pytest.mark.parametrize("kind", [PieceKind.DOT_CORE, PieceKind.ELEMENT_CORE])
def test_a_core_has_its_form(kind: PieceKind) -> None:
    dot = dot_parameters(_FIVE.format, Method.EXACT, Accumulator.FIXED, depth=1)
    array, tree = (verilog(Piece(kind, dot, form=form).unit) for form in (Form.ARRAY, Form.TREE))
    assert "stage_0_column" in tree and "stage_0_column" not in array


def test_what_has_forms() -> None:
    assert _BF16.forms == BASELINE_FORMS and set(BASELINE_FORMS) < set(Form)
    assert Design(Parameters(BF16)).forms == Design(Parameters(E4M3, Method.EXACT)).forms == (Form.ARRAY,)
    assert Design(Piece(PieceKind.ELEMENT_CORE, dot_parameters(E4M3, Method.ROUNDED))).forms == (Form.ARRAY,)


@pytest.mark.parametrize(
    ("kind", "f", "method"),
    [
        (PieceKind.ELEMENT_CORE, "e4m3", Method.EXACT),
        (PieceKind.ELEMENT_CORE, "e4m3", Method.ROUNDED),
        (PieceKind.ELEMENT_CORE, "e3m5", Method.ROUNDED),
        (PieceKind.DOT_CORE, "e4m3", Method.ROUNDED),
        (PieceKind.DOT_CORE, "e3m5", Method.EXACT),
        (PieceKind.DOT_CORE, "bf16", Method.LMUL),
    ],
)
def test_forms_that_are_looked_at_differ(kind: PieceKind, f: str, method: Method) -> None:
    piece = Piece(kind, dot_parameters(format_named(f), method), 2)
    texts = {verilog(replace(piece, form=form).unit) for form in BASELINE_FORMS}
    assert len(texts) == len(Design(piece).forms)


def _energies(settled: float, glitches: float) -> Energies:
    return Energies(*(Energy(fj, 0, 0, 0) for fj in (settled, glitches, 0, 0)))


def _measured(designs: list[Design]) -> Measured:
    """Areas fall and energies rise from form to form; the tree is the fastest."""
    measured = Measured(GENERIC)
    for design in designs:
        for i, form in enumerate(Form):
            delay = 100.0 if form is Form.TREE else 200.0
            share = design.products
            cost = Cost({}, share * (50.0 - i), 10, area_um2=share * (40.0 - i), delay_ps=delay)
            measured.learn(design.cost_job(form), cost)
            measured.learn(design.energy_job(form, GAUSSIAN), _energies(share * (30.0 + i), share * (60.0 - i)))
    return measured


def test_the_best_form_for_each_figure() -> None:
    best = best_forms(_measured([_BF16]), _BF16, GAUSSIAN, tuple(Form))
    last = list(Form)[-1]
    assert {name: each.form for name, each in best.items()} == {
        "nand2": last,
        "delay_ps": Form.TREE,
        "depth": Form.ARRAY,
        "fj": Form.ARRAY,
        "fj_glitches": last,
    }
    assert (best["nand2"].value, best["fj_glitches"].value) == (43, 53)


def test_without_a_stream_there_are_no_energies() -> None:
    assert form_jobs([_BF16], None) == [UnitCost(_BF16.unit, form) for form in BASELINE_FORMS]
    assert set(best_forms(_measured([_BF16]), _BF16, None)) == {"nand2", "delay_ps", "depth"}


def test_the_section_has_a_product_s_share() -> None:
    designs = exact_designs([BF16])
    measured = _measured(designs)
    assert not measured.missing(exact_forms_jobs([BF16]))
    section = exact_forms_section(measured, [BF16])
    assert [record["nand2"] for record in section.records] == 2 * [50.0 - i for i in range(len(Form))]
    assert {record["design"] for record in section.records} == {"multiplier", "16 lanes, anchored12"}
    assert section.records[0]["best"] == "depth, energy"
    assert "delay tree (-50.0 %)" in section.notes[1]
    assert isinstance(designs[1].cost_job(Form.TREE), PieceCost)
