"""The Verilog around the units, run by Icarus Verilog on units that add instead of multiplying."""

import random
import re
import shutil
import subprocess

import pytest

from lmul.sim.verilog.unit_top import (
    LANES,
    Group,
    SimulatedUnit,
    lane_bits,
    product_top,
)

needs_icarus = pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog (iverilog) is not on PATH")


def unit(name, x_width, y_width, width, value):
    return (
        f"module {name} (input [{x_width - 1}:0] x, input [{y_width - 1}:0] y, output [{width - 1}:0] p);"
        f" assign p = {value}; endmodule\n"
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
