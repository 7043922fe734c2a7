"""Several liberty files as one library, as some PDKs have their cells in several."""

import re
from collections.abc import Sequence

from lmul.synth.technology.liberty_syntax import Group

_SHARED = re.compile(
    r"nom_\w+|\w+_unit|delay_model|default_(input|output|inout)_pin_cap|slew_derate_from_library|\w+_threshold_pct_\w+"
)
"""Attributes of a library that the numbers of its cells depend on."""

_TEMPLATES = ("lu_table_template", "power_lut_template")


def merged(libraries: Sequence[Group]) -> Group:
    """Merge libraries into one that has the cells of all; name and other attributes are those of the first.

    Raises
    ------
    ValueError
        Units, thresholds or templates differ, or two have a cell of the same name; the message names files and lines.
    """
    first, *others = libraries
    whole = Group(first.kind, first.arguments, first.where, first.attributes, list(first.content))
    for other in others:
        for name in sorted(name for name in {*first.attributes, *other.attributes} if _SHARED.fullmatch(name)):
            here, there = (library.attributes.get(name) for library in (first, other))
            if here != there:
                raise ValueError(
                    f"{other.where}: {name} must be {_shown(here)} as in {first.where}, not {_shown(there)}"
                )
    known: dict[tuple[str, ...], Group] = {}
    for group in (group for library in libraries for group in library.groups):
        earlier = known.setdefault((group.kind, *group.arguments), group)
        if group.kind == "cell" and earlier is not group:
            raise ValueError(f"{group.where}: cell {group.name} must be given once, not also in {earlier.where}")
        if group.kind in _TEMPLATES and group.content != earlier.content:
            raise ValueError(f"{group.where}: {group.kind} {group.name} must be as in {earlier.where}")
    mine = {id(group) for group in first.groups}
    whole.content += [group for group in known.values() if id(group) not in mine]
    return whole


def _shown(values: list[str] | None) -> str:
    return "left out" if values is None else ", ".join(values)
