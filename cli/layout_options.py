"""Options of `lmul layout`, and their values."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lmul.cli.accuracy import cache_option
from lmul.cli.options import floating_formats
from lmul.cli.paths import PATH
from lmul.golden.formats import E4M3, Format
from lmul.hdl.arith.exact_products import Form
from lmul.synth.layout.job import UTILISATION, Setup
from lmul.synth.layout.library_lef import PDK, library_lefs
from lmul.synth.layout.parasitics import per_um
from lmul.synth.layout.routing import qrouter_version
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure.contenders import Use
from lmul.synth.opensta.run import opensta_version
from lmul.synth.report.layout.entrants import USES, Placing
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import Cache, default_folder
from lmul.tools.companions import check_companion

PLACED: list[Callable[..., Any]] = [
    click.option("--liberty", required=True, metavar="FILE|NAME", help="Cell library, as for `lmul report`."),
    click.option(
        "--lef",
        "lefs",
        multiple=True,
        default=[PDK],
        show_default=True,
        metavar=f"FILE|DIR|{PDK}",
        help="LEF of the technology, then of the cells, or a folder with these; repeatable."
        f" `{PDK}`: those beside the library in its PDK.",
    ),
    click.option(
        "--utilisation",
        type=float,
        default=UTILISATION,
        show_default=True,
        metavar="U",
        help="Area of the cells over that of the core.",
    ),
    click.option(
        "--wire-cap",
        type=float,
        metavar="C",
        help="fF of a um of wire. Without it: LEF's, of the layers for short wires.",
    ),
    click.option("--wire-res", type=float, metavar="R", help="Ohm of a um of wire. Without it: LEF's."),
    cache_option,
]
LARGEST = "largest"
USES_BY_NAME = {
    "multiplier": [Use.MULTIPLIER],
    "dot": [Use.DOT],
    "mac": [Use.MAC_FIXED, Use.MAC_FP32],
    LARGEST: [],  # 64 products a cycle, beside the uses
}
OUTPUT = click.option("-o", "--output", type=PATH, required=True, metavar="DIR", help="Gets the files, all or none.")
MORE: list[Callable[..., Any]] = [
    click.option("--route", is_flag=True, help="Route the first placement by qrouter, if it is installed."),
    click.option(
        "--openroad",
        is_flag=False,
        flag_value="openroad",
        metavar="[COMMAND]",
        help="Run OpenROAD on the unit, too: `openroad`, or a command of yours, as of a container,"
        " in which {} is the folder of the files. Leaves NAME.openroad.tcl and .def. Never tried here.",
    ),
    click.option(
        "--gds",
        type=PATH,
        metavar="FILE|DIR",
        help="GDS of the cells, or a folder with one of each: NAME.gds, without wires, and a picture by klayout.",
    ),
    OUTPUT,
]
FORM = click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=Form.ARRAY.value,
    show_default=True,
    help="Of exact products.",
)


Taken = tuple[Technology, Placing, Cache | None]


def taken_options(options: dict[str, Any]) -> Taken:
    """Take the options of placement out of all that are given, and read the files."""
    lefs, *wire = (options.pop(name) for name in ("lefs", "wire_cap", "wire_res"))
    kept = Cache(default_folder()) if options.pop("cache") else None
    files = find_library(options.pop("liberty"), os.environ)
    technology = open_liberty(*files, energies=True)
    [placing] = placings(lefs, [(technology, files)], [tuple(wire)], options.pop("utilisation"))
    return technology, placing, kept


def placings(
    lefs: Sequence[str],
    libraries: Sequence[tuple[Technology, Sequence[Path]]],
    wires: Sequence[tuple[float | None, float | None]],
    utilisation: float = UTILISATION,
) -> list[Placing]:
    """Say how units are placed in each library.

    Parameters
    ----------
    lefs, libraries
        As for `library_lefs`.
    wires : sequence of (float or None, float or None)
        Capacitance and resistance of a um of wire in each library; None for LEF's own.
    utilisation : float
        Area of the cells over that of the core.
    """
    check_companion("coloquinte")
    setups = [
        Setup(lef, per_um(lef, *wire), utilisation)
        for lef, wire in zip(library_lefs(lefs, libraries), wires, strict=True)
    ]
    return [Placing(setup, opensta_version(), qrouter_version()) for setup in setups]


def studied(format_names: Sequence[str], uses: Sequence[str]) -> list[Format]:
    """Return the formats that a study is to be of, each placed in one of its uses; without names nothing.

    Raises
    ------
    ValueError
        No use has a format, or a use that is named has none of them.
    """
    known = {
        name: [f for use in USES_BY_NAME[name] for f in USES[use]] or [E4M3] for name in uses or USES_BY_NAME
    }  # the largest are of e4m3
    formats = floating_formats(format_names)
    for names, each in [(known, [f]) for f in formats] + [([name], formats) for name in uses if formats]:
        placed = dict.fromkeys(f.name for name in names for f in known[name])
        if not any(f.name in placed for f in each):
            found = ", ".join(f.name for f in each)
            raise ValueError(f"--format must be among {', '.join(placed)} for --use {', '.join(names)}, not {found}")
    return formats


@dataclass(frozen=True)
class ChosenUnit:
    """What is to be done with a unit."""

    form: Form
    route: bool
    openroad: str | None
    gds: Path | None
    output: Path


def chosen_unit(options: dict[str, Any], form: str) -> ChosenUnit:
    """Take the options of one unit out of all that are given."""
    return ChosenUnit(Form(form), *(options.pop(name) for name in ("route", "openroad", "gds", "output")))
