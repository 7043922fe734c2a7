"""`lmul accuracy language` from the outside, on a small language model of random weights."""

import csv
import json

import numpy as np
import pytest
from support.small_llama import random_weights, save_folder, save_gguf

from lmul.accuracy.language.variants import chosen

TEXT = "The cat sat at 42 tables, and the cats ate that cake.\n" * 4


@pytest.fixture
def model(workplace):
    (workplace / "llama").mkdir()
    save_folder(workplace / "llama", random_weights())
    (workplace / "own.txt").write_text(TEXT)
    return "llama"


def test_it_writes_and_shows_everything(lmul, workplace, model):
    small = ("--text", "own.txt", "--blocks", "3", "--tokens", "8")
    outcome = lmul("accuracy", "language", "--model", model, *small, "--full", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    made = json.loads((workplace / "out" / "accuracy_language.json").read_text())
    assert made["command"] == f"lmul accuracy language --model llama {' '.join(small)} --full"
    count = len(chosen(few=False))
    assert 1 + len(made["attention"]) + len(made["all"]) == count
    assert made["float32"]["ratio"] is None and made["float32"]["low"] < made["float32"]["perplexity"]
    for row in [*made["attention"].values(), *made["all"].values()]:
        assert row["low"] < row["perplexity"] < row["high"]
        assert row["ratio_low"] <= row["ratio"] <= row["ratio_high"]
        assert row["ratio"] == pytest.approx(row["perplexity"] / made["float32"]["perplexity"], rel=1e-4)
    lines = (workplace / "out" / "accuracy_language.csv").read_text().splitlines()
    assert len(list(csv.DictReader(lines))) == count
    assert max(len(line) for line in outcome.out.splitlines()) <= 160
    for text in ("all products", "truncated", "block", "Text: own.txt; 3 blocks of 8 tokens", "times by L-Mul"):
        assert text in outcome.out + (workplace / "out" / "accuracy_language.md").read_text()


def test_a_first_look_leaves_nothing(lmul, workplace):
    save_gguf(workplace / "m.gguf", random_weights())
    before = set(workplace.rglob("*"))
    outcome = lmul("accuracy", "language", "--model", "m.gguf", "--blocks", "2", "--tokens", "4")
    assert (outcome.code, outcome.err) == (None, "")
    assert outcome.out.count("lmul") >= 4 and set(workplace.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--model", "none.gguf"), "none.gguf: No such file or directory"),
        (("--model", "own.txt"), "own.txt must hold a language model of the Llama family"),
        (("--model", "llama", "--blocks", "1"), "blocks must be at least 2, of at least 2 tokens, not 1 of 256"),
        (("--model", "llama", "--tokens", "17", "--blocks", "2"), "--tokens must be at most 16 for llama, not 17"),
        (
            ("--model", "llama", "--text", "own.txt", "--tokens", "9", "--blocks", "99"),
            "the text must have 891 tokens for 99 blocks of 9, not",
        ),
        (("--model", "llama", "--text", "latin.txt"), "--text must be UTF-8: latin.txt"),
    ],
)
def test_bad_input_is_refused_in_one_line(lmul, workplace, model, arguments, message):
    (workplace / "latin.txt").write_bytes(b"caf\xe9")
    outcome = lmul("accuracy", "language", *arguments, "-o", "out")
    assert outcome.code == 2 and outcome.err.startswith(f"lmul: {message}") and outcome.err.count("\n") == 1
    assert not (workplace / "out").exists()


def test_weights_that_are_not_finite_are_named(lmul, workplace):
    weights = random_weights()
    weights["model.norm.weight"][3] = np.nan
    save_folder(workplace, weights)
    outcome = lmul("accuracy", "language", "--model", ".")
    assert outcome.code == 2 and "model.norm.weight must be finite in float32, not nan at (3,)" in outcome.err
