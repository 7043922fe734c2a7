"""A bench in plain Verilog under Verilator, built as its own head says."""

import os
import re
import subprocess

from lmul.sim.verilator import verilator_settings


def verdicts_of_verilator(folder, name, result):
    """Exit status, and whether it passed, with the expected results as they are and with a wrong one.

    No warning is switched off; a warning would end the build. `result` is the stream of the results.
    """
    said = re.search(r"^//   \$ (verilator .*) && ", (folder / f"{name}_tb.v").read_text(), re.MULTILINE)
    environment = {**os.environ, **verilator_settings()[0]}
    environment["MAKEFLAGS"] = f"{environment.get('MAKEFLAGS', '')} OPT_GLOBAL=-O0"  # half the time of the build
    built = subprocess.run(said[1].split(), cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert built.returncode == 0 and "%Warning" not in built.stderr, built.stderr
    right = run(folder, name)
    expected = folder / f"{name}_{result}.hex"
    first, *rest = expected.read_text().split()
    expected.write_text("\n".join([f"{int(first, 16) ^ 1:0{len(first)}x}", *rest, ""]))
    return [right, run(folder, name)]


def run(folder, name):
    binary = folder / "obj_dir" / f"V{name}_tb"
    done = subprocess.run([binary], cwd=folder, capture_output=True, text=True, check=False)
    return min(abs(done.returncode), 1), "PASS: " in done.stdout
