"""Tables of placed units, from outcomes made up."""

from dataclasses import replace

import pytest

from lmul.golden.formats import BF16, E4M3, FP16
from lmul.golden.methods import Method
from lmul.synth.layout.faults import Faults
from lmul.synth.layout.job import Laid, Setup, Wired
from lmul.synth.layout.lef import Lef
from lmul.synth.layout.parasitics import PerUm
from lmul.synth.layout.routing import MISSING, Routed
from lmul.synth.measure.contenders import Use
from lmul.synth.report.layout.entrants import Placing, entrants
from lmul.synth.report.layout.tables import figures_section, largest_section, routed_section

LAID = Laid(2, 10.0, 15.0, Wired(0, 0, 0, 30.0, 4.0, 6.0), [Wired(9, 1, 0, 40.0, 5.0, 7.0)], 0.5)


@pytest.fixture
def placing() -> Placing:
    """Of no cells: nothing is placed here."""
    return Placing(Setup(Lef("", "core", 1, 1, (), {}, ()), PerUm(1, 1)), None)


def test_sums_that_are_too_wide_are_refused(placing):
    uses = Use.MAC_FIXED, Use.MAC_FP32
    known = {job: LAID for use in uses for each in entrants(use, [BF16, FP16]) for job in placing.jobs(each)}
    found = figures_section(known, placing, Use.MAC_FIXED, [BF16, FP16])
    assert {row["format"] for row in found.records} == {"fp16"}
    assert found.notes[-1] == "Refused, since the accumulator would have more than 128 bits: bf16."
    assert not any("Refused" in note for note in figures_section(known, placing, Use.MAC_FP32, [BF16]).notes)


def test_the_largest_are_four_cores_and_one(placing):
    rows = largest_section(dict.fromkeys(placing.largest, LAID), placing.largest).records
    lanes = ["4 cores of 16 lanes", "one core of 64 lanes"]
    assert [row["unit"] for row in rows] == [f"{m} e4m3, {n}" for n in lanes for m in (Method.LMUL, Method.ROUNDED)]
    assert [rows[0][key] for key in ("delay_ps", "delay_ps_placed", "fj", "fj_placed")] == [30, 40, 4, 5]


def test_faults_of_routed_wires_are_shown_and_not_those_of_a_crash(placing):
    router = replace(placing, router="1.4")
    found = [
        Routed(9, 0, 11.0, 10.0, 5, Faults(1, 2, 3, 4), 0.1),
        Routed(9, 9, 0, 0, 0, Faults(0, 0, 0, 0), 0.1, "crash"),
    ]
    known = dict(zip(router.routing([E4M3]), [*found, found[0]], strict=True))
    rows = routed_section(known, router, [E4M3]).records
    keys = "opens", "shorts", "spacing", "width", "trouble"
    assert [[row[key] for key in keys] for row in rows[:2]] == [[1, 2, 3, 4, None], [None, None, None, None, "crash"]]
    assert routed_section({}, placing, [E4M3]).notes == [MISSING]
    assert MISSING not in routed_section({}, router, []).notes
