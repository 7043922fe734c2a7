"""Verilog in and Verilog out: what is inlined, what is not, and in which order it stands."""

import re

import pytest

from lmul.hdl.export.tidy import tidy


def statements(*lines):
    return "".join(f"  {line}\n" for line in lines)


def test_an_unnamed_wire_that_is_read_once_goes_where_it_is_read():
    body = statements("wire _0_;", "wire b;", "assign _0_ = x & y;", "assign b = _0_ | z;")
    assert tidy(body) == statements("wire b;", "assign b = (x & y) | z;")


def test_unnamed_wires_are_inlined_through_each_other():
    body = statements(
        "wire _0_;",
        "wire _1_;",
        "wire b;",
        "assign _1_ = ~ _0_;",
        "assign _0_ = x[0] & y;",
        "assign b = _1_ ^ z;",
    )
    assert tidy(body) == statements("wire b;", "assign b = (~ (x[0] & y)) ^ z;")


def test_a_mere_name_gets_no_parentheses():
    body = statements("wire _0_;", "wire b;", "assign _0_ = x[3];", "assign b = _0_ | z;")
    assert tidy(body) == statements("wire b;", "assign b = x[3] | z;")


def test_a_wire_that_is_read_twice_stays():
    body = statements("wire _0_;", "wire b;", "assign _0_ = x & y;", "assign b = (_0_ | z) ^ _0_;")
    assert tidy(body) == body


def test_a_named_wire_stays():
    body = statements("wire carry;", "wire b;", "assign carry = x & y;", "assign b = carry | z;")
    assert tidy(body) == body


@pytest.mark.parametrize("value", ["x + y", "x == y", "x < y"])
def test_an_expression_whose_bits_depend_on_the_width_around_it_stays(value):
    body = statements("wire _0_;", "wire b;", f"assign _0_ = {value};", "assign b = _0_ | z;")
    assert tidy(body) == body


def test_a_wire_of_several_bits_stays():
    body = statements("wire [3:0] _0_;", "wire [3:0] b;", "assign _0_ = x & y;", "assign b = _0_ | z;")
    assert tidy(body) == body


def test_a_wire_is_not_inlined_into_a_clocked_statement():
    clocked = "  always @(posedge clk)\n    if (_0_) q <= d;\n"
    body = statements("reg q;", "wire _0_;", "assign _0_ = x & y;") + clocked
    assert tidy(body) == body


def test_clocked_statements_come_last():
    clocked = "  always @(posedge clk)\n    if (take) q <= d;\n"
    body = statements("reg q;", "wire take;") + clocked + statements("assign take = x & y;")
    assert tidy(body) == statements("reg q;", "wire take;", "assign take = x & y;") + clocked


def test_what_is_read_stands_above_what_reads_it():
    body = statements("wire a;", "wire b;", "wire c;", "assign c = b | x;", "assign b = ~ a;", "assign a = x & y;")
    targets = re.findall(r"assign (\w+)", tidy(body))
    assert targets == ["a", "b", "c"]


def test_statements_that_do_not_read_each_other_keep_their_order():
    body = statements("wire a;", "wire b;", "wire c;", "assign b = x;", "assign a = y;", "assign c = z;")
    assert tidy(body) == body


def test_bits_of_one_wire_stand_above_what_reads_the_wire():
    body = statements("wire [1:0] a;", "wire b;", "assign b = a[0] | a[1];", "assign a[1] = x;", "assign a[0] = y;")
    targets = re.findall(r"assign (\S+)", tidy(body))
    assert sorted(targets) == ["a[0]", "a[1]", "b"] and targets[-1] == "b"
