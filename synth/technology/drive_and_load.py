"""Drivers and loads around a unit, for delays."""

from dataclasses import dataclass

from lmul.synth.technology.boolean import function
from lmul.synth.technology.liberty_cells import Cell, Pin, read_library
from lmul.synth.technology.technology import Technology

FAN_OUT = 4
"""Load of each output in input capacitances of the weakest inverter: the usual unit of load."""


@dataclass(frozen=True)
class Surroundings:
    """Drivers and loads, the same for every contender.

    Parameters
    ----------
    driver : str
        The inverter before each input, whose own input changes at once: the one whose input capacitance is nearest to
        twice that of the weakest. Of its delay OpenSTA counts what its load adds.
    load : float
        Load of each output in fF: four input capacitances of the weakest inverter.
    """

    driver: str
    load: float

    @property
    def constraints(self) -> str:
        """Write the constraints for Yosys' `abc -constr`, with the load in fF."""
        return f"set_driving_cell {self.driver}\nset_load {self.load:g} [all_outputs]\n"


def surroundings(technology: Technology) -> Surroundings:
    """Choose drivers and loads for a technology.

    Raises
    ------
    ValueError
        The technology is not a liberty file, or has no inverter with an input capacitance.
    """
    found = [
        (pin.capacitance, cell.name) for cell in read_library(technology).cells.values() for pin in _inverting(cell)
    ]
    inverters = sorted(inverter for inverter in found if inverter[0] > 0)
    if not inverters:
        raise ValueError(f"{technology.name} must have an inverter with an input capacitance, for delays")
    weakest = inverters[0][0]
    _, driver = min(inverters, key=lambda inverter: abs(inverter[0] - 2 * weakest))
    return Surroundings(driver, FAN_OUT * weakest)


def is_inverter(cell: Cell) -> bool:
    """Tell whether a cell is an inverter, and not one for delays."""
    return bool(_inverting(cell))


def _inverting(cell: Cell) -> list[Pin]:
    """List the input pin of an inverter; return an empty list for other cells."""
    inputs = [pin for pin in cell.pins.values() if pin.direction == "input"]
    outputs = [pin for pin in cell.pins.values() if pin.direction == "output"]
    if len(inputs) != 1 or len(outputs) != 1 or not outputs[0].function or cell.state or "dly" in cell.name:
        return []
    try:
        return inputs if function(outputs[0].function, [inputs[0].name])(0b11, 0b10) == 0b01 else []
    except ValueError:  # of something else than its input
        return []
