"""The files of a report: they agree with each other, state where they come from, and are the same every time."""

import csv
import io
import json

import pytest

from lmul.golden.formats import BF16, E4M3
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Policy
from lmul.reporting.tables import percent
from lmul.synth.mapping.flow import Cost
from lmul.synth.report.multipliers.comparison import Comparison, Row, units
from lmul.synth.report.multipliers.files import csv_text, json_text, markdown, report_files
from lmul.synth.report.multipliers.report import Report
from lmul.synth.technology.technology import GENERIC, Technology

_TOOLS = {"lmul": "1.2.3", "yosys": "0.99 (git sha1 abc)"}


def _report(technology: Technology) -> Report:
    def cost(nand2: float) -> Cost:
        if technology.is_generic:
            return Cost({"INV": 2, "NAND2": 7}, nand2, 5, transistors=int(4 * nand2))
        return Cost({"INV": 2, "NAND2": 7}, nand2, 5, area_um2=3 * nand2, delay_ps=123.4)

    rows = [
        Row(unit, cost(40.0 + 10 * place), cost(80.0), 0.0524)
        for f in (E4M3, BF16)
        for place, unit in enumerate(units([f]))
    ]
    command = (
        "lmul report"
        + ("" if technology.is_generic else f" --liberty {technology.name}")
        + " --format e4m3 --format bf16"
    )
    products = {row.parameters.name: 65536 for row in rows}
    return Report(Comparison(technology, rows, {E4M3: cost(30.0), BF16: cost(30.0)}), command, _TOOLS, products)


@pytest.fixture(params=["generic", "tiny"])
def report(request: pytest.FixtureRequest, tiny: Technology) -> Report:
    return _report(GENERIC if request.param == "generic" else tiny)


def _read_csv(report: Report) -> list[dict[str, str]]:
    lines = [line for line in csv_text(report).splitlines() if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines))))


def test_same_input_same_bytes(report: Report) -> None:
    assert report_files(report) == report_files(report)


def test_the_pictures_are_pictures(report: Report) -> None:
    files = report_files(report)
    png, svg = files["report.png"], files["report.svg"]
    assert isinstance(png, bytes)
    assert isinstance(svg, bytes)
    assert png.startswith(b"\x89PNG")
    assert svg.startswith(b"<?xml")
    assert len(png) > 10_000


def test_every_file_states_its_command_tools_and_flow(report: Report) -> None:
    for name, content in report_files(report).items():
        text = content if isinstance(content, str) else content.decode("utf-8", "replace")
        technology = report.comparison.technology
        for fact in (report.command, "0.99 (git sha1 abc)", "hierarchy -check -top UNIT", technology.sha256 or ""):
            assert fact in text, name


def test_csv_and_json_hold_the_same_numbers(report: Report) -> None:
    units_in_json = json.loads(json_text(report))["units"]
    rows = _read_csv(report)
    assert [row["unit"] for row in rows] == [unit["unit"] for unit in units_in_json]
    for row, unit in zip(rows, units_in_json, strict=True):
        kinds = " ".join(f"{kind}:{count}" for kind, count in unit.pop("cells_by_kind").items())
        assert row.pop("cells_by_kind") == kinds
        assert row == {key: "" if value is None else str(value) for key, value in unit.items()}


def test_the_numbers_are_those_of_the_rows(report: Report) -> None:
    record = json.loads(json_text(report))["units"][2]
    row = report.comparison.row(E4M3, MethodKind.LMUL, Policy.FLUSH)
    assert (record["unit"], record["nand2_equivalents"], record["depth"]) == ("lmul_e4m3_flush", 60.0, 5)
    assert (record["area_saved"], record["area_saved_against"]) == (0.25, "exact_e4m3_flush")
    assert (record["area_um2"], record["delay_ps"]) == (row.cost.area_um2, row.cost.delay_ps)
    assert record["transistors"] == row.cost.transistors


def test_markdown_says_what_the_technology_can_say(report: Report) -> None:
    text = markdown(report)
    generic = report.comparison.technology.is_generic
    assert ("| transistors |" in text, "| um2 " in text, "| ps " in text) == (generic, not generic, not generic)
    assert r"50 %\*" in text
    assert "917,504 products" in text
    assert "no raw form" in text
    assert all(line.count("|") == 0 or line.startswith("|") or "|relative error|" in line for line in text.splitlines())


def test_an_unverified_report_says_so() -> None:
    made = _report(GENERIC)
    unverified = Report(made.comparison, "lmul report --no-verify", made.tools)
    assert unverified.command == "lmul report --no-verify"
    assert "verification: the units were not simulated" in markdown(unverified)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0524, "5.24 %"), (0.019, "1.90 %"), (0.1467, "14.7 %"), (1.0, "100 %"), (2.1e-8, "2.10e-06 %")],
)
def test_percentages_have_three_digits(share: float, text: str) -> None:
    assert percent(share) == text
