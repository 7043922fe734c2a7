"""Placed units in a full report: library by library, each as its LEF says; nothing is placed here."""

from dataclasses import replace

import pytest

from lmul.golden.formats import E4M3, E5M2
from lmul.reporting.topic import find_out
from lmul.synth.layout.job import Laid, LayoutJob, Setup, Wired
from lmul.synth.layout.lef import Lef
from lmul.synth.layout.parasitics import PerUm
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.placed import Placed
from lmul.synth.report.full.report import full_topics
from lmul.synth.report.layout.entrants import Placing
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import GENERIC, Technology


def _placing(capacitance: float) -> Placing:
    return Placing(Setup(Lef(str(capacitance), "core", 1, 1, (), {}, ()), PerUm(capacitance, 1)), None)


def _laid(fj: float) -> Laid:
    return Laid(2, 10.0, 15.0, Wired(0, 0, 0, 30.0, 4.0, 6.0), [Wired(9, 1, 0, 40.0, fj, 7.0)], 0.5)


def test_each_library_has_its_tables(tiny: Technology) -> None:
    each = [Measured(GENERIC), *(Measured(replace(tiny, name=f"{name}.lib")) for name in "ab")]
    setting = Setting(each, (E5M2,))
    topic = Placed([_placing(0.1), _placing(0.2)], (Use.MULTIPLIER,))
    for measured, jobs in topic.plan(setting):
        for job in jobs:
            assert isinstance(job, LayoutJob)
            measured.learn(job, _laid(5 + 10 * job.setup.wire.capacitance))
    assert find_out([topic], setting, lambda count: None, lambda: None) == []
    tables = {section.key: section for section in topic.sections(setting)}
    assert tables.keys() == {
        f"{kind}_{name}" for kind in ("savings_multiplier", "placed_multiplier", "routed") for name in "ab"
    }
    assert [tables[f"placed_multiplier_{name}"].records[0]["fj_placed"] for name in "ab"] == [6, 7]
    assert tables["placed_multiplier_b"].title == "Before wires and placed: multiplier, b.lib"
    assert topic.data(setting)["wire_b"] == {"ff_um": 0.2, "ohm_um": 1}
    assert [sentence[:3] for sentence in topic.findings(setting)] == ["a: ", "a: ", "b: ", "b: "]
    assert [*topic.pictures(replace(setting, formats=(E4M3,)))] == []
    with pytest.raises(ValueError, match="zip"):
        topic.plan(Setting(each[:2], (E5M2,)))


def test_units_are_placed_where_the_report_is_told_how() -> None:
    assert not any(isinstance(topic, Placed) for topic in full_topics())
    placing = [_placing(0.1)]
    assert Placed(placing) in full_topics(placings=placing)
