"""`lmul verilog dot` writes files, `lmul verify dot` checks them; what each prints."""

import json
import re

import pytest

from lmul.cli import dot
from lmul.sim.jobs.arrays import CheckedArray

WRITE = ("verilog", "dot", "-o", "out")
VERIFY = ("verify", "dot")
ANCHORED = ("--accumulator", "anchored", "--window", "12")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--lanes", "4", "--format", "e4m3", "--depth", "64"), "lmul_e4m3_fixed_k64_dot_x4"),
        (("--lanes", "1", "--format", "bf16", *ANCHORED), "lmul_bf16_anchored12_k1024_dot_x1"),
        (("--lanes", "2", "--format", "e4m3,e5m2", "--method", "rounded"), "rounded_e4m3_e5m2_fixed_k1024_dot_x2"),
        (
            ("--lanes", "3", "--format", "e4m3", "--method", "corrected", "--table-bits", "2", *ANCHORED),
            "corrected2_e4m3_anchored12_k1024_dot_x3",
        ),
        (("--lanes", "1", "--format", "e2m1", "--depth", "4", "--name", "mine"), "mine"),
        (("--lanes", "2", "--format", "e3m4", "--method", "log", "--guard", "1"), "log1_e3m4_fixed_k1024_dot_x2"),
        (
            ("--lanes", "1", "--format", "bf16", "--method", "log", "--guard", "0", "--segments", "4", *ANCHORED),
            "log0s4_bf16_anchored12_k1024_dot_x1",
        ),
        (
            (*("--lanes", "1", "--format", "e4m3,e5m2", "--method", "log1s2n3", "--no-subnormals"), *ANCHORED),
            "log1s2n3_e4m3_e5m2_flushed_anchored12_k1024_dot_x1",
        ),
        (
            (*("--lanes", "2", "--format", "e4m3", "--method", "exact", "--subnormals"), *ANCHORED),
            "exact_e4m3_subnormals_anchored12_k1024_dot_x2",
        ),
        (
            ("--lanes", "2", "--format", "e2m1", "--method", "exact", "--subnormals", "--scaled", *ANCHORED),
            "exact_e2m1_subnormals_anchored12_scaled_k1024_dot_x2",
        ),
        (("--lanes", "2", "--format", "int8,int4", "--method", "exact"), "exact_int8_int4_fixed_k1024_dot_x2"),
        (
            (*("--lanes", "1", "--format", "e4m3", "--method", "log", "--guard", "0", "--converted", "y"), *ANCHORED),
            "log0_e4m3_converted_y_anchored12_k1024_dot_x1",
        ),
        (
            (*("--lanes", "1", "--format", "e4m3", "--method", "log", "--guard", "0", "--d-log", "-2"), *ANCHORED),
            "log0n2_e4m3_anchored12_k1024_dot_x1",
        ),
    ],
    ids=str,
)
def test_all_files_are_written_and_their_paths_printed(lmul, workplace, arguments, name):
    outcome = lmul(*WRITE, *arguments)
    assert (outcome.code, outcome.err) == (None, "")
    ends = (".v", ".json", ".core", "_tb.v", "_x.hex", "_y.hex", "_sum.hex")
    assert outcome.out.split() == [f"out/{name}{end}" for end in ends]
    assert sorted(path.name for path in (workplace / "out").iterdir()) == sorted(name + end for end in ends)
    assert f"\nmodule {name}_tb;\n" in (workplace / f"out/{name}_tb.v").read_text()
    assert json.loads((workplace / f"out/{name}.json").read_text())["module"] == name
    assert list((workplace / "tmp").iterdir()) == []


FOUR = ("--lanes", "4", "--format", "e4m3")
LOG = (*FOUR, "--method", "log")
BAD = {
    "no lanes": (("--format", "e4m3"), r"Missing option '--lanes'\."),
    "too many lanes": (("--lanes", "257", "--format", "e4m3"), "lanes must be 1 to 256, not 257"),
    "more lanes than products": (
        (*FOUR, "--depth", "3"),
        "lanes must be at most K = 3, the products of the longest sums, not 4",
    ),
    "no format": (("--lanes", "4"), r"Missing option '--format'\."),
    "an unknown format": (("--lanes", "4", "--format", "e4m0"), "mantissa bits of a format must be 1 to 23, not 0 .*"),
    "a floating-point accumulator": (
        (*FOUR, "--accumulator", "fp32"),
        "Invalid value for '--accumulator': 'fp32' is not one of 'fixed', 'anchored'.",
    ),
    "an accumulator too wide": (
        ("--lanes", "4", "--format", "bf16"),
        "accumulator fixed must be at most 128 bits wide, not the 529 bits that lmul bf16 with K = 1024 needs; "
        "try --accumulator anchored --window 16",
    ),
    "no window": ((*FOUR, "--accumulator", "anchored"), "--window must be given with --accumulator anchored, .*"),
    "a window for nothing": (
        (*FOUR, "--window", "12"),
        r"window must be left out unless the accumulator is anchored, not 12 \(fixed\)",
    ),
    "integers by another method": (
        ("--lanes", "4", "--format", "int8"),
        "method of integers must be exact, not lmul",
    ),
    "an integer and another format": (
        ("--lanes", "4", "--format", "int8,e4m3", "--method", "exact"),
        "y_format must be of integers, as another format is, not e4m3",
    ),
    "integers in an anchored accumulator": (
        ("--lanes", "4", "--format", "int8", "--method", "exact", *ANCHORED),
        "accumulator of integers must be fixed, not 'anchored'",
    ),
    "too wide an integer": (("--lanes", "4", "--format", "int9"), "format must be one of .* int8, .*"),
    "scales for nothing": (
        (*FOUR, "--scaled"),
        "scaled must be left out unless the accumulator is anchored, not with fixed; "
        "try --accumulator anchored --window 16",
    ),
    "scales of integers": (
        ("--lanes", "4", "--format", "int8", "--method", "exact", "--scaled"),
        "scaled must be left out unless the accumulator is anchored, not with fixed",
    ),
    "nothing to convert": (
        (*FOUR, "--converted", "y"),
        "converted must be left out unless the method is log or subnormals count, not 'y'",
    ),
    "no depth": ((*FOUR, "--depth", "0"), "depth must be 1 to 1048576, not 0"),
    "no table bits": ((*FOUR, "--method", "corrected"), "--table-bits must be given with --method corrected"),
    "a table that is missing": (
        (*FOUR, "--method", "corrected", "--table-bits", "1", "--table", "missing.json"),
        "missing.json: No such file or directory",
    ),
    "no guard bits": (LOG, "--guard must be given with --method log"),
    "too many guard bits": ((*LOG, "--guard", "5"), "guard must be 0 to 4 for the method log, not 5"),
    "three segments": ((*LOG, "--guard", "1", "--segments", "3"), "segments must be 1, 2, 4, not 3"),
    "too large an offset": ((*LOG, "--guard", "1", "--d-log", "16"), "d must be -15 to 15 for e4m3, not 16"),
    "the offset of another method": (
        (*LOG, "--guard", "1", "--constant", "2"),
        "--constant must be left out with --method log, not 2; its offset is --d-log",
    ),
    "guard bits for nothing": ((*FOUR, "--guard", "1"), "--guard must be left out unless the method is log, not 1"),
    "segments for nothing": (
        (*FOUR, "--method", "exact", "--segments", "2"),
        "--segments must be left out unless the method is log, not 2",
    ),
    "guard bits twice": (
        (*FOUR, "--method", "log1", "--guard", "1"),
        "--guard must be left out with --method log1, not '1'",
    ),
    "logarithms that are missing": (
        (*LOG, "--guard", "1", "--table", "missing.json"),
        "missing.json: No such file or directory",
    ),
    "logarithms of a format too wide": (
        ("--lanes", "4", "--format", "fp32", "--method", "log", "--guard", "0"),
        r"operands of the method log must have at most 10 mantissa bits, not 23 \(fp32\)",
    ),
    "an option of arrays": ((*FOUR, "--rows", "4"), "No such option.*--rows.*"),
}


@pytest.mark.parametrize("command", [WRITE, VERIFY], ids=str)
@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_input_gives_one_line_and_exit_code_2_and_leaves_nothing(lmul, workplace, command, arguments, message):
    outcome = lmul(*command, *arguments)
    assert re.fullmatch(f"lmul: {message}\n", outcome.err), outcome.err
    assert (outcome.code, outcome.out) == (2, "")
    assert [path.name for path in workplace.rglob("*")] == ["tmp"]


@pytest.mark.parametrize("method", ["log", "log1s2"])
def test_multipliers_have_no_log_codes(lmul, method):
    outcome = lmul("verilog", "multiplier", "--format", "e4m3", "--method", method, "-o", "out")
    assert (outcome.code, outcome.out) == (2, "")
    why = "a multiplier by itself (code in, code out) has no such method."
    assert outcome.err == f"lmul: Invalid value for '--method': '{method}': {why}\n"


def test_logarithms_of_the_users_own(lmul, workplace):
    (workplace / "table.json").write_text("[0, 2, 2, 9, 9, 11, 16, 16]")
    options = ("--lanes", "1", "--format", "e4m3", "--method", "log", "--guard", "1", "--table", "table.json")
    outcome = lmul(*WRITE, *options)
    assert (outcome.code, outcome.err) == (None, "")
    manifest = json.loads((workplace / "out/log1x5ab967bb_e4m3_fixed_k1024_dot_x1.json").read_text())
    assert manifest["logarithms"] == {"x": [0, 2, 2, 9, 9, 11, 16, 16], "y": [0, 2, 2, 9, 9, 11, 16, 16]}
    assert (manifest["method"], manifest["guard"], manifest["segments"], manifest["subnormals"]) == ("log", 1, 1, True)
    for text, message in (
        ("[0, 1]", "log_table must have 8 entries"),
        ("[[0]]", "table.json must be a JSON array of "),
    ):
        (workplace / "table.json").write_text(text)
        outcome = lmul(*WRITE, *options)
        assert outcome.code == 2 and outcome.err.startswith(f"lmul: {message}") and outcome.err.count("\n") == 1


def test_a_folder_has_to_be_named(lmul):
    outcome = lmul("verilog", "dot", *FOUR)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(r"lmul: Missing option '-o' / '--output-dir'\.\n", outcome.err)


def test_what_was_compared_is_printed(lmul, monkeypatch):
    asked = []

    def verify(units, folder, cycles, seed, done, own):
        asked.append(([unit.name for unit in units], cycles, seed))
        return [CheckedArray("unit", 70_000, 0, "", 200_000, 4000, 4000, 0.5)]

    monkeypatch.setattr(dot, "verify_dot_products", verify)
    outcome = lmul(*VERIFY, *FOUR, *ANCHORED, "--cycles", "123", "--seed", "5")
    assert asked == [(["lmul_e4m3_anchored12_k1024_dot_x4"], 123, 5)]
    assert outcome.code is None
    assert outcome.out.splitlines() == [
        "unit: 70,000 sums compared, 0 mismatches",
        "200,000 cycles, simulated at 400,000 a second",
        "without waits 1.000 beats of x per cycle",
    ]


def test_a_complaint_is_told_with_exit_code_1(lmul, monkeypatch):
    wrong = CheckedArray("unit", 4, 3, "sum 0 was 1, expected 2", 100, 0, 0, 0.5)
    monkeypatch.setattr(dot, "verify_dot_products", lambda *given: [wrong])
    outcome = lmul(*VERIFY, *FOUR)
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "unit: 4 sums compared, 3 mismatches",
        "100 cycles, simulated at 200 a second",
        "first complaint: sum 0 was 1, expected 2",
    ]
