"""What cells are for."""

from lmul.synth.layout.purpose import Purpose, core_purposes, multiplier_purposes, supports
from lmul.synth.layout.wiring import Wiring
from lmul.synth.mapping.flow import map_module

# x and y: a mantissa bit, two exponent bits, a sign.
_MULTIPLIER = """module m (input [3:0] x, y, output a, b, c, d);
  assign a = x[0] ^ y[0];
  assign b = x[1] ^ y[1];
  assign c = ~(x[1] | x[2]);
  assign d = (x[3] ^ y[3]);
endmodule
"""
_CORE = """module c (input clk, load, input [1:0] x, word, output reg total);
  reg [1:0] words;
  wire [1:0] products = x & words;
  always @(posedge clk) begin words <= word; total <= total ^ (products[0] ^ products[1]); end
endmodule
"""


def test_cells_of_a_multiplier(tiny):
    wiring = Wiring(map_module(_MULTIPLIER, "m", tiny).module)
    assert {frozenset(bits) for bits in supports(wiring).values()} >= {
        frozenset({"x[0]", "y[0]"}),
        frozenset({"x[1]", "x[2]"}),
    }
    purposes = multiplier_purposes(wiring, (1, 1), (2, 2))
    by_bits = {bits: purposes[cell] for cell, bits in supports(wiring).items()}
    assert by_bits[frozenset({"x[0]", "y[0]"})] is Purpose.MANTISSA
    assert by_bits[frozenset({"x[1]", "y[1]"})] is Purpose.EXPONENT
    assert by_bits[frozenset({"x[1]", "x[2]"})] is Purpose.ZERO
    assert by_bits[frozenset({"x[3]", "y[3]"})] is Purpose.EDGES


def test_what_is_behind_a_zero_test_is_an_edge(tiny):
    text = _MULTIPLIER.replace("assign a = x[0] ^ y[0]", "assign a = (x[0] ^ y[0]) & ~(x[1] | x[2])")
    wiring = Wiring(map_module(text, "m", tiny).module)
    purposes = multiplier_purposes(wiring, (1, 1), (2, 2))
    whole = frozenset({"x[0]", "y[0]", "x[1]", "x[2]"})
    assert {purposes[cell] for cell, bits in supports(wiring).items() if bits == whole} == {Purpose.EDGES}


def test_cells_of_a_core(tiny):
    wiring = Wiring(map_module(_CORE, "c", tiny).module)
    purposes = core_purposes(wiring, 2)
    assert set(purposes) == {Purpose.REGISTER, Purpose.LANE, Purpose.TREE}
    assert purposes.count(Purpose.REGISTER) == sum(wiring.registers) == 3
    for cell, bits in supports(wiring).items():
        lanes = {bit[-2] for bit in bits if bit.startswith("x[")}
        if len(lanes) > 1:
            assert purposes[cell] is Purpose.TREE
        elif any(bit.startswith("x[") for bit in bits) and len(bits) == 2:
            assert purposes[cell] is Purpose.LANE
