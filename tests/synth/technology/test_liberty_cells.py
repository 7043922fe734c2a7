"""What is read off a liberty file, in units of ours."""

import pytest
from support.libraries import LIBERTY

from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.liberty_cells import Curve, read_library
from lmul.synth.technology.technology import GENERIC, Technology, liberty_technology

_TEXT = """library(small) {{ capacitive_load_unit(2, pf); voltage_unit : "100mV"; nom_voltage : 11;
  default_input_pin_cap : 3;
  power_lut_template(t) {{ variable_1 : {first}; variable_2 : {second}; index_1("1, 2, 3"); index_2("0, 10"); }}
  cell(BUF) {{ pin(A, B) {{ direction : input; }} pin(Y) {{ direction : output; function : "A";
    internal_power() {{ related_pin : "A"; power(t) {{ values("1, 2", "3, 4", "5, 6"); }} }} }} }} }}
"""


def _technology(text: str) -> Technology:
    return liberty_technology("small.lib", text.encode(), text.encode(), registers=False, nand2_area=1.0)


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
    with pytest.raises(ValueError, match=r"^nom_voltage must be given by the library small, for energies$"):
        read_library(_technology(_text().replace("nom_voltage : 11;", "")))
    with pytest.raises(ValueError, match=r"^units of the library small must be V or mV, and fF or pF$"):
        read_library(_technology(_text().replace("pf", "nf")))


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
