"""A small full report: multipliers of two tiny formats, its fronts, and its files."""

import csv
import io
import json
from collections.abc import Mapping

import pytest

from lmul.golden.formats import E2M1, E2M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.reporting.compare import growth, parse_report
from lmul.reporting.topic import find_out
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.pareto import Pareto, front
from lmul.synth.report.full.savings import Savings
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.setting import Setting
from lmul.synth.rivals.source import Source, read_rival
from lmul.synth.technology.technology import GENERIC

_USES = (Use.MULTIPLIER,)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str | bytes]:
    """Of generic gates, with our own exact unit as a rival from elsewhere."""
    unit = Multiplier(Parameters(E2M1, Method.EXACT), style=Style.GATES)
    path = tmp_path_factory.mktemp("rival") / "mine.v"
    path.write_text(verilog(unit))
    rival = read_rival(Source("mine", (path,), unit.name), E2M1)
    topics = Savings(_USES, (rival,)), Pareto((E2M1, E2M3), _USES)
    setting = Setting([Measured(GENERIC)], (E2M1,))
    find_out(topics, setting, lambda count: None, lambda: None)
    return measured_report(topics, setting, [GENERIC], "lmul report --full", {}, name="full", title="Small").files()


def test_savings_are_against_the_exact_row_beside_them(files: Mapping[str, str | bytes]) -> None:
    report = json.loads(files["full.json"])
    tables = [report[key] for key in report if key.startswith("savings_")]
    assert len(tables) == len(_USES)
    for records in tables:
        rows = {record["method"]: record for record in records}
        exact = rows.pop("exact")
        assert rows and exact["area_saved"] == 0 and exact["verdict_forms"].startswith("area: exact array")
        for row in rows.values():
            for figure in ("area", "settled", "glitches"):
                assert row[f"{figure}_saved"] == pytest.approx(1 - row[figure] / exact[figure])
            assert row["glitches"] >= row["settled"] > 0


def test_our_exact_unit_costs_the_same_when_it_comes_from_elsewhere(files: Mapping[str, str | bytes]) -> None:
    exact, mine = json.loads(files["full.json"])["savings_multiplier_generic"][-2:]
    assert (exact["method"], mine["method"]) == ("exact", "rival mine")
    assert mine["verdict_forms"] == "computes exact flush"
    for figure in ("area", "settled", "glitches"):
        assert mine[figure] == pytest.approx(exact[figure], rel=0.15)  # mapped from another text
    assert "rival mine" in files["full.md"] and "A row 'rival NAME' is" in files["full.md"]


def test_the_front_has_what_nothing_beats(files: Mapping[str, str | bytes]) -> None:
    records = json.loads(files["full.json"])["pareto_multiplier"]
    best = [record for record in records if record["front_area"]]
    assert 0 < len(best) < len(records)
    for record in records:
        beaten = any(
            other["error"] <= record["error"]
            and other["area"] <= record["area"]
            and (other["error"] < record["error"] or other["area"] < record["area"])
            for other in records
        )
        assert beaten == (record["front_area"] is None)


@pytest.mark.parametrize(
    ("points", "kept"),
    [
        ([(1, 2), (2, 1), (2, 2)], [True, True, False]),
        ([(1, 1), (1, 1), (1, 2)], [True, True, False]),
        ([(1, 1)], [True]),
        ([], []),
    ],
)
def test_fronts(points: list[tuple[float, float]], kept: list[bool]) -> None:
    assert front(points) == kept


def test_files_hold_the_same_numbers(files: Mapping[str, str | bytes]) -> None:
    report = json.loads(files["full.json"])
    rows = list(csv.DictReader(io.StringIO(str(files["full.csv"]))))
    assert len({(row["table"], row["row"], row["column"]) for row in rows}) == len(rows)
    tables = [value for value in report.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    numbers = [v for records in tables for r in records for v in r.values() if isinstance(v, int | float)]
    assert sorted(float(row["value"]) for row in rows) == sorted(numbers)
    assert "![Error against cost" in files["full.md"] and files["full_pareto.png"][:4] == b"\x89PNG"


def test_a_report_compared_with_itself_has_not_changed(files: Mapping[str, str | bytes]) -> None:
    content = parse_report(str(files["full.json"]))
    found = growth(content, content)
    assert found.compared > 30 and not found.changes
