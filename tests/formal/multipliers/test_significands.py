"""A product of significands that is proved apart stands for no other product."""

from bitwuzla import TermManager

from lmul.formal.integers import unsigned
from lmul.formal.multipliers.significands import KnownProduct, Significands
from lmul.formal.smt import always, load

TEXT = """module top(input [2:0] x, input [2:0] y, input [7:0] product, output [7:0] p);
  assign p = product;
endmodule
"""


def test_a_known_product_is_that_of_its_own_operands():
    tm = TermManager()
    circuit = load(tm, TEXT, "top")
    circuit.state("s")
    operands = [*(("x", i) for i in range(3)), 1], [*(("y", i) for i in range(3)), 1]
    found = Significands(operands, [("product", i) for i in range(8)], False)
    x, y = (unsigned(tm, circuit.net(name, "s")) + 8 for name in "xy")
    for arguments, holds in (((x, y), True), ((x, x), False), ((x, y + 1), False), ((y, x), False)):
        multiply = KnownProduct(tm, found, circuit, "s")
        product = multiply(*arguments)
        assert always(tm, multiply.arguments.term).holds is holds
        assert always(tm, ((product >= 64) & (product <= 225)).term, multiply.given).holds
