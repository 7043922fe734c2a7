"""Checks of systolic arrays: exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.export.verilog import Exported, export
from lmul.sim.jobs.arrays import ArrayJob, CheckedArray, read_checked, write_arrays
from lmul.sim.mutation import watched
from lmul.sim.own_files import OwnFiles
from lmul.sim.stimulus.array_trials import beats_of_a_trial
from lmul.sim.stimulus.tiles import Shape
from lmul.sim.verilator import SimulationError, reason, run_bench
from lmul.sim.verilog.player import Player, player_top


def verify_arrays(
    units: Sequence[SystolicArray],
    folder: Path,
    cycles: int = 0,
    seed: int = 0,
    done: Callable[[int], None] = lambda cycles: None,
    own: OwnFiles | None = None,
) -> list[CheckedArray]:
    """Export arrays and compare their sums with the golden model's, in one build.

    Parameters
    ----------
    units : sequence of SystolicArray
        Each once.
    folder : Path
        Folder for Verilog, build and logs.
    cycles : int
        Cycles to reach with random trials, after the fixed ones.
    seed : int
        Seed of random choices.
    done : callable
        Called now and then with the number of simulated cycles.
    own : OwnFiles or None
        The user's files, simulated in place of the export of the only unit.

    Returns
    -------
    list of CheckedArray
        One for each array, in the order of `units`.

    Raises
    ------
    SimulationError
        There is no usable Verilator, or it could not build or run what was exported.
    OSError
        The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    exported = [export(unit, folder / "verilog") for unit in units]
    shapes = {unit.name: shape_of(unit) for unit in units}
    memories = {unit.name: dict.fromkeys("abc", beats_of_a_trial(shapes[unit.name])) for unit in units}
    players = [player(unit, files, memories[unit.name]) for unit, files in zip(units, exported, strict=True)]
    if own is not None:
        players = [replace(each, module=own.instantiated) for each in players]
    sources = own.write(folder / "own") if own else [files.verilog for files in exported]
    job = ArrayJob(shapes, cycles, seed)
    lenient = own is not None
    return checked_in(folder, players, sources, job, ("arrays", "arrays_equal_golden"), done, lenient=lenient)


def checked_in(
    folder: Path,
    players: Sequence[Player],
    sources: Sequence[Path],
    job: ArrayJob[Any],
    bench: tuple[str, str],
    done: Callable[[int], None],
    adapters: Sequence[str] = (),
    lenient: bool = False,
) -> list[CheckedArray]:
    """Run a bench, given as module and test, on players and the units in them; see `verify_arrays`."""
    top, public = player_top(players)
    written = write_arrays(folder, job)
    module, test = bench
    text = "\n".join([top, *adapters])
    with watched(folder, done):
        passed = run_bench(
            folder,
            text,
            public,
            sources,
            f"lmul.sim.benches.{module}",
            test,
            written,
            optimised=job.cycles > 0,
            lenient=lenient,
        )
    checked = read_checked(folder)
    if passed != all(each.passed for each in checked):
        raise SimulationError(f"the bench and its outcome disagree: {reason(folder / 'test.log')}")
    return checked


def shape_of(unit: SystolicArray) -> Shape:
    """Return the properties of an array that a bench needs."""
    return Shape(unit.dot, unit.rows, unit.columns, unit.lanes, unit.dataflow.value, unit.sums)


def player(unit: SystolicArray, exported: Exported, depths: dict[str, int]) -> Player:
    """Build the player of an array."""
    widths = {port.name: port.width for port in exported.ports}
    return Player(unit.name, widths, depths, aftermath(unit))


def aftermath(unit: SystolicArray) -> int:
    """Return the cycles to wait after the last beat for one too many."""
    return 50 + 4 * (unit.rows + unit.columns)
