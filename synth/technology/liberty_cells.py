"""Cells of a liberty file: functions, capacitances, and energies of transitions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lmul.synth.technology.liberty_syntax import Group, read_groups
from lmul.synth.technology.technology import Technology

_FEMTOFARADS = {"ff": 1.0, "pf": 1000.0}
_VOLTS = {"V": 1.0, "mV": 0.001}


@dataclass(frozen=True)
class Curve:
    """Energy of a transition in fJ, as a function of the load in fF. It is constant beyond the ends."""

    loads: tuple[float, ...]
    energies: tuple[float, ...]

    def at(self, load: float) -> float:
        """Interpolate the energy at a load."""
        return float(np.interp(load, self.loads, self.energies))


@dataclass(frozen=True)
class Power:
    """Internal energy of a pin's transitions, without the energy of its load.

    It is taken at the input slew a third of the way through the file's table.

    Parameters
    ----------
    when : str
        Under which condition, or nothing.
    related : str
        The pin whose transition caused it, or nothing.
    rise, fall : Curve or None
        Energies, where they are given.
    """

    when: str
    related: str
    rise: Curve | None
    fall: Curve | None


@dataclass(frozen=True)
class Pin:
    """Pin of a cell: `capacitance` in fF, `function` of an output, internal powers of its own transitions."""

    name: str
    direction: str
    capacitance: float
    function: str
    powers: tuple[Power, ...]

    def transition(self, load: float, related: str = "") -> float:
        """Return the energy of a transition in fJ: the mean of rise and fall, over conditions and related pins.

        If `related` is given and has energies of its own, only these count.
        """
        powers = [power for power in self.powers if power.related == related] or self.powers
        rises = [power.rise.at(load) for power in powers if power.rise]
        falls = [power.fall.at(load) for power in powers if power.fall]
        return (_mean(rises) + _mean(falls)) / 2


@dataclass(frozen=True)
class Cell:
    """Cell of a library. With `state`, the names of a flip-flop's state and its inverse, it is a register.

    `clocked_on`, `next_state` and `forced` (the conditions of an asynchronous clear or preset) are functions.
    """

    name: str
    pins: dict[str, Pin]
    state: tuple[str, ...] = ()
    clocked_on: str = ""
    next_state: str = ""
    forced: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """Cells of a file, and its nominal voltage in V."""

    voltage: float
    cells: dict[str, Cell]


def read_library(technology: Technology) -> Library:
    """Read the library of a technology.

    Raises
    ------
    ValueError
        The technology is no liberty file, its syntax is broken, or it lacks needed data.
    """
    if technology.is_generic:
        raise ValueError(f"technology must be a liberty file for energies, not {technology.name}")
    text = technology.files["cells.lib"]
    return _read(text if isinstance(text, bytes) else text.encode())


@lru_cache(maxsize=2)
def _read(text: bytes) -> Library:
    library = read_groups(text.decode(errors="replace"))
    return _Reader(library).library


class _Reader:
    """Reader of a library that converts to fF, V and fJ. Internal power is in units of capacitance times voltage^2."""

    def __init__(self, library: Group) -> None:
        size, unit = library.attributes.get("capacitive_load_unit", ["1", "pf"])
        match = re.fullmatch(r"([\d.]+)\s*(m?V)", library.get("voltage_unit", "1V"))
        if match is None or unit.lower() not in _FEMTOFARADS:
            raise ValueError(f"units of the library {library.name} must be V or mV, and fF or pF")
        self._capacitance = float(size) * _FEMTOFARADS[unit.lower()]
        volts = float(match[1]) * _VOLTS[match[2]]
        if "nom_voltage" not in library.attributes:
            raise ValueError(f"nom_voltage must be given by the library {library.name}, for energies")
        self._energy = self._capacitance * volts**2
        self._otherwise = library.number("default_input_pin_cap", 0.0)
        self._templates = {group.name: group for group in library.all("power_lut_template", "lu_table_template")}
        cells = {group.name: self._cell(group) for group in library.all("cell")}
        self.library = Library(library.number("nom_voltage", 0.0) * volts, cells)

    def _cell(self, group: Group) -> Cell:
        pins = {name: self._pin(name, pin) for pin in group.all("pin") for name in pin.arguments}
        for ff in group.all("ff"):
            forced = tuple(ff.get(kind) for kind in ("clear", "preset") if ff.get(kind))
            return Cell(group.name, pins, tuple(ff.arguments), ff.get("clocked_on"), ff.get("next_state"), forced)
        return Cell(group.name, pins)

    def _pin(self, name: str, group: Group) -> Pin:
        direction = group.get("direction", "input")
        capacitance = self._capacitance * group.number("capacitance", self._otherwise if direction == "input" else 0.0)
        powers = tuple(self._power(power) for power in group.all("internal_power"))
        return Pin(name, direction, capacitance, group.get("function"), powers)

    def _power(self, group: Group) -> Power:
        curves = {table.kind: self._curve(table) for table in group.all("rise_power", "fall_power", "power")}
        rise, fall = (curves.get(kind, curves.get("power")) for kind in ("rise_power", "fall_power"))
        return Power(group.get("when"), group.get("related_pin"), rise, fall)

    def _curve(self, table: Group) -> Curve:
        template = self._templates.get(table.name, Group(""))
        axes = [template.get("variable_1"), template.get("variable_2")]
        indices = [table.numbers(axis) or template.numbers(axis) for axis in ("index_1", "index_2")]
        slews, loads = (indices[axes.index(kind)] if kind in axes else [0.0] for kind in _AXES)
        values = np.array(table.numbers("values")) * self._energy
        grid = values.reshape((len(loads), len(slews)) if axes[0] == _AXES[1] else (len(slews), len(loads)))
        energies = grid[:, len(slews) // 3] if axes[0] == _AXES[1] else grid[len(slews) // 3]
        return Curve(tuple(load * self._capacitance for load in loads), tuple(float(energy) for energy in energies))


_AXES = ("input_transition_time", "total_output_net_capacitance")


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0
