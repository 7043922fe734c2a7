"""Energy of a combinational netlist cell by cell, for given toggle rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmul.synth.energy.circuit import Circuit, Instance
from lmul.synth.technology.boolean import function
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology


@dataclass(frozen=True)
class Split:
    """Energy of a cycle in fJ, by cell.

    Parameters
    ----------
    internal : dict of str to float
        Inside each cell, by its name.
    switching : float
        Energy of all nets that cells drive.
    simple : set of str
        Cells of which everybody knows how to add up the energies: inverters, buffers, and ANDs and ORs of two inputs,
        inverted or not.
    """

    internal: dict[str, float]
    switching: float
    simple: frozenset[str]


def split_energy(module: dict[str, Any], technology: Technology, toggles: Mapping[str, float], inputs: float) -> Split:
    """Compute the energy of each cell from given toggle rates, as `Costs` does.

    Parameters
    ----------
    module : dict
        Combinational module, as `map_module` returns it.
    technology : Technology
        The liberty file that it is mapped to.
    toggles : mapping of str to float
        Toggles in a cycle of each cell's output pins, by CELL/PIN.
    inputs : float
        Toggles in a cycle of each input bit.

    Raises
    ------
    ValueError
        As `read_library` and `Circuit`.
    """
    library = read_library(technology)
    circuit = Circuit(module, library)
    cells = dict(zip(module["cells"], circuit.instances, strict=True))
    often = {net: inputs for nets in circuit.inputs.values() for net in nets}
    loads: dict[int, float] = {}
    for name, instance in cells.items():
        for pin, net in instance.nets.items():
            loads[net] = loads.get(net, 0.0) + instance.cell.pins[pin].capacitance
            if instance.cell.pins[pin].direction == "output":
                often[net] = toggles[f"{name}/{pin}"]
    internal = {
        name: sum(
            often.get(net, 0.0) * instance.cell.pins[pin].transition(loads[net]) for pin, net in instance.nets.items()
        )
        for name, instance in cells.items()
    }
    driven = {net for nets in circuit.inputs.values() for net in nets}
    switched = sum(often.get(net, 0.0) * load for net, load in loads.items() if net not in driven)
    simple = frozenset(name for name, instance in cells.items() if _simple(instance))
    return Split(internal, switched * library.voltage**2 / 2, simple)


def _simple(instance: Instance) -> bool:
    pins = instance.cell.pins
    inputs = [pin for pin in pins if pins[pin].direction == "input"]
    outputs = [pins[pin].function for pin in pins if pins[pin].direction == "output"]
    if len(inputs) > 2 or len(outputs) != 1:
        return False
    # Of the four pairs of inputs an AND or OR has one or three; an XOR has two.
    ones = function(outputs[0], inputs)(0b1111, *(0b1010, 0b1100)[: len(inputs)]).bit_count()
    return len(inputs) == 1 or ones in (1, 3)
