"""What is read off a liberty file, in units of ours."""

import re

import pytest
from support.libraries import LIBERTY

from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.liberty_cells import Cell, Curve, cells_of, read_library
from lmul.synth.technology.liberty_syntax import read_groups
from lmul.synth.technology.technology import GENERIC, Technology, liberty_technology

_TEXT = """library(small) {{ capacitive_load_unit(2, pf); voltage_unit : "100mV"; nom_voltage : 11;
  default_input_pin_cap : 3;
  power_lut_template(t) {{ variable_1 : {first}; variable_2 : {second}; index_1("1, 2, 3"); index_2("0, 10"); }}
  cell(BUF) {{ pin(A, B) {{ direction : input; }} pin(Y) {{ direction : output; function : "A";
    internal_power() {{ related_pin : "A"; power(t) {{ values("1, 2", "3, 4", "5, 6"); }} }} }} }} }}
"""


def _technology(text: str) -> Technology:
    return liberty_technology("small.lib", "", read_groups(text), registers=False, nand2_area=1.0)


def _text(first: str = "input_transition_time", second: str = "total_output_net_capacitance") -> str:
    return _TEXT.format(first=first, second=second)


def test_units() -> None:
    library = read_library(_technology(_text()))
    pins = library.cells["BUF"].pins
    assert library.voltage == pytest.approx(1.1)
    assert [(pin.name, pin.capacitance) for pin in pins.values()] == [("A", 6000), ("B", 6000), ("Y", 0)]
    [power] = pins["Y"].powers
    assert power.rise == power.fall
    assert power.rise is not None
    assert power.rise.loads == (0, 20000)
    assert power.rise.energies == pytest.approx((3 * 20, 4 * 20))  # 2 pF (0.1 V)^2 is 20 fJ; the second of three slews


def test_loads_may_come_first() -> None:
    text = _text("total_output_net_capacitance", "input_transition_time")
    [power] = read_library(_technology(text)).cells["BUF"].pins["Y"].powers
    assert power.rise is not None
    assert power.rise.loads == (2000, 4000, 6000)
    assert power.rise.energies == pytest.approx((1 * 20, 3 * 20, 5 * 20))  # of two slews the first


def test_between_loads_energies_are_linear_and_beyond_them_constant() -> None:
    curve = Curve((0, 10), (1, 2))
    assert [curve.at(load) for load in (-1, 0, 5, 10, 99)] == [1, 1, 1.5, 2, 2]


def test_what_a_library_must_say() -> None:
    with pytest.raises(ValueError, match=r"^technology must be a liberty file for energies, not generic$"):
        read_library(GENERIC)
    with pytest.raises(ValueError, match=r"nom_voltage must be given by the library small, for energies$"):
        read_library(_technology(_text().replace("nom_voltage : 11;", "")))


def test_energies_of_rails_add() -> None:
    both = "".join(
        f'internal_power() {{ related_pin : "A"; related_pg_pin : {rail}; power(scalar) {{ values("{energy}"); }} }}'
        for rail, energy in (("VDD", 1), ("VSS", 3))
    )
    twice = both.replace("VSS", "VDD")
    for powers, units in ((both, 4), (twice, 2)):  # two rails add; two conditions of one rail are averaged
        text = re.sub(r"internal_power.*", f"{powers} }} }} }}", _text())
        pin = read_library(_technology(text)).cells["BUF"].pins["Y"]
        assert pin.transition(5, "A") == pytest.approx(units * 20)  # 2 pF (0.1 V)^2 is 20 fJ


_FF = """library(l) {{
  cell(FF) {{ {more} ff(IQ, IQN) {{ clocked_on : (CK); next_state : "{next_state}"; }}
    pin(CK) {{ direction : input; }} pin(D) {{ direction : input; {power} }}
    pin(Q) {{ direction : output; function : "{output}"; }} }} }}
"""


def _flip_flop(next_state: str = "D", output: str = "IQ", power: str = "", more: str = "") -> Cell:
    text = _FF.format(next_state=next_state, output=output, power=power, more=more)
    return cells_of(read_groups(text, "my.lib"))["FF"]


def test_a_clock_in_brackets_is_a_pin() -> None:
    assert _flip_flop().clocked_on == "CK"


def test_a_state_may_be_kept() -> None:
    cell = _flip_flop(next_state="D&CK | IQ&!CK")
    cell.check()


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ({"next_state": "D & E"}, r"next_state of FF must be .*, not 'D & E' \(at 'E'\)"),
        ({"output": "IQ &"}, r"function of FF must be .*, not 'IQ &' \(at its end\)"),
        ({"power": 'internal_power() { when : "D ? Q"; }'}, r"when of FF must be .*, not 'D \? Q' \(at '\?'\)"),
    ],
)
def test_what_cannot_be_simulated_is_named_with_file_and_line(parts: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=rf"^my\.lib:2: {fault}$"):
        _flip_flop(**parts).check()


@pytest.mark.parametrize(
    ("more", "excluded"),
    [
        ("", False),
        ("dont_use : true;", True),
        ("latch(A, B) { }", True),
        ('statetable("A", "B") { }', True),
        ("ff(I, J) { }", True),
        ('pin(Z) { three_state : "D"; }', True),
    ],
)
def test_what_nothing_is_mapped_to(more: str, excluded: bool) -> None:
    assert _flip_flop(more=more).excluded == excluded


def test_a_table_must_have_all_its_values() -> None:
    with pytest.raises(ValueError, match=r":\d+: values must be 3 x 2 numbers, not 4$"):
        read_library(_technology(_text().replace(', "5, 6"', "")))


@pytest.mark.parametrize(
    ("file", "voltage", "inverter", "capacitance", "register"),
    [
        ("nangate45_typ.lib.gz", 1.1, "INV_X1", 1.70, "DFF_X1"),
        ("sg13g2_typ.lib.gz", 1.2, "sg13g2_inv_1", 2.89, "sg13g2_dfrbp_1"),
    ],
)
def test_libraries_of_foundries(file: str, voltage: float, inverter: str, capacitance: float, register: str) -> None:
    if not (LIBERTY / file).exists():
        pytest.skip(f"needs {file} in the folder shared beside the repository")
    library = read_library(open_liberty(LIBERTY / file))
    assert library.voltage == voltage
    cell = library.cells[inverter]
    assert cell.pins["A"].capacitance == pytest.approx(capacitance, abs=0.01)
    [output] = [pin for pin in cell.pins.values() if pin.direction == "output"]
    assert 0.5 < output.transition(5) < 3  # fJ
    assert library.cells[register].state == ("IQ", "IQN")
    assert library.cells[register].next_state == "D"
