"""`lmul search` from the outside."""

import json

import numpy as np
import pytest

SMALL = ("--format", "e2m1", "--window", 3, "--count", 50)


def test_it_finds_and_writes_everything(lmul, workplace, monkeypatch):
    monkeypatch.setattr("lmul.synth.report.search.candidates.INTEGER_BITS", (4,))
    for name in "xy":
        np.save(f"{name}.npy", np.random.default_rng(1).standard_normal((3, 64)))
    (workplace / "t.json").write_text("[0, 1]")
    options = ("--error", 50, "--scale", "fit", "--x", "x.npy", "--y", "y.npy", "--table", "0=t.json")
    outcome = lmul("search", *SMALL, *options, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert {path.name for path in (workplace / "out").iterdir()} == {f"search.{kind}" for kind in ("md", "csv", "json")}
    found = json.loads((workplace / "out" / "search.json").read_text())
    assert found["command"] == (
        "lmul search --error 50.0 --format e2m1 --scale fit --x x.npy --y y.npy --window 3 --table 0=t.json --count 50"
    )
    names = {row["design"] for row in found["all"]}
    assert {"exact e2m1 W3", "lmul e2m1 W3", "log0 e2m1 W3", "int4"} < names
    assert all(0 < row["x_x_y_fit"] < 1 for row in found["all"])
    assert "The front" in outcome.out and "With an error of at most 50 %" in outcome.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--format-bits", 7), "--format-bits must be one of 4, 6, 8, 16, 19, not 7"),
        (("--format-bits", 8, "--format", "e4m3"), "--format-bits must be left out with --format, not 8"),
        (("--format", "e9m3"), "exponent bits of a format must be 2 to 8, not 9 (format 'e9m3')"),
        (("--format", "int8"), "--format must be a floating-point one, not int8"),
        (("--error", 0), "Invalid value for '--error': 0.0 is not in the range x>0."),
        (("--table", "9=t.json"), "--table must be G=FILE with G from 0 to 4, not '9=t.json'"),
        (("--table", "1=t.json"), "--table must have as many entries as a format has mantissas, not 3 (t.json)"),
        (("--energy",), "--energy must be left out without --liberty"),
        (("--x", "x.npy"), "--x and --y must be given equally often, not 1 and 0 times"),
    ],
)
def test_bad_input_is_one_line(lmul, workplace, options, message):
    (workplace / "t.json").write_text("[0, 1, 2]")
    outcome = lmul("search", *options, "-o", "out")
    assert (outcome.code, len(outcome.err.splitlines()), (workplace / "out").exists()) == (2, 1, False)
    assert message in outcome.err
