"""`lmul verify array` and `lmul matmul` as their user sees them."""

import os
import re
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from lmul.cli import matmul, progress
from lmul.sim.verilator import SimulationError

SMALL = ("--rows", 2, "--cols", 2, "--format", "e3m2", "--depth", 8)


def test_verify(lmul):
    outcome = lmul("verify", "array", *SMALL, "--method", "rounded", "--cycles", 30000)
    assert (outcome.code, outcome.err) == (None, "")
    assert re.fullmatch(
        r"rounded_e3m2_fixed_k8_os_2x2: [\d,]+ sums compared, 0 mismatches\n"
        r"[\d,]+ cycles, simulated at [\d,]+ a second\n"
        r"without waits 1.000 steps per cycle\n",
        outcome.out,
    )
    assert int(outcome.out.splitlines()[1].partition(" ")[0].replace(",", "")) >= 30000


def test_matmul(lmul, workplace):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5, 6)).astype(np.float32), rng.normal(size=(6, 7))
    np.save("a.npy", a)
    np.save("b.npy", b)
    arguments = ("--array", "2x3", "--format", "e4m3", "--method", "exact", "a.npy", "b.npy", "-o", "out/c.npy")
    outcome = lmul("matmul", *arguments, "--float32")
    assert (outcome.code, outcome.err) == (None, "")
    c = np.load("out/c.npy")
    assert c.dtype == np.float32 and np.linalg.norm(c - a @ b) < 0.1 * np.linalg.norm(a @ b)
    for line in (
        r"exact_e4m3_fixed_k6_os_2x3: 5 x 6 times 6 x 7, \d+ sums compared, 0 mismatches",
        r"[\d,]+ cycles, 1.000 steps per cycle between the first and the last",
        r"210 of 324 multiplications were asked for \(64.8%\)",
        r"simulated at [\d,]+ multiplications a second",
        r"relative error \(Frobenius norm\) against float64: [\d.]+%",
        r"out/c.npy",
    ):
        assert re.search(f"^{line}$", outcome.out, re.MULTILINE), line
    assert [path.name for path in (workplace / "out").iterdir()] == ["c.npy"]


@pytest.mark.parametrize("limit", [1, 3])
def test_a_long_matmul_stops_unless_it_may_take_so_long(lmul, workplace, monkeypatch, limit):
    """16,777,216 products, 2,000 of them in the second after the first."""

    def matmul_rtl(unit, a, b, folder, anchor, done):
        for now, macs in ((0, 1000), (1, 3000)):
            monkeypatch.setattr(progress.time, "monotonic", lambda now=now: now)
            done(macs)
        raise SimulationError("the rest is left out")

    monkeypatch.setattr(matmul, "matmul_rtl", matmul_rtl)
    np.save("a.npy", np.ones((256, 256)))
    outcome = lmul("matmul", "--array", "2x2", "--format", "e3m2", "a.npy", "a.npy", "-o", "c.npy", "--limit", limit)
    assert outcome.err.splitlines() == (
        [
            "lmul: --limit must be 2.3 hours or more for 16,777,216 multiplications, not 1: it would take about"
            " 2.3 hours; rows of A are independent, and some of them take their share of it"
        ]
        if limit == 1
        else [
            "16,777,216 multiplications to simulate: about 2.3 hours left",
            "lmul: the rest is left out",
        ]
    )
    assert (outcome.code, outcome.out) == (2, "") and not Path("c.npy").exists()
    assert list((workplace / "tmp").iterdir()) == []


def test_codes_are_multiplied_as_they_are(lmul, workplace):
    """By hand, e4m3 and exact: 1.5 x 2 + 0.5 x 3."""
    np.save("a.npy", np.array([[0x3C, 0x30]], np.uint8))
    np.save("b.npy", np.array([[2.0], [3.0]], ml_dtypes.float8_e4m3fn))
    outcome = lmul(
        *("matmul", "--array", "1x1", "--format", "e4m3", "--method", "exact", "--codes"),
        *("a.npy", "b.npy", "-o", "c.npy"),
    )
    assert (outcome.code, outcome.err) == (None, "")
    assert np.load("c.npy").tolist() == [[4.5]]
    assert "against float64: 0.0000%" in outcome.out and "beyond" not in outcome.out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("verify", "array", *SMALL, "--window", 3), "window must be left out unless"),
        (("verify", "array", *SMALL, "--accumulator", "fp32", "--lanes", 2), "lanes must be 1 for the accumulator"),
        (("matmul", "--array", "4", "--format", "e4m3", "a.npy", "a.npy", "-o", "c"), "--array must be ROWSxCOLUMNS"),
        (("matmul", "--format", "e4m3", "none.npy", "a.npy", "-o", "c"), "none.npy: No such file"),
        (("matmul", "--format", "e4m3", "a.npy", "nan.npy", "-o", "c"), r"nan.npy: .* NaN \(at index \[0, 1\]\)"),
        (("matmul", "--format", "e4m3", "a.npy", "one.npy", "-o", "c"), "one.npy must hold a matrix"),
        (("matmul", "--format", "e4m3", "a.npy", "a.npy", "-o", "c"), "a.npy and a.npy must be of M x K and K x N"),
        (
            ("matmul", "--format", "e4m3", "a.npy", "t.npy", "-o", "./t.npy"),
            "-o must be another file than A and B, not",
        ),
        (("matmul", "--format", "e4m3", "a.npy", "t.npy", "-o", "fifo"), "fifo must be a regular file, not a FIFO"),
        (("matmul", "--format", "e4m3", "a.npy", "bools.npy", "-o", "c"), "bools.npy must be a .npy file of numbers"),
        (("matmul", "--format", "e4m3", "a.npy", "cut.npy", "-o", "c"), "cut.npy must be a .npy file of numbers"),
        (("matmul", "--format", "e4m3", "a.npy", "zip.npy", "-o", "c"), "zip.npy must be a .npy file of numbers"),
        (("matmul", "--format", "e4m3", "a.npy", "text", "-o", "c"), "text must be a .npy file of numbers"),
    ],
)
def test_bad_input(lmul, workplace, arguments, problem):
    np.save("a.npy", np.ones((2, 3)))
    np.save("nan.npy", np.array([[1, np.nan]] * 3))
    np.save("one.npy", np.ones(3))
    np.save("t.npy", np.ones((3, 2)))
    (workplace / "text").write_text("1 2 3\n")
    os.mkfifo("fifo")
    with Path("bools.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (True, 2)})
        file.write(bytes(16))
    Path("cut.npy").write_bytes(Path("a.npy").read_bytes().replace(b"(2, 3)", b"((2, 3"))
    Path("zip.npy").write_bytes(b"PK\x03\x04")
    outcome = lmul(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert Path("fifo").is_fifo()
    assert re.search(problem, outcome.err) and outcome.err.count("\n") == 1
    assert not (workplace / "c").exists()
