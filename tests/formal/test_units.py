"""The list of what is proved: everything that can be exported for a format, once."""

from lmul.formal.units import MIXED, formats, units
from lmul.golden.formats import FORMATS, format_named
from lmul.golden.parameters import Method, Policy, Rounding

E4M3 = units([format_named("e4m3")])


def test_every_method_under_every_policy_is_there():
    found = {(u.parameters.policy, u.parameters.method) for u in E4M3 if not u.pipeline}
    assert found == {(p, m) for p in Policy for m in Method} - {(Policy.RAW, Method.EXACT)}
    assert {u.parameters.rounding for u in E4M3 if u.parameters.method is Method.EXACT} == set(Rounding)
    assert {u.parameters.table_bits for u in E4M3} == {None, 1, 2, 3}
    assert sum(u.any_constant for u in E4M3) == 4


def test_each_unit_is_there_once_by_name_and_pipelined_by_both_depths():
    names = [u.build().name for u in E4M3]
    assert len(names) == len(set(names))
    clocked = [(u.parameters.name, u.pipeline) for u in E4M3 if u.pipeline]
    edges = {
        "lmul": ("raw", "flush", "ieee_inf"),
        "corrected2": ("raw", "flush", "ieee_inf"),
        "exact": ("flush", "ieee_inf"),
    }
    expected = {(f"{method}_e4m3_{edge}", depth) for method in edges for edge in edges[method] for depth in (1, 2)}
    assert set(clocked) == expected


def test_every_named_format_is_there_and_every_mixed_pair():
    assert {format_named(name) for name in FORMATS} <= set(formats())
    pairs = {(u.parameters.format, u.parameters.y_format) for u in units()}
    assert pairs == {(f, f) for f in formats()} | {(format_named(x), format_named(y)) for x, y, _ in MIXED}
