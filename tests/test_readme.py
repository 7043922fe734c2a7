"""The README says what the code does and what was measured."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_its_figures_are_those_of_the_committed_report():
    spec = importlib.util.spec_from_file_location("figures", ROOT / "docs" / "figures.py")
    figures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(figures)
    report = json.loads((ROOT / "docs" / "results" / "report.json").read_text())
    assert figures.with_figures(README, report) == README
    assert figures.figures(report) in README


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
