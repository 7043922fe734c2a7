"""`lmul verilog array` writes all of its files, or none."""

import json
import re

import pytest

WRITE = ("verilog", "array", "--rows", "2", "--cols", "3", "--depth", "16")
ENDS = (".v", ".json", ".core", "_tb.v", "_a.hex", "_b.hex", "_c.hex")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--format", "e4m3"), "lmul_e4m3_fixed_k16_os_2x3"),
        (
            (
                *("--format", "bf16,e4m3", "--method", "exact", "--accumulator", "anchored", "--window", "9"),
                *("--axi", "--dataflow", "ws", "--lanes", "2", "--sums", "4"),
            ),
            "exact_bf16_e4m3_anchored9_k16_ws_2x3x2_s4_axi",
        ),
        (("--format", "e4m3", "--name", "mine"), "mine"),
        (("--format", "e4m3", "--axi", "--name", "mine"), "mine"),
    ],
    ids=str,
)
def test_all_files_are_written_and_their_paths_printed(lmul, workplace, arguments, name):
    outcome = lmul(*WRITE, *arguments, "-o", "new/folder")
    assert (outcome.code, outcome.err) == (None, "")
    assert outcome.out.split() == [f"new/folder/{name}{end}" for end in ENDS]
    assert sorted(path.name for path in (workplace / "new/folder").iterdir()) == sorted(name + end for end in ENDS)
    manifest = json.loads((workplace / f"new/folder/{name}.json").read_text())
    assert manifest["module"] == name
    assert manifest["files"] == [name + end for end in ENDS if end != ".json"]
    assert f"\nmodule {name}_tb;\n" in (workplace / f"new/folder/{name}_tb.v").read_text()
    assert list((workplace / "tmp").iterdir()) == []


def test_the_bench_plays_what_the_seed_says(lmul, workplace):
    for seed in "0", "1":
        assert lmul(*WRITE, "--format", "e4m3", "--seed", seed, "-o", seed).code is None
    same = {
        end: (workplace / f"0/lmul_e4m3_fixed_k16_os_2x3{end}").read_bytes()
        == (workplace / f"1/lmul_e4m3_fixed_k16_os_2x3{end}").read_bytes()
        for end in ENDS
    }
    assert same[".v"] and same[".json"] and not same["_a.hex"] and not same["_c.hex"]


BAD = {
    r"rows must be 1 to 256, not 0": ("--format", "e4m3", "--rows", "0"),
    r"--window must be given with --accumulator anchored, .*": ("--format", "e4m3", "--accumulator", "anchored"),
    r"lanes must be 1 for the accumulator fp32 .*": ("--format", "e4m3", "--accumulator", "fp32", "--lanes", "2"),
    r"accumulator fixed must be at most 128 bits .*; try --accumulator anchored --window 16": ("--format", "bf16"),
    r"depth must be 1 to 1048576, not 0": ("--format", "bf16", "--depth", "0"),
    r"Invalid value for '--seed': -1 is not in the range x>=0\.": ("--format", "e4m3", "--seed", "-1"),
    r"Missing option '--format'\.": (),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_gives_one_line(lmul, workplace, message):
    outcome = lmul(*WRITE, *BAD[message], "-o", "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(rf"lmul: {message}\n", outcome.err)
    assert not (workplace / "out").exists()


def test_a_folder_in_the_way_of_one_file_leaves_none(lmul, workplace):
    (workplace / "out/lmul_e4m3_fixed_k16_os_2x3_c.hex").mkdir(parents=True)
    outcome = lmul(*WRITE, "--format", "e4m3", "-o", "out")
    assert outcome.code == 2
    assert outcome.err == "lmul: out/lmul_e4m3_fixed_k16_os_2x3_c.hex: Is a directory\n"
    assert [path.name for path in (workplace / "out").iterdir()] == ["lmul_e4m3_fixed_k16_os_2x3_c.hex"]


def test_help_has_examples(lmul):
    outcome = lmul("verilog", "array", "--help")
    assert outcome.code in (None, 0) and outcome.out.count("  lmul verilog array ") >= 3 and "--axi" in outcome.out
