# amaranth: UnusedElaboratable=no
"""Place and route in families that want the place of every pin."""

import json

import pytest

from lmul.golden.formats import E2M1, E4M3
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import ports_of, verilog
from lmul.hdl.multiplier import Multiplier
from lmul.synth.fpga.few_pins import OSCILLATOR, few_pins, open_carries
from lmul.tools.yosys import run_yosys


@pytest.fixture
def unit():
    return Multiplier(Parameters(E4M3, y_format=E2M1))


def test_every_bit_of_every_port_has_a_register(tmp_path, unit):
    """Of an input bit that is constant, or an output bit that does not reach q, there would be none."""
    (tmp_path / "unit.v").write_text(verilog(unit) + few_pins(ports_of(unit), unit.name))
    run_yosys(["read_verilog unit.v", "synth -top wrapper -flatten", "write_json netlist.json"], tmp_path)
    module = json.loads((tmp_path / "netlist.json").read_text())["modules"]["wrapper"]
    assert sum("DFF" in cell["type"] for cell in module["cells"].values()) == 8 + 4 + 8 + 1
    assert {name: port["direction"] for name, port in module["ports"].items()} == {
        "clk": "input",
        "d": "input",
        "q": "output",
    }


def test_an_oscillator_takes_the_place_of_the_clock_pin(unit):
    text = few_pins(ports_of(unit), unit.name, OSCILLATOR)
    assert "input clk" not in text and f"wire clk; {OSCILLATOR}" in text


def test_a_carry_input_that_is_constant_is_left_open_and_no_other(tmp_path):
    text = "module a (input [7:0] x, y, output [7:0] p);\n  assign p = x + y;\nendmodule\n"
    (tmp_path / "a.v").write_text(text)
    run_yosys(["read_verilog a.v", "synth_nexus -top a -json a.json"], tmp_path)

    def carries():
        cells = json.loads((tmp_path / "a.json").read_text())["modules"]["a"]["cells"].values()
        return ["CIN" in cell["connections"] for cell in cells if cell["type"] == "CCU2"]

    before = carries()
    open_carries(tmp_path / "a.json")
    assert len(before) > 2 and all(before) and carries().count(False) == 1
