# amaranth: UnusedElaboratable=no
"""Names of modules that users give: plain identifiers, which stand wherever the unit's own would."""

import re
import shutil
import subprocess

import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E2M1
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import contents
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.names import KEYWORDS, LONGEST, checked_name

PRODUCT = Parameters(E2M1)
DOT = DotParameters(PRODUCT, Accumulator.FIXED, 4)
UNITS = {
    "multiplier": lambda name: Multiplier(PRODUCT, name=name),
    "pipelined": lambda name: Multiplier(PRODUCT, 1, name=name),
    "dot": lambda name: DotProduct(DOT, 1, name=name),
    "array": lambda name: SystolicArray(DOT, 1, 1, name=name),
    "axi": lambda name: AxiStreamArray(SystolicArray(DOT, 1, 1), name),
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", ["mine", "x", "unit", "clk", "a" * LONGEST])
def test_text_and_manifest_have_the_name_and_no_other(unit, name):
    made, default = UNITS[unit](name), UNITS[unit](None)
    files, before = contents(made), contents(default)
    assert list(files) == [f"{name}.v", f"{name}.json"]
    text = files[f"{name}.v"]
    assert default.name not in text and default.name not in files[f"{name}.json"]
    assert all(re.fullmatch(rf"{name}(_\w+)?", module) for module in re.findall(r"^module (\w+)", text, re.MULTILINE))
    ours = re.sub(rf"\b{default.name}(?=\b|_)", name, before[f"{default.name}.v"])
    assert [line for line in text.splitlines() if line[:2] != "//"] == [
        line for line in ours.splitlines() if line[:2] != "//"
    ]


@pytest.mark.skipif(shutil.which("iverilog") is None, reason="iverilog is not on PATH")
@pytest.mark.parametrize("unit", UNITS)
def test_a_module_called_as_a_port_is_read(tmp_path, unit):
    (tmp_path / "x.v").write_text(contents(UNITS[unit]("x"))["x.v"])
    done = subprocess.run(
        ["iverilog", "-g2005", "-Wall", "-t", "null", tmp_path / "x.v"], capture_output=True, check=True
    )
    assert done.stderr == b""


ALLOWED = f"must be 1 to {LONGEST} letters, digits and underscores, the first no digit, not "


@pytest.mark.parametrize("name", ["", "1st", "a-b", "a b", "a/b", "../a", "a$", "é", "a\n", "a" * (LONGEST + 1)])
def test_what_is_no_identifier_is_refused(name):
    with pytest.raises(ValueError, match=f"^{re.escape(f'name {ALLOWED}{name!r}')}$"):
        checked_name(name, "default")


@pytest.mark.parametrize("name", ["module", "logic", "endmodule", "table"])
def test_keywords_are_refused(name):
    with pytest.raises(ValueError, match=f"^name must not be a keyword of SystemVerilog, as '{name}' is$"):
        checked_name(name, "default")


def test_a_name_is_a_text():
    with pytest.raises(TypeError, match=r"^name must be a text, not 3$"):
        checked_name(3, "default")
    assert checked_name(None, "default") == "default" and len(KEYWORDS) == 248
