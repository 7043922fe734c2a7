"""`lmul accuracy products` from the outside."""

import csv
import json

import numpy as np

FILES = {f"accuracy_products.{kind}" for kind in ("md", "csv", "json", "png", "svg")}


def test_it_writes_and_shows_everything(lmul, workplace):
    np.save("x.npy", np.random.default_rng(1).standard_normal((20, 20)).astype(np.float32))
    np.save("y.npy", np.random.default_rng(2).standard_normal(20))
    outcome = lmul("accuracy", "products", "--pairs", 300, "--x", "x.npy", "--y", "y.npy", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert {path.name for path in (workplace / "out").iterdir()} == FILES
    made = json.loads((workplace / "out" / "accuracy_products.json").read_text())
    assert made["command"] == "lmul accuracy products --x x.npy --y y.npy --pairs 300"
    rows = made["rows"]
    assert {row["operands"] for row in rows} == {"mantissa", "gaussian", "x x y"}
    for operands in ("mantissa", "gaussian", "x x y"):
        for method in ("exact", "lmul", "mitchell", "equation1", "best_mean", "best_nmse"):
            found = [r for r in rows if r["operands"] == operands and r["method"] == method and r["bits"]]
            assert [(r["cut"], r["bits"]) for r in found] == [
                (c, k) for c in ("truncated", "rounded") for k in range(1, 11)
            ]
    lines = (workplace / "out" / "accuracy_products.csv").read_text().splitlines()
    assert len(list(csv.DictReader(lines))) == len(rows)
    assert max(len(line) for line in outcome.out.splitlines()) <= 160
    for text in ("Uniform mantissas: L-Mul's", "closed", "best D"):
        assert text in outcome.out
    closed = [(r["adder_closed"], r["adder_counted"]) for r in made["expectation"]]
    assert np.allclose(*zip(*closed, strict=True), atol=1e-12)


def test_it_writes_nothing_unasked(lmul, workplace):
    before = set(workplace.rglob("*"))
    assert lmul("accuracy", "products", "--pairs", 50).code is None
    assert set(workplace.rglob("*")) == before


def test_bad_operands_are_named(lmul, workplace):
    np.save("x.npy", [[1.0, 2.0], [3.0, np.nan]])
    np.save("y.npy", [1.0])
    outcome = lmul("accuracy", "products", "--x", "x.npy", "--y", "y.npy", "-o", "out")
    assert outcome.code == 2
    assert outcome.err == ("lmul: x must be zero or a number of 2^-500 to 2^500 in size, not NaN (at index [1, 1])\n")
    assert not (workplace / "out").exists()
    np.save("y.npy", np.ones((3, 2)))
    np.save("x.npy", np.ones((4, 2)))
    assert lmul("accuracy", "products", "--x", "x.npy", "--y", "y.npy").err == (
        "lmul: the shapes of x.npy and y.npy must fit each other, not (4, 2) and (3, 2)\n"
    )
    assert lmul("accuracy", "products", "--x", "x.npy").err == (
        "lmul: --x and --y must be given equally often, not 1 and 0 times\n"
    )
