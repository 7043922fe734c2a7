"""What two reports differ in."""

import json
from pathlib import Path

import pytest

from lmul.reporting.compare import Change, growth, growth_section, kind_of, read_report

_OLD = {
    "command": "lmul report --arrays --format e4m3",
    "tools": {"yosys": "1"},
    "outcomes": {"lanes": ["rival"]},
    "lanes": [
        {"format": "e4m3", "method": "lmul", "total": 100.0, "saved": None, "rival": "3 x 2"},
        {"format": "e4m3", "method": "exact", "total": 200, "saved": 0.0, "rival": ""},
    ],
    "notes": ["a"],
}


def _with(**changed: object) -> dict[str, object]:
    first = {**_OLD["lanes"][0], **changed}
    return {**_OLD, "lanes": [first, _OLD["lanes"][1]]}


def test_the_same_report_has_not_changed() -> None:
    found = growth(_OLD, _OLD)
    assert (found.changes, found.gone, found.new, found.warnings) == ([], [], [], [])
    assert found.compared == 3


def test_what_grew_comes_first() -> None:
    new = {**_OLD, "lanes": [{**_OLD["lanes"][0], "total": 90.0, "rival": "2 x 2"}, {**_OLD["lanes"][1], "total": 205}]}
    found = growth(_OLD, new).changes
    assert found == [
        Change("lanes", "e4m3 exact", "total", 200, 205),
        Change("lanes", "e4m3 lmul", "total", 100, 90),
    ]
    assert [change.share for change in found] == pytest.approx([0.025, -0.1])


@pytest.mark.parametrize(("value", "count"), [(102.0, 0), (102.1, 1), (98.0, 0), (97.9, 1), (None, 0)])
def test_two_percent_are_let_pass(value: float | None, count: int) -> None:
    assert len(growth(_OLD, _with(total=value)).changes) == count


def test_a_number_that_was_zero_has_grown_without_bound() -> None:
    new = {**_OLD, "lanes": [_OLD["lanes"][0], {**_OLD["lanes"][1], "saved": 0.1}]}
    (change,) = growth(_OLD, new).changes
    assert change.share == float("inf")
    assert growth_section(growth(_OLD, new)).table.groups[0][0][-1] == "inf %"


def test_rows_that_came_and_went() -> None:
    found = growth(_OLD, _with(method="mitchell"))
    assert found.gone == ["lanes: e4m3 lmul"] and found.new == ["lanes: e4m3 mitchell"]


def test_rows_of_one_name_are_told_apart() -> None:
    twice = {"a": [{"unit": "x", "area": 1.0}, {"unit": "x", "area": 2.0}]}
    later = {"a": [{"unit": "x", "area": 1.0}, {"unit": "x", "area": 3.0}]}
    assert [(change.row, change.after) for change in growth(twice, later).changes] == [("x #2", 3.0)]


def test_other_tools_are_told() -> None:
    assert growth(_OLD, {**_OLD, "tools": {"yosys": "2"}}).warnings == [
        "tools differ: {'yosys': '1'} before, {'yosys': '2'} now"
    ]


def test_the_kind_of_a_report() -> None:
    assert kind_of(_OLD) == "--arrays"
    assert kind_of({"command": "lmul report --full --liberty a.lib"}) == "--full"
    assert kind_of({"command": "lmul report --liberty a.lib"}) == ""


def test_reports_without_a_table_in_common_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^reports must have a table in common, not lanes and elements$"):
        growth(_OLD, {"elements": _OLD["lanes"]})


_ROWS = '"lanes": [{"format": "e4m3", "total": 1}]'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"a": 1}',
        "\x00",
        '{"a": []}',
        f"{{{_ROWS}}}",
        f'{{"command": 3, {_ROWS}}}',
        f'{{"command": "lmul accuracy dots", {_ROWS}}}',
        f'{{"command": "lmul report", "lanes": [{{"total": 1{"0" * 400}}}]}}',
        f'{{"command": "lmul report", "lanes": [{{"total": 1{"0" * 5000}}}]}}',
        '{"command": "lmul report", "lanes": [{"total": NaN}]}',
        "[" * 100_000,
    ],
    ids=range(13),
)
def test_what_is_no_report(tmp_path: Path, text: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"^{path} must be the JSON file of a report: .*$"):
        read_report(path)


def test_reports_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text(json.dumps(_OLD))
    assert read_report(path) == _OLD
