"""The Verilog around the units, run by Icarus Verilog on units that add instead of multiplying."""

import random
import re
import shutil
import subprocess

import pytest

from lmul.sim.verilog.unit_top import (
    LANES,
    STREAM_LANES,
    STREAM_SIGNALS,
    Group,
    SimulatedUnit,
    lane_bits,
    product_top,
    stream_top,
)

needs_icarus = pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog (iverilog) is not on PATH")


def unit(name, x_width, y_width, width, value):
    return (
        f"module {name} (input [{x_width - 1}:0] x, input [{y_width - 1}:0] y, output [{width - 1}:0] p);"
        f" assign p = {value}; endmodule\n"
    )


def stream_unit(name, x_width, y_width, width):
    """A register without a stall: what is wired where is all that matters."""
    return (
        f"module {name} (input clk, rst, i_valid, o_ready, input [{x_width - 1}:0] x, input [{y_width - 1}:0] y,"
        f" output reg [{width - 1}:0] p, output i_ready, output reg o_valid);\nassign i_ready = ~o_ready;\n"
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


def drawn(rng, width, count):
    return [rng.randrange(1 << width) for _ in range(count)]


@pytest.mark.parametrize(("width", "bits"), [(4, 8), (8, 8), (9, 16), (16, 16), (19, 32), (32, 32)])
def test_a_lane_is_the_smallest_integer_that_holds_a_code(width, bits):
    assert lane_bits(width) == bits


def test_the_signals_of_products_are_those_of_the_groups_and_units():
    text, public = product_top(
        [
            Group("a", 5, 4, (SimulatedUnit("u", 5), SimulatedUnit("v", 6))),
            Group("b", 16, 16, (SimulatedUnit("w", 16),)),
        ]
    )
    assert public == ["go_a", "x_a", "y_a", "p_u", "p_v", "go_b", "x_b", "y_b", "p_w"]
    assert text.startswith("module top;\n") and text.endswith("endmodule\n")


def test_the_signals_of_streams_are_those_of_the_units():
    _, public = stream_top([Group("a", 5, 5, (SimulatedUnit("u", 5), SimulatedUnit("v", 5)))])
    assert public == ["clk", "rst", *(f"{u}_{signal}" for u in "uv" for signal in STREAM_SIGNALS)]


@needs_icarus
def test_every_lane_of_every_unit_gets_its_operands_after_each_change_of_go(tmp_path):
    """Units that share operands, and units whose operands and product have widths of their own."""
    rng = random.Random(0)
    # By unit: its group, its widths of x, y and p, and what it computes.
    units = {
        "plus": ("a", (5, 5, 5), "x + y", lambda x, y: (x + y) % 32),
        "minus": ("a", (5, 5, 5), "x - y", lambda x, y: (x - y) % 32),
        "joined": ("a", (5, 5, 10), "{x, y}", lambda x, y: x << 5 | y),
        "exclusive": ("b", (16, 16, 16), "x ^ y", lambda x, y: x ^ y),
        "mixed": ("c", (16, 7, 19), "{x, y} - 1", lambda x, y: ((x << 7 | y) - 1) % (1 << 19)),
        "wide": ("d", (8, 24, 32), "{x, y}", lambda x, y: x << 24 | y),
    }
    widths = {group: each[:2] for group, each, *_ in units.values()}
    groups = [
        Group(g, *each, tuple(SimulatedUnit(name, w[2]) for name, (of, w, *_) in units.items() if of == g))
        for g, each in widths.items()
    ]
    steps, expected = [], []
    for go in (1, 0):
        played = {g: [drawn(rng, width, LANES) for width in each] for g, each in widths.items()}
        for g, each in widths.items():
            for operand, codes, width in zip("xy", played[g], each, strict=True):
                bits = lane_bits(width)
                steps.append(f"t.{operand}_{g} = {LANES * bits}'h{packed(codes, bits):x};")
        steps += [*(f"t.go_{g} = {go};" for g in widths), f"#{LANES + 1};"]
        for name, (g, each, _, computes) in units.items():
            steps.append(f'$display("%h", t.p_{name});')
            expected.append(packed([computes(x, y) for x, y in zip(*played[g], strict=True)], lane_bits(each[2])))
    bench = "\n".join(["module bench; top t(); initial begin #1;", *steps, "$finish; end endmodule"])
    texts = [unit(name, *each, value) for name, (_, each, value, _) in units.items()]
    assert run(tmp_path, product_top(groups)[0], *texts, bench) == expected


@needs_icarus
def test_every_copy_of_a_stream_has_its_own_wires(tmp_path):
    rng = random.Random(1)
    units = {"narrow": (5, 5, 5), "wide": (16, 16, 16), "mixed": (16, 6, 7)}
    top, _ = stream_top(
        [Group(f"of_{name}", *each[:2], (SimulatedUnit(name, each[2]),)) for name, each in units.items()]
    )
    steps, expected = [], []
    for name, each in units.items():
        x, y = (drawn(rng, width, STREAM_LANES) for width in each[:2])
        valid, ready = drawn(rng, STREAM_LANES, 2)
        bits = [lane_bits(width) for width in each]
        for signal, value, size in (
            ("x", packed(x, bits[0]), STREAM_LANES * bits[0]),
            ("y", packed(y, bits[1]), STREAM_LANES * bits[1]),
            ("i_valid", valid, STREAM_LANES),
            ("o_ready", ready, STREAM_LANES),
        ):
            steps.append(f"t.{name}_{signal} = {size}'h{value:x};")
        difference = packed([(a - b) % (1 << each[2]) for a, b in zip(x, y, strict=True)], bits[2])
        expected += [difference, valid, ~ready % (1 << STREAM_LANES)]
    steps.append("#1 t.clk = 1; #1 t.clk = 0; t.rst = 0; #1 t.clk = 1; #1;")
    for name in units:
        steps += [f'$display("%h", t.{name}_{signal});' for signal in ("p", "o_valid", "i_ready")]
    steps.append("t.clk = 0; t.rst = 1; #1 t.clk = 1; #1;")
    steps += [f'$display("%h", t.{name}_o_valid);' for name in units]
    bench = "\n".join(["module bench; top t(); initial begin #1;", *steps, "$finish; end endmodule"])
    results = run(tmp_path, top, *(stream_unit(name, *each) for name, each in units.items()), bench)
    assert results == [*expected, 0, 0, 0]
