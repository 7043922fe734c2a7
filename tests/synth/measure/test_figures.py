"""A saving is over the best exact design there is for each figure: in any form, with products whole or rounded."""

from dataclasses import replace

import pytest

from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.hdl.arith.exact_products import Form
from lmul.synth.energy.energy import Energies, Energy
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.contenders import Contender, Use, contender
from lmul.synth.measure.exact_baselines import BASELINE_FORMS, Design
from lmul.synth.measure.figures import baseline, figure_jobs, savings
from lmul.synth.measure.pieces import Piece
from lmul.synth.measure.session import Measured
from lmul.synth.technology.technology import GENERIC

_USES = (Use.MAC_FIXED, Use.MAC_FP32, Use.DOT)


def _found(use: Use, method: Method) -> Contender:
    found = contender(use, E4M3, method)
    assert found is not None
    return found


def _learn(measured: Measured, design: Design, form: Form, figure: float) -> None:
    """All figures of a product are the same number."""
    total = figure * design.products
    measured.learn(design.cost_job(form), Cost({}, total, 10, delay_ps=figure))
    measured.learn(design.energy_job(form, GAUSSIAN), Energies(*[Energy(total, 0, 0, 0)] * 4))


@pytest.mark.parametrize(
    ("use", "method", "form"),
    [
        *((use, method, Form.ARRAY) for use in _USES for method in (Method.EXACT, Method.ROUNDED)),
        *((use, Method.EXACT, form) for use in _USES if use is not Use.DOT for form in BASELINE_FORMS[1:]),
    ],
)
def test_the_baseline_is_the_best(use: Use, method: Method, form: Form) -> None:
    ours, best = _found(use, Method.LMUL), _found(use, method).design
    measured = Measured(GENERIC)
    _learn(measured, ours.design, Form.ARRAY, 45)
    for other in (Method.EXACT, Method.ROUNDED):
        design = _found(use, other).design
        for each in design.forms:
            _learn(measured, design, each, 50 if (design, each) == (best, form) else 90)
    assert not measured.missing(list(figure_jobs([ours])))
    assert savings(measured, ours) == pytest.approx(dict.fromkeys(("area", "delay", "settled", "glitches"), 0.1))
    assert {(each.method, each.form) for each in baseline(measured, ours).values() if each} == {(method, form)}


@pytest.mark.parametrize("use", _USES)
def test_baselines_do_the_same_job(use: Use) -> None:
    own = _found(use, Method.LMUL).design.unit
    assert isinstance(own, Piece)
    for design in _found(use, Method.LMUL).baselines:
        unit = design.unit
        assert isinstance(unit, Piece) and unit.known.product.method.is_exact
        as_ours = replace(unit.known, product=own.known.product)
        assert replace(unit, dot=as_ours) == own
