"""The files of a report: they agree with each other, state where they come from, and are the same every time."""

import csv
import io
import json
from dataclasses import dataclass, replace

import pytest

from lmul.reporting.report import Report, made_of
from lmul.reporting.sections import Section, decimals, plain, row_name
from lmul.reporting.topic import Picture, Topic, find_out
from lmul.tools import session as session_module
from lmul.tools.session import Job, Plan, Session

_ROWS = [{"unit": "a", "best": "b", "area": 1.23456789}, {"unit": "a", "best": "c", "area": 2}]
_SECTION = Section("units", "Units", _ROWS, {"unit": ("unit", plain)}, (), ["A note."], ["best"])
_REPORT = Report(
    "small",
    "A small report",
    {"command": "lmul report", "tools": "yosys 1"},
    {"command": "lmul report", "flow": ["synth"]},
    [_SECTION],
    {"": Picture("Bars", lambda kind: b"bars " + kind.encode()), "more": Picture("Lines", lambda kind: b"lines")},
    ["Mind this."],
    ["It pays."],
    ["## The flow"],
    data={"cells": {"a": {"INV": 1}}},
)


def test_files_by_name() -> None:
    files = _REPORT.files()
    assert files == _REPORT.files()
    assert set(files) == {
        *(f"small.{kind}" for kind in ("md", "csv", "json", "png", "svg")),
        *(f"small_more.{kind}" for kind in ("png", "svg")),
    }
    assert files["small.png"] == b"bars png"


def test_markdown_has_everything_in_order() -> None:
    text = str(_REPORT.files()["small.md"])
    parts = ["# A small report", "- command: lmul report", "![Bars](small.png)", "![Lines](small_more.png)"]
    parts += ["- Mind this.", "## What follows", "- It pays.", "## Units", "A note.", "| unit |", "## The flow"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_json_has_all_numbers_and_what_is_no_name() -> None:
    content = json.loads(_REPORT.files()["small.json"])
    assert content == {
        "command": "lmul report",
        "flow": ["synth"],
        "notes": ["Mind this."],
        "findings": ["It pays."],
        "cells": {"a": {"INV": 1}},
        "units": _ROWS,
        "outcomes": {"units": ["best"]},
    }


def _lines(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(str(report.files()["small.csv"]))))


def test_csv_has_a_line_a_number_and_a_name_for_each_row() -> None:
    assert [list(line.values()) for line in _lines(_REPORT)] == [
        ["units", "a", "area", "1.23456789"],
        ["units", "a #2", "area", "2"],
    ]


def test_csv_can_have_rows_of_its_own_and_numbers_fewer_digits() -> None:
    report = replace(_REPORT, lines=_ROWS, digits=3)
    assert _lines(report)[0] == {"unit": "a", "best": "b", "area": "1.23"}
    assert json.loads(report.files()["small.json"])["units"][0]["area"] == 1.23


@dataclass(frozen=True)
class Place:
    digest: str = "here"


@dataclass(frozen=True)
class Double:
    number: int
    effort: float = 1

    def run(self, place: Place) -> int:
        return 2 * self.number


class Growing(Topic[Session]):
    """A topic that doubles what it has found until it is 8."""

    def plan(self, setting: Session) -> Plan:
        jobs: list[Job] = [Double(1)]
        while jobs[-1] in setting and setting[jobs[-1]] < 8:
            jobs.append(Double(setting[jobs[-1]]))
        return [(setting, jobs)]

    def sections(self, setting: Session) -> list[Section]:
        return [replace(_SECTION, records=[{"unit": "last", "area": setting[Double(4)]}])]

    def findings(self, setting: Session) -> list[str]:
        return ["It grew."]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_by_one(work, items, size, done):
        outcomes = []
        for item in items:
            outcomes.append(work(item))
            done()
        return outcomes

    monkeypatch.setattr(session_module, "on_all_cores", one_by_one)


@pytest.mark.usefixtures("in_this_process")
def test_a_plan_may_grow_with_what_is_known() -> None:
    session, rounds, done = Session(Place()), list[int](), list[None]()
    find_out([Growing()], session, rounds.append, lambda: done.append(None))
    assert [count for count in rounds if count] == [1, 1, 1] and len(done) == 3
    report = made_of([Growing()], session, name="n", title="t", source={}, head={})
    assert report.section("units").records[0]["area"] == 8 and report.findings == ["It grew."]


@dataclass(frozen=True)
class Broken:
    name: str
    effort: float = 1

    def run(self, place: Place) -> int:
        raise ValueError(f"no {self.name}")


@dataclass(frozen=True)
class Areas(Topic[Session]):
    """A topic with a row a job; it decides by them only for its finding and its picture."""

    key: str
    jobs: tuple[Job, ...]

    def plan(self, setting: Session) -> Plan:
        return [(setting, self.jobs)]

    def sections(self, setting: Session) -> list[Section]:
        records = [{"unit": str(number), "area": setting[job] / 2} for number, job in enumerate(self.jobs)]
        return [Section(self.key, "Areas", records, {"unit": ("unit", plain), "area": ("area", decimals(1))}, ())]

    def findings(self, setting: Session) -> list[str]:
        return [f"The least is {min(setting[job] for job in self.jobs)}."]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        return {self.key: Picture("Least", lambda kind: bytes(min(setting[job] for job in self.jobs)))}


class Least(Areas):
    """A topic that decides by its rows in its table, too."""

    def sections(self, setting: Session) -> list[Section]:
        return [Section(self.key, "Least", [{"least": min(setting[job] for job in self.jobs)}], {}, ())]


class Next(Areas):
    """A topic that plans by what it has found."""

    def plan(self, setting: Session) -> Plan:
        more = [Double(setting[self.jobs[-1]] + 1)] if self.jobs[-1] in setting and setting[self.jobs[-1]] > 0 else []
        return [(setting, [*self.jobs, *more])]

    def sections(self, setting: Session) -> list[Section]:
        return [Section(self.key, "Next", [{"next": setting[Double(setting[self.jobs[-1]] + 1)]}], {}, ())]


@pytest.mark.usefixtures("in_this_process")
def test_what_a_failed_job_takes_away_is_said_and_the_rest_is_there() -> None:
    jobs = (Double(1), Broken("cells"))
    topics = [Areas("good", jobs[:1]), Areas("rows", jobs), Least("least", jobs), Next("next", jobs)]
    session = Session(Place())
    failures = find_out(topics, session, lambda count: None, lambda: None)
    report = made_of(topics, session, failures, name="n", title="t", source={}, head={})
    content = json.loads(report.files()["n.json"])
    assert content["good"] == [{"unit": "0", "area": 1.0}]
    assert content["rows"] == [{"unit": "0", "area": 1.0}, {"unit": "1", "area": "failed"}]
    assert content["findings"] == ["The least is 2."] and [name for name in report.files() if ".png" in name] == [
        "n_good.png"
    ]
    assert (content["left_out_least"], content["left_out_next"]) == ([], [])
    assert content["failed"] == [{"job": "Broken(name='cells', effort=1)", "in": "", "reason": "no cells"}]
    text = str(report.files()["n.md"])
    assert text.index("A table is left out: it depends on what failed, Broken") < text.index("## What failed")
    assert "| 1    | failed |" in text and "n_good.png" in text and "n_rows.png" not in text
    lines = csv.DictReader(io.StringIO(str(report.files()["n.csv"])))
    assert [line["value"] for line in lines] == ["1.0", "1.0"]


def test_what_failed_is_no_part_of_a_rows_name() -> None:
    assert row_name({"unit": "a", "area": "failed", "method": "exact"}) == "a exact"


def test_without_failures_there_is_no_table_of_them() -> None:
    report = made_of([], Session(Place()), name="n", title="t", source={}, head={})
    assert "failed" not in json.loads(report.files()["n.json"])
