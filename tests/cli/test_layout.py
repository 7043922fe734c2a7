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
    areas = {line.split()[2]: line.split()[4:] for line in outcome.out.splitlines() if line.startswith("area of")}
    assert areas.keys() == {"cells", "the"} and areas["cells"][0] == areas["cells"][1]
    energy = next(line.split() for line in outcome.out.splitlines() if line.startswith("energy"))
    assert float(energy[3]) > float(energy[2]) > 0


def test_an_element_has_a_clock_and_without_opensta_an_estimate(lmul, workplace, monkeypatch):
    monkeypatch.setattr("lmul.cli.layout_options.opensta_version", lambda: None)
    outcome = lmul("layout", "element", "--format", "e2m1", *LIBRARY, "--route", "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    assert "of the clock" in outcome.out and "qrouter" in outcome.out
    told = "delays are ABC's before wires, and placed an estimate: times what nets hold with wires over without."
    assert f"{told} OpenSTA is not installed" in outcome.out


def test_a_study_compares_before_and_placed(lmul, workplace):
    # 0.7 is the default of --utilisation, and of no other option.
    options = ("--format", "e4m3", "--use", "multiplier", "--wire-cap", 0.7, "--wire-res", 1.2345678)
    outcome = lmul("layout", "study", *options, *LIBRARY, "-o", "out")
    assert (outcome.code, outcome.err) == (None, "")
    found = json.loads((workplace / "out" / "layout.json").read_text())
    rows = {row["method"]: row for row in found["placed_multiplier"]}
    assert rows.keys() == {"lmul", "corrected2", "exact"}
    assert found["timing"].startswith(("by OpenSTA ", "estimated without"))
    saved = {row["method"]: row for row in found["savings_multiplier"]}["lmul"]
    for key, before in (("fj", "fj"), ("delay_ps", "delay_ps"), ("core_um2", "cells_um2")):
        ours, exact = rows["lmul"], rows["exact"]
        placed = key if key == "core_um2" else f"{key}_placed"
        if ours[placed] is not None:
            assert saved[f"{key}_before"] == pytest.approx(1 - ours[before] / exact[before])
            assert saved[f"{key}_placed"] == pytest.approx(1 - ours[placed] / exact[placed])
    assert 0 < rows["exact"]["share"] < 1
    assert found["command"] == (
        "lmul layout study --format=e4m3 --use=multiplier --liberty=tiny.lib --lef=tech.lef --lef=cells.lef"
        " --wire-cap=0.7 --wire-res=1.2345678"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("e3m2",), "e4m3, e5m2, e3m4, bf16, fp16, fp32 for --use multiplier, dot, mac, largest, not e3m2"),
        (("fp32", "--use", "dot"), "e4m3, e3m4, bf16 for --use dot, not fp32"),
        (("bf16", "--use", "dot", "--use", "largest"), "e4m3 for --use largest, not bf16"),
    ],
)
def test_a_study_is_of_formats_that_its_uses_have(lmul, workplace, monkeypatch, options, message):
    monkeypatch.setattr("lmul.cli.layout.find_out", lambda *_: pytest.fail("the work has begun"))
    outcome = lmul("layout", "study", *LIBRARY, "-o", "out", "--format", *options)
    assert outcome.err.splitlines() == [f"lmul: --format must be among {message}"] and outcome.code == 2
    assert not (workplace / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--utilisation", 1), "utilisation must be 0.01 or more and at most 0.9, not 1.0"),
        (("--wire-cap", -1), "--wire-cap must be 0 or more and finite, not -1"),
        (("--wire-cap", "nan"), "--wire-cap must be 0 or more and finite, not nan"),
        (("--wire-res", "inf"), "--wire-res must be 0 or more and finite, not inf"),
        (("--pipeline", 1), "--pipeline must be 0, not 1: combinational multipliers are placed"),
        (("--openroad", "none/such"), "--openroad must be a command that runs OpenROAD, not 'none/such'"),
        (("--openroad", "foo 'bar"), '--openroad must be a command that runs OpenROAD, not "foo \'bar": No closing'),
        (("--lef", "tiny.lib"), "tiny.lib must be LEF"),
    ],
)
def test_bad_input_is_one_line(lmul, workplace, options, message):
    outcome = lmul("layout", "multiplier", "--format", "e2m1", *LIBRARY, *options, "-o", "out")
    assert len(outcome.err.splitlines()) == 1 and message in outcome.err
    assert outcome.code in (1, 2) and not (workplace / "out").exists()


def test_what_is_no_gds_is_one_line(lmul, workplace):
    pytest.importorskip("klayout.db", reason="klayout is in the extra layout: pip install 'lmul[layout]'")
    outcome = lmul("layout", "multiplier", "--format", "e2m1", *LIBRARY, "--gds", "tiny.lib", "-o", "out")
    assert outcome.err == "lmul: --gds must be GDS, or a folder with it, and tiny.lib is not\n"
    assert outcome.code == 2 and not (workplace / "out").exists()
