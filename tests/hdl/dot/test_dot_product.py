# amaranth: UnusedElaboratable=no
"""Units of dot products as files: names, manifests, what is refused, and what tools say of them."""

import json
import os
import subprocess

import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import export
from lmul.sim.verilator import verilator_settings
from lmul.tools.yosys import run_yosys

FIXED = DotParameters(Parameters(E4M3), Accumulator.FIXED, 64)
ANCHORED = DotParameters(Parameters(E4M3, Method.ROUNDED, y_format=E5M2), Accumulator.ANCHORED, 768, 12)

UNITS = {
    "lmul_e4m3_fixed_k64_dot_x4": DotProduct(FIXED, 4),
    "rounded_e4m3_e5m2_anchored12_k768_dot_x1": DotProduct(ANCHORED, 1),
    "corrected2_bf16_anchored12_k64_dot_x16": DotProduct(
        DotParameters(Parameters(BF16, Method.corrected(2)), Accumulator.ANCHORED, 64, 12), 16
    ),
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dots")
    return {name: export(unit, folder) for name, unit in UNITS.items()}


def test_the_name_says_what_it_is(exported):
    for name, files in exported.items():
        assert (files.verilog.name, files.manifest.name) == (f"{name}.v", f"{name}.json")
        assert f"\nmodule {name} (\n" in files.verilog.read_text()


@pytest.mark.parametrize(
    ("dot", "lanes", "message"),
    [
        (FIXED, 0, "lanes must be 1 to 256, not 0"),
        (FIXED, 257, "lanes must be 1 to 256, not 257"),
        (FIXED, 4.0, r"lanes must be 1 to 256, not 4\.0"),
        (FIXED, True, "lanes must be 1 to 256, not True"),
        (FIXED, 65, "lanes must be at most K = 64, the products of the longest sums, not 65"),
        (
            DotParameters(Parameters(E4M3), Accumulator.FP32),
            1,
            "accumulator must be fixed or anchored, not 'fp32'",
        ),
        (
            DotParameters(Parameters(E4M3), Accumulator.FIXED, 64, output=BF16),
            4,
            "output must be left out for a dot product, not bf16",
        ),
    ],
    ids=str,
)
def test_what_does_not_exist_is_refused(dot, lanes, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        DotProduct(dot, lanes)


def test_the_manifest_says_everything(exported):
    """Widths and LSB by hand: e4m3 with L-Mul has e from -5 on, and 2^(-5 - 7 - 3); the largest product is 2^17.9."""
    manifest = json.loads(exported["lmul_e4m3_fixed_k64_dot_x4"].manifest.read_text())
    assert manifest["kind"] == "dot_product"
    assert {port: f["name"] for port, f in manifest["formats"].items()} == {"x": "e4m3", "y": "e4m3", "p": "e4m3"}
    assert manifest["formats"]["x"]["bias"] == 7
    assert (manifest["method"], manifest["rounded"], manifest["correction"]) == ("lmul", False, [[1]])
    assert (manifest["accumulator"], manifest["window"], manifest["largest_k"]) == ("fixed", None, 64)
    assert manifest["lsb"] == {"formula": "2 ** -15", "exponent": -15, "plus_anchor": False}
    assert manifest["accumulator_width"] == FIXED.width == 1 + 18 + 15 + 6
    assert manifest["lanes"] == 4
    assert manifest["latency"] == {"formula": "1", "cycles": 1, "from": "beat of x with x_last", "to": "its sum"}
    assert manifest["words_latency"] == {"cycles": 1, "from": "beat of y", "to": "first beat of x that uses it"}
    assert manifest["throughput"] == {
        "steps_per_cycle": 1,
        "products_per_step": 4,
        "cycles_per_sum": "ceil(K / lanes)",
    }
    x = manifest["layout"]["x"][0]
    assert (x["width"], x["elements"], x["element_bits"], x["element_offset"]) == (32, [4], 8, "i * 8")


def test_the_manifest_of_an_anchored_one_says_what_a_unit_is_worth(exported):
    """By hand: 2^(A - bias - W + 1), of e4m3's bias 7; the anchor is from -20 to 24 and one beyond."""
    manifest = json.loads(exported["rounded_e4m3_e5m2_anchored12_k768_dot_x1"].manifest.read_text())
    assert (manifest["method"], manifest["rounded"], manifest["window"]) == ("exact", True, 12)
    assert manifest["lsb"] == {"formula": "2 ** (anchor - 18)", "exponent": -18, "plus_anchor": True}
    assert manifest["accumulator_width"] == 1 + 12 + 10
    assert [field["port"] for field in manifest["layout"]["y"]] == ["y", "anchor"]


def test_only_what_has_an_anchor_speaks_of_it(exported):
    for name, files in exported.items():
        anchored = "anchored" in name
        saturated = json.loads(files.manifest.read_text())["layout"]["o"][1]
        said = "a product of this sum was above the anchor" if anchored else "always 0: no sum can saturate"
        assert (saturated["port"], saturated["order"]) == ("sum_saturated", said)
        head = files.verilog.read_text().partition("\nmodule ")[0]
        assert ("anchor" in head) == anchored and (
            "`saturated`, always 0." in " ".join(head.split("\n// "))
        ) != anchored


def test_the_layout_is_that_of_the_ports(exported):
    for files in exported.values():
        manifest = json.loads(files.manifest.read_text())
        widths = {port["name"]: port["width"] for port in manifest["ports"]}
        fields = [field for stream in manifest["layout"].values() for field in stream]
        assert {field["port"]: field["width"] for field in fields}.items() <= widths.items()
        handshakes = {f"{stream}_{side}" for stream in manifest["layout"] for side in ("valid", "ready")}
        assert {*(field["port"] for field in fields), *handshakes, "clk", "rst", "reserved", "saturated"} == {*widths}


def test_the_header_says_how_it_is_talked_to(exported):
    head = exported["rounded_e4m3_e5m2_anchored12_k768_dot_x1"].verilog.read_text().partition("\nmodule ")[0]
    lines = head.rstrip("\n").splitlines()
    assert all(line.startswith("//") and len(line) <= 120 for line in lines)
    assert lines[0].startswith("// rounded_e4m3_e5m2_anchored12_k768_dot_x1: dot products, sums of x[k] y[k]")
    for stream in ("y", "x", "o"):
        assert f"// Stream {stream}:" in lines
    assert any(line.startswith("//   x_release: the words of y go after this beat") for line in lines)
    assert any(line.startswith("// Accumulator anchored: an integer of 23 bits") for line in lines)


def test_verilator_and_yosys_have_no_complaint(exported):
    environment = {**os.environ, **verilator_settings()[0]}
    for name, files in exported.items():
        command = ["verilator", "--lint-only", "-Wall", str(files.verilog)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        read = f"read_verilog {files.verilog.name}"
        said = run_yosys([read, f"hierarchy -check -top {name}", "proc", "check -assert"], files.verilog.parent)
        assert "Warning" not in said
