"""`lmul prove dot` and `lmul prove array` as their user sees them."""

import re

import pytest

DOT = ["--lanes", "2", "--format", "e2m1", "--depth", "16"]
ARRAY = ["--rows", "1", "--cols", "2", "--format", "e2m1", "--depth", "16"]


def test_a_unit_is_proved_with_a_control_for_each_part(lmul):
    outcome = lmul("prove", "dot", *DOT)
    assert (outcome.code, outcome.err) == (None, "")
    *parts, last = outcome.out.splitlines()
    assert len(parts) == 8 and all(line.startswith("proved: ") for line in parts[::2])
    assert all(re.match(r"  control: (x 0x|refuted|inputs )", line) for line in parts[1::2])
    assert re.fullmatch(r"lmul_e2m1_fixed_k16_dot_x2: 4 parts, all proved, \d+\.\d s", last)


def test_an_array_is_proved(lmul, tmp_path):
    outcome = lmul("prove", "array", *ARRAY, "--axi", "--smt2", tmp_path / "questions")
    assert (outcome.code, outcome.err) == (None, "")
    assert "proved: a row is 2 elements side by side" in outcome.out and "not " not in outcome.out
    assert outcome.out.splitlines()[-1].startswith("lmul_e2m1_fixed_k16_os_1x2_axi: ")
    assert len(list((tmp_path / "questions").glob("*.smt2"))) > 30


@pytest.fixture
def written(lmul, tmp_path):
    """The exported file."""
    lmul("verilog", "array", *ARRAY, "-o", tmp_path)
    return tmp_path / "lmul_e2m1_fixed_k16_os_1x2.v"


def test_the_users_file_is_proved_and_its_defect_is_told(lmul, written):
    assert lmul("prove", "array", *ARRAY, "--verilog", written).code is None
    text = written.read_text()
    written.write_text(text.replace("below <= below_term_2 ?", "below <= below_term ?"))
    assert written.read_text() != text
    outcome = lmul("prove", "array", *ARRAY, "--verilog", written)
    assert outcome.code == 1
    assert "refuted: an element with its registers" in outcome.out
    assert "  not shown: results drain in order" in outcome.out and "  counterexample: inputs " in outcome.out
    assert outcome.out.splitlines()[-1].startswith("lmul_e2m1_fixed_k16_os_1x2: 12 parts, 1 not proved")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("module lmul_e2m1_fixed_k16_os_1x2 ", "module mine ", "the module must be called lmul_e2m1_fixed_k16_os_1x2"),
        ("lane_0 ", "lane_a ", "lmul_e2m1_fixed_k16_os_1x2_element must have the wire lane_0.x, as its export has"),
        ("reg done", "reg [1:0] done", "wires as wide as those of an export"),
        ("k16_os_1x2_row", "k16_os_1x2_line", "the file must have the modules lmul_e2m1_fixed_k16_os_1x2_row and"),
    ],
)
def test_a_file_without_the_modules_of_an_export_is_refused(lmul, written, old, new, said):
    written.write_text(written.read_text().replace(old, new))
    outcome = lmul("prove", "array", *ARRAY, "--verilog", written)
    assert outcome.code == 2 and said in outcome.err and len(outcome.err.splitlines()) == 1
