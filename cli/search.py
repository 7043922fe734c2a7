"""`lmul search`."""

import os
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from lmul.accuracy.distributions import SIGNED, Distribution
from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.dots.total import COUNT, Condition
from lmul.cli.accuracy import DIGITS, cache_option
from lmul.cli.accuracy_logs import tensors
from lmul.cli.npy import type_option
from lmul.cli.options import floating_formats, read_logarithms, with_options
from lmul.cli.paths import PATH
from lmul.cli.report_output import end_by, find_out, show_report, write_report
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import Format
from lmul.golden.logarithms import GUARD_BITS, LogTable
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure.session import Measured
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.search.candidates import candidates, formats_of
from lmul.synth.report.search.topic import NOTES, TITLE, Search
from lmul.synth.report.setting import Setting
from lmul.synth.technology.locate import LIBRARIES, find_library
from lmul.synth.technology.technology import GENERIC
from lmul.tools.cache import Cache, default_folder
from lmul.tools.files import check_writable

_UNSCALED = "none"
_WINDOW = 12

OPTIONS: list[Callable[..., Any]] = [
    click.option("--error", "percent", type=click.FloatRange(0, min_open=True), metavar="E", help="At most, in %."),
    click.option(
        "--area", type=click.FloatRange(0, min_open=True), metavar="A", help="At most, in NAND2 equivalents a product."
    ),
    click.option("--format-bits", type=int, metavar="N", help="All known formats of N bits. Without it: 8."),
    click.option("--format", "format_names", multiple=True, metavar="NAME", help="These formats instead. Repeatable."),
    click.option(
        "--distribution",
        "distributions",
        multiple=True,
        type=click.Choice([each.value for each in SIGNED]),
        help="Of the operands. Repeatable; the error is the mean of all conditions. Without it, and without --x: all.",
    ),
    click.option(
        "--scale",
        "scales",
        multiple=True,
        type=click.Choice([*(rule.value for rule in Rule), _UNSCALED]),
        help="Rule of block scales: OCP's, the least that saturates nothing, or no scales. Repeatable. Without it:"
        " floor and fit.",
    ),
    click.option("--x", "xs", type=PATH, multiple=True, metavar="X.npy", help="Your operands (..., K). Repeatable."),
    click.option("--y", "ys", type=PATH, multiple=True, metavar="Y.npy", help="(..., K), one for each --x."),
    type_option("x"),
    type_option("y"),
    click.option(
        "--window",
        "windows",
        multiple=True,
        type=click.IntRange(2, 64),
        help=f"Bits W of the accumulator. Repeatable. Without it: {_WINDOW}.",
    ),
    click.option(
        "--table",
        "table_texts",
        multiple=True,
        metavar="G=FILE",
        help="Your own logarithms with G guard bits, as JSON. Repeatable.",
    ),
    click.option(
        "--liberty",
        metavar="FILE|NAME",
        help=f"A cell library, or an installed one: {', '.join(LIBRARIES)}. Without it: generic gates.",
    ),
    click.option("--energy", is_flag=True, help="Energies too, of the lanes on the front and of their rivals."),
    click.option("--count", type=click.IntRange(2), default=COUNT, show_default=True, help="Dot products a condition."),
    click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets search.md, .csv and .json, all or none."),
    cache_option,
]


@click.command()
@partial(with_options, OPTIONS)
def search(
    percent: float | None,
    area: float | None,
    format_bits: int | None,
    format_names: tuple[str, ...],
    distributions: tuple[str, ...],
    scales: tuple[str, ...],
    xs: tuple[Path, ...],
    ys: tuple[Path, ...],
    x_type: str | None,
    y_type: str | None,
    windows: tuple[int, ...],
    table_texts: tuple[str, ...],
    liberty: str | None,
    energy: bool,
    count: int,
    output: Path | None,
    cache: bool,
) -> None:
    """Find the smallest lane of an error, or the most accurate one of an area, beside exact and integer lanes.

    Tries every method in every format, exact lanes of fewer bits, and integers of 4 to 8 bits: 16 lanes, words and
    accumulator included. Prints the front of total error against area.

    \b
    lmul search --format-bits 8 --error 3 --liberty nangate45_typ.lib.gz
    lmul search --format bf16 --scale none --distribution gaussian --error 0.65
    lmul search --area 320 --x activations.npy --y weights.npy -o found
    """
    if output is not None:
        check_writable(output)
    if format_bits is not None and format_names:
        raise ValueError(f"--format-bits must be left out with --format, not {format_bits}")
    own = tensors(xs, ys, x_type, y_type)
    formats = floating_formats(format_names) or formats_of(8 if format_bits is None else format_bits)
    rules = [None if scale == _UNSCALED else Rule(scale) for scale in dict.fromkeys(scales)] or list(Rule)
    tables = _tables(table_texts, formats)
    sources: list[Distribution | Tensors] = [*map(Distribution, dict.fromkeys(distributions)), *own]
    conditions = [Condition(source, rule) for source in sources or SIGNED for rule in rules]
    found = candidates(formats, list(dict.fromkeys(windows)) or [_WINDOW], tables, None not in rules)
    kept = Cache(default_folder()) if cache else None
    files = None if liberty is None else find_library(liberty, os.environ)
    technology = GENERIC if files is None else open_liberty(*files, energies=energy)
    if energy and technology.is_generic:
        raise ValueError("--energy must be left out without --liberty")
    topic = Search(found, conditions, None if percent is None else percent / 100, area, energy, count)
    setting = Setting([Measured(technology, kept)], formats)
    failures = find_out([topic], setting, output)
    words = click.get_current_context().params
    report = measured_report(
        [topic],
        setting,
        [technology],
        _command(words, files),
        {},
        failures,
        name="search",
        title=TITLE,
        notes=NOTES,
        digits=DIGITS,
        shown=["front"],
    )
    if output is None:
        show_report(report)
    else:
        write_report(report, output)
    end_by(report)


def _tables(texts: Sequence[str], formats: Sequence[Format]) -> list[tuple[int, LogTable]]:
    """Read tables that are given as G=FILE, and refuse those that fit no format."""
    found = []
    for text in texts:
        guard, _, name = text.partition("=")
        if guard not in map(str, GUARD_BITS) or not name:
            raise ValueError(f"--table must be G=FILE with G from {GUARD_BITS[0]} to {GUARD_BITS[-1]}, not {text!r}")
        table = read_logarithms(Path(name))
        if len(table) not in (f.hidden_one for f in formats):
            raise ValueError(f"--table must have as many entries as a format has mantissas, not {len(table)} ({name})")
        found.append((int(guard), table))
    return found


def _command(given: dict[str, Any], files: Sequence[Path] | None) -> str:
    """Write the command line that repeats the search, with files without their folders."""
    words = ["lmul", "search"]
    for option in click.get_current_context().command.params:
        value = given[option.name or ""]
        if option.name in ("output", "cache") or value in (None, (), False) or value == option.default:
            continue
        name = option.opts[0]
        if option.name == "liberty" and files is not None:
            value = "+".join(path.name for path in files)
        if option.name == "table_texts":
            value = tuple(f"{text.partition('=')[0]}={Path(text.partition('=')[2]).name}" for text in value)
        for each in value if isinstance(value, tuple) else (value,):
            words += [name] if each is True else [name, each.name if isinstance(each, Path) else str(each)]
    return shlex.join(words)
