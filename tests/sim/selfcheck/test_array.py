# amaranth: UnusedElaboratable=no
"""The bench in plain Verilog: it passes, it finds defects, and what the manifest says of cycles is so."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from support.selfcheck import verdicts_of_verilator

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.export.verilog import export
from lmul.sim.array import shape_of
from lmul.sim.selfcheck.array import array_files, bench_files
from lmul.sim.stimulus.array_trials import uniform
from lmul.sim.stimulus.beats import write_beats
from lmul.sim.verilog.player import STATUS, Player, player_module
from lmul.sim.verilog.stream_bench import RUNS

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY

needs_iverilog = pytest.mark.skipif(shutil.which("iverilog") is None, reason="iverilog is not on PATH")


def array(product, rows, columns, dataflow, lanes=1, window=None, depth=64, **more):
    accumulator = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    dot = DotParameters(product, more.pop("accumulator", accumulator), depth, window, **more)
    return SystolicArray(dot, rows, columns, lanes, dataflow)


UNITS = [
    array(Parameters(E4M3), 4, 4, OS),
    array(Parameters(E4M3), 1, 1, OS, depth=1),
    array(Parameters(E4M3), 3, 2, WS, lanes=2, window=12),
    array(Parameters(E4M3, Method.EXACT), 1, 1, WS, output=BF16),
    array(Parameters(E5M2), 2, 3, WS, accumulator=Accumulator.FP32),
    array(Parameters(E5M2, Method.EXACT), 2, 2, OS),  # sums of more than 64 bits
    AxiStreamArray(array(Parameters(E4M3), 2, 5, WS, lanes=2)),
    AxiStreamArray(array(Parameters(BF16), 3, 5, OS, window=16)),
    AxiStreamArray(array(Parameters(E3M4, Method.corrected(2)), 1, 1, OS, window=8, depth=2)),
]


def simulated(folder, *sources):
    """What Icarus Verilog prints, which has nothing to complain about."""
    compiled = subprocess.run(
        ["iverilog", "-g2005", "-Wall", "-o", "tb", *sources], cwd=folder, capture_output=True, text=True, check=True
    )
    assert compiled.stderr == compiled.stdout == ""
    return subprocess.run(["vvp", "-n", "tb"], cwd=folder, capture_output=True, text=True, check=True).stdout


@needs_iverilog
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_beat_is_compared_and_passes(tmp_path, unit):
    name, inner = unit.name, unit.array if isinstance(unit, AxiStreamArray) else unit
    export(unit, tmp_path, bench_files(unit))
    beats = len((tmp_path / f"{name}_c.hex").read_text().split())
    manifest = json.loads((tmp_path / f"{name}.json").read_text())
    cycles = manifest["latency"]["cycles"]
    assert simulated(tmp_path, f"{name}.v", f"{name}_tb.v") == (
        f"PASS: {name}, {RUNS * beats} beats of {inner.columns} sums compared, latency {cycles} cycles\n"
    )
    added = {OS: 1, WS: 0}[inner.dataflow] + 2 * isinstance(unit, AxiStreamArray)
    assert cycles == inner.rows + inner.columns + added == unit.latency
    assert manifest["latency"]["formula"] == "rows + columns" + (f" + {added}" if added else "")


DEFECTS = {
    "a wrong sum": (
        r"((?:assign|wire.*) product_sign = .*) \^ ",
        r"\1 | ",
        r"run 0, beat \d+ of c: [0-9a-f]+, expected [0-9a-f]+",
    ),
    "a last that is lost": (r"((?:assign|wire.*) c_last = ).*;", r"\1 1'b0;", "run 0, beat"),
    "a stall that is dropped": (r"(wire enable = ).*;", r"\1 1'b1;", r"run 1: \d+ beats that waited were withdrawn"),
    "a flag that is not set": (
        r"else if \([^;]*\)\s+reserved <= [^;]*;",
        "",
        "run 0: flags framing, .* are .*, expected",
    ),
    "another latency": (r"LATENCY = 9", "LATENCY = 8", "latency is 9 cycles, expected 8"),
    "nothing": (r"((?:assign|wire.*) sums_valid = ).*;", r"\1 1'b0;", r"run 0: \d+ of \d+ beats of a"),
}


@needs_iverilog
@pytest.mark.parametrize("what", DEFECTS)
def test_defects_are_found(tmp_path, what):
    unit = UNITS[0]
    export(unit, tmp_path, bench_files(unit))
    pattern, replacement, told = DEFECTS[what]
    count = 0
    for path in tmp_path.glob("*.v"):
        text, found = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
        path.write_text(text)
        count += found
    assert count == 1
    subprocess.run(["iverilog", "-g2005", "-o", "tb", f"{unit.name}.v", f"{unit.name}_tb.v"], cwd=tmp_path, check=True)
    done = subprocess.run(["vvp", "tb"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and re.search(f"^{told}", done.stdout, re.MULTILINE), done.stdout
    assert re.search(rf"FAIL: {unit.name}, ", done.stdout)


@needs_iverilog
@pytest.mark.parametrize("stream", ["a", "b", "c"])
def test_without_its_data_it_fails(tmp_path, stream):
    unit = UNITS[1]
    export(unit, tmp_path, bench_files(unit))
    (tmp_path / f"{unit.name}_{stream}.hex").unlink()
    subprocess.run(["iverilog", "-g2005", "-o", "tb", f"{unit.name}.v", f"{unit.name}_tb.v"], cwd=tmp_path, check=True)
    done = subprocess.run(["vvp", "tb"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "PASS" not in done.stdout


def test_verilator_takes_module_and_bench_with_its_defaults_and_ends_with_the_verdict(tmp_path):
    unit = UNITS[3]
    export(unit, tmp_path, bench_files(unit))
    assert verdicts_of_verilator(tmp_path, unit.name, "c") == [(0, True), (1, False)]


PACE = """
module pace;
  reg clk = 0, rst = 1, load = 0; wire [351:0] status; wire busy;
  player_NAME play (.clk(clk), .rst(rst), .load(load), .dump(1'b0), .mixed(1'b0), .status(status), .busy(busy),
    .a_count(32'dA_COUNT), .b_count(32'dB_COUNT), .c_count(32'd1000), .a_rate(9'd256), .b_rate(9'd256),
    .c_rate(9'd256));
  always #5 clk = ~clk;
  initial begin
    #1 load = 1; repeat (40) @(negedge clk); rst = 0; repeat (400) @(negedge clk);
    $display("%0d %0d", status[0 +: 32], status[256 +: 32] - status[224 +: 32] + 1); $finish;
  end
endmodule
"""


def cycles_of(folder, unit, tiles):
    """Beats of a that were taken, and the cycles from the first to the last."""
    shape, name = shape_of(unit), unit.name
    a, b, _ = tiles.beats(shape)
    write_beats(folder / f"{name}_a.hex", a)
    write_beats(folder / f"{name}_b.hex", b)
    widths = {port.name: port.width for port in export(unit, folder).ports}
    p = Player(name, widths, {"a": len(a), "b": len(b), "c": 1000}, 100)
    text = PACE.replace("NAME", name).replace("A_COUNT", str(len(a))).replace("B_COUNT", str(len(b)))
    (folder / "pace.v").write_text(text + player_module(p))
    taken, cycles = map(int, simulated(folder, f"{name}.v", "pace.v").split())
    assert taken == len(a) and STATUS[7:9] == ("first", "last")
    return cycles


@needs_iverilog
@pytest.mark.parametrize("k", [2, 4, 9])
def test_cycles_of_a_tile(tmp_path, k):
    unit, rng = array(Parameters(E4M3), 4, 3, OS), np.random.default_rng(1)
    tiles = uniform(shape_of(unit), rng, 5, k)
    # From the first step to the last of four tiles, and that of the fifth.
    assert unit.manifest["throughput"]["cycles_per_tile"] == "max(ceil(K / lanes), rows)"
    assert cycles_of(tmp_path, unit, tiles) == 4 * max(k, 4) + k


@needs_iverilog
@pytest.mark.parametrize(("m", "passes"), [(2, 1), (4, 1), (9, 1), (2, 3), (4, 3), (8, 3), (9, 3), (20, 3)])
def test_cycles_of_a_pass(tmp_path, m, passes):
    unit, rng = array(Parameters(E4M3), 4, 3, WS), np.random.default_rng(1)
    tiles = uniform(shape_of(unit), rng, 1 if passes > 1 else 3, 4 * passes, m)
    throughput = unit.manifest["throughput"]
    assert throughput["cycles_per_pass"] == "max(M, rows), with M rows of A"
    assert throughput["cycles_per_pass_with_more"].startswith("max(M, rows, latency + 1), ")
    each = max(m, 4) if passes == 1 else max(m, 4, unit.latency + 1)
    assert cycles_of(tmp_path, unit, tiles) == 2 * each + m


def test_the_files_beside_an_array():
    for unit in UNITS[0], UNITS[-1]:
        name = unit.name
        files = array_files(unit)
        assert list(files) == [f"{name}{end}" for end in (".core", "_tb.v", "_a.hex", "_b.hex", "_c.hex")]
        assert files == array_files(unit) != array_files(unit, seed=1)
        assert name in files[f"{name}.core"]
