"""`lmul accuracy dots` from the outside."""

import csv
import json


def test_it_writes_and_shows_everything(lmul, workplace):
    arguments = ("--format", "e5m2", "--format", "bf16", "--longest", "16", "--count", 8)
    outcome = lmul("accuracy", "dots", *arguments, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    made = {path.name for path in (workplace / "out").iterdir()}
    assert made == {f"accuracy_dots.{kind}" for kind in ("md", "csv", "json", "png", "svg")}
    found = json.loads((workplace / "out" / "accuracy_dots.json").read_text())
    assert found["command"] == "lmul accuracy dots --format e5m2 --format bf16 --longest 16 --count 8"
    assert {row["format"] for row in found["rows"]} == {"e5m2", "bf16"}
    assert all(row["lengths"] == [1, 2, 4, 8, 16] and len(row["bias"]) == 5 for row in found["rows"])
    assert {(row["distribution"], row["cut"]) for row in found["rows"]} == {
        (distribution, cut) for distribution in ("uniform", "gaussian") for cut in ("truncated", "rounded")
    }
    lines = (workplace / "out" / "accuracy_dots.csv").read_text().splitlines()
    assert len(list(csv.DictReader(lines))) == 5 * len(found["rows"])
    assert max(len(line) for line in outcome.out.splitlines()) <= 160
    for text in ("by method, exact sums", "by accumulator", "best with gain", "L-Mul is off by"):
        assert text in outcome.out


def test_bad_input_is_named(lmul, workplace):
    assert lmul("accuracy", "dots", "--count", 3).err == "lmul: count must be an even number from 2 on, not 3\n"
    outcome = lmul("accuracy", "dots", "--format", "e4m3fnuz", "-o", "out")
    assert (outcome.code, not (workplace / "out").exists()) == (2, True)
