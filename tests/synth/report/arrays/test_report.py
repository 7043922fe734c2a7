"""A small report of arrays: every piece once, sums of parts, and files."""

import csv
import io
import json

import pytest

from lmul.golden.formats import E2M1, E3M4, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.reporting.report import Report
from lmul.reporting.topic import find_out
from lmul.synth.measure.catalog import Chosen, differ, dots, elements, scaled
from lmul.synth.measure.session import Measured
from lmul.synth.report.arrays.report import array_topics
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import GENERIC
from lmul.tools.cache import Cache, default_folder


@pytest.fixture(scope="module")
def small() -> Report:
    """Of one tiny format, in generic gates."""
    topics = array_topics(Chosen((E2M1,)), count=300)
    setting = Setting([Measured(GENERIC, Cache(default_folder()))], (E2M1,))
    find_out(topics, setting, lambda count: None, lambda: None)
    return measured_report(topics, setting, [GENERIC], "lmul report --arrays", {}, name="arrays", title="Small")


def test_parts_add_up(small: Report) -> None:
    for record in small.section("lanes").records:
        parts = sum(record[key] for key in ("multiplier", "alignment", "sum", "words"))
        assert parts == pytest.approx(record["total"])
        assert record["without_words"] == pytest.approx(record["total"] - record["words"])
    for record in small.section("elements").records:
        assert sum(record[key] or 0 for key in ("multiplier", "alignment", "sum", "operands")) == pytest.approx(
            record["core"]
        )


@pytest.mark.parametrize(
    ("table", "keys", "job"),
    [
        ("lanes", {"total": "saved"}, ("format", "accumulator")),
        ("elements", {each: f"{each}_saved" for each in ("core", "os", "ws")}, ("format", "accumulator")),
    ],
)
def test_every_method_is_set_against_the_smaller_exact_one(
    small: Report, table: str, keys: dict[str, str], job: tuple[str, ...]
) -> None:
    records = small.section(table).records
    assert {record["method"] for record in records} == {"lmul", "rounded", "exact"}
    for record in records:
        exact = [o for o in records if o["method"] != "lmul" and [o[k] for k in job] == [record[k] for k in job]]
        assert len(exact) == 2
        for own, saved in keys.items():
            least = min(other[own] for other in exact)
            assert record[saved] == (None if record in exact else pytest.approx(1 - record[own] / least))


def test_files_are_the_same_twice(small: Report) -> None:
    files = small.files()
    assert files == small.files()
    assert set(files) == {f"arrays.{kind}" for kind in ("md", "csv", "json", "png", "svg")}
    for section in small.sections:
        assert f"## {section.title}\n" in files["arrays.md"]
        assert json.loads(files["arrays.json"])[section.key] == section.records


def test_the_csv_has_every_number(small: Report) -> None:
    text = small.files()["arrays.csv"]
    rows = list(csv.DictReader(io.StringIO(text)))
    numbers = [v for s in small.sections for r in s.records for v in r.values() if isinstance(v, int | float)]
    assert [float(row["value"]) for row in rows] == numbers
    assert len({(row["table"], row["row"], row["column"]) for row in rows}) == len(rows)


def test_no_design_is_measured_twice() -> None:
    for each in (dots, elements):
        found = list(each(Chosen()))
        assert len(found) == len(set(found))
    assert len(scaled()) == len(set(scaled()))


def test_methods_that_are_the_same_stand_there_once() -> None:
    assert [f.name for f in (E4M3, E5M2, E3M4) if differ(f, Method.constant(1))] == ["e3m4"]
    assert [f.name for f in (E4M3, E5M2, E3M4) if differ(f, Method.corrected(2))] == ["e4m3", "e3m4"]
