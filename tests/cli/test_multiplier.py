"""`lmul verilog multiplier` writes files, `lmul verify multiplier` checks them; what each prints."""

import json
import re

import ml_dtypes
import numpy as np
import pytest

from lmul.cli import multiplier
from lmul.golden.formats import E5M2
from lmul.golden.multiply import multiply
from lmul.sim.jobs.products import Checked

WRITE = ("verilog", "multiplier")
VERIFY = ("verify", "multiplier")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("--format", "e4m3", "--method", "lmul", "--policy", "flush"), "lmul_e4m3_flush"),
        (("--format", "e4m3", "--method", "corrected", "--table-bits", "2"), "corrected2_e4m3_flush"),
        (("--format", "e4m3", "--method", "constant", "--constant", "3"), "constant3_e4m3_flush"),
        (("--format", "e4m3", "--pipeline", "1"), "lmul_e4m3_flush_p1"),
        (("--format", "e2m1", "--name", "mine"), "mine"),
    ],
    ids=str,
)
def test_all_files_are_written_and_their_paths_printed(lmul, workplace, arguments, name):
    outcome = lmul(*WRITE, *arguments, "-o", "new/folder")
    assert (outcome.code, outcome.err) == (None, "")
    operands = ("_x.hex", "_y.hex") if "--pipeline" in arguments else ()
    ends = (".v", ".json", ".core", "_tb.v", *operands, "_p.hex")
    assert outcome.out.split() == [f"new/folder/{name}{end}" for end in ends]
    assert sorted(path.name for path in (workplace / "new/folder").iterdir()) == sorted(name + end for end in ends)
    assert f"\nmodule {name}_tb;\n" in (workplace / f"new/folder/{name}_tb.v").read_text()
    assert f"\nmodule {name} (\n" in (workplace / f"new/folder/{name}.v").read_text()
    assert json.loads((workplace / f"new/folder/{name}.json").read_text())["module"] == name
    assert list((workplace / "tmp").iterdir()) == []


def multiplied(unit, folder, pairs, own=None):
    """What `verify_pairs` gives of a unit that is right."""
    return Checked(unit.name, len(pairs[0]), 0, "", multiply(unit.parameters, *pairs), 2.0)


def test_the_error_of_arrays_is_told(lmul, workplace, monkeypatch):
    """By hand: times one, L-Mul gives one code more, 1.125, 1.625 and -2.25. 1.05 is encoded as 1."""
    monkeypatch.setattr(multiplier, "verify_pairs", multiplied)
    np.save(workplace / "x.npy", np.array([[1.05], [1.5], [0.0], [-2.0]]))
    np.save(workplace / "y.npy", np.ones((1, 2), np.float16))
    outcome = lmul(*VERIFY, "--format", "e4m3", "--x", "x.npy", "--y", "y.npy")
    assert outcome.code is None
    lines = outcome.out.splitlines()
    assert lines[0] == "lmul_e4m3_flush: 8 products compared, 0 mismatches"
    assert lines[1].startswith("simulated at ") and lines[1].endswith(" products a second")
    assert lines[2:] == [
        "0 products came out as zero that are not",
        "against the true product of the arrays (6 are finite and not zero):",
        "  mean |relative error| 9.3254%, bias +9.3254%, largest 12.5000%; NMSE 1.139e-02",
        "against the true product of the arrays as encoded (6 are finite and not zero):",
        "  mean |relative error| 11.1111%, bias +11.1111%, largest 12.5000%; NMSE 1.293e-02",
    ]
    assert list((workplace / "tmp").iterdir()) == []


def test_arrays_of_two_formats_under_ieee_keep_inf_and_nan(lmul, workplace, monkeypatch):
    """By hand, e5m2 times e2m3: codes of each, 1.5, Inf, NaN, a subnormal; products in e5m3."""
    received = []

    def verify_pairs(unit, folder, pairs, own):
        received.append([codes.tolist() for codes in pairs])
        return multiplied(unit, folder, pairs)

    monkeypatch.setattr(multiplier, "verify_pairs", verify_pairs)
    np.save(workplace / "x.npy", np.array([1.5, np.inf, np.nan, 2.0**-16, 57344.0, np.inf]))
    np.save(workplace / "y.npy", np.array([1.875, -1.0, 1.0, 1.0, 7.5, 0.0]))
    outcome = lmul(
        *VERIFY,
        *("--format", "e5m2,e2m3", "--method", "exact", "--policy", "ieee", "--overflow", "inf"),
        *("--x", "x.npy", "--y", "y.npy"),
    )
    assert (outcome.code, outcome.err.count("lmul: ")) == (None, 0)
    assert received == [[[0x3E, 0x7C, 0x7E, 1, 0x7B, 0x7C], [0x0F, 0x28, 8, 8, 0x1F, 0]]]
    # 1.5 * 1.875 = 2.8125 is halfway from 2.75 to 2.875, of which 2.75 is even: 2.2222 % too little.
    assert outcome.out.splitlines() == [
        "exact_e5m2_e2m3_ieee_inf: 6 products compared, 0 mismatches",
        "simulated at 3 products a second",
        "0 products came out as zero that are not",
        "2 products came out as Inf and 2 as NaN, which are left out here:",
        "against the true product of the arrays (2 are finite and not zero):",
        "  mean |relative error| 1.1111%, bias -1.1111%, largest 2.2222%; NMSE 4.938e-04",
        "against the true product of the arrays as encoded (2 are finite and not zero):",
        "  mean |relative error| 1.1111%, bias -1.1111%, largest 2.2222%; NMSE 4.938e-04",
    ]


def test_nan_is_refused_under_ieee_too_where_the_format_has_none(lmul, workplace):
    np.save(workplace / "x.npy", np.ones(2))
    np.save(workplace / "y.npy", np.array([1.0, np.nan]))
    outcome = lmul(*VERIFY, "--format", "e5m2,e2m1", "--policy", "ieee", "--x", "x.npy", "--y", "y.npy")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "lmul: --y: values must be numbers, not NaN (at index [1]): e2m1 has no code for it here\n"


def test_inf_and_nan_go_through_the_verilog(lmul, workplace):
    np.save(workplace / "x.npy", np.array([np.inf, np.nan, 448.0, 2.0**-9]))
    np.save(workplace / "y.npy", np.array([[1.0], [2.0]]))
    outcome = lmul(*VERIFY, "--format", "e4m3", "--policy", "ieee", "--x", "x.npy", "--y", "y.npy")
    lines = outcome.out.splitlines()
    assert list((workplace / "tmp").iterdir()) == []
    # e4m3 has no Inf: it is encoded as TOP, and saturates.
    assert lines[0] == "lmul_e4m3_ieee_saturate: 8 products compared, 0 mismatches"
    assert re.fullmatch(r"simulated at [\d,]+ products a second", lines[1])
    assert lines[3] == "0 products came out as Inf and 2 as NaN, which are left out here:"
    assert outcome.code is None and "nan" not in outcome.out and "(4 are finite and not zero)" in lines[4]


def test_of_zeros_there_is_no_error_to_tell(lmul, workplace, monkeypatch):
    monkeypatch.setattr(multiplier, "verify_pairs", lambda *given: checked(products=3))
    np.save(workplace / "zeros.npy", np.zeros(3))
    outcome = lmul(*VERIFY, "--format", "e4m3", "--x", "zeros.npy", "--y", "zeros.npy")
    assert outcome.out.count("nothing to compare, none is finite and not zero") == 2 and "nan" not in outcome.out


def checked(complaint="", products=4, mismatches=0):
    return Checked("unit", products, mismatches, complaint, np.zeros(products, np.uint32), 2.0)


def test_what_was_compared_is_printed(lmul, monkeypatch):
    asked = []

    def verify_all(units, folder, pairs, seed, own):
        asked.append(([unit.name for unit in units], pairs, seed))
        return [checked(products=70_000)]

    monkeypatch.setattr(multiplier, "verify_all", verify_all)
    outcome = lmul(*VERIFY, "--format", "bf16", "--method", "exact", "--pipeline", "2", "--pairs", "123", "--seed", "7")
    assert asked == [(["exact_bf16_flush_p2"], 123, 7)]
    assert outcome.code is None
    assert outcome.out == "unit: 70,000 products compared, 0 mismatches\nsimulated at 35,000 products a second\n"


def test_a_million_pairs_is_what_wide_formats_get_unasked(lmul, monkeypatch):
    asked = []
    monkeypatch.setattr(
        multiplier, "verify_all", lambda units, folder, pairs, seed, own: asked.append(pairs) or [checked()]
    )
    lmul(*VERIFY, "--format", "bf16")
    assert asked[0] >= 1_000_000


def test_a_mismatch_is_told_with_exit_code_1(lmul, monkeypatch):
    complaint = "x 0x38, y 0x38: expected 0x39, got 0x38"
    monkeypatch.setattr(multiplier, "verify_all", lambda *given: [checked(complaint, mismatches=3)])
    outcome = lmul(*VERIFY, "--format", "e4m3")
    assert outcome.code == 1
    assert outcome.out.splitlines()[0] == "unit: 4 products compared, 3 mismatches"
    assert outcome.out.splitlines()[-1] == f"first mismatch: {complaint}"


def test_a_broken_stream_is_told_with_exit_code_1(lmul, monkeypatch):
    complaint = "nothing moved for 2000 cycles"
    monkeypatch.setattr(multiplier, "verify_all", lambda *given: [checked(complaint, products=0)])
    outcome = lmul(*VERIFY, "--format", "e4m3", "--pipeline", "1")
    assert (outcome.code, outcome.out) == (1, f"unit: {complaint}\n")


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8])
def test_arrays_of_any_type_of_numpy_are_encoded(lmul, workplace, monkeypatch, kind):
    numbers = np.array([0.0, 1.0, -3.0, 112.0])
    received = []

    def verify_pairs(unit, folder, pairs, own):
        received.append((unit.parameters.format, pairs))
        return checked()

    monkeypatch.setattr(multiplier, "verify_pairs", verify_pairs)
    np.save(workplace / "x.npy", numbers.astype(kind))
    np.save(workplace / "y.npy", np.array([2.0]))
    outcome = lmul(*VERIFY, "--format", "e5m2", "--x", "x.npy", "--y", "y.npy")
    assert outcome.err.count("lmul: ") == 0
    assert outcome.code is None
    ((f, (x, y)),) = received
    assert f is E5M2
    # By hand: 112 is 1.75 x 2^6.
    assert x.tolist() == [0, 0x3C, 0xC2, 0x57] and y.tolist() == [0x40] * 4


@pytest.mark.parametrize(
    ("arguments", "total"),
    [(("e4m3", "--pairs", 1000), 65_536), (("e4m3", "--seed", 1), 65_536), (("e3m5", "--pairs", 1 << 18), 1 << 18)],
    ids=str,
)
def test_where_all_pairs_are_run_pairs_and_seed_change_nothing_and_that_is_said(lmul, monkeypatch, arguments, total):
    monkeypatch.setattr(multiplier, "verify_all", lambda *given: [checked()])
    said = f"all {total:,} pairs of {arguments[0]} are run, whatever --pairs and --seed say"
    assert lmul(*VERIFY, "--format", *arguments).out.splitlines()[0] == said
    assert "whatever" not in lmul(*VERIFY, "--format", arguments[0]).out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--pairs", 1 << 27), r"Invalid value for '--pairs': 134217728 is not in the range 1<=x<=33554432\."),
        (("--codes",), "--codes must be left out without --x and --y"),
        (("--y-type", "e4m3"), "--y-type must be left out without --x and --y"),
        (
            ("--x", "column.npy", "--y", "row.npy"),
            "--x and --y must make at most 33,554,432 products, not 81,000,000, which would take 9 GiB of memory",
        ),
        (("--x", "row.npy", "--y", "row.npy", "--seed", 1), "--seed must be left out with --x and --y"),
        (
            ("--x", "row.npy", "--y", "row.npy", "--codes", "--x-type", "e4m3"),
            "--x-type must be left out with --codes, not 'e4m3'",
        ),
    ],
    ids=str,
)
def test_options_of_operands_that_do_not_go_together(lmul, workplace, arguments, said):
    np.save("row.npy", np.ones((1, 9000), np.uint8))
    np.save("column.npy", np.ones((9000, 1), np.float16))
    outcome = lmul(*VERIFY, "--format", "bf16", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(f"lmul: {said}", outcome.err.splitlines()[-1])


def test_codes_reach_the_unit_as_they_are(lmul, workplace, monkeypatch):
    """By hand: 0x7F is NaN in e4m3, which flush reads as 480; 0x38 is 1."""
    received = []

    def verify_pairs(unit, folder, pairs, own):
        received.append([codes.tolist() for codes in pairs])
        return multiplied(unit, folder, pairs)

    monkeypatch.setattr(multiplier, "verify_pairs", verify_pairs)
    np.save("x.npy", np.array([0x38, 0x7F, -72], np.int8))
    np.save("y.npy", np.array([1.0], ml_dtypes.float8_e4m3fn))
    outcome = lmul(*VERIFY, "--format", "e4m3", "--method", "exact", "--codes", "--x", "x.npy", "--y", "y.npy")
    assert outcome.code is None and received == [[[0x38, 0x7F, 0xB8], [0x38] * 3]]
    # 480 times 1 saturates at 448: 6.67 % too little of one product in three.
    assert "mean |relative error| 2.2222%, bias -2.2222%, largest 6.6667%" in outcome.out
    assert "note" not in outcome.err
