"""`lmul report`: what L-Mul saves, measured."""

import os
import re
from functools import partial
from typing import Any

import click

from lmul.accuracy.model.transformer import Encoder
from lmul.cli.arrays_io import loaded
from lmul.cli.console import show_sections, wide_console
from lmul.cli.options import with_options
from lmul.cli.report_arrays import report_arrays
from lmul.cli.report_full import report_full
from lmul.cli.report_multipliers import report_multipliers
from lmul.cli.report_options import REPORT_OPTIONS, Chosen
from lmul.cli.rivals import rivals_of
from lmul.reporting.compare import growth, growth_section, kind_of, parse_report, read_report
from lmul.sim.attention import SENTENCES
from lmul.synth.energy.operands import Stream, attention_streams, tensor_stream
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.topic import Setting
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import GENERIC
from lmul.tools.cache import Cache, default_folder

LAYER = 3
"""Of a transformer, whose tensors are measured on."""


@click.command()
@partial(with_options, REPORT_OPTIONS)
def report(**options: Any) -> None:
    """Compare L-Mul and corrected units with exact multipliers: area, depth, delay and error, one flow for all.

    With --arrays what they save in dot products and systolic arrays, part by part, beside how accurate they are. With
    --full what they cost in every technology: area, timing, energy, and where multiplication by addition pays.

    \b
    lmul report
    lmul report --liberty nangate45_typ.lib.gz --format e4m3 --format bf16 -o report
    lmul report --format e4m3 --rival mine=mine.sv:multiplier
    lmul report --arrays --liberty nangate45_typ.lib.gz -o report
    lmul report --full --liberty sg13g2_typ.lib.gz --liberty nangate45_typ.lib.gz -o report
    """
    chosen = Chosen(**options)
    chosen.check()
    old = _earlier(chosen)
    files = _made(chosen)
    if old is not None:
        _show_growth(old, files)


def _earlier(chosen: Chosen) -> dict[str, Any] | None:
    """The report to compare with, if any; refused before the work if there is nothing to compare."""
    if chosen.compare is None:
        return None
    old = read_report(chosen.compare)
    if kind_of(old) != chosen.kind:
        wanted = f"lmul report {chosen.kind}".strip()
        raise ValueError(f"--compare must be a report of the same kind, by {wanted}, not by {old['command']!r}")
    return old


def _made(chosen: Chosen) -> dict[str, str | bytes]:
    """Make the report that was chosen, and return its files."""
    kept = Cache(default_folder()) if chosen.cache else None
    if kept is not None:
        kept.expire()
    libraries = [find_library(name, os.environ) for name in chosen.liberties]
    formats, command = chosen.formats, chosen.command(libraries)
    rivals = rivals_of(chosen.rival_texts, formats)
    streams = _streams(chosen)
    each = [Measured(technology, kept) for technology in (GENERIC, *map(open_liberty, libraries))]
    stems = [re.sub(r"\W", "_", one.technology.name.split(".")[0]) for one in each]
    for stem in stems:
        if stems.count(stem) > 1:
            raise ValueError(f"--liberty must be files that begin with different names, not twice with {stem!r}")
    if chosen.full:
        return report_full(Setting(each, formats), rivals, streams, command, chosen.output)
    if chosen.arrays:
        return report_arrays(each[-1], formats, chosen.everything, command, chosen.output)
    return report_multipliers(each[-1], formats, rivals, chosen.verify is not False, command, chosen.output)


def _streams(chosen: Chosen) -> list[Stream]:
    """Operands besides random ones: the user's arrays, and what a layer of a model multiplies."""
    found: list[Stream] = []
    if chosen.x_file is not None and chosen.y_file is not None:
        name = f"{chosen.x_file.name} x {chosen.y_file.name}"
        x, y = loaded(chosen.x_file), loaded(chosen.y_file)
        try:
            found.append(tensor_stream(name, x, y))
        except (TypeError, ValueError) as error:
            raise ValueError(f"x ({chosen.x_file}) and y ({chosen.y_file}) do not fit: {error}") from None
    if chosen.model is not None:
        found += attention_streams(Encoder(chosen.model), SENTENCES, LAYER)
    return found


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
