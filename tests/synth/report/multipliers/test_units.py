"""The tables of multipliers, of rows with costs that are made up."""

from dataclasses import replace

import pytest

from lmul.golden.formats import BF16, E4M3
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Policy
from lmul.reporting.sections import section_markdown
from lmul.synth.mapping.flow import Cost
from lmul.synth.report.multipliers.comparison import Comparison, Row, units
from lmul.synth.report.multipliers.notes import notes
from lmul.synth.report.multipliers.picture import picture
from lmul.synth.report.multipliers.units import kinds, parts_section, units_section
from lmul.synth.technology.technology import GENERIC, Technology


@pytest.fixture(params=["generic", "tiny"])
def comparison(request: pytest.FixtureRequest, tiny: Technology) -> Comparison:
    technology = GENERIC if request.param == "generic" else tiny

    def cost(nand2: float) -> Cost:
        if technology.is_generic:
            return Cost({"INV": 2, "NAND2": 7}, nand2, 5, transistors=int(4 * nand2))
        return Cost({"INV": 2, "NAND2": 7}, nand2, 5, area_um2=3 * nand2, delay_ps=123.4)

    rows = [
        Row(unit, cost(40.0 + 10 * place), cost(80.0), 0.0524)
        for f in (E4M3, BF16)
        for place, unit in enumerate(units([f]))
    ]
    return Comparison(technology, rows, {E4M3: cost(30.0), BF16: cost(30.0)})


@pytest.mark.parametrize(("kind", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_picture_is_one_and_the_same_twice(comparison: Comparison, kind: str, start: bytes) -> None:
    drawn = picture(comparison, kind)
    assert drawn == picture(comparison, kind)
    assert drawn.startswith(start) and len(drawn) > 10_000


def test_the_numbers_are_those_of_the_rows(comparison: Comparison) -> None:
    record = units_section(comparison).records[2]
    row = comparison.row(E4M3, MethodKind.LMUL, Policy.FLUSH)
    assert (record["unit"], record["nand2_equivalents"], record["depth"]) == ("lmul_e4m3_flush", 60.0, 5)
    assert (record["area_saved"], record["area_saved_against"]) == (0.25, "exact_e4m3_flush")
    against = {u.name: replace(row, parameters=u).exact_name for u in units([E4M3])}
    assert against["corrected2_e4m3_raw"] == "exact_e4m3_flush" and against["exact_e4m3_flush"] is None
    assert against["lmul_e4m3_ieee_inf"] == "exact_e4m3_ieee_inf"
    assert (record["area_um2"], record["delay_ps"]) == (row.cost.area_um2, row.cost.delay_ps)
    assert record["transistors"] == row.cost.transistors
    assert kinds(row) == "INV:2 NAND2:7"


def test_the_tables_show_what_the_technology_can_say(comparison: Comparison) -> None:
    text = "\n".join(section_markdown(units_section(comparison)))
    generic = comparison.technology.is_generic
    assert ("| transistors |" in text, "| um2 " in text, "| ps " in text) == (generic, not generic, not generic)
    assert " 50 % " in text and " 5.24 % " in text
    assert any("no raw form" in " ".join(note.split()) for note in notes(comparison.technology))


def test_parts_stand_by_format(comparison: Comparison) -> None:
    section = parts_section(comparison)
    assert [record["format"] for record in section.records] == ["e4m3", "bf16"]
    assert section.table.titles[:2] == ["format", "bare sum"]
