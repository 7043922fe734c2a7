"""Verilog in and Verilog out: what is inlined, what is not, how wide it is, what it is called, and where it stands."""

import re

import pytest

from lmul.hdl.export.tidy import tidy

BITS = {"x": 1, "y": 1, "z": 1, "clk": 1, "d": 1, "a4": 4, "b4": 4, "a6": 6, "q4": 4}


def statements(*lines):
    return "".join(f"  {line}\n" for line in lines)


def tidied(*lines, **ports):
    """Tidy statements; of what comes out, a declaration with a value is taken apart, declarations first."""
    return apart(tidy(statements(*lines), BITS | ports))


def apart(text):
    declared, rest = [], []
    for line in re.findall(r"  (?:.*\n)(?:      .*\n)*", text):
        with_value = re.fullmatch(r"(?s)  wire ((?:\[\d+:0\] )?)(\S+) = (.*)", line)
        if with_value:
            declared.append(f"  wire {with_value[1]}{with_value[2]};\n")
            rest.append(f"  assign {with_value[2]} = {with_value[3]}")
        else:
            (declared if re.match(r"  (wire|reg) ", line) else rest).append(line)
    return "".join([*declared, *rest])


def test_a_wire_is_declared_with_its_value_unless_it_is_a_port_or_driven_otherwise():
    body = (
        "wire [3:0] b;",
        "wire c;",
        "wire x;",
        "wire driven;",
        "assign b = a4 & b4;",
        "assign x = b[3];",
        "assign c = driven | y;",
        "part one (",
        "  .o(driven)",
        ");",
    )
    written = (
        "wire [3:0] b = a4 & b4;",
        "assign x = b[3];",
        "wire c = driven | y;",
        "part one (",
        "  .o(driven)",
        ");",
    )
    assert tidy(statements(*body), BITS) == statements("wire x;", "wire driven;", *written)


def test_parts_of_a_wire_are_assigned_together_unless_one_reads_another():
    body = ("wire [7:0] b;", "assign b[7:4] = a4 + 4'h1;", "assign b[3:0] = { x, 3'h0 };")
    assert tidy(statements(*body), BITS) == "  wire [7:0] b = { a4 + 4'h1, x, 3'h0 };\n"
    body = ("wire [7:0] b;", "assign b[7:4] = a4 + b[3:0];", "assign b[3:0] = b4;", "assign q8 = b;")
    assert "assign b[7:4] = a4 + b[3:0];" in tidy(statements(*body), {**BITS, "q8": 8})


def test_a_part_of_a_wire_is_read_by_its_later_name():
    body = ("wire [3:0] s;", "wire [5:0] t;", "assign s = a4 + b4;", "assign t[5:3] = s[3:1] + 3'h3;")
    more = ("assign t[2:0] = s[2:0];", "assign q = & { t[5:3], s[2:0] };")
    assert tidy(statements(*body, *more), {**BITS, "q": 1}) == statements(
        "wire [3:0] s = a4 + b4;", "wire [5:0] t = { s[3:1] + 3'h3, s[2:0] };", "assign q = & t[5:0];"
    )


def test_bits_of_a_named_wire_that_nobody_reads_go():
    body = ("wire [5:0] s;", "assign s = a6 + a4;", "assign q4 = s[3:0];")
    assert tidy(statements(*body), BITS) == statements("wire [3:0] s = a6[3:0] + a4;", "assign q4 = s[3:0];")


def test_bits_of_inputs_that_nothing_reads_are_read():
    text = tidy(statements("assign q4 = a6[3:0];"), BITS, ["a6", "x"])
    assert text == "  assign q4 = a6[3:0];\n  wire unused_bits = & { a6[5:4], x };\n"


def test_a_named_wire_of_which_one_bit_is_read_keeps_its_index():
    text = tidy(statements("wire [3:0] s;", "assign s = a4 & b4;", "assign q = s[0];"), {**BITS, "q": 1})
    assert text == statements("wire [0:0] s = a4[0] & b4[0];", "assign q = s[0];")


def test_a_table_that_is_shifted_to_choose_a_bit_is_indexed():
    text = tidy(statements("wire b;", "assign b = 6'h2e >> { x, y, z };"), BITS)
    assert text == "  wire [7:0] b_table = 8'h2e;\n  wire b = b_table[{ x, y, z }];\n"


def test_an_unnamed_wire_that_is_read_once_goes_where_it_is_read():
    assert tidied("wire _0_;", "wire b;", "assign _0_ = x & y;", "assign b = _0_ | z;") == statements(
        "wire b;", "assign b = (x & y) | z;"
    )


def test_unnamed_wires_are_inlined_through_each_other():
    body = (
        "wire _0_;",
        "wire _1_;",
        "wire b;",
        "assign _1_ = ~ _0_;",
        "assign _0_ = a4[0] & y;",
        "assign b = _1_ ^ z;",
    )
    assert tidied(*body) == statements("wire b;", "assign b = (~ (a4[0] & y)) ^ z;")


def test_a_mere_name_gets_no_parentheses():
    assert tidied("wire _0_;", "wire b;", "assign _0_ = a4[3];", "assign b = _0_ | z;") == statements(
        "wire b;", "assign b = a4[3] | z;"
    )


def test_a_wire_that_is_read_twice_gets_the_name_of_its_reader():
    assert tidied("wire _0_;", "wire b;", "assign _0_ = x & y;", "assign b = (_0_ | z) ^ _0_;") == statements(
        "wire b_term;", "wire b;", "assign b_term = x & y;", "assign b = (b_term | z) ^ b_term;"
    )


def test_names_that_are_taken_get_a_number():
    body = ("wire b_term;", "wire _0_;", "wire b;", "assign b_term = x;", "assign _0_ = y;", "assign b = _0_ ^ _0_;")
    assert "assign b = b_term_2 ^ b_term_2;" in tidied(*body)


def test_a_named_wire_stays():
    body = ("wire carry;", "wire b;", "assign carry = x & y;", "assign b = carry | z;")
    assert tidied(*body) == statements(*body)


@pytest.mark.parametrize("value", ["u + v", "u == v", "u & v"])
def test_an_expression_of_unknown_width_stays(value):
    body = tidied("wire _0_;", "wire b;", f"assign _0_ = {value};", "assign b = _0_ | z;")
    assert f"  assign b_term = {value};\n" in body


def test_a_wire_of_several_bits_is_inlined_where_widths_are_equal():
    body = ("wire [3:0] _0_;", "wire [3:0] b;", "assign _0_ = a4 + b4;", "assign b = x ? _0_ : q4;")
    assert tidied(*body) == statements("wire [3:0] b;", "assign b = x ? (a4 + b4) : q4;")


def test_a_sum_that_begins_with_a_concatenation_gets_parentheses():
    body = ("wire [3:0] _0_;", "wire [3:0] b;", "assign _0_ = a6 + a4;", "assign b = q4 - _0_;")
    assert tidied(*body) == statements("wire [3:0] b;", "assign b = q4 - (a6[3:0] + a4);")
    body = ("wire [7:0] _0_;", "wire [7:0] b;", "assign _0_ = a6 + a4;", "assign b = c8 - _0_;")
    assert "assign b = c8 - ({ 2'h0, a6 } + { 4'h0, a4 });" in tidied(*body, c8=8)


@pytest.mark.parametrize("reader", ["a6 >> _0_", "- _0_", "_0_ ~^ a6", "x ? _0_ : 8'hxx"])
def test_nothing_is_inlined_where_the_width_around_it_would_count(reader):
    """The inverse of 4 bits, shifted in 8, is not the inverse of 8 bits, shifted."""
    body = ("wire [3:0] _0_;", "wire [7:0] b;", "assign _0_ = ~ a4;", f"assign b = {reader};")
    text = tidied(*body)
    assert "  assign b_term = ~ a4;\n" in text and f"  assign b = {reader.replace('_0_', 'b_term')};\n" in text


@pytest.mark.parametrize("value", ["a4 < b4", "! a4", "| a4", "& a4"])
def test_one_bit_in_a_wider_wire_is_not_inlined(value):
    body = ("wire [3:0] _0_;", "wire [7:0] b;", f"assign _0_ = {value};", "assign b = { _0_, a4 };")
    assert "assign b = { b_term, a4 };" in tidied(*body)


def test_a_shift_to_the_left_has_the_width_of_its_result():
    body = ("wire [3:0] _0_;", "wire [7:0] b;", "assign _0_ = ~ a4;", "assign b = _0_ << a4;")
    assert "assign b = { 4'h0, ~ a4 } << a4;" in tidied(*body)
    assert "assign b = (a4 & b4) << q4;" in tidied(
        "wire [3:0] _0_;", "wire [3:0] b;", "assign _0_ = a4 & b4;", "assign b = _0_ << q4;"
    )


def test_a_repetition_is_cut():
    body = ("wire [9:0] b;", "assign b = { {8{a4[3]}}, a4 };")
    assert tidied(*body) == statements("wire [9:0] b;", "assign b = { {6{a4[3]}}, a4 };")
    body = ("wire [8:0] b;", "assign b = { {3{x, a4[0]}}, a4 };")
    assert tidied(*body) == statements("wire [8:0] b;", "assign b = { a4[0], x, a4[0], x, a4[0], a4 };")


def test_a_part_of_a_wire_is_not_inlined():
    body = ("wire [3:0] _0_;", "wire b;", "assign _0_ = a4 + b4;", "assign b = _0_[3];")
    assert tidied(*body) == statements(
        "wire [3:0] b_term;", "wire b;", "assign b_term = a4 + b4;", "assign b = b_term[3];"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a4 + a6", "{ 4'h0, a4 } + { 2'h0, a6 }"),
        ("a4 - 4'hf", "{ 4'h0, a4 } - 8'h0f"),
        ("$signed(a4) + $signed(4'hf)", "{ {4{a4[3]}}, a4 } + 8'hff"),
        ("$signed({ a4[1], x }) - $signed(a6)", "{ {7{a4[1]}}, x } - { a6[5], a6[5], a6 }"),
        ("x ? a6 : 8'h00", "x ? { 2'h0, a6 } : 8'h00"),
        ("{ a6, a6 } & { x, 8'h12 }", "{ a6[1:0], a6 } & 8'h12"),
        ("~ { a6, a4 }", "~ { a6[3:0], a4 }"),
    ],
)
def test_operands_get_the_width_of_the_result(value, written):
    assert tidied("wire [7:0] b;", f"assign b = {value};") == statements("wire [7:0] b;", f"assign b = {written};")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a4 < a6", "{ 2'h0, a4 } < a6"),
        ("$signed(a4) >= $signed(1'h0)", "$signed(a4) >= $signed(4'h0)"),
        ("$signed(a4) < $signed(2'h2)", "$signed(a4) < $signed(4'he)"),
        ("$signed(a4) > $signed(3'd2)", "$signed(a4) > $signed(4'h2)"),
        ("a4 >= 2'h0", "1'h1"),
        ("a4 > 4'hf", "1'h0"),
        ("a6 > 4'hf", "a6 > 6'h0f"),
        ("! a4", "~| a4"),
        ("! x", "! x"),
    ],
)
def test_what_is_compared_has_one_width(value, written):
    assert tidied("wire b;", f"assign b = {value};") == statements("wire b;", f"assign b = {written};")


def test_bits_that_nobody_reads_go():
    body = (
        "wire [4:0] _0_;",
        "wire [5:0] _1_;",
        "wire [3:0] b;",
        "wire c;",
        "assign { _0_[4], b } = a4 + b4;",
        "assign _0_[3:0] = b;",
        "assign _1_ = a6 - a4;",
        "assign c = _1_[1] ^ _1_[0];",
    )
    assert tidied(*body) == statements(
        "wire [3:0] b;",
        "wire [1:0] c_term;",
        "wire c;",
        "assign b = a4 + b4;",
        "assign c_term = a6[1:0] - a4[1:0];",
        "assign c = c_term[1] ^ c_term[0];",
    )


def test_a_wire_goes_into_a_clocked_statement_and_a_register_gets_a_name():
    body = ("reg q;", "reg [1:0] _1_;", "wire [3:0] w;", "wire _0_;", "assign _0_ = x & y;", "assign w[3:2] = _1_;")
    clocked = "  always @(posedge clk)\n    if (_0_) q <= d;\n  always @(posedge clk)\n    _1_ <= a4[1:0];\n"
    text = tidy(statements(*body) + clocked, BITS)
    assert "    if (x & y) q <= d;\n" in text and "  reg [1:0] w_3_2;\n" in text and "    w_3_2 <= a4[1:0];\n" in text


def test_an_output_that_nobody_reads_is_called_so():
    instance = "  part inner (\n    .x(_0_),\n    .y(_1_)\n  );\n"
    text = tidy(statements("wire _0_;", "wire _1_;", "assign _0_ = x & y;") + instance, BITS)
    assert text == "  wire unused;\n  part inner (\n    .x(x & y), .y(unused)\n  );\n"


def test_long_lines_are_folded_and_repetitions_written_as_such():
    many = ", ".join(["a4[3]"] * 40)
    [_, *lines] = tidied("wire [43:0] b;", f"assign b = {{ {many}, a4 }};").splitlines()
    assert lines == ["  assign b = { {40{a4[3]}}, a4 };"]
    names = [f"a_long_name_{i}" for i in range(12)]
    text = tidied("wire [11:0] b;", f"assign b = {{ {', '.join(names)} }};", **dict.fromkeys(names, 1))
    assert max(map(len, text.splitlines())) <= 110
    assert " ".join(text.split()) == f"wire [11:0] b; assign b = {{ {', '.join(names)} }};"


def test_clocked_statements_come_last():
    clocked = "  always @(posedge clk)\n    if (take) q <= d;\n"
    body = statements("reg q;", "wire take;") + clocked + statements("assign take = x & y;")
    assert tidy(body, BITS) == statements("reg q;", "wire take = x & y;") + clocked


def test_what_is_read_stands_above_what_reads_it():
    body = ("wire a;", "wire b;", "wire c;", "assign c = b | x;", "assign b = ~ a;", "assign a = x & y;")
    assert re.findall(r"assign (\w+)", tidied(*body)) == ["a", "b", "c"]


def test_statements_that_do_not_read_each_other_keep_their_order():
    body = ("wire a;", "wire b;", "wire c;", "assign b = x;", "assign a = y;", "assign c = z;")
    assert re.findall(r"assign (\w+)", tidied(*body)) == ["b", "a", "c"]


def test_bits_of_one_wire_stand_above_what_reads_the_wire():
    body = ("wire [1:0] a;", "wire b;", "assign b = a[0] | a[1];", "assign a[1] = x;", "assign a[0] = y;")
    assert re.findall(r"assign (\S+ = .*);", tidied(*body)) == ["a = { x, y }", "b = a[0] | a[1]"]


def test_an_instance_keeps_a_connection_that_nests_parentheses():
    instance = "  part inner (\n    .x((((((x & y) | x) & y) | x) & y)),\n    .y(d)\n  );\n"
    assert tidy(instance, BITS) == "  part inner (\n    .x((((((x & y) | x) & y) | x) & y)), .y(d)\n  );\n"
