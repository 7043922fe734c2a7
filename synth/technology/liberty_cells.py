"""Cells of a liberty file: functions, capacitances, and energies of transitions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lmul.synth.technology.boolean import function
from lmul.synth.technology.liberty_syntax import Group, read_groups
from lmul.synth.technology.liberty_units import femtofarads, voltage_of, volts
from lmul.synth.technology.technology import Technology


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
    rail : str
        Supply that the energy comes from, where the file tells them apart: those of several rails add.
    """

    when: str
    related: str
    rise: Curve | None
    fall: Curve | None
    rail: str = ""


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

        If `related` is given and has energies of its own, only these count. The energies of several rails add.
        """
        return sum(_transition(powers, load, related) for powers in by_rail(self.powers))


def by_rail(powers: Iterable[Power]) -> list[list[Power]]:
    """Sort powers by the rail that they come from."""
    rails: dict[str, list[Power]] = {}
    for power in powers:
        rails.setdefault(power.rail, []).append(power)
    return list(rails.values())


def _transition(rail: list[Power], load: float, related: str) -> float:
    powers = [power for power in rail if power.related == related] or rail
    rises = [power.rise.at(load) for power in powers if power.rise]
    falls = [power.fall.at(load) for power in powers if power.fall]
    return (_mean(rises) + _mean(falls)) / 2


@dataclass(frozen=True)
class Cell:
    """Cell of a library. With `state`, the names of a flip-flop's state and its inverse, it is a register.

    `clocked_on`, `next_state` and `forced` (the conditions of an asynchronous clear or preset) are functions;
    `next_state` may be of the state, too, which a flip-flop with an enable keeps.

    Nothing is mapped to an `excluded` cell: one that the file says not to use, latches, state tables, three states.
    """

    name: str
    pins: dict[str, Pin]
    state: tuple[str, ...] = ()
    clocked_on: str = ""
    next_state: str = ""
    forced: tuple[str, ...] = ()
    excluded: bool = False
    where: str = ""

    def check(self) -> None:
        """Compile all functions that a simulation may need.

        Raises
        ------
        ValueError
            One is not a function of the cell's pins, or of its state; the message names file and line.
        """
        inputs = [name for name, pin in self.pins.items() if pin.direction == "input"]
        known = [*self.pins, *self.state] if self.state else inputs
        outputs = [pin.function for pin in self.pins.values() if pin.direction == "output" and pin.function]
        kinds = [("function", text, known) for text in outputs]
        if self.state:
            kinds.append(("next_state", self.next_state, known))
            kinds += [("clear or preset", text, known) for text in self.forced]
            kinds += [("when", power.when or "1", known) for pin in self.pins.values() for power in pin.powers]
        for kind, text, names in kinds:
            try:
                function(text, names)
            except ValueError as error:
                told = str(error).removeprefix("function ")
                raise ValueError(f"{self.where}: {kind} of {self.name} {told}") from None


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
    return _read(text if isinstance(text, bytes) else text.encode(), technology.name)


@lru_cache(maxsize=2)
def _read(text: bytes, name: str) -> Library:
    library = read_groups(text.decode(errors="replace"), name)
    return Library(voltage_of(library), cells_of(library))


def cells_of(library: Group) -> dict[str, Cell]:
    """Read the cells of a library, by name.

    Raises
    ------
    ValueError
        Units or numbers cannot be read; the message names file and line.
    """
    return _Reader(library).cells


class _Reader:
    """Reader of a library that converts to fF, V and fJ. Internal power is in units of capacitance times voltage^2."""

    def __init__(self, library: Group) -> None:
        self._capacitance = femtofarads(library)
        self._energy = self._capacitance * volts(library) ** 2
        self._otherwise = library.number("default_input_pin_cap", 0.0)
        self._templates = {group.name: group for group in library.all("power_lut_template", "lu_table_template")}
        self.cells = {group.name: self._cell(group) for group in library.all("cell")}

    def _cell(self, group: Group) -> Cell:
        group.number("area", 0.0)
        pins = {name: self._pin(name, pin) for pin in group.all("pin") for name in pin.arguments}
        ffs = list(group.all("ff"))
        others = any(group.all("latch", "statetable", "ff_bank", "latch_bank")) or len(ffs) > 1
        three_state = any("three_state" in pin.attributes for pin in group.all("pin"))
        excluded = others or three_state or group.get("dont_use") == "true"
        for ff in ffs[:1]:
            forced = tuple(ff.get(kind) for kind in ("clear", "preset") if ff.get(kind))
            clock = re.sub(r"\s*\(\s*(\w+)\s*\)\s*", r"\1", ff.get("clocked_on"))
            state = tuple(ff.arguments)
            return Cell(group.name, pins, state, clock, ff.get("next_state"), forced, excluded, group.where)
        return Cell(group.name, pins, excluded=excluded, where=group.where)

    def _pin(self, name: str, group: Group) -> Pin:
        direction = group.get("direction", "input")
        capacitance = self._capacitance * group.number("capacitance", self._otherwise if direction == "input" else 0.0)
        powers = tuple(self._power(power) for power in group.all("internal_power"))
        return Pin(name, direction, capacitance, group.get("function"), powers)

    def _power(self, group: Group) -> Power:
        curves = {table.kind: self._curve(table) for table in group.all("rise_power", "fall_power", "power")}
        rise, fall = (curves.get(kind, curves.get("power")) for kind in ("rise_power", "fall_power"))
        return Power(group.get("when"), group.get("related_pin"), rise, fall, group.get("related_pg_pin"))

    def _curve(self, table: Group) -> Curve:
        template = self._templates.get(table.name, Group(""))
        axes = [template.get("variable_1"), template.get("variable_2")]
        indices = [table.numbers(axis) or template.numbers(axis) for axis in ("index_1", "index_2")]
        slews, loads = (indices[axes.index(kind)] if kind in axes else [0.0] for kind in _AXES)
        values = np.array(table.numbers("values")) * self._energy
        if len(values) != len(slews) * len(loads):
            raise ValueError(f"{table.where}: values must be {len(slews)} x {len(loads)} numbers, not {len(values)}")
        grid = values.reshape((len(loads), len(slews)) if axes[0] == _AXES[1] else (len(slews), len(loads)))
        energies = grid[:, len(slews) // 3] if axes[0] == _AXES[1] else grid[len(slews) // 3]
        return Curve(tuple(load * self._capacitance for load in loads), tuple(float(energy) for energy in energies))


_AXES = ("input_transition_time", "total_output_net_capacitance")


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known) if known else 0.0
