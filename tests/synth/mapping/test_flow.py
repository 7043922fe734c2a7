"""Small modules whose cost is known, through both kinds of technology."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.mapping import flow
from lmul.synth.mapping.flow import Cost, map_module, synthesise, yosys_version
from lmul.synth.technology.technology import GENERIC, Technology
from lmul.tools import yosys
from lmul.tools.cache import Cache, keeping
from lmul.tools.yosys import YosysError

_THREE_GATES = "module three (input a, b, c, d, output y); assign y = ~(~(a & b) & ~(c & d)); endmodule\n"
_NAND2 = "module nand2 (input a, b, output y); assign y = ~(a & b); endmodule\n"
_REGISTERS = """module two (input clk, d, output reg q);
  reg r;
  always @(posedge clk) begin r <= d; q <= r; end
endmodule
"""
_ENABLED = """module held (input clk, rst, en, d, output reg q);
  always @(posedge clk) if (rst) q <= 0; else if (en) q <= d;
endmodule
"""


def test_a_nand2_is_one_nand2_equivalent(tiny: Technology) -> None:
    assert synthesise(_NAND2, "nand2", GENERIC) == Cost({"NAND2": 1}, 1.0, 1, transistors=4)
    cost = synthesise(_NAND2, "nand2", tiny)
    assert (cost.cells, cost.nand2, cost.depth, cost.area_um2, cost.transistors) == ({"NAND2": 1}, 1.0, 1, 3.0, 4)


def test_three_gates_in_two_levels(tiny: Technology) -> None:
    cost = synthesise(_THREE_GATES, "three", tiny)
    assert (cost.cells, cost.cell_count, cost.depth) == ({"NAND2": 3}, 3, 2)
    assert (cost.area_um2, cost.nand2) == (9.0, 3.0)
    assert synthesise(_THREE_GATES, "three", GENERIC) == Cost({"AOI22": 1, "INV": 1}, 2.5, 2, transistors=10)


def test_the_delay_is_that_of_the_tables(tiny: Technology) -> None:
    assert synthesise(_NAND2, "nand2", tiny).delay_ps == pytest.approx(20, abs=0.01)
    assert synthesise(_THREE_GATES, "three", tiny).delay_ps == pytest.approx(40, abs=0.01)


def test_registers_are_counted_and_add_no_depth(tiny: Technology) -> None:
    assert synthesise(_REGISTERS, "two", GENERIC) == Cost({"$_DFF_P_": 2}, 12.0, 0, transistors=48)
    assert synthesise(_REGISTERS, "two", tiny) == Cost({"DFF": 2}, 12.0, 0, 48, area_um2=36.0, delay_ps=0.0)


def test_enable_and_reset_become_gates_before_a_plain_register(tiny: Technology) -> None:
    for technology, register in ((GENERIC, "$_DFF_P_"), (tiny, "DFF")):
        cost = synthesise(_ENABLED, "held", technology)
        assert cost.cells[register] == 1
        assert cost.depth > 1


def test_wires_cost_nothing(tiny: Technology) -> None:
    wires = "module w (input a, output y, z); assign y = a; assign z = 1'b0; endmodule\n"
    assert synthesise(wires, "w", GENERIC) == Cost({}, 0.0, 0, transistors=0)
    assert synthesise(wires, "w", tiny) == Cost({}, 0.0, 0, 0, area_um2=0.0, delay_ps=0.0)


def test_a_module_that_is_not_there_is_an_error() -> None:
    with pytest.raises(YosysError, match=r"^Yosys stopped: "):
        synthesise(_NAND2, "other", GENERIC)


def test_every_unit_has_the_same_flow(tiny: Technology) -> None:
    for technology in (GENERIC, tiny):
        assert [line.replace("one", "two") for line in technology.flow("one")] == technology.flow("two")


def test_technologies_and_units_that_are_written_alike_share_the_work(
    tiny: Technology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = [map_module(_THREE_GATES, "three", technology) for technology in (GENERIC, tiny)]
    runs = []

    def run_yosys(commands: Sequence[str], folder: Path) -> str:
        runs.append(commands[0])
        return yosys.run_yosys(commands, folder)

    monkeypatch.setattr(flow, "run_yosys", run_yosys)
    with keeping(Cache(tmp_path)):
        for _ in range(2):
            assert [map_module(_THREE_GATES, "three", technology) for technology in (GENERIC, tiny)] == plain
    assert runs == ["read_verilog three.v", "read_rtlil logic.il", "read_rtlil logic.il"]


def test_netlists_are_those_of_the_flow_that_reports_show(tiny: Technology, tmp_path: Path) -> None:
    unit = Multiplier(Parameters(E4M3, Method.EXACT), pipeline=1, style=Style.GATES)
    text = verilog(unit)
    for technology in (GENERIC, tiny):
        for file, content in {**technology.files, f"{unit.name}.v": text}.items():
            (tmp_path / file).write_bytes(content.encode() if isinstance(content, str) else content)
        yosys.run_yosys(technology.flow(unit.name), tmp_path)
        shown = json.loads((tmp_path / "netlist.json").read_text())["modules"][unit.name]
        assert map_module(text, unit.name, technology).module == shown


def test_the_version_is_a_number() -> None:
    assert yosys_version()[0].isdigit()
