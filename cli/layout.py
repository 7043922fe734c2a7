# amaranth: UnusedElaboratable=no
"""`lmul layout`: units placed and wired, and what that changes."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from lmul.cli.accuracy import cache_option
from lmul.cli.array_options import ACCUMULATOR, WINDOW, chosen_dot, chosen_product, product_options
from lmul.cli.console import show_files, show_sections, wide_console
from lmul.cli.options import chosen_multiplier, floating_formats, multiplier_options, with_options
from lmul.cli.paths import PATH
from lmul.cli.report_output import end_by, find_out, write_report
from lmul.golden.accumulators import DEPTH
from lmul.hdl.arith.exact_products import Form
from lmul.synth.layout.files import placed_unit, unit_section
from lmul.synth.layout.job import UTILISATION, LayoutJob, Setup
from lmul.synth.layout.lef import read_lef
from lmul.synth.layout.openroad import openroad_command, run_openroad
from lmul.synth.layout.parasitics import per_um
from lmul.synth.layout.routing import qrouter_version, routing_line
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure.catalog import REPORT_FORMATS
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.opensta.run import MISSING, opensta_version
from lmul.synth.report.layout.entrants import USES, Placing
from lmul.synth.report.layout.study import NOTES, TITLE, Layouts
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.setting import Setting
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import Cache, default_folder, keeping
from lmul.tools.files import check_writable, write_files

_PLACED: list[Callable[..., Any]] = [
    click.option("--liberty", required=True, metavar="FILE|NAME", help="Cell library, as for `lmul report`."),
    click.option(
        "--lef",
        "lefs",
        type=PATH,
        multiple=True,
        required=True,
        metavar="FILE",
        help="LEF of the technology, then of the cells. Repeatable.",
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
_USES = {"multiplier": Use.MULTIPLIER, "dot": Use.DOT}
_OUTPUT = click.option("-o", "--output", type=PATH, required=True, metavar="DIR", help="Gets the files, all or none.")
_MORE: list[Callable[..., Any]] = [
    click.option("--route", is_flag=True, help="Route the first placement by qrouter, if it is installed."),
    click.option(
        "--openroad",
        is_flag=False,
        flag_value="openroad",
        metavar="[COMMAND]",
        help="Run OpenROAD on the unit, too: `openroad`, or a command of yours, as of a container. Never tried here.",
    ),
    _OUTPUT,
]
_FORM = click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=Form.ARRAY.value,
    show_default=True,
    help="Of exact products.",
)


@click.group("layout")
def layout() -> None:
    """Place a unit's cells, estimate its wires, and show what they do to area, delay and energy.

    coloquinte places (pip install 'lmul[layout]'; wheels for Linux and Python up to 3.12). With OpenSTA (`sta` on PATH)
    delays are of the SPEF that is written, else an estimate from above. No routing, clock tree or power grid.

    \b
    lmul layout multiplier --format e4m3 --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    lmul layout dot --format e4m3 --lanes 16 --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    lmul layout study --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    """


@layout.command("multiplier")
@multiplier_options
@_FORM
@partial(with_options, _PLACED)
@partial(with_options, _MORE)
def multiplier(form: str, **options: Any) -> None:
    """Place a combinational multiplier: DIR/NAME.v, .def, .spef and .svg, and its figures before wires and placed.

    \b
    lmul layout multiplier --format bf16 --method exact --form tree --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = _taken(options), _chosen(options, form)
    unit = chosen_multiplier(**options)
    if unit.pipeline:
        raise ValueError(f"--pipeline must be 0, not {unit.pipeline}: combinational multipliers are placed")
    _place(unit.parameters, unit.parameters.name, chosen, taken)


@layout.command("dot")
@product_options
@ACCUMULATOR
@WINDOW
@click.option("--lanes", type=click.IntRange(1), default=16, show_default=True, metavar="N", help="Products a cycle.")
@_FORM
@partial(with_options, _PLACED)
@partial(with_options, _MORE)
def dot(lanes: int, accumulator: str, window: int | None, form: str, **options: Any) -> None:
    """Place the core of a dot product: words of y in registers, lanes, one accumulator; no streams.

    \b
    lmul layout dot --format e4m3 --lanes 4 --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = _taken(options), _chosen(options, form)
    parameters = chosen_dot(chosen_product(**options), accumulator, DEPTH, window)
    piece = Piece(PieceKind.DOT_CORE, parameters, lanes, form=Form(form))
    _place(piece, f"dot{lanes}_{parameters.name}", chosen, taken)


@layout.command("element")
@product_options
@ACCUMULATOR
@WINDOW
@_FORM
@partial(with_options, _PLACED)
@partial(with_options, _MORE)
def element(accumulator: str, window: int | None, form: str, **options: Any) -> None:
    """Place the core of a processing element: registers for both operands, multiply, add to an accumulator.

    \b
    lmul layout element --format bf16 --accumulator fp32 --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = _taken(options), _chosen(options, form)
    parameters = chosen_dot(chosen_product(**options), accumulator, DEPTH, window)
    piece = Piece(PieceKind.ELEMENT_CORE, parameters, form=Form(form))
    _place(piece, f"element_{parameters.name}", chosen, taken)


@layout.command("study")
@click.option(
    "--format", "format_names", multiple=True, metavar="NAME", help="Repeatable. Without it: all of the study."
)
@click.option("--use", "uses", multiple=True, type=click.Choice(list(_USES)), help="Repeatable. Without it: both.")
@partial(with_options, _PLACED)
@_OUTPUT
def study(format_names: tuple[str, ...], uses: tuple[str, ...], output: Path, **options: Any) -> None:
    """Place multipliers and 16-lane dot products, five times each: what is saved before wires and placed.

    L-Mul, corrected2, logarithms and exact units in all forms, each placed. Writes layout.md, .csv and .json.
    """
    words = ["lmul", "layout", "study", *(f"--format={name}" for name in format_names)]
    words += [f"--use={use}" for use in uses]
    words += [f"--liberty={Path(options['liberty']).name}", *(f"--lef={path.name}" for path in options["lefs"])]
    for name in ("utilisation", "wire_cap", "wire_res"):
        if options[name] not in (None, UTILISATION):
            words.append(f"--{name.replace('_', '-')}={options[name]:g}")
    technology, placing, kept = _taken(options)
    topics = [Layouts(placing, [_USES[use] for use in dict.fromkeys(uses)] or tuple(USES))]
    setting = Setting([Measured(technology, kept)], floating_formats(format_names) or REPORT_FORMATS)
    failures = find_out(topics, setting, output)
    wire = placing.setup.wire
    told = {
        "placement": "coloquinte 0.4.1",
        "timing": f"OpenSTA {placing.sta}" if placing.sta else f"an estimate from above. {MISSING}",
        "wires": f"{wire.capacitance:.3g} fF and {wire.resistance:.3g} ohm a um",
        "utilisation": f"{placing.setup.utilisation:g}",
    }
    report = measured_report(
        topics, setting, [technology], shlex.join(words), told, failures, name="layout", title=TITLE, notes=NOTES
    )
    write_report(report, output, width=200)
    end_by(report)


Taken = tuple[Technology, Placing, Cache | None]


def _taken(options: dict[str, Any]) -> Taken:
    """Take the options of placement out of all that are given, and read the files."""
    lefs, capacitance, resistance = (options.pop(name) for name in ("lefs", "wire_cap", "wire_res"))
    kept = Cache(default_folder()) if options.pop("cache") else None
    lef = read_lef(*lefs)
    setup = Setup(lef, per_um(lef, capacitance, resistance), options.pop("utilisation"))
    technology = open_liberty(*find_library(options.pop("liberty"), os.environ), energies=True)
    return technology, Placing(setup, opensta_version(), qrouter_version()), kept


@dataclass(frozen=True)
class _Chosen:
    """What is to be done with a unit."""

    form: Form
    route: bool
    openroad: str | None
    output: Path


def _chosen(options: dict[str, Any], form: str) -> _Chosen:
    """Take the options of one unit out of all that are given."""
    return _Chosen(Form(form), options.pop("route"), options.pop("openroad"), options.pop("output"))


def _place(unit: Contender, name: str, chosen: _Chosen, taken: Taken) -> None:
    technology, placing, kept = taken
    check_writable(chosen.output)
    if chosen.openroad is not None:
        openroad_command(chosen.openroad)
    job = LayoutJob(unit, placing.setup, placing.sta, chosen.form)
    with keeping(kept):
        found = placed_unit(job, technology, name)
    wiring = found.first.wiring
    theirs = chosen.openroad and run_openroad(chosen.openroad, wiring, name, technology, placing.setup)
    console = wide_console(160)
    show_sections(console, [unit_section(found.laid, theirs or None)])
    if chosen.route:
        console.print(routing_line(found.first, placing.router), soft_wrap=True)
    wire = placing.setup.wire
    console.print(f"wires: {wire.capacitance:.3g} fF and {wire.resistance:.3g} ohm a um", soft_wrap=True)
    if placing.sta is None:
        console.print(f"delays with wires are an estimate from above. {MISSING}", soft_wrap=True)
    show_files(console, write_files(chosen.output, found.files))
