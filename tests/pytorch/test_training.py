"""`lmul accuracy training` with a tiny budget, and the fine-tuning that it is made of."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

from lmul.cli.commands import lmul as command
from lmul.tools.cache import Cache, keeping
from lmul.tools.session import NoContext

WHY = "PyTorch is in the extra torch: make test-models"
torch = pytest.importorskip("torch", reason=WHY)
data = pytest.importorskip("lmul.torch.training.data", reason=WHY)
study = pytest.importorskip("lmul.torch.training.study", reason=WHY)


@pytest.fixture
def digits(tmp_path):
    """A folder as `make digits` leaves it, of images that a digit's bar tells apart."""
    folder, rng = tmp_path / "digits", np.random.default_rng(0)
    folder.mkdir()
    for kind, count in (("train_", 200), ("", 20)):
        labels = rng.integers(10, size=count)
        images = rng.standard_normal((count, 1, 28, 28)).astype(np.float32)
        for image, label in zip(images, labels, strict=True):
            image[0, 2 * label : 2 * label + 4] += 3
        np.save(folder / f"{kind}images.npy", images)
        np.save(folder / f"{kind}labels.npy", labels)
    yield folder
    data.data_of.cache_clear()


def start_of(folder, steps=15, seed=1):
    return study.Start("digits", seed, steps, "data", torch.__version__, folder)


def test_fine_tuning_goes_on_from_one_start_with_the_same_batches(digits, tmp_path, monkeypatch):
    monkeypatch.setitem(study.BATCH, "digits", 16)
    start, found = start_of(digits, steps=40), {}
    with keeping(Cache(tmp_path / "cache")):
        for products in study.PRODUCTS:
            found[products] = study.Tuning(start, products, 3, 20, "exact").run(NoContext())
        again = study.Tuning(start, "lmul", 3, 20, "exact").run(NoContext())
        same = study.Tuning(start, "lmul", 3, 20, "same").run(NoContext())
    assert again == found["lmul"]
    assert same.before == again.before and same.losses[0] == again.losses[0] and same.losses[2] != again.losses[2]
    first = {products: run.losses[0] for products, run in found.items()}
    assert len(set(first.values())) == 3 and max(first.values()) < min(first.values()) + 0.5
    for run in found.values():
        assert len(run.losses) == 3 and run.before != run.after
    assert found["float32"].before.loss < 2.2  # less than of guesses, ln 10


def test_a_start_is_trained_once_and_of_its_seed_alone(digits, tmp_path, monkeypatch):
    with keeping(Cache(tmp_path / "cache")):
        first = start_of(digits).model().state_dict()
        other = start_of(digits, seed=2).model().state_dict()
        monkeypatch.setattr(study.Start, "_trained", None)
        again = start_of(digits).model().state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_the_text_is_cut_into_blocks_and_what_follows():
    found = data.data_of("text", None)
    assert found.inputs.shape[1] == study.NETWORKS["text"]().place.num_embeddings == 64
    assert np.array_equal(found.inputs[:, 1:], found.targets[:, :-1])
    assert 8 < len(found.inputs) / len(found.test_inputs) < 10


def test_characters_are_predicted_from_those_before():
    torch.manual_seed(0)
    model, codes = study.NETWORKS["text"]().eval(), torch.randint(128, (1, 9))
    other = codes.clone()
    other[0, 5] += 1
    before, after = model(codes), model(other)
    torch.testing.assert_close(before[0, :5], after[0, :5])
    assert not torch.allclose(before[0, 5:], after[0, 5:])


def run(*arguments):
    return CliRunner().invoke(command, ["accuracy", "training", *map(str, arguments)], prog_name="lmul")


def test_the_command_writes_and_shows_everything(digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tiny = ("--seeds", 1, "--before", 2, "--steps", 2, "--tests", 2)
    outcome = run("--digits", "digits", *tiny, "-o", "out")
    assert (outcome.exit_code, outcome.exception) == (0, None), outcome.output
    made = json.loads((tmp_path / "out" / "accuracy_training.json").read_text())
    assert made["command"] == "lmul accuracy training --digits digits " + " ".join(map(str, tiny))
    for network in ("digits", "text"):
        for products in study.PRODUCTS:
            assert [len(run["losses"]) for run in made[network][products]] == [2]
    with (tmp_path / "out" / "accuracy_training.csv").open() as opened:
        assert len(list(csv.DictReader(opened))) == 6
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".md", ".csv", ".json", ".png", ".svg"}
    text = (tmp_path / "out" / "accuracy_training.md").read_text()
    for part in (
        "L-Mul e4m3",
        "digits 2 in float32, then 2, tests of 2; text 2",
        "after by L-Mul",
        "Backward pass: exact",
    ):
        assert part in text
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert run("--digits", "digits", *tiny, "-o", "out").exit_code == 0  # all from the cache
    assert before == {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}


def test_bad_input_is_one_line(digits, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "--tests must be at most 20 for digits, not 21" in str(run("--digits", "digits", "--tests", 21).exception)
    assert isinstance(run("--digits", "none").exception, FileNotFoundError)
    np.save(tmp_path / "digits" / "labels.npy", np.zeros(3))
    data.data_of.cache_clear()
    assert "must be (N, 1, 28, 28) with N labels, not (20, 1, 28, 28)" in str(run("--digits", "digits").exception)
    assert run("--backward", "never").exit_code == 2 and run("--seeds", 0).exit_code == 2
