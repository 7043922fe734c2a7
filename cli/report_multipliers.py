# amaranth: UnusedElaboratable=no
"""`lmul report`: what multipliers cost, and what L-Mul saves."""

from collections.abc import Sequence
from pathlib import Path

from rich.progress import MofNCompleteColumn, Progress

from lmul.cli.console import show_sections, terminal_table, wide_console
from lmul.cli.progress import progress_bar
from lmul.golden.formats import Format
from lmul.hdl.export.verilog import Exported, export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.multiplier import verify_all
from lmul.sim.verilator import SimulationError
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.rivals import rival_jobs, rival_section
from lmul.synth.report.multipliers.comparison import Comparison, compare, units
from lmul.synth.report.multipliers.earlier import VERILOG, earlier_files
from lmul.synth.report.multipliers.files import report_files
from lmul.synth.report.multipliers.notes import technology_notes
from lmul.synth.report.multipliers.report import Report
from lmul.synth.report.multipliers.tables import main_table, parts_table
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.provenance import tool_versions
from lmul.synth.rivals.source import Rival
from lmul.tools.files import check_writable, scratch_folder, write_files


def report_multipliers(
    measured: Measured, formats: Sequence[Format], rivals: Sequence[Rival], verify: bool, command: str, output: Path
) -> dict[str, str | bytes]:
    """Export, verify and measure; write the report and its Verilog into a folder, show it, and return its files."""
    compared = units(formats)
    for folder in (output, output / VERILOG):
        check_writable(folder)
    with scratch_folder() as scratch, progress_bar(MofNCompleteColumn()) as progress:
        multipliers = [Multiplier(parameters) for parameters in compared]
        exported = _export(multipliers, scratch / VERILOG, progress)
        products = _verify(multipliers, scratch / "verify", progress) if verify else None
        step = progress.add_task("synthesise", total=len(compared) + len(formats))
        verilog = {unit: files.verilog.read_text() for unit, files in exported.items()}
        comparison = compare(compared, verilog, measured.technology, done=lambda: progress.advance(step))
        sources = {
            f"{VERILOG}/{path.name}": path.read_bytes() for e in exported.values() for path in (e.verilog, e.manifest)
        }
        measured.find_out(rival_jobs(rivals))
    section = rival_section(measured, rivals) if rivals else None
    made = Report(comparison, command, tool_versions(), products, section)
    contents = report_files(made)
    outdated = [path for path in earlier_files(output) if path not in {output / name for name in sources}]
    files = write_files(output, {**contents, **sources}, outdated)
    _show(comparison, made, files[: len(contents)])
    return contents


def _export(multipliers: Sequence[Multiplier], folder: Path, progress: Progress) -> dict[str, Exported]:
    return {unit.name: export(unit, folder) for unit in progress.track(multipliers, description="export")}


def _verify(multipliers: Sequence[Multiplier], folder: Path, progress: Progress) -> dict[str, int]:
    """How many products of each unit were compared.

    Raises
    ------
    SimulationError
        One of them differs.
    """
    step = progress.add_task("verify", total=None)
    checked = verify_all(multipliers, folder)
    progress.update(step, total=1, completed=1)
    for unit in checked:
        if unit.mismatches:
            raise SimulationError(
                f"{unit.name}: {unit.mismatches} of {unit.products} products differ from the golden model's"
            )
    return {unit.name: unit.products for unit in checked}


def _show(comparison: Comparison, made: Report, files: Sequence[Path]) -> None:
    console = wide_console(100)
    console.print(terminal_table(main_table(comparison)))
    console.print("* against exact under flush: exact has no raw form\n")
    console.print("What each part buys, in NAND2 equivalents", style="bold")
    console.print(terminal_table(parts_table(comparison)))
    console.print()
    if made.rivals:
        show_sections(wide_console(250), [made.rivals])
        for note in made.rivals.notes:
            console.print(note)
    for what in ("library", "tools", "verification"):
        console.print(f"{what}: {made.provenance[what]}", soft_wrap=True)
    for note in technology_notes(comparison):
        console.print(note)
    console.print(
        f"Differences under about {NOISE_PERCENT} % are noise. Notes, flow and cells by kind are in report.md.\n"
    )
    for path in files:
        console.print(path, soft_wrap=True)
