"""Topics of energies plan what their sections show."""

from dataclasses import replace
from typing import Any

import pytest

from lmul.synth.energy.energy import Energies, Energy
from lmul.synth.energy.operands import tensor_stream
from lmul.synth.report.full.energy_model import Models
from lmul.synth.report.full.operands import Streams
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import GENERIC


class _Known(dict[Any, Any]):
    """Stands for what was measured in a technology."""

    __hash__ = object.__hash__

    def __init__(self, name: str) -> None:
        super().__init__()
        self.technology = replace(GENERIC, name=name, sha256=None if name == "generic" else "0")


@pytest.mark.parametrize("names", [["generic"], ["generic", "tiny"]])
def test_topics_plan_what_their_sections_show(names: list[str]) -> None:
    setting = Setting([_Known(name) for name in names])
    shown = []
    for topic in (Streams((tensor_stream("mine", [1.0], [2.0]),)), Models()):
        for measured, jobs in topic.plan(setting):
            for i, job in enumerate(jobs):
                energy = Energy(100 + i, 1, 2, 3)
                measured[job] = Energies(energy, energy, energy, energy)
        shown += topic.sections(setting)
        pictures = topic.pictures(setting)
        assert set(pictures) == ({"model"} if "tiny" in names and topic == Models() else set())
    assert {section.key for section in shown} == {"streams", "fit", *(["model"] if "tiny" in names else [])}
    assert {record["stream"] for record in shown[0].records} == {"uniform", "gaussian", "mine"}
