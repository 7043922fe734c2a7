import re

import pytest

from lmul.golden.methods import CATALOGUE, MULTIPLIER_KINDS, Method, MethodKind, Rounding, multiplier_methods

TABLE = ((0, 7), (7, 0))


LOG = [Method.log(0), Method.log(1, 2), Method.log(4, 4, 12), Method.log(2, d=-3)]


@pytest.mark.parametrize(
    "method", [*CATALOGUE, Method.constant(0), Method.constant(12), Method.ROUNDED_RTZ, *LOG], ids=str
)
def test_a_name_gives_the_method_back(method):
    assert Method.parse(method.name) == method


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "method must be one of lmul, .*, with its number, not ''"),
        ("booth", "method must be one of lmul, .*, with its number, not 'booth'"),
        ("corrected2xa0e10c7a", "method must be one of lmul, .*, with its number, not 'corrected2xa0e10c7a'"),
        ("constant", "method must have its number as in constant3 or corrected2, not 'constant'"),
        ("constant03", "method must have its number as in constant3 or corrected2, not 'constant03'"),
        ("lmul3", "constant must be left out unless the method is constant, not 3"),
        ("mitchell_rtz", "rounding must be left out unless the method is exact, not 'zero'"),
        ("log", "method log must have its guard bits, and segments as in log1 or log1s2, not 'log'"),
        ("log1s1", "method must be one of lmul, .*, with its number, not 'log1s1'"),
        ("log1d0", "method must be one of lmul, .*, with its number, not 'log1d0'"),
        ("log5", "guard must be 0 to 4 for the method log, not 5"),
        ("log1s3", "segments must be 1, 2, 4, not 3"),
        ("corrected2_rtz", "rounding must be left out unless the method is exact, not 'zero'"),
    ],
)
def test_other_names_are_refused(name, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        Method.parse(name)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"d": 1}, "constant must be left out unless the method is constant, not 1"),
        ({"table_bits": 2}, "table_bits must be left out unless the method is corrected, not 2"),
        ({"table": TABLE}, "table must be left out unless the method is corrected, not ((0, 7), (7, 0))"),
        ({"rounding": Rounding.ZERO}, "rounding must be left out unless the method is exact, not 'zero'"),
        ({"guard": 1}, "guard must be left out unless the method is log, not 1"),
        ({"segments": 2}, "segments must be left out unless the method is log, not 2"),
        ({"log_table": (0, 1)}, "log_table must be left out unless the method is log, not (0, 1)"),
    ],
)
def test_what_a_kind_does_not_take_is_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Method(MethodKind.LMUL, **arguments)


def test_arguments_of_other_types_are_refused():
    with pytest.raises(TypeError, match=r"^kind must be a MethodKind, not 'lmul'$"):
        Method("lmul")
    with pytest.raises(TypeError, match=r"^rounding must be a Rounding, not 'zero'$"):
        Method(MethodKind.EXACT, rounding="zero")
    with pytest.raises(TypeError, match=r"^log_table must be a tuple of ints, not \[0, 1\]$"):
        Method.log(0, table=[0, 1])


def test_log_has_names_for_all_its_numbers():
    names = [Method.log(1, 2, table=(0, 5)).name, *(method.name for method in LOG)]
    assert names == ["log1s2x989eb339", "log0", "log1s2", "log4s4d12", "log2n3"]
    with pytest.raises(ValueError, match=r"^guard must be 0 to 4 for the method log, not None$"):
        Method(MethodKind.LOG)


@pytest.mark.parametrize("number", [True, 1.0, "1"], ids=repr)
def test_numbers_are_ints(number):
    with pytest.raises(TypeError, match=rf"^constant must be an int, not {number!r}$"):
        Method.constant(number)
    with pytest.raises(TypeError, match=rf"^table_bits must be an int, not {number!r}$"):
        Method.corrected(number)


def test_labels():
    labels = [method.label for method in (Method.LMUL, Method.MITCHELL, Method.corrected(2), Method.EXACT)]
    assert labels == ["L-Mul", "Mitchell", "corrected2", "exact"]


def test_a_dot_product_and_a_multiplier_of_one_method():
    assert Method.ROUNDED_RTZ.of_multiplier == Method.EXACT_RTZ and Method.EXACT_RTZ.narrow == Method.ROUNDED_RTZ
    assert [m for m in CATALOGUE if m.of_multiplier != m] == [m for m in CATALOGUE if m.is_dot_only] == [Method.ROUNDED]
    assert [m for m in CATALOGUE if m.is_full] == [Method.EXACT, Method.EXACT_RTZ]


def test_the_catalogue_has_every_kind_but_log_and_each_method_once():
    assert {method.kind for method in CATALOGUE} == set(MethodKind) - {MethodKind.LOG}
    assert len(set(CATALOGUE)) == len(CATALOGUE)
    for mantissa_bits, tables in ((1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (10, [1, 2, 3])):
        found = list(multiplier_methods(mantissa_bits, (0, 5)))
        assert {method.kind for method in found} == set(MULTIPLIER_KINDS)
        assert [method.table_bits for method in found if method.kind is MethodKind.CORRECTED] == tables
        assert [method.d for method in found if method.kind is MethodKind.CONSTANT] == [0, 5]
        assert len(found) == len(set(found))
