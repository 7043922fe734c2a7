"""`lmul report`: what L-Mul saves, measured."""

import os
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from lmul.accuracy.attention.variants import few_sentences
from lmul.accuracy.model.transformer import Encoder
from lmul.cli import exit_codes
from lmul.cli.console import show_sections, wide_console
from lmul.cli.layout_options import placings
from lmul.cli.npy import loaded
from lmul.cli.options import with_options
from lmul.cli.report_options import REPORT_OPTIONS, Chosen
from lmul.cli.report_output import end_by, find_out, write_report
from lmul.cli.rivals import rivals_of
from lmul.cli.verification import NOT_VERIFIED, Verification
from lmul.reporting.compare import growth, growth_section, kind_of, parse_report, read_report
from lmul.reporting.report import Report, unless_failed
from lmul.reporting.topic import Topic
from lmul.sim.verilator import simulator
from lmul.synth.energy.operands import Stream, attention_streams, tensor_stream
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure import catalog
from lmul.synth.measure.session import Measured
from lmul.synth.report.arrays.notes import array_notes
from lmul.synth.report.arrays.report import TITLE as ARRAYS_TITLE
from lmul.synth.report.arrays.report import array_topics
from lmul.synth.report.full.report import NOTES as FULL_NOTES
from lmul.synth.report.full.report import TITLE as FULL_TITLE
from lmul.synth.report.full.report import full_topics
from lmul.synth.report.full.rivals import Rivals
from lmul.synth.report.layout.entrants import Placing
from lmul.synth.report.layout.study import NOTES as LAYOUT_NOTES
from lmul.synth.report.layout.study import told
from lmul.synth.report.multipliers.earlier import VERILOG, earlier_files
from lmul.synth.report.multipliers.notes import notes as multiplier_notes
from lmul.synth.report.multipliers.notes import technology_notes
from lmul.synth.report.multipliers.styles import Styles
from lmul.synth.report.multipliers.units import Units, cells_by_kind, csv_lines, verilog_files
from lmul.synth.report.provenance import measured_report
from lmul.synth.report.setting import Setting
from lmul.synth.rivals.source import Rival
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import GENERIC
from lmul.tools.cache import Cache, default_folder
from lmul.tools.failure import FAILED
from lmul.tools.files import check_writable

Written = tuple[Report, dict[str, str | bytes]]
"""Report, and its files by name."""

LAYER = 3
"""Layer of the transformer whose tensors are the operands."""


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
    lmul report --full --liberty nangate45_typ.lib.gz --lef tech.lef --lef cells.lef -o report
    """
    chosen = Chosen(**options)
    chosen.check()
    old = _earlier(chosen)
    report, files = _made(chosen)
    if old is not None:
        _show_growth(old, files)
    if chosen.strict:
        _fail_on_rivals(files)
    end_by(report)


def _earlier(chosen: Chosen) -> dict[str, Any] | None:
    """Read the report to compare with, if any, and refuse one of another kind before the work starts."""
    if chosen.compare is None:
        return None
    old = read_report(chosen.compare)
    if kind_of(old) != chosen.kind:
        wanted = f"lmul report {chosen.kind}".strip()
        raise ValueError(f"--compare must be a report of the same kind, by {wanted}, not by {old['command']!r}")
    return old


def _made(chosen: Chosen) -> Written:
    """Make the report that was chosen, and return it and its files."""
    kept = Cache(default_folder()) if chosen.cache else None
    if kept is not None:
        kept.expire()
    libraries = [find_library(name, os.environ) for name in chosen.liberties]
    formats, command = chosen.formats, chosen.command(libraries)
    rivals = tuple(rivals_of(chosen.rival_texts, formats))
    streams = tuple(_streams(chosen))
    opened = (open_liberty(*files, energies=chosen.full or chosen.arrays) for files in libraries)
    each = [Measured(technology, kept) for technology in (GENERIC, *opened)]
    stems = [re.sub(r"\W", "_", one.technology.name.split(".")[0]) for one in each]
    for stem in stems:
        if stems.count(stem) > 1:
            raise ValueError(f"--liberty must be files that begin with different names, not twice with {stem!r}")
    setting = Setting(each, formats)
    if chosen.full:
        return _full(chosen, setting, rivals, streams, _placed(chosen, each[1:], libraries), command)
    if chosen.arrays:
        return _arrays(chosen, setting, command)
    return _multipliers(chosen, setting, rivals, command)


def _multipliers(chosen: Chosen, setting: Setting, rivals: tuple[Rival, ...], command: str) -> Written:
    check_writable(chosen.output / VERILOG)
    verified = None if chosen.verify is False else Verification(simulator())
    topics: list[Topic[Setting]] = [Units(), Styles(), Rivals(rivals), *([verified] if verified else [])]
    failures = find_out(topics, setting, chosen.output)
    technology = setting.main.technology
    report = measured_report(
        topics,
        setting,
        [technology],
        command,
        {"verification": unless_failed(verified.sentence, setting) or FAILED if verified else NOT_VERIFIED},
        failures,
        name="report",
        title="Multiplication by integer addition, against exact multiplication: gates",
        notes=multiplier_notes(technology),
        lines=csv_lines(setting),
        appendix=[f"## Cells by kind\n\n{cells_by_kind(setting)}"],
    )
    sources = unless_failed(partial(verilog_files, setting.each[0]), setting.formats) or {}
    verilog = {f"{VERILOG}/{name}": text for name, text in sources.items()}
    outdated = [path for path in earlier_files(chosen.output) if path.name not in sources] if sources else []
    return report, write_report(report, chosen.output, technology_notes(technology), verilog, outdated)


def _arrays(chosen: Chosen, setting: Setting, command: str) -> Written:
    topics = array_topics(catalog.Chosen(tuple(setting.formats), chosen.everything))
    failures = find_out(topics, setting, chosen.output)
    technology = setting.main.technology
    told = {"name": "arrays", "title": ARRAYS_TITLE, "notes": array_notes(technology)}
    report = measured_report(topics, setting, [technology], command, {}, failures, **told)
    return report, write_report(report, chosen.output)


def _placed(chosen: Chosen, each: Sequence[Measured], libraries: Sequence[Sequence[Path]]) -> dict[str, Placing]:
    """Say how units are placed, by the libraries' names; nothing without --lef."""
    if not chosen.lefs:
        return {}
    technologies = [one.technology for one in each]
    found = placings(chosen.lefs, list(zip(technologies, libraries, strict=True)), chosen.wires)
    return dict(zip([technology.name for technology in technologies], found, strict=True))


def _full(
    chosen: Chosen,
    setting: Setting,
    rivals: tuple[Rival, ...],
    streams: tuple[Stream, ...],
    placed: dict[str, Placing],
    command: str,
) -> Written:
    topics = full_topics(rivals, streams, list(placed.values()))
    failures = find_out(topics, setting, chosen.output)
    technologies = [measured.technology for measured in setting.each]
    how, notes = (told(placed), [*FULL_NOTES, *LAYOUT_NOTES]) if placed else ({}, FULL_NOTES)
    report = measured_report(
        topics, setting, technologies, command, how, failures, name="full", title=FULL_TITLE, notes=notes
    )
    return report, write_report(report, chosen.output, width=180)


def _streams(chosen: Chosen) -> list[Stream]:
    """List the operands besides random ones: the user's arrays, and the tensors of a model's layer."""
    found: list[Stream] = []
    if chosen.x_file is not None and chosen.y_file is not None:
        name = f"{chosen.x_file.name} x {chosen.y_file.name}"
        x, y = loaded(chosen.x_file, "--x-type", chosen.x_type), loaded(chosen.y_file, "--y-type", chosen.y_type)
        try:
            found.append(tensor_stream(name, x, y))
        except (TypeError, ValueError) as error:
            raise ValueError(f"x ({chosen.x_file}) and y ({chosen.y_file}) do not fit: {error}") from None
    if chosen.model is not None:
        found += attention_streams(Encoder(chosen.model), few_sentences(), LAYER)
    return found


def _written(files: dict[str, str | bytes]) -> dict[str, Any]:
    return parse_report(str(next(content for name, content in files.items() if name.endswith(".json"))))


def _fail_on_rivals(files: dict[str, str | bytes]) -> None:
    """Exit with code 1 if a product of a rival differs from the function that it is nearest to."""
    tables = (rows for key, rows in _written(files).items() if key.split("_")[0] == "rivals")
    wrong = dict.fromkeys(row["rival"] for rows in tables for row in rows if row.get("differing"))
    if wrong:
        print(f"rivals that compute none of our functions for all pairs: {', '.join(wrong)}")
        raise SystemExit(exit_codes.FAILED)


def _show_growth(old: dict[str, Any], files: dict[str, str | bytes]) -> None:
    found = growth(old, _written(files))
    section = growth_section(found)
    console = wide_console(160)
    if section.records:
        show_sections(console, [section])
    for note in section.notes:
        console.print(note, soft_wrap=True)
    for what, rows in (("gone", found.gone), ("new", found.new)):
        for row in rows:
            console.print(f"{what}: {row}", soft_wrap=True)
