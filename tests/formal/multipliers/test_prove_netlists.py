# amaranth: UnusedElaboratable=no
"""Netlists of the report's flow, as they are and with a cell changed."""

import re
from collections import Counter

import pytest

from lmul.formal.multipliers.netlist_equivalence import compared
from lmul.formal.multipliers.prove_netlists import prove_netlist, wrong_cell
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.mapping.flow import map_module, synthesise
from lmul.synth.technology.cell_models import cell_modules
from lmul.synth.technology.technology import GENERIC

E4M3 = Parameters(format_named("e4m3"), Method.EXACT, Policy.IEEE, overflow=Overflow.INF)
WIDE = Parameters(format_named("bf16"), Method.EXACT)
CELLS = "".join(cell_modules(GENERIC).values())


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    found = {}
    for p in (E4M3, WIDE):
        verilog = export(Multiplier(p, style=Style.GATES), tmp_path_factory.mktemp("v")).verilog.read_text()
        found[p] = verilog, map_module(verilog, p.name, GENERIC).netlist
    return found


def test_the_netlist_is_the_one_that_the_report_measures(texts):
    proof = prove_netlist(E4M3, GENERIC, cell_modules(GENERIC))
    assert proof.outcome == "proved" and proof.control.expected != proof.control.got
    assert proof.cost == synthesise(texts[E4M3][0], E4M3.name, GENERIC)
    instances = re.findall(r"^  (\w+) _\w+ \($", texts[E4M3][1], re.MULTILINE)
    assert Counter(instances) == proof.cost.cells


@pytest.mark.parametrize("patterns", [16, 1 << 16])
def test_a_wide_unit_is_proved_whatever_it_was_simulated_with(texts, patterns):
    assert compared(*texts[WIDE], CELLS, WIDE, patterns=patterns).holds is True


@pytest.mark.parametrize("parameters", [E4M3, WIDE], ids=["e4m3", "bf16"])
def test_a_cell_of_another_kind_is_refuted(texts, parameters):
    verilog, netlist = texts[parameters]
    for wrong, right in (("NOR2", "NAND2"), ("XOR2", "XNOR2"), ("AOI21", "OAI21")):
        places = list(re.finditer(rf"^  {right} ", netlist, re.MULTILINE))
        assert places
        place = places[len(places) // 2]
        changed = f"{netlist[: place.start()]}  {wrong} {netlist[place.end() :]}"
        found = compared(verilog, changed, CELLS, parameters)
        assert found.holds is False and found.difference.expected != found.difference.got


@pytest.fixture
def rarely_wrong(texts):
    """The netlist, but for one pair of operands that is not among those simulated."""
    name = WIDE.name
    inner = texts[WIDE][1].replace(f"module {name}(", "module inner(")
    return f"""\
module {name} (input [15:0] x, y, output [15:0] p);
  wire [15:0] q;
  inner i (.x(x), .y(y), .p(q));
  assign p = q ^ ({{x, y}} == 32'h3F8540A3);
endmodule
{inner}"""


def test_a_mistake_for_one_pair_of_operands_is_found_by_proof(texts, rarely_wrong):
    found = compared(texts[WIDE][0], rarely_wrong, CELLS, WIDE, patterns=16)
    assert (found.difference.x, found.difference.y) == (0x3F85, 0x40A3)


def test_without_time_the_unit_is_simulated_and_said_to_be(texts, rarely_wrong):
    found = compared(texts[WIDE][0], rarely_wrong, CELLS, WIDE, seconds=0)
    assert found.holds is None
    assert re.match(
        r"simulated with 1,\d\d\d,\d\d\d pairs, not proved: 0 s did not suffice for 1 of 16 bits$", found.how
    )


def test_a_wrong_cell_has_all_outputs_inverted():
    text = "module HA(A, B, S, C);\n  input A;\n  input B;\n  output S;\n  output C;\n"
    text += "  assign S = A ^ B;\n  assign C = A & B;\nendmodule\n"
    assert "assign S = ~(A ^ B);\n  assign C = ~(A & B);" in wrong_cell(text, "HA")
