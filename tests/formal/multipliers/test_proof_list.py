"""The list of what is proved: everything that can be exported for a format, once."""

from itertools import product

import pytest

from lmul.formal.multipliers.proof_list import MIXED, MORE, formats, units
from lmul.golden.formats import FORMATS, format_named
from lmul.golden.methods import MULTIPLIER_KINDS, MethodKind, Rounding
from lmul.golden.parameters import Overflow, Policy
from lmul.hdl.arith.exponent import exponent_width, shares_normaliser
from lmul.hdl.style import Style

ALL = units()
COMBINATIONAL = {u.parameters for u in ALL if not u.pipeline}
E4M3 = units([format_named("e4m3")])


def test_every_method_under_every_policy_is_there():
    found = {(u.parameters.policy, u.parameters.method.kind) for u in E4M3 if not u.pipeline}
    assert found == {(p, m) for p in Policy for m in MULTIPLIER_KINDS} - {(Policy.RAW, MethodKind.EXACT)}
    assert {u.parameters.rounding for u in E4M3 if u.parameters.method.is_exact} == set(Rounding)
    assert {u.parameters.table_bits for u in E4M3} == {0, 1, 2, 3}
    assert sum(u.any_constant for u in E4M3 if u.parameters.result == u.parameters.format) == 4  # edges


def test_each_unit_is_there_once_by_name_and_pipelined_by_both_depths():
    names = [(u.build().name, u.style) for u in E4M3]
    assert len(names) == len(set(names))
    rtl, gates = ({(u.parameters, u.pipeline) for u in E4M3 if u.style is style} for style in (Style.RTL, Style.GATES))
    assert rtl == gates
    clocked = [(u.parameters.name, u.pipeline) for u in E4M3 if u.pipeline and u.style is Style.RTL]
    edges = {
        "lmul": ("raw", "flush", "ftz_inf", "ieee_inf"),
        "corrected2": ("raw", "flush", "ftz_inf", "ieee_inf"),
        "exact": ("flush", "ftz_inf", "ieee_inf"),
    }
    expected = {(f"{method}_e4m3_{edge}", depth) for method in edges for edge in edges[method] for depth in (1, 2)}
    assert set(clocked) == expected


def test_every_named_format_is_there_and_every_mixed_pair():
    assert {format_named(name) for name in FORMATS} <= set(formats())
    pairs = {(u.parameters.format, u.parameters.y_format) for u in ALL}
    assert pairs == {(f, f) for f in formats()} | {(format_named(x), format_named(y)) for x, y, _ in (*MIXED, *MORE)}


def methods(policy, overflow, condition):
    """Kinds of method, with rounding and t, of the combinational units whose parameters fulfil a condition."""
    return {
        (p.method.kind, p.rounding, p.table_bits)
        for p in COMBINATIONAL
        if (p.policy, p.overflow) == (policy, overflow) and condition(p)
    }


OWN = {
    (MethodKind.LMUL, Rounding.NEAREST, 0),
    (MethodKind.CORRECTED, Rounding.NEAREST, 2),
    (MethodKind.EXACT, Rounding.NEAREST, 0),
    (MethodKind.EXACT, Rounding.ZERO, 0),
}
EDGES = list(product((Policy.FTZ, Policy.IEEE), Overflow))


@pytest.mark.parametrize("longer", [-1, 1])
def test_results_shorter_and_longer_than_the_operands_are_there(longer):
    def is_such(p):
        return (p.result.mantissa_bits > p.mantissa_bits) - (p.result.mantissa_bits < p.mantissa_bits) == longer

    for edge in ((Policy.FLUSH, None), (Policy.IEEE, Overflow.SATURATE)):
        assert methods(*edge, is_such) == methods(*edge, lambda p: True)
    for edge in EDGES:
        assert methods(*edge, is_such) >= OWN
    assert methods(Policy.RAW, None, is_such) == {each for each in OWN if each[0] is not MethodKind.EXACT}


def test_numbers_of_any_size_are_multiplied_by_every_method():
    """Under each policy by all of them in the named formats, and by those that stand for others wherever it can be."""
    named = {format_named(name) for name in FORMATS}
    for policy, overflow in ((Policy.FLUSH, None), (Policy.FTZ, Overflow.SATURATE), (Policy.IEEE, Overflow.SATURATE)):
        for f in named:
            of_f = methods(policy, overflow, lambda p, f=f: p.format == p.y_format == p.result == f)
            assert of_f == methods(policy, overflow, lambda p, f=f: p.mantissa_bits == f.mantissa_bits)
    for f in formats():
        fewer = {each for each in OWN if each[2] <= f.mantissa_bits}
        for policy in (Policy.FLUSH, Policy.IEEE):
            edge = (policy, Overflow.SATURATE if policy is Policy.IEEE else None)
            assert methods(*edge, lambda p, f=f: p.format == p.y_format == f) >= fewer


def ieee(condition):
    return methods(Policy.IEEE, Overflow.SATURATE, condition)


@pytest.mark.parametrize(("fewer", "shared"), list(product([-1, 0, 1], [False, True])))
def test_mixed_formats_cover_every_method_for_each_order_of_mantissa_bits_and_kind_of_normaliser(fewer, shared):
    def is_such(p):
        x, y = p.format.mantissa_bits, p.y_format.mantissa_bits
        return p.format != p.y_format and (x > y) - (x < y) == fewer and shares_normaliser(p) == shared

    assert ieee(is_such) == ieee(lambda p: True)


def test_mixed_formats_cover_every_method_where_zeros_of_a_shared_normaliser_decide_the_width():
    """There x has fewer mantissa bits than y, and as many zeros counted as y can have need a bit more."""

    def is_such(p):
        x, y, smallest = p.format.mantissa_bits, p.y_format.mantissa_bits, -1 << exponent_width(p) - 2
        return shares_normaliser(p) and 2 - p.bias - x - y >= smallest > 2 - p.bias - 2 * y

    assert ieee(is_such) == ieee(lambda p: True)
