"""`lmul accuracy logs` from the outside."""

import csv
import json


def test_it_writes_and_shows_everything(lmul, workplace):
    outcome = lmul("accuracy", "logs", "--count", 8, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    made = {path.name for path in (workplace / "out").iterdir()}
    assert made == {f"accuracy_logs.{kind}" for kind in ("md", "csv", "json")}
    found = json.loads((workplace / "out" / "accuracy_logs.json").read_text())
    assert found["command"] == "lmul accuracy logs --count 8"
    rows = list(csv.DictReader((workplace / "out" / "accuracy_logs.csv").read_text().splitlines()))
    assert len(rows) == len(found["rows"]) == 8 * 20 + 11
    assert {row["condition"] for row in rows} >= {"gaussian floor", "outliers fit", "gaussian"}
    for text in ("8-bit operands with block scales", "bf16 without scales", "e3m4_flushed", "log1s4"):
        assert text in outcome.out


def test_bad_input_is_named(lmul, workplace):
    outcome = lmul("accuracy", "logs", "--count", 1, "-o", "out")
    assert (outcome.code, len(outcome.err.splitlines()), (workplace / "out").exists()) == (2, 1, False)
