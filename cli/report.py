"""`lmul report`: what L-Mul saves, measured."""

from pathlib import Path
from typing import Any

import click

from lmul.cli.options import with_options
from lmul.cli.report_arrays import report_arrays
from lmul.cli.report_full import report_full
from lmul.cli.report_multipliers import report_multipliers
from lmul.cli.tables import show_sections, wide_console
from lmul.golden.formats import format_named
from lmul.synth.cache import Cache, default_folder
from lmul.synth.comparison import FORMAT_NAMES
from lmul.synth.growth import growth, growth_section, parse_report, read_report
from lmul.synth.liberty import open_liberty
from lmul.synth.measurement import Measured
from lmul.synth.technology import GENERIC

_OPTIONS = [
    click.option(
        "--liberty",
        "liberties",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A cell library (.lib, .lib.gz): um2 and ps besides. Without one, generic gates count transistors."
        " Repeatable with --full, which looks at some topics in the last one alone.",
    ),
    click.option(
        "--format",
        "format_names",
        multiple=True,
        metavar="NAME",
        help=f"Repeatable. Without it: {', '.join(FORMAT_NAMES)}.",
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        default=Path("report"),
        show_default=True,
        metavar="DIR",
        help="Gets report.md, .csv, .json, .png and .svg, all or none, and the folder verilog.",
    ),
    click.option(
        "--verify/--no-verify",
        default=True,
        show_default=True,
        help="Simulate the Verilog against the golden model first; a difference ends the report.",
    ),
    click.option("--full", is_flag=True, help="Everything, in all technologies: full.md and the rest; half an hour."),
    click.option("--arrays", is_flag=True, help="Lanes, elements and arrays instead: arrays.md and the rest."),
    click.option(
        "--all", "everything", is_flag=True, help="With --arrays: every method with every accumulator; hours."
    ),
    click.option(
        "--compare",
        type=click.Path(path_type=Path),
        metavar="OLD.json",
        help="Show which numbers of an earlier report of the same kind have changed.",
    ),
    click.option(
        "--cache/--no-cache",
        default=True,
        show_default=True,
        help=f"With --full and --arrays: keep outcomes in {default_folder()}, and use them while nothing changes.",
    ),
]


def _with_options(command: Any) -> Any:
    return with_options(_OPTIONS, command)


@click.command()
@_with_options
def report(
    liberties: tuple[Path, ...],
    format_names: tuple[str, ...],
    output: Path,
    verify: bool,
    full: bool,
    arrays: bool,
    everything: bool,
    compare: Path | None,
    cache: bool,
) -> None:
    """Compare L-Mul and corrected units with exact multipliers: area, depth, delay and error, one flow for all.

    With --arrays what they save in dot products and systolic arrays, part by part, beside how accurate they are. With
    --full what they cost in every technology: area, timing, energy, and where multiplication by addition pays.

    \b
    lmul report
    lmul report --liberty nangate45_typ.lib.gz --format e4m3 --format bf16 -o report
    lmul report --arrays --liberty nangate45_typ.lib.gz -o report
    lmul report --full --liberty sg13g2_typ.lib.gz --liberty nangate45_typ.lib.gz -o report
    """
    if everything and not arrays:
        raise ValueError("--all must be left out without --arrays")
    if full and arrays:
        raise ValueError("--arrays must be left out with --full")
    if len(liberties) > 1 and not full:
        raise ValueError(f"--liberty must be given once without --full, not {len(liberties)} times")
    old = None if compare is None else read_report(compare)
    formats = list(dict.fromkeys(format_named(name) for name in format_names))
    kept = Cache(default_folder()) if cache else None
    technologies = [open_liberty(path) for path in liberties]
    name = liberties[0].name if liberties else None
    if full:
        each = [Measured(technology, kept) for technology in (GENERIC, *technologies)]
        files = report_full(each, [path.name for path in liberties], formats, output)
    elif arrays:
        measured = Measured((technologies or [GENERIC])[0], kept)
        files = report_arrays(measured, name, formats, everything, output)
    else:
        files = report_multipliers((technologies or [GENERIC])[0], name, format_names, verify, output)
    if old is not None:
        _show_growth(old, files)


def _show_growth(old: dict[str, Any], files: dict[str, str | bytes]) -> None:
    text = next(content for name, content in files.items() if name.endswith(".json"))
    found = growth(old, parse_report(str(text)))
    section = growth_section(found)
    console = wide_console(160)
    if section.records:
        show_sections(console, [section])
    for note in section.notes:
        console.print(note, soft_wrap=True)
    for what, rows in (("gone", found.gone), ("new", found.new)):
        for row in rows:
            console.print(f"{what}: {row}", soft_wrap=True)
