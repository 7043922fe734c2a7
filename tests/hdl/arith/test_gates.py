# amaranth: UnusedElaboratable=no
"""Gates and adders, simulated, against sums of Python integers."""

from itertools import product

import pytest
from amaranth.hdl import Module, Signal, Value

from lmul.hdl.arith.gates import (
    add_bits,
    all_of,
    any_of,
    bits_of,
    carry_save,
    constant_bits,
    is_constant,
    lookup,
    ripple,
    wire,
)


def pairs(width):
    return list(product(range(1 << width), repeat=2))


@pytest.mark.parametrize("constants", list(product((0, 1, None), repeat=3)), ids=str)
def test_three_bits_add_up_whichever_of_them_are_constants(evaluate, constants):
    def build(m, bits):
        return list(add_bits(*(bit if given is None else given for bit, given in zip(bits, constants, strict=True))))

    expected = []
    for value in range(8):
        expected.append(sum(value >> i & 1 if given is None else given for i, given in enumerate(constants)))
    assert evaluate([3], build, [(value,) for value in range(8)]) == expected


def test_a_sum_of_constants_is_a_constant():
    assert [add_bits(*bits) for bits in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1))] == [
        (0, 0),
        (1, 0),
        (0, 1),
        (1, 1),
    ]


def test_a_wire_plus_zero_is_that_wire():
    bit = Signal()
    total, carry = add_bits(0, bit, 0)
    assert total is bit and is_constant(carry, 0)


@pytest.mark.parametrize("carry", [0, 1, None])
def test_a_ripple_adds(evaluate, carry):
    def build(m, x, y, c):
        total, out = ripple(m, "sum", x, y, c[0] if carry is None else carry)
        return [*total, out]

    vectors = [(x, y, c) for x, y in pairs(4) for c in (0, 1)]
    expected = [x + y + (c if carry is None else carry) for x, y, c in vectors]
    assert evaluate([4, 4, 1], build, vectors) == expected


def test_a_ripple_refuses_operands_of_different_lengths():
    with pytest.raises(ValueError, match=r"^zip\(\) argument 2 is longer than argument 1$"):
        ripple(Module(), "sum", [0], [0, 0], 0)


@pytest.mark.parametrize("addend", range(16))
@pytest.mark.parametrize("carry", [0, 1, None])
def test_a_third_constant_operand_folds_into_two(evaluate, addend, carry):
    """The two operands that are left add up to the three, and to the carry."""

    def build(m, x, y, c):
        left, right = carry_save(m, "sum", x, y, constant_bits(addend, 4), c[0] if carry is None else carry)
        assert (len(left), len(right)) == (4, 5)
        return [*left, *right]

    vectors = [(x, y, c) for x, y in pairs(4) for c in (0, 1)]
    sums = [(both & 15) + (both >> 4) for both in evaluate([4, 4, 1], build, vectors)]
    assert sums == [x + y + addend + (c if carry is None else carry) for x, y, c in vectors]


@pytest.mark.parametrize("addend", [0, 1, 6, 13])
def test_carry_save_and_one_ripple_add_three_operands(evaluate, addend):
    def build(m, x, y, c):
        left, right = carry_save(m, "sum", x, y, constant_bits(addend, 4), c[0])
        total, out = ripple(m, "sum", left, right[:4], c[1])
        return [*total, *add_bits(right[4], out, 0)]

    vectors = [(x, y, c) for x, y in pairs(4) for c in range(4)]
    assert evaluate([4, 4, 2], build, vectors) == [x + y + addend + (c & 1) + (c >> 1) for x, y, c in vectors]


def test_a_third_operand_of_wires_folds_into_two(evaluate):
    def build(m, x, y, z):
        left, right = carry_save(m, "sum", x, y, z)
        return [*left, *right]

    vectors = list(product(range(8), repeat=3))
    assert [(both & 7) + (both >> 3) for both in evaluate([3, 3, 3], build, vectors)] == [sum(v) for v in vectors]


def test_columns_below_the_addend_pass_unchanged():
    x, y = bits_of(Signal(4, name="x")), bits_of(Signal(4, name="y"))
    left, right = carry_save(Module(), "sum", x, y, constant_bits(4, 4))
    assert all(a is b for a, b in zip([*left[:2], *right[:2]], [*x[:2], *y[:2]], strict=True))
    assert is_constant(right[2], 0)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_lookup_gives_the_entry_of_its_index_for_every_table(evaluate, width):
    size = 1 << width
    tables = [[code >> i & 1 for i in range(size)] for code in range(1 << size)]
    results = evaluate(
        [width], lambda m, index: [lookup(index, table) for table in tables], [(i,) for i in range(size)]
    )
    for i, bits in enumerate(results):
        assert [bits >> code & 1 for code in range(len(tables))] == [table[i] for table in tables]


def test_a_lookup_in_equal_entries_costs_nothing():
    index = bits_of(Signal(2))
    assert [lookup(index, [bit] * 4) for bit in (0, 1)] == [0, 1]
    assert lookup(index, [0, 0, 1, 1]) is index[1]


@pytest.mark.parametrize("width", [0, 1, 3])
def test_any_and_all_are_those_of_python(evaluate, width):
    def build(m, bits):
        return [any_of(bits[:width]), all_of(bits[:width])]

    expected = []
    for value in range(8):
        bits = [value >> i & 1 for i in range(width)]
        expected.append(any(bits) | all(bits) << 1)
    assert evaluate([3], build, [(value,) for value in range(8)]) == expected


def test_constants_count_in_any_and_all(evaluate):
    def build(m, bits):
        return [any_of([*bits, 1]), any_of([*bits, 0]), all_of([*bits, 1]), all_of([*bits, 0])]

    assert evaluate([1], build, [(0,), (1,)]) == [0b0001, 0b0111]


def test_bits_come_lowest_first(evaluate):
    assert evaluate([4], lambda m, bits: [*bits_of(Value.cast(bits[3])), bits[0]], [(8,), (1,)]) == [1, 2]
    assert constant_bits(6, 4) == [0, 1, 1, 0]
    assert constant_bits(-3, 4) == [1, 0, 1, 1]


def test_a_wire_has_the_name_it_is_given():
    m = Module()
    signal = wire(m, "carry", Signal())
    assert isinstance(signal, Signal) and signal.name == "carry" and len(signal) == 1


def test_a_constant_stays_one():
    assert wire(Module(), "carry", 1) == 1
    assert is_constant(0, 0) and not is_constant(1, 0) and not is_constant(Signal(), 0)
