"""Where a companion is missing, one line says which and how to get it."""

import subprocess
import sys

import pytest

from lmul.tools import companions
from lmul.tools.companions import check_companion, missing_companion
from lmul.tools.process import ToolError
from lmul.tools.yosys import run_yosys

YOSYS = (
    "this needs the package pyosys, which writes Verilog and maps it to cells and is not installed: "
    "pip install 'pyosys==0.70' (where it has no wheel, Linux on x86-64 has all)"
)


@pytest.mark.parametrize(("module", "package"), [("bitwuzla", "bitwuzla"), ("cocotb_tools.runner", "cocotb")])
def test_a_module_names_its_package(module, package):
    assert f"needs the package {package}, " in missing_companion(module)


def test_other_modules_are_none_of_them():
    assert missing_companion("numpy") is None and missing_companion("") is None
    check_companion("no_such_module")


def test_yosys_is_asked_for_before_it_is_started(tmp_path, monkeypatch):
    check_companion("pyosys")
    monkeypatch.setattr(companions, "find_spec", lambda name: None)
    with pytest.raises(ToolError) as raised:
        run_yosys(["stat"], tmp_path)
    assert str(raised.value) == YOSYS


def test_a_command_whose_module_cannot_be_imported_says_so():
    code = (
        "import sys; sys.modules['bitwuzla'] = None; sys.argv = ['lmul', 'prove', 'multiplier', '--format', 'e2m1'];"
        "from lmul.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert (
        done.stderr.startswith("lmul: this needs the package bitwuzla, which solves the proofs")
        and done.stderr.count("\n") == 1
    )
