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


SUMMARY = json.loads((ROOT / "docs" / "results" / "summary.json").read_text())


def test_its_figures_are_those_of_the_committed_summary():
    figures = script("figures")
    assert figures.with_figures(README, *(SUMMARY[name] for name in ("report", "arrays", "full"))) == README
    assert figures.figures(SUMMARY["report"]) in README


def test_its_verilog_is_what_is_exported():
    assert script("screen").with_screen(README) == README and "wire [8:0] t = " in README


def test_luts_of_the_plain_flow_come_first():
    tables = SUMMARY["full"]["fpga_plain"], SUMMARY["full"]["fpga"]
    plain, tuned = (next(r for r in table if (r["format"], r["method"]) == ("e4m3", "lmul")) for table in tables)
    first, second, _ = script("figures")._fpga(*tables)
    assert "plain Yosys" in first and "tuned" in second
    assert f"{plain['ECP5_luts']} + {plain['ECP5_multiplexers']} and " in first
    assert f"e4m3 {plain['iCE40_luts']} and " in first and f"e4m3 {tuned['iCE40_luts']} and " in second


def test_the_summary_is_that_of_the_results_that_are_there():
    if not (ROOT / "results" / "report.json").exists():
        pytest.skip("results/ is not here; make results, make claims and make proofs write it")
    summary = script("summary")
    assert summary.summary(ROOT / "results", SUMMARY) == SUMMARY
    assert summary.written(SUMMARY) == (ROOT / "docs" / "results" / "summary.json").read_text()


@pytest.mark.parametrize(("proved", "share"), [(2, "All 2 units"), (1, "1 of 2 units")])
def test_its_sentences_on_proofs_are_those_of_what_was_proved(proved, share):
    found = {"units": 2, "proved": proved, "pipelined": 1, "seconds": 600, "cores": 4}
    changed = script("proofs").with_proofs(README, found)
    assert (
        f"{share} on the list, in both styles, 1 of them pipelined," in changed and "10 minutes on 4 cores" in changed
    )
    assert script("proofs").with_proofs(changed, found) == changed


def test_these_sentences_are_up_to_date():
    assert script("proofs").with_proofs(README, SUMMARY["proofs"]) == README


PRODUCTS = {
    ("1", "1"): ("1", "1.125", "1", "1", "1"),
    ("1", "2"): ("2", "2.25", "2", "2", "2"),
    ("2", "4"): ("8", "9", "8", "8", "8"),
    ("1.5", "1.5"): ("2.25", "2.25", "2", "2.25", "2.25"),
}
"""By hand: L-Mul adds an eighth, Mitchell nothing, corrected2 an eighth for two halves; a carry doubles it."""


@pytest.mark.parametrize("name", ["README.md", "docs/arithmetic.md"])
def test_its_products_are_those_of_the_model(name):
    text = (ROOT / name).read_text()
    assert script("products").with_products(text) == text
    rows = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in text.splitlines()]
    for pair, products in PRODUCTS.items():
        assert (*pair, *products) in rows


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


@pytest.mark.parametrize(("placed", "said"), [(0.92, "that wires change"), (0.94, "Wires change no verdict")])
def test_claims_that_wires_change_are_told(placed, said):
    row = {"use": "multiplier", "format": "bf16", "method": "lmul", "fj_before": 0.95, "fj_placed": placed}
    row |= {"fj_glitches_before": 0.95, "fj_glitches_placed": 0.95}
    (line,) = script("layout").claims([{"library": {"name": "lib_typ.lib"}, "savings_multiplier": [row]}])
    digits = 2 if "change no" not in said else 0
    figures = [f"{100 * saved:.{digits}f}" for saved in (0.95, 0.95, placed, 0.95)]
    assert said in line and "multiplier bf16 in lib {} / {} to {} / {} %".format(*figures) in line
