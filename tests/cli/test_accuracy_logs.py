"""`lmul accuracy logs` from the outside."""

import csv
import json

import numpy as np


def test_it_writes_and_shows_everything(lmul, workplace):
    outcome = lmul("accuracy", "logs", "--count", 8, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    made = {path.name for path in (workplace / "out").iterdir()}
    assert made == {f"accuracy_logs.{kind}" for kind in ("md", "csv", "json")}
    found = json.loads((workplace / "out" / "accuracy_logs.json").read_text())
    assert found["command"] == "lmul accuracy logs --count 8"
    rows = list(csv.DictReader((workplace / "out" / "accuracy_logs.csv").read_text().splitlines()))
    assert len(rows) == len(found["rows"]) == 8 * 28 + 11
    assert {row["condition"] for row in rows} >= {"gaussian floor", "outliers fit", "gaussian"}
    for text in ("8-bit operands with block scales", "bf16 without scales", "e3m4_flushed", "log1s4"):
        assert text in outcome.out


def test_bad_input_is_named(lmul, workplace):
    outcome = lmul("accuracy", "logs", "--count", 1, "-o", "out")
    assert (outcome.code, len(outcome.err.splitlines()), (workplace / "out").exists()) == (2, 1, False)


def test_own_tensors_are_conditions(lmul, workplace):
    for name, rows in (("x", 5), ("y", 9)):
        np.save(f"{name}.npy", np.random.default_rng(rows).standard_normal((rows, 96)))
    outcome = lmul("accuracy", "logs", "--count", 20, "--x", "x.npy", "--y", "y.npy", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    found = json.loads((workplace / "out" / "accuracy_logs.json").read_text())
    assert found["command"] == "lmul accuracy logs --x x.npy --y y.npy --count 20"
    rows = [row for row in found["rows"] if row["condition"].startswith("x x y")]
    assert {row["condition"] for row in rows} == {"x x y floor", "x x y fit", "x x y"}
    assert len(rows) == 2 * 28 + 11 and all(0 < row["after"] < 0.2 for row in rows)


def test_bad_tensors_are_named(lmul, workplace):
    np.save("x.npy", np.ones((2, 64)))
    np.save("y.npy", np.ones((2, 32)))
    assert lmul("accuracy", "logs", "--x", "x.npy", "--y", "y.npy").err == (
        "lmul: x (x.npy) and y (y.npy) do not fit: x and y must have last axes of one length, not 64 and 32\n"
    )
    assert lmul("accuracy", "logs", "--x", "x.npy").err == (
        "lmul: --x and --y must be given equally often, not 1 and 0 times\n"
    )
