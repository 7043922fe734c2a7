# amaranth: UnusedElaboratable=no
"""What a Verilog text must not get away with when it is read back."""

import pytest

from lmul.formal.multipliers.multiplier import prove_verilog
from lmul.formal.multipliers.pipeline import prove_clocked
from lmul.golden.formats import E2M1
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier

P = Parameters(E2M1)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The Verilog of a unit, and of the same with one rank of registers."""
    folder = tmp_path_factory.mktemp("verilog")
    return [export(Multiplier(P, depth), folder).verilog.read_text() for depth in (0, 1)]


def changed(text, right, wrong):
    assert right in text
    return text.replace(right, wrong)


def test_a_bit_that_is_x_is_no_bit_of_a_product(texts):
    text = changed(texts[0], "assign p = {", "assign p = (x == 0) ? 4'bx : {")
    assert prove_verilog(text, P.name, P).outcome == "refuted"


def test_a_bit_that_is_z_is_refused(texts):
    text = changed(texts[0], "assign p = {", "assign p = (x == 0) ? 4'bz : {")
    with pytest.raises(ValueError, match=r"^lmul_e2m1_flush must not have z, "):
        prove_verilog(text, P.name, P)


@pytest.mark.parametrize("edge", ["negedge clk", "posedge i_valid", "posedge o_ready"])
def test_registers_take_the_rising_edge_of_the_clock(texts, edge):
    plain, clocked = texts
    text = changed(clocked, "posedge clk", edge)
    with pytest.raises(
        ValueError, match=r"^every register of lmul_e2m1_flush_p1 must take the rising edge of clk, not "
    ):
        prove_clocked(text, plain, f"{P.name}_p1", P, 1)


@pytest.mark.parametrize(("right", "wrong"), [("[3:0] x", "[2:0] x"), ("[3:0] y", "[4:0] y"), ("[3:0] x", "[3:0] z")])
def test_ports_are_whole_codes(texts, right, wrong):
    with pytest.raises(ValueError, match=r"^ports of lmul_e2m1_flush must be \{'x': \('input', 4\), .*\}, not \{.*\}$"):
        prove_verilog(changed(texts[0], right, wrong).replace("x[3]", "1'b0"), P.name, P)
