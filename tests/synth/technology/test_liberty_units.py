"""Units as they are spelled in liberty files."""

import pytest

from lmul.synth.technology.liberty_syntax import Group, read_groups, write_groups
from lmul.synth.technology.liberty_units import femtofarads, voltage_of, volts, with_plain_units


def _library(text: str) -> Group:
    return read_groups(f"\nlibrary(l) {{ {text} }}", "my.lib")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ('voltage_unit : "1V";', 1.0),
        ('voltage_unit : "1v";', 1.0),
        ("voltage_unit : 1mV", 0.001),
        ('voltage_unit : "100 MV"', 0.1),
        ("", 1.0),
    ],
)
def test_volts(text: str, unit: float) -> None:
    assert volts(_library(text)) == pytest.approx(unit)


@pytest.mark.parametrize(
    ("text", "unit", "plain"),
    [
        ("(1, ff)", 1.0, "(1, ff)"),
        ('(0.5, "PF")', 500.0, "(0.5, pf)"),
        ("(1, fF)", 1.0, "(1, ff)"),
        ("(1e-1, pf)", 100.0, "(1e-1, pf)"),
    ],
)
def test_femtofarads(text: str, unit: float, plain: str) -> None:
    library = _library(f"capacitive_load_unit {text};")
    assert femtofarads(library) == pytest.approx(unit)
    assert f"\ncapacitive_load_unit {plain};\n" in write_groups(with_plain_units(library))


@pytest.mark.parametrize(
    ("text", "plain"), [('"1NS"', "1ns"), ("1ps", "1ps"), ('"100 Ps"', "100ps"), ('"10ps"', "10ps")]
)
def test_times_as_abc_knows_them(text: str, plain: str) -> None:
    assert f'\ntime_unit : "{plain}";\n' in write_groups(with_plain_units(_library(f"a : b; time_unit : {text};")))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('voltage_unit : "1kV"; nom_voltage : 1', "voltage_unit must be a number of V or mV, not '1kV'"),
        ("capacitive_load_unit(1, nf);", "capacitive_load_unit must be a number and fF or pF, not '1 and nf'"),
        ("capacitive_load_unit(x, pf);", "capacitive_load_unit must be a number and fF or pF, not 'x and pf'"),
        ("time_unit : 1us;", "time_unit must be one of 1ns, 100ps, 10ps, 1ps, not '1us'"),
        ("", "nom_voltage must be given by the library l, for energies"),
    ],
)
def test_other_units_are_refused_with_file_and_line(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=rf"^my\.lib:2: {fault}$"):
        voltage_of(with_plain_units(_library(text)))


@pytest.mark.parametrize(
    ("text", "voltage"),
    [
        ("nom_voltage : 1.1;", 1.1),
        ('voltage_unit : "1mV"; nom_voltage : 700', 0.7),
        ("operating_conditions(a) { voltage : 1.8; }", 1.8),
        (
            "operating_conditions(a) { voltage : 1; } operating_conditions(b) { voltage : 2; }"
            " default_operating_conditions : b;",
            2.0,
        ),
        ("operating_conditions(a) { voltage : 1; } nom_voltage : 3;", 3.0),
    ],
)
def test_voltages(text: str, voltage: float) -> None:
    assert voltage_of(_library(text)) == pytest.approx(voltage)
