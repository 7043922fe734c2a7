"""The Verilog around the units, run by Icarus Verilog on units that add instead of multiplying."""

import random
import re
import shutil
import subprocess

import pytest

from lmul.sim.top import LANES, STREAM_LANES, STREAM_SIGNALS, Group, product_top, stream_top

needs_icarus = pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog (iverilog) is not on PATH")


def unit(name, width, value):
    code = f"[{width - 1}:0]"
    return f"module {name} (input {code} x, y, output {code} p); assign p = {value}; endmodule\n"


def stream_unit(name, width):
    """A register without a stall: what is wired where is all that matters."""
    code = f"[{width - 1}:0]"
    return (
        f"module {name} (input clk, rst, i_valid, o_ready, input {code} x, y, output reg {code} p, output i_ready,"
        " output reg o_valid);\nassign i_ready = ~o_ready;\n"
        "always @(posedge clk) begin p <= x - y; o_valid <= rst ? 0 : i_valid; end\nendmodule\n"
    )


def run(folder, *sources):
    (folder / "all.v").write_text("\n".join(sources))
    compiled = subprocess.run(
        ["iverilog", "-g2012", "-s", "bench", "-o", "all", "all.v"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (compiled.returncode, compiled.stderr) == (0, "")
    done = subprocess.run(["vvp", "-n", "all"], cwd=folder, capture_output=True, text=True, check=True)
    return [int(value, 16) for value in re.findall(r"^[0-9a-f]+$", done.stdout, re.MULTILINE)]


def packed(values, bits):
    return sum(value << bits * i for i, value in enumerate(values))


@pytest.mark.parametrize(("width", "bits"), [(4, 8), (8, 8), (9, 16), (16, 16), (19, 32), (32, 32)])
def test_a_lane_is_the_smallest_integer_that_holds_a_code(width, bits):
    assert Group("g", width, ()).lane_bits == bits


def test_the_signals_of_products_are_those_of_the_groups_and_units():
    text, public = product_top([Group("a", 5, ("u", "v")), Group("b", 16, ("w",))])
    assert public == ["go_a", "x_a", "y_a", "p_u", "p_v", "go_b", "x_b", "y_b", "p_w"]
    assert text.startswith("module top;\n") and text.endswith("endmodule\n")


def test_the_signals_of_streams_are_those_of_the_units():
    _, public = stream_top([Group("a", 5, ("u", "v"))])
    assert public == ["clk", "rst", *(f"{u}_{signal}" for u in "uv" for signal in STREAM_SIGNALS)]


@needs_icarus
def test_every_lane_of_every_unit_gets_its_operands_after_each_change_of_go(tmp_path):
    rng = random.Random(0)
    top, _ = product_top([Group("a", 5, ("plus", "minus")), Group("b", 16, ("exclusive",))])
    rounds = []
    steps = []
    for go in (1, 0):
        a, b = ([[rng.randrange(1 << width) for _ in range(LANES)] for _ in "xy"] for width in (5, 16))
        rounds.append((a, b))
        for group, bits, (x, y) in (("a", 8, a), ("b", 16, b)):
            steps.append(f"t.x_{group} = {LANES * bits}'h{packed(x, bits):x};")
            steps.append(f"t.y_{group} = {LANES * bits}'h{packed(y, bits):x};")
        steps.append(f"t.go_a = {go}; t.go_b = {go}; #{LANES + 1};")
        steps += [f'$display("%h", t.p_{name});' for name in ("plus", "minus", "exclusive")]
    bench = "\n".join(["module bench; top t(); initial begin #1;", *steps, "$finish; end endmodule"])
    units = [unit("plus", 5, "x + y"), unit("minus", 5, "x - y"), unit("exclusive", 16, "x ^ y")]
    expected = []
    for a, b in rounds:
        expected.append(packed([(x + y) % 32 for x, y in zip(*a, strict=True)], 8))
        expected.append(packed([(x - y) % 32 for x, y in zip(*a, strict=True)], 8))
        expected.append(packed([x ^ y for x, y in zip(*b, strict=True)], 16))
    assert run(tmp_path, top, *units, bench) == expected


@needs_icarus
def test_every_copy_of_a_stream_has_its_own_wires(tmp_path):
    rng = random.Random(1)
    top, _ = stream_top([Group("a", 5, ("narrow",)), Group("b", 16, ("wide",))])
    steps, expected = [], []
    for name, width, bits in (("narrow", 5, 8), ("wide", 16, 16)):
        x, y = ([rng.randrange(1 << width) for _ in range(STREAM_LANES)] for _ in "xy")
        valid, ready = rng.randrange(1 << STREAM_LANES), rng.randrange(1 << STREAM_LANES)
        for signal, value, size in (
            ("x", packed(x, bits), STREAM_LANES * bits),
            ("y", packed(y, bits), STREAM_LANES * bits),
            ("i_valid", valid, STREAM_LANES),
            ("o_ready", ready, STREAM_LANES),
        ):
            steps.append(f"t.{name}_{signal} = {size}'h{value:x};")
        difference = packed([(a - b) % (1 << width) for a, b in zip(x, y, strict=True)], bits)
        expected += [difference, valid, ~ready % (1 << STREAM_LANES)]
    steps.append("#1 t.clk = 1; #1 t.clk = 0; t.rst = 0; #1 t.clk = 1; #1;")
    for name in ("narrow", "wide"):
        steps += [f'$display("%h", t.{name}_{signal});' for signal in ("p", "o_valid", "i_ready")]
    steps.append("t.clk = 0; t.rst = 1; #1 t.clk = 1; #1;")
    steps += [f'$display("%h", t.{name}_o_valid);' for name in ("narrow", "wide")]
    bench = "\n".join(["module bench; top t(); initial begin #1;", *steps, "$finish; end endmodule"])
    results = run(tmp_path, top, stream_unit("narrow", 5), stream_unit("wide", 16), bench)
    assert results == [*expected, 0, 0]
