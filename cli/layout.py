# amaranth: UnusedElaboratable=no
"""`lmul layout`: units placed and wired, and what that changes."""

import shlex
from functools import partial
from pathlib import Path
from typing import Any

import click

from lmul.cli.array_options import ACCUMULATOR, WINDOW, chosen_dot, chosen_product, product_options
from lmul.cli.console import show_files, show_sections, wide_console
from lmul.cli.layout_options import (
    FORM,
    LARGEST,
    MORE,
    OUTPUT,
    PLACED,
    USES_BY_NAME,
    ChosenUnit,
    Taken,
    chosen_unit,
    studied,
    taken_options,
)
from lmul.cli.lazy import LazyGroup
from lmul.cli.options import chosen_multiplier, multiplier_options, number_word, with_options
from lmul.cli.report_output import end_by, find_out, write_report
from lmul.golden.accumulators import DEPTH
from lmul.hdl.arith.exact_products import Form
from lmul.synth.layout.files import placed_unit, unit_section
from lmul.synth.layout.gds import check_gds, gds_files
from lmul.synth.layout.job import UTILISATION, LayoutJob
from lmul.synth.layout.openroad import OpenRoad, openroad_command, run_openroad
from lmul.synth.layout.routing import routing_line
from lmul.synth.measure.catalog import REPORT_FORMATS
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.opensta.run import MISSING
from lmul.synth.report.layout.study import NOTES, TITLE, Layouts, told
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.setting import Setting
from lmul.tools.cache import keeping
from lmul.tools.files import check_writable, write_files


@click.group("layout", cls=LazyGroup, lazy={})
def layout() -> None:
    """Place a unit's cells, estimate its wires, and show what they do to area, delay and energy.

    coloquinte places (pip install 'lmul[layout]'; wheels for Linux and Python up to 3.12). With OpenSTA (`sta` on PATH)
    delays are of the SPEF that is written, else an estimate,
    either side of OpenSTA's. No routing, clock tree or power grid.

    \b
    lmul layout multiplier --format e4m3 --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    lmul layout dot --format e4m3 --lanes 16 --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    lmul layout study --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o placed
    """


@layout.command("multiplier")
@multiplier_options
@FORM
@partial(with_options, PLACED)
@partial(with_options, MORE)
def multiplier(form: str, **options: Any) -> None:
    """Place a combinational multiplier: DIR/NAME.v, .def, .spef and .svg, and its figures before wires and placed.

    \b
    lmul layout multiplier --format bf16 --method exact --form tree --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = taken_options(options), chosen_unit(options, form)
    unit = chosen_multiplier(**options)
    if unit.pipeline:
        raise ValueError(f"--pipeline must be 0, not {unit.pipeline}: combinational multipliers are placed")
    _place(unit.parameters, unit.parameters.name, chosen, taken)


@layout.command("dot")
@product_options
@ACCUMULATOR
@WINDOW
@click.option("--lanes", type=click.IntRange(1), default=16, show_default=True, metavar="N", help="Products a cycle.")
@FORM
@partial(with_options, PLACED)
@partial(with_options, MORE)
def dot(lanes: int, accumulator: str, window: int | None, form: str, **options: Any) -> None:
    """Place the core of a dot product: words of y in registers, lanes, one accumulator; no streams.

    \b
    lmul layout dot --format e4m3 --lanes 4 --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = taken_options(options), chosen_unit(options, form)
    parameters = chosen_dot(chosen_product(**options), accumulator, DEPTH, window)
    piece = Piece(PieceKind.DOT_CORE, parameters, lanes, form=Form(form))
    _place(piece, f"dot{lanes}_{parameters.name}", chosen, taken)


@layout.command("element")
@product_options
@ACCUMULATOR
@WINDOW
@FORM
@partial(with_options, PLACED)
@partial(with_options, MORE)
def element(accumulator: str, window: int | None, form: str, **options: Any) -> None:
    """Place the core of a processing element: registers for both operands, multiply, add to an accumulator.

    \b
    lmul layout element --format bf16 --accumulator fp32 --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    taken, chosen = taken_options(options), chosen_unit(options, form)
    parameters = chosen_dot(chosen_product(**options), accumulator, DEPTH, window)
    piece = Piece(PieceKind.ELEMENT_CORE, parameters, form=Form(form))
    _place(piece, f"element_{parameters.name}", chosen, taken)


@layout.command("study")
@click.option(
    "--format", "format_names", multiple=True, metavar="NAME", help="Repeatable. Without it: all of the study."
)
@click.option(
    "--use", "uses", multiple=True, type=click.Choice(list(USES_BY_NAME)), help="Repeatable. Without it: all."
)
@partial(with_options, PLACED)
@OUTPUT
def study(format_names: tuple[str, ...], uses: tuple[str, ...], output: Path, **options: Any) -> None:
    """Place multipliers, 16-lane dot products and multiply-accumulates, five times each: what wires change.

    L-Mul, corrected2, logarithms and exact units in all forms, each placed; and once 64 products a cycle. Writes
    layout.md, .csv, .json and pictures. What is done is kept: a run that was ended goes on where it was.

    \b
    lmul layout study --format e4m3 --use multiplier --liberty L --lef TECH.lef --lef CELLS.lef -o placed
    """
    words = ["lmul", "layout", "study", *(f"--format={name}" for name in format_names)]
    words += [f"--use={use}" for use in uses]
    words += [f"--liberty={Path(options['liberty']).name}", *(f"--lef={Path(name).name}" for name in options["lefs"])]
    for name, default in (("utilisation", UTILISATION), ("wire_cap", None), ("wire_res", None)):
        if options[name] != default:
            words.append(f"--{name.replace('_', '-')}={number_word(options[name])}")
    formats = studied(format_names, uses)
    technology, placing, kept = taken_options(options)
    chosen = dict.fromkeys(uses or USES_BY_NAME)
    topics = [Layouts(placing, [use for name in chosen for use in USES_BY_NAME[name]], LARGEST in chosen)]
    setting = Setting([Measured(technology, kept)], formats or REPORT_FORMATS)
    failures = find_out(topics, setting, output)
    how, command = told({technology.name: placing}), shlex.join(words)
    report = measured_report(
        topics, setting, [technology], command, how, failures, name="layout", title=TITLE, notes=NOTES
    )
    write_report(report, output, width=200)
    end_by(report)


def _place(unit: Contender, name: str, chosen: ChosenUnit, taken: Taken) -> None:
    technology, placing, kept = taken
    check_writable(chosen.output)
    if chosen.openroad is not None:
        openroad_command(chosen.openroad)
    if chosen.gds is not None:
        check_gds(chosen.gds)
    job = LayoutJob(unit, placing.setup, placing.sta, chosen.form)
    with keeping(kept):
        found = placed_unit(job, technology, name)
    wiring = found.first.wiring
    theirs: OpenRoad | None = None
    more: dict[str, bytes] = {}
    if chosen.openroad is not None:
        theirs, more = run_openroad(chosen.openroad, wiring, name, technology, placing.setup)
    files = found.files | more | (gds_files(found.first, name, chosen.gds) if chosen.gds is not None else {})
    console = wide_console(160)
    show_sections(console, [unit_section(found.laid, theirs)])
    if theirs is not None:
        console.print("OpenROAD's delay has a clock tree, and wires as routed globally", soft_wrap=True)
    if chosen.route:
        console.print(routing_line(found.first, placing.router), soft_wrap=True)
    wire = placing.setup.wire
    console.print(f"wires: {wire.capacitance:.3g} fF and {wire.resistance:.3g} ohm a um", soft_wrap=True)
    if placing.sta is None:
        console.print(
            "delays are ABC's before wires, and placed an estimate: times what nets hold with wires over without."
            f" {MISSING}",
            soft_wrap=True,
        )
    show_files(console, write_files(chosen.output, files))
