"""`lmul accuracy model` from the outside, on a small ONNX model of random weights."""

import csv
import json

import numpy as np
import pytest
from onnx import helper
from support.small_onnx import classifier, made, saved

from lmul.accuracy.model.compared import arithmetics

IMAGES = np.random.default_rng(2).standard_normal((6, 1, 8, 8)).astype(np.float32)


@pytest.fixture
def files(workplace):
    saved(workplace / "small.onnx", classifier())
    np.save("x.npy", IMAGES)
    np.save("y.npy", np.arange(6) % 5)
    return workplace


def test_it_writes_and_shows_everything(lmul, files):
    outcome = lmul("accuracy", "model", "small.onnx", "--input", "x.npy", "--labels", "y.npy", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    made = json.loads((files / "out" / "accuracy_model.json").read_text())
    assert made["command"] == "lmul accuracy model small.onnx --input x.npy --labels y.npy"
    names = ["float32", *(each.name for each in arithmetics())]
    assert [name for name in made if name in names] == names
    assert (made["float32"]["output0"], made["float32"]["same"]) == (0, 1)
    for name in names[1:]:
        assert 0 < made[name]["output0"] < 1 and 0 <= made[name]["right"] <= 1
        assert list(made[name]["layers"]) == ["0 conv", "1 m", "2 last"]
    lines = list(csv.DictReader((files / "out" / "accuracy_model.csv").read_text().splitlines()))
    assert len(lines) == 4 * len(names) and {line["operator"] for line in lines} == {"output", "Conv", "MatMul", "Gemm"}
    text = (files / "out" / "accuracy_model.md").read_text()
    for wanted in ("with the operators Relu 2, Conv 1", "Error of each layer's output", "off by"):
        assert wanted in text
    assert max(len(line) for line in outcome.out.splitlines()) <= 160


def test_several_inputs_go_by_name(lmul, workplace):
    nodes = [
        helper.make_node("MatMul", ["a", "b"], ["y"]),
        helper.make_node("Einsum", ["y", "b"], ["e"], equation="ij,jk"),
    ]
    saved(workplace / "two.onnx", made(nodes, {"a": (3, 4), "b": (4, 4)}, {"y": 2, "e": 2}, {}))
    for name, size in (("a", (3, 4)), ("b", (4, 4))):
        np.save(f"{name}.npy", np.random.default_rng(3).standard_normal(size).astype(np.float32))
    outcome = lmul("accuracy", "model", "two.onnx", "--input", "b=b.npy", "--input", "a=a.npy", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    text = (workplace / "out" / "accuracy_model.md").read_text()
    assert "Products of these operators are float32's: Einsum (1)." in text
    outcome = lmul("accuracy", "model", "two.onnx", "--input", "a.npy", "--input", "b=b.npy")
    assert outcome.code == 2 and "--input must be NAME=X.npy, with one of a, b, not 'a.npy'" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.onnx", "--input", "x.npy"), "none.onnx: No such file or directory"),
        (("x.npy", "--input", "x.npy"), "x.npy must be a valid ONNX model"),
        (("small.onnx", "--input", "small.onnx"), "small.onnx must be a .npy file of numbers, which it is not"),
        (("small.onnx", "--input", "z=x.npy"), "--input must name x, each once, not 'z'"),
        (("small.onnx", "--input", "y.npy"), "x must be of the shape N x 1 x 8 x 8, not 6"),
        (("small.onnx", "--input", "x.npy", "--labels", "x.npy"), "--labels must be integers of the shape (6,), not"),
        (("small.onnx",), "Missing option '--input'."),
    ],
)
def test_bad_input_is_refused_in_one_line(lmul, files, arguments, message):
    outcome = lmul("accuracy", "model", *arguments, "-o", "out")
    assert outcome.code == 2 and outcome.err.startswith(f"lmul: {message}") and outcome.err.count("\n") == 1
    assert not (files / "out").exists()
