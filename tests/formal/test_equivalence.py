import pytest

from lmul.formal.equivalence import equivalent

TEXT = "module a (input [1:0] x, y, output [1:0] z);\n  assign z = {};\nendmodule\n"


def test_two_texts_of_one_function_are_equal():
    assert equivalent(TEXT.format("x + y"), TEXT.format("y - ~x - 2'd1"), "a") is None


def test_a_difference_is_told_by_inputs_and_outputs():
    found = equivalent(TEXT.format("x & y"), TEXT.format("x"), "a")
    x, y = found.inputs["x"], found.inputs["y"]
    assert (found.first["z"], found.second["z"]) == (x & y, x) and x & y != x


def test_other_ports_are_an_error():
    with pytest.raises(ValueError, match=r"^ports of a must be the same in both texts, not .*$"):
        equivalent(TEXT.format("x"), TEXT.format("x").replace("z", "w"), "a")


def test_a_register_is_an_error():
    text = "module a (input clk, output reg z); always @(posedge clk) z <= ~z; endmodule\n"
    with pytest.raises(ValueError, match=r"^a must be combinational, not with the register z$"):
        equivalent(text, text, "a")
