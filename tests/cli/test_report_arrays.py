"""`lmul report --arrays` from the outside."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lmul.cli.report import report


def test_it_writes_and_shows_everything(tmp_path: Path) -> None:
    arguments = ["--arrays", "--format", "e2m1", "-o", str(tmp_path / "made")]
    text = CliRunner().invoke(report, arguments, catch_exceptions=False).stdout
    made = json.loads((tmp_path / "made" / "arrays.json").read_text())
    assert made["command"] == "lmul report --arrays --format e2m1"
    assert {path.name for path in (tmp_path / "made").iterdir()} == {
        f"arrays.{kind}" for kind in ("md", "csv", "json", "png", "svg")
    }
    for title in ("Dot products: ", "How accurate ", "Processing elements: ", "Loaders, quantisers, output rounding: "):
        assert title in text
    assert max(len(line) for line in text.partition("library:")[0].splitlines()) <= 160


def test_all_is_for_arrays_alone(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^--all must be left out without --arrays$"):
        CliRunner().invoke(report, ["--all", "-o", str(tmp_path)], catch_exceptions=False)
