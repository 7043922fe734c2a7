"""The Verilog that feeds pipelined units, run by Icarus Verilog on units that subtract instead of multiplying."""

import random
import re
import shutil
import subprocess

import pytest

from lmul.sim.verilog.stream_top import COPIES, FAULTS, SIGNALS, stream_top
from lmul.sim.verilog.unit_top import Group, SimulatedUnit, lane_bits

pytestmark = pytest.mark.skipif(shutil.which("iverilog") is None, reason="Icarus Verilog (iverilog) is not on PATH")

COUNT = 400

SOUND = {
    "ready": "~o_valid | o_ready",
    "valid": "if (rst) o_valid <= 0; else if (i_ready) o_valid <= i_valid;",
    "product": "if (i_ready) p <= x - y;",
}
"""A rank of registers, which is free where it is empty or what it holds is taken."""

FAULTY = {
    FAULTS[0]: {"valid": "o_valid <= ~rst & i_valid;"},
    FAULTS[1]: {"product": "p <= x - y;"},
    FAULTS[2]: {"valid": "o_valid <= ~rst & (o_valid | i_valid);"},
    FAULTS[3]: {
        "ready": "(~o_valid | o_ready) & ~x[0]",
        "valid": "if (rst | ~o_valid | o_ready) o_valid <= ~rst & i_valid & i_ready;",
    },
    "": {"valid": "o_valid <= 0;"},
}
"""Parts of a unit that break a rule, by the rule; the last one swallows all operands."""


def unit(name, x_width, y_width, width, parts=SOUND):
    return (
        f"module {name} (input clk, rst, i_valid, o_ready, input [{x_width - 1}:0] x, input [{y_width - 1}:0] y,"
        f" output reg [{width - 1}:0] p, output i_ready, output reg o_valid);\n"
        f"assign i_ready = {parts['ready']};\nalways @(posedge clk) begin {parts['valid']} {parts['product']} end\n"
        "endmodule\n"
    )


def played(folder, units, steps, *sources, within=""):
    """Run the steps around the top module, and return what they show of each unit: products that came, and faults."""
    top, _ = stream_top([Group(f"of_{name}", *w[:2], (SimulatedUnit(name, w[2], 1),)) for name, w in units.items()])
    shown = [f'$display("{name} %0d %0d", t.{name}_done, t.{name}_fault);' for name in units]
    text = ["module bench; top t();", within, "initial begin #1;", *steps, *shown, "$finish; end endmodule"]
    (folder / "all.v").write_text("\n".join([top, *sources, *text]))
    command = ["iverilog", "-g2012", "-s", "bench", "-o", "all", "all.v"]
    compiled = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (compiled.returncode, compiled.stderr) == (0, "")
    done = subprocess.run(["vvp", "-n", "all"], cwd=folder, capture_output=True, text=True, check=True, timeout=100)
    (folder / "shown").write_text(done.stdout)
    return {
        name: (int(came), int(fault)) for name, came, fault in re.findall(r"^(\w+) (\d+) (\d+)$", done.stdout, re.M)
    }


def operands(folder, name, x_width, y_width):
    """Write operands for a unit, y above x, and return them."""
    rng = random.Random(name)
    pairs = [(rng.randrange(1 << x_width), rng.randrange(1 << y_width)) for _ in range(COUNT)]
    bits = lane_bits(x_width)
    (folder / f"{name}_operands.hex").write_text("".join(f"{y << bits | x:x}\n" for x, y in pairs))
    return pairs


def go(cycles=0, rst=0):
    return f"t.rst = {rst}; t.limit = {cycles}; t.go = ~t.go; #1; wait (!t.running);"


def started(names):
    """Load all operands, and reset in full traffic."""
    load = [f"t.{name}_count = {COUNT}; t.{name}_load = 1;" for name in names]
    return [*load, "#1;", go(1, rst=1), go(30), go(1, rst=1)]


def test_the_signals_are_those_of_the_units():
    _, public = stream_top([Group("a", 5, 5, (SimulatedUnit("u", 5), SimulatedUnit("v", 5)))])
    assert public == ["rst", "go", "running", "limit", *(f"{u}_{signal}" for u in "uv" for signal in SIGNALS)]


def test_every_product_lands_in_the_place_of_its_operands(tmp_path):
    units = {"narrow": (5, 5, 5), "wide": (16, 16, 16), "mixed": (16, 6, 7), "long": (8, 24, 32)}
    pairs = {name: operands(tmp_path, name, *w[:2]) for name, w in units.items()}
    steps = [*started(units), go(), *(f"t.{name}_dump = 1;" for name in units), "#1;"]
    assert played(tmp_path, units, steps, *(unit(name, *w) for name, w in units.items())) == dict.fromkeys(
        units, (COUNT, 0)
    )
    for name, (*_, width) in units.items():
        lines = (tmp_path / f"{name}_products.hex").read_text().splitlines()
        found = [int(line, 16) for line in lines if not line.startswith("/")]
        assert found == [(x - y) % (1 << width) for x, y in pairs[name]]


def test_broken_rules_are_named(tmp_path):
    units = {f"unit_{i}": (5, 5, 5) for i in range(len(FAULTY))}
    for name in units:
        operands(tmp_path, name, 5, 5)
    sources = [unit(name, 5, 5, 5, SOUND | parts) for name, parts in zip(units, FAULTY.values(), strict=True)]
    found = played(tmp_path, units, [*started(units), go()], *sources)
    assert [fault for _, fault in found.values()] == [1, 2, 3, 4, 0]
    assert found["unit_4"] == (0, 0)  # nothing came, which is for the bench to tell


def test_sources_and_sinks_wait(tmp_path):
    operands(tmp_path, "waiting", 5, 5)
    feed = "t.feed_waiting"
    watch = (
        "reg refused = 0, starved = 0, stalled = 0; always @(posedge t.clk) if (!t.rst) begin\n"
        f"refused = refused | {feed}.i_valid & ~{feed}.i_ready; starved = starved | ~{feed}.i_valid & {feed}.i_ready;\n"
        f"stalled = stalled | {feed}.o_valid & ~{feed}.o_ready; end"
    ).replace("reg refused", f"reg [{COPIES - 1}:0] refused")
    waits = 'if (refused && starved && stalled) $display("waits");'
    steps = [*started(["waiting"]), go(30), waits]
    assert played(tmp_path, {"waiting": (5, 5, 5)}, steps, unit("waiting", 5, 5, 5), within=watch)
    assert "waits" in (tmp_path / "shown").read_text()
