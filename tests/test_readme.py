"""The README says what the code does and what was measured."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_its_figures_are_those_of_the_committed_report():
    figures = script("figures")
    report = json.loads((ROOT / "docs" / "results" / "report.json").read_text())
    assert figures.with_figures(README, report) == README
    assert figures.figures(report) in README


def test_all_its_figures_are_those_of_the_committed_reports():
    results = ROOT / "docs" / "results"
    found = (json.loads((results / name).read_text()) for name in ("report.json", "arrays.json", "full.json"))
    assert script("figures").with_figures(README, *found) == README


@pytest.mark.parametrize(("outcome", "share"), [("proved", "All 2 units"), ("refuted", "1 of 2 units")])
def test_its_sentences_on_proofs_are_those_of_what_was_proved(outcome, share):
    proofs = [{"outcome": "proved", "pipeline": 0}, {"outcome": outcome, "pipeline": 1}]
    changed = script("proofs").with_proofs(README, {"proofs": proofs, "seconds": 600, "cores": 4})
    assert f"{share} on the list, 1 of them pipelined," in changed and "10 minutes on 4 cores" in changed
    assert script("proofs").with_proofs(changed, {"proofs": proofs, "seconds": 600, "cores": 4}) == changed


def test_these_sentences_are_up_to_date():
    results = ROOT / "docs" / "results" / "proofs.json"
    if results.exists():
        assert script("proofs").with_proofs(README, json.loads(results.read_text())) == README


def test_its_python_example_prints_what_it_says(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = re.search(r"In Python:\n\n((?:    .*\n|\n)+)", README)[1]
    exec(re.sub(r"^    ", "", example, flags=re.MULTILINE), {})
    assert (tmp_path / "build" / "lmul_e4m3_flush_p1.v").exists()
    said = re.findall(r"print\(.*# (\[.*?\])", example)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [line.split() for line in said]


@pytest.mark.parametrize("name", re.findall(r"\]\(((?!http)[^)]*)\)", README))
def test_what_it_links_to_exists(name):
    assert (ROOT / name).exists()
