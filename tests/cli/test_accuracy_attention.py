"""`lmul accuracy attention` from the outside, on a small transformer of random weights."""

import csv
import json

import numpy as np
import pytest
from support.small_transformer import random_weights, save_model

from lmul.accuracy.attention.variants import arms, arms_of_all

FILES = {f"accuracy_attention.{kind}" for kind in ("md", "csv", "json", "png", "svg")}


def saved_qkv(**changes):
    rng = np.random.default_rng(1)
    arrays = {name: rng.standard_normal((2, 5, 4)) for name in ("Q", "K", "V")}
    np.savez("head.npz", **(arrays | changes))


@pytest.fixture
def model(workplace):
    (workplace / "model").mkdir()
    save_model(workplace / "model", random_weights())
    (workplace / "own.txt").write_text("a cat slept\n\ncat slept\na cat\nslept\n")
    return workplace / "model"


def test_it_writes_and_shows_everything(lmul, workplace, model):
    outcome = lmul("accuracy", "attention", "--model", model, "--sentences", "own.txt", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert {path.name for path in (workplace / "out").iterdir()} == FILES
    made = json.loads((workplace / "out" / "accuracy_attention.json").read_text())
    assert made["command"] == "lmul accuracy attention --model model --sentences own.txt"
    assert list(made["attention"]) == [arm.name for arm in arms()]
    assert list(made["all"]) == [arm.name for arm in arms_of_all()]
    assert made["attention"]["exact_e4m3_rounded"]["mse_ratio"] == 1
    for row in made["attention"].values():
        assert row["mse"] == pytest.approx(np.mean(row["mse_by_layer"]), rel=1e-5)
        assert row["whole_mse"] == pytest.approx(np.mean(row["whole_mse_by_layer"]), rel=1e-5)
        assert -1 <= row["cosine_least"] <= row["cosine_mean"] <= 1.000001
        assert row["nearest_low"] <= row["nearest_same"] <= row["nearest_high"] and row["sentences"] == 4
    lines = (workplace / "out" / "accuracy_attention.csv").read_text().splitlines()
    assert len(list(csv.DictReader(lines))) == len(arms()) + len(arms_of_all())
    assert max(len(line) for line in outcome.out.splitlines()) <= 160
    for text in ("trunc.", "round.", "neighbour", "best D and gain", "all products of matrices replaced"):
        assert text in outcome.out


def test_arrays_of_ones_own_need_no_model(lmul, workplace):
    saved_qkv(V=np.random.default_rng(2).standard_normal((2, 5, 3)).astype(np.float32))
    before = set(workplace.rglob("*"))
    outcome = lmul("accuracy", "attention", "--qkv", "head.npz")
    assert (outcome.code, outcome.err) == (None, "")
    assert "both products of matrices of attention" in outcome.out and "cos" not in outcome.out
    assert set(workplace.rglob("*")) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"K": np.where(np.arange(40).reshape(2, 5, 4) == 27, np.nan, 1.0)},
            "head.npz: K must be finite in float32, not nan (at index [1, 1, 3])",
        ),
        (
            {"V": np.ones((2, 4, 4))},
            "head.npz must have Q of the shape (..., queries, d), K (..., keys, d) and V (..., keys, features), "
            "not (2, 5, 4), (2, 5, 4) and (2, 4, 4)",
        ),
        (
            {"Q": np.array("text")},
            "head.npz: Q: values must be floating-point numbers or integers, not <U4",
        ),
    ],
)
def test_bad_arrays_are_named(lmul, workplace, changes, message):
    saved_qkv(**changes)
    outcome = lmul("accuracy", "attention", "--qkv", "head.npz", "-o", "out")
    assert (outcome.code, outcome.err) == (2, f"lmul: {message}\n")
    assert not (workplace / "out").exists()


def test_files_that_are_none_are_named(lmul, workplace):
    np.savez("some.npz", Q=np.ones((2, 2)), v=np.ones((2, 2)))
    np.save("one.npy", np.ones(3))
    (workplace / "text.npz").write_text("no arrays")
    for name, message in (
        ("some.npz", "some.npz must have the arrays Q, K and V, and lacks K, V"),
        ("one.npy", "one.npy must be a .npz file of numbers, which it is not"),
        ("text.npz", "text.npz must be a .npz file of numbers, which it is not"),
    ):
        outcome = lmul("accuracy", "attention", "--qkv", name)
        assert (outcome.code, outcome.err) == (2, f"lmul: {message}\n")
    assert "none.npz" in lmul("accuracy", "attention", "--qkv", "none.npz").err


def test_a_missing_model_is_one_line(lmul, workplace):
    outcome = lmul("accuracy", "attention", "--model", "nowhere")
    missing = "config.json, model.safetensors, tokenizer.json"
    message = f"--model must be a folder as `make model` leaves it; nowhere lacks {missing}"
    assert (outcome.code, outcome.err) == (2, f"lmul: {message}\n")
    for arguments in ([], ["--model", "nowhere", "--qkv", "head.npz"]):
        assert lmul("accuracy", "attention", *arguments).err == "lmul: one of --model and --qkv must be given\n"
