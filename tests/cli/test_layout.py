"""`lmul layout` from the outside."""

import json
from importlib.util import find_spec

import pytest
from support.tiny_lef import CELLS, TECH
from support.tiny_library import TINY

pytestmark = pytest.mark.skipif(find_spec("coloquinte") is None, reason="coloquinte is not installed")

LIBRARY = ("--liberty", "tiny.lib", "--lef", "tech.lef", "--lef", "cells.lef", "--no-cache")


@pytest.fixture(autouse=True)
def library(workplace):
    for name, text in (("tiny.lib", TINY), ("tech.lef", TECH), ("cells.lef", CELLS)):
        (workplace / name).write_text(text)


def test_a_multiplier_is_placed_and_written(lmul, workplace):
    outcome = lmul("layout", "multiplier", "--format", "e2m1", *LIBRARY, "--wire-cap", 0.3, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    name = "lmul_e2m1_flush"
    assert {path.name for path in (workplace / "out").iterdir()} == {f"{name}.{k}" for k in ("v", "def", "spef", "svg")}
    assert f"module {name} (" in (workplace / "out" / f"{name}.v").read_text()
    assert "5 placements" in outcome.out and "wires: 0.3 fF and 1.5 ohm a um" in outcome.out
    energy = next(line.split() for line in outcome.out.splitlines() if line.startswith("energy"))
    assert float(energy[3]) > float(energy[2]) > 0


def test_an_element_has_a_clock_and_without_opensta_an_estimate(lmul, workplace, monkeypatch):
    monkeypatch.setattr("lmul.cli.layout_options.opensta_version", lambda: None)
    outcome = lmul("layout", "element", "--format", "e2m1", *LIBRARY, "--route", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert "of the clock" in outcome.out and "qrouter" in outcome.out
    assert "delays with wires are an estimate from above. OpenSTA is not installed" in outcome.out


def test_a_study_compares_before_and_placed(lmul, workplace):
    options = ("--format", "e4m3", "--use", "multiplier", "--wire-cap", 0.3)
    outcome = lmul("layout", "study", *options, *LIBRARY, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    found = json.loads((workplace / "out" / "layout.json").read_text())
    rows = {row["method"]: row for row in found["placed_multiplier"]}
    assert rows.keys() == {"lmul", "corrected2", "exact"}
    saved = {row["method"]: row for row in found["savings_multiplier"]}["lmul"]
    for key, before in (("fj", "fj"), ("delay_ps", "delay_ps"), ("core_um2", "cells_um2")):
        ours, exact = rows["lmul"], rows["exact"]
        placed = key if key == "core_um2" else f"{key}_placed"
        if ours[placed] is not None:
            assert saved[f"{key}_before"] == pytest.approx(1 - ours[before] / exact[before])
            assert saved[f"{key}_placed"] == pytest.approx(1 - ours[placed] / exact[placed])
    assert 0 < rows["exact"]["share"] < 1
    assert found["command"].startswith(
        "lmul layout study --format=e4m3 --use=multiplier --liberty=tiny.lib --lef=tech.lef"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--utilisation", 1), "utilisation must be above 0 and at most 0.9, not 1.0"),
        (("--wire-cap", -1), "--wire-cap must not be negative, but is -1"),
        (("--pipeline", 1), "--pipeline must be 0, not 1: combinational multipliers are placed"),
        (("--openroad", "none/such"), "--openroad must be a command that runs OpenROAD, not 'none/such'"),
        (("--lef", "tiny.lib"), "tiny.lib must be LEF"),
    ],
)
def test_bad_input_is_one_line(lmul, workplace, options, message):
    outcome = lmul("layout", "multiplier", "--format", "e2m1", *LIBRARY, *options, "-o", "out")
    assert len(outcome.err.splitlines()) == 1 and message in outcome.err
    assert outcome.code in (1, 2) and not (workplace / "out").exists()
