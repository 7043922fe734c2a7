"""Units of a liberty file, and its nominal voltage."""

import re
from dataclasses import replace

from lmul.synth.technology.liberty_syntax import Group

_FEMTOFARADS = {"ff": 1.0, "pf": 1000.0}
_VOLTS = {"v": 1.0, "mv": 0.001}
_TIMES = ("1ns", "100ps", "10ps", "1ps")
"""Units of time that ABC knows; it takes others for 1ns."""


def volts(library: Group) -> float:
    """Return the unit of voltage in V; without one, 1.

    Raises
    ------
    ValueError
        It is another unit; the message names file and line.
    """
    text = library.get("voltage_unit", "1V")
    match = re.fullmatch(r"(\d+\.?\d*)\s*(m?v)", text, re.IGNORECASE)
    if match is None:
        raise ValueError(f"{library.where}: voltage_unit must be a number of V or mV, not {text!r}")
    return float(match[1]) * _VOLTS[match[2].lower()]


def femtofarads(library: Group) -> float:
    """Return the unit of capacitance in fF; without one, 1000.

    Raises
    ------
    ValueError
        It is another unit; the message names file and line.
    """
    number, unit = _load_unit(library)
    return float(number) * _FEMTOFARADS[unit]


def voltage_of(library: Group) -> float:
    """Return the nominal voltage of a library in V: `nom_voltage`, or that of its operating conditions.

    Raises
    ------
    ValueError
        It gives neither; the message names file and line.
    """
    conditions = list(library.all("operating_conditions"))
    default = library.get("default_operating_conditions")
    chosen = [each for each in conditions if each.name == default] or (conditions if len(conditions) == 1 else [])
    for group, name in [(library, "nom_voltage"), *((each, "voltage") for each in chosen)]:
        if name in group.attributes:
            return group.number(name, 0.0) * volts(library)
    raise ValueError(f"{library.where}: nom_voltage must be given by the library {library.name}, for energies")


def with_plain_units(library: Group) -> Group:
    """Return the library with units spelled as ABC knows them: of `1PS` it makes 1 ns, of `FF` pF.

    Raises
    ------
    ValueError
        It has units that ABC does not know; the message names file and line.
    """
    texts = {}
    if "time_unit" in library.attributes:
        time = library.get("time_unit")
        plain = re.sub(r"\s", "", time.lower())
        if plain not in _TIMES:
            raise ValueError(f"{library.where}: time_unit must be one of {', '.join(_TIMES)}, not {time!r}")
        texts["time_unit"] = f'time_unit : "{plain}";'
    if "capacitive_load_unit" in library.attributes:
        texts["capacitive_load_unit"] = f"capacitive_load_unit ({', '.join(_load_unit(library))});"
    content = [
        texts.get(re.split(r"\W", each, maxsplit=1)[0], each) if isinstance(each, str) else each
        for each in library.content
    ]
    return replace(library, content=content)


def _load_unit(library: Group) -> tuple[str, str]:
    unit = library.attributes.get("capacitive_load_unit", ["1", "pf"])
    if len(unit) != 2 or unit[1].lower() not in _FEMTOFARADS or not re.fullmatch(r"\d*\.?\d+(e-?\d+)?", unit[0]):
        told = " and ".join(unit)
        raise ValueError(f"{library.where}: capacitive_load_unit must be a number and fF or pF, not {told!r}")
    return unit[0], unit[1].lower()
