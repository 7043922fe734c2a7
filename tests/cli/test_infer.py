"""`lmul infer` from the outside: a small network on an array's Verilog, and Verilog that is wrong."""

import re

import numpy as np
import pytest
from support.small_onnx import classifier, saved

from lmul.hdl.export import verilog

IMAGES = np.random.default_rng(2).standard_normal((3, 1, 8, 8)).astype(np.float32)
ARRAY = ("--array", "4x4", "--format", "e4m3")


@pytest.fixture
def files(workplace):
    saved(workplace / "small.onnx", classifier())
    np.save("x.npy", IMAGES)
    return workplace


def test_every_sum_of_a_network_is_checked(lmul, files):
    outcome = lmul("infer", "small.onnx", "--input", "x.npy", "--first", "2", *ARRAY)
    assert (outcome.code, outcome.err) == (None, "")
    lines = outcome.out.splitlines()
    # Two images: a convolution to 4 x 4 places, a product, a Gemm; sums of the zeros that fill tiles count, too.
    assert lines[:3] == [
        "32 x 9 times 9 x 4: 128 sums compared, 0 mismatches",
        "2 x 64 times 64 x 12: 48 sums compared, 0 mismatches",
        "2 x 12 times 12 x 5: 32 sums compared, 0 mismatches",
    ]
    assert "208 sums compared, 0 mismatches" in lines[3]
    error = float(re.search(r"against float32: ([0-9.]+)%", outcome.out)[1])
    assert 0.5 < error < 30
    assert re.search(r"classes: \d, \d; of float32: \d, \d", outcome.out)


def test_wrong_verilog_is_told(lmul, files, monkeypatch):
    def spoiled(unit, folder):
        exported = verilog.export(unit, folder)
        text = exported.verilog.read_text()
        wrong, count = re.subn(r"assign product_sign = .*;|wire product_sign = .*;", "wire product_sign = 1'b0;", text)
        assert count == 1
        exported.verilog.write_text(wrong)
        return exported

    monkeypatch.setattr("lmul.sim.matmul.export", spoiled)
    outcome = lmul("infer", "small.onnx", "--input", "x.npy", *ARRAY)
    assert (
        outcome.code == 1 and "first complaint: " in outcome.out and "0 mismatches" not in outcome.out.splitlines()[0]
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--input", "x.npy", "--first", "0"), "Invalid value for '--first': 0 is not in the range x>=1."),
        (("--input", "x.npy", "--array", "4"), "--array must be ROWSxCOLUMNS, like 16x16, not '4'"),
        (("--input", "none.npy"), "none.npy: No such file or directory"),
    ],
)
def test_bad_input_is_refused_in_one_line(lmul, files, arguments, message):
    outcome = lmul("infer", "small.onnx", "--format", "e4m3", *arguments)
    assert outcome.code == 2 and outcome.err == f"lmul: {message}\n"
