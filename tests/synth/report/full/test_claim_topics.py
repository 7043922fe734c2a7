"""Topics ask for all that their tables need."""

from dataclasses import replace

import pytest

from lmul.golden.formats import BF16, E3M4, E4M3
from lmul.golden.parameters import Parameters
from lmul.reporting.topic import Topic
from lmul.synth.energy.energy import Energies, Energy
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.energy_jobs import AdderEnergy, EnergyJob
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.claims import Claims
from lmul.synth.report.full.exact_forms import ExactForms
from lmul.synth.report.full.rivals import Rivals
from lmul.synth.report.full.savings import Savings
from lmul.synth.report.setting import Setting
from lmul.synth.rivals.check import Deviation
from lmul.synth.rivals.jobs import Compared, MeasuredUnit, Outcome
from lmul.synth.rivals.source import Rival
from lmul.synth.technology.technology import GENERIC

_COST = Cost({"NAND2": 4}, 4.0, 2)
_ENERGIES = Energies(*[Energy(1.0, 0, 0, 0)] * 4)
_RIVAL = Rival("r", E4M3, E4M3, "0", "")


def _outcome(job):
    if isinstance(job, Compared):
        unit = MeasuredUnit(_COST, _ENERGIES)
        return Outcome(Deviation(Parameters(E4M3), 65536, True, {}, {}, None, 0.05), unit, unit, unit)
    return _ENERGIES if isinstance(job, AdderEnergy | EnergyJob) else _COST


@pytest.mark.parametrize(
    ("topic", "formats", "titles"),
    [
        (Claims(), [E4M3], ["claims_generic", "gates", "published"]),
        (Claims(), [E3M4], ["gates", "published"]),
        (ExactForms(), [E4M3, BF16], ["exact_forms"]),
        (ExactForms(), [E4M3], []),
        (Rivals((_RIVAL,)), [E4M3], ["rivals_generic"]),
        (Rivals(()), [E4M3], []),
    ],
)
def test_sections_of_topics(topic: Topic, formats: list, titles: list[str]) -> None:
    setting = Setting([Measured(GENERIC)], formats)
    for measured, jobs in topic.plan(setting):
        for job in jobs:
            measured.learn(job, _outcome(job))
    sections = topic.sections(setting)
    assert [section.key for section in sections] == titles
    assert all(section.table.groups and section.notes for section in sections)
    assert topic.pictures(setting) == {}


def test_an_equal_rival_saves_nothing() -> None:
    setting = Setting([Measured(GENERIC)], [E4M3])
    topic = Rivals((_RIVAL,))
    for measured, jobs in topic.plan(setting):
        for job in jobs:
            measured.learn(job, _outcome(job))
    [record] = topic.sections(setting)[0].records
    assert record["lmul_saved"] == record["exact_fj_glitches_saved"] == 0
    assert record["lmul_delay_saved"] is None


def test_rivals_stand_below_our_multipliers_of_their_format() -> None:
    setting = Setting([Measured(GENERIC)], [E4M3, E3M4])
    topic = Savings((Use.MULTIPLIER, Use.MAC_FP32), (_RIVAL, replace(_RIVAL, name="of no row", format=BF16)))
    for measured, jobs in topic.plan(setting):
        for job in jobs:
            measured.learn(job, _outcome(job))
    tables = topic.sections(setting)[1:]
    multipliers, macs = ([(row["format"], row["method"]) for row in each.records] for each in tables)
    place = multipliers.index(("e4m3", "rival r"))
    assert multipliers[place - 1] == ("e4m3", "exact") and multipliers[place + 1][0] == "e3m4"
    assert [row for row in [*multipliers, *macs] if "rival" in row[1]] == [("e4m3", "rival r")]
