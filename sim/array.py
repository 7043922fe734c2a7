"""Checks of systolic arrays: exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lmul.hdl.array.axi import SLICES, AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.describe.array import streams
from lmul.hdl.export.verilog import export, ports_of
from lmul.sim.jobs.arrays import ArrayJob, CheckedArray, read_checked, write_arrays
from lmul.sim.mutation import watched
from lmul.sim.own_files import OwnFiles
from lmul.sim.stimulus.array_trials import beats_of_a_trial
from lmul.sim.stimulus.axi_beats import AxiShape, Kept
from lmul.sim.stimulus.tiles import Shape
from lmul.sim.verilator import SimulationError, reason, run_bench
from lmul.sim.verilog.axi import packed
from lmul.sim.verilog.player import Player, player_top


def verify_arrays(
    units: Sequence[SystolicArray | AxiStreamArray],
    folder: Path,
    cycles: int = 0,
    seed: int = 0,
    done: Callable[[int], None] = lambda cycles: None,
    own: OwnFiles | None = None,
) -> list[CheckedArray]:
    """Export arrays and compare their sums with the golden model's, in one build.

    Parameters
    ----------
    units : sequence of SystolicArray or AxiStreamArray
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
    exported = [export(unit, folder / "verilog").verilog for unit in units]
    played = [played_array(unit, own.instantiated if own else "") for unit in units]
    return checked_in(
        folder, played, exported, ArrayJob({}, cycles, seed), ("arrays", "arrays_equal_golden"), done, own
    )


@dataclass(frozen=True)
class Played:
    """Unit as a bench plays it: its player, what the bench needs to know of it, and modules between the two."""

    player: Player
    shape: Any
    adapters: tuple[str, ...] = ()


def checked_in(
    folder: Path,
    played: Sequence[Played],
    sources: Sequence[Path],
    job: ArrayJob[Any],
    bench: tuple[str, str],
    done: Callable[[int], None],
    own: OwnFiles | None = None,
) -> list[CheckedArray]:
    """Run a bench, given as module and test, on the units of a build; see `verify_arrays`."""
    sources = own.write(folder / "own") if own else sources
    top, public = player_top([each.player for each in played])
    written = write_arrays(folder, replace(job, units={each.player.name: each.shape for each in played}))
    module, test = bench
    text = "\n".join([top, *(adapter for each in played for adapter in each.adapters)])
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
            lenient=own is not None,
        )
    checked = read_checked(folder)
    if passed != all(each.passed for each in checked):
        raise SimulationError(f"the bench and its outcome disagree: {reason(folder / 'test.log')}")
    return checked


def played_array(unit: SystolicArray | AxiStreamArray, module: str = "") -> Played:
    """Build the player of an array, or of `module` in its place."""
    array = unit.array if isinstance(unit, AxiStreamArray) else unit
    shape = shape_of(array)
    whole = player(array, dict.fromkeys("abc", beats_of_a_trial(shape)), module)
    if not isinstance(unit, AxiStreamArray):
        return Played(whole, shape)
    kept, widths = list[Kept](), dict(whole.widths)
    for stream in "ab":
        tdata, tkeep, *others = unit.layout[stream]
        elements = streams(array)[stream][0]
        kept.append(Kept(elements.count, elements.element, tdata.element // 8, sum(field.width for field in others)))
        widths[f"{stream}_keep"] = tkeep.width
    name = f"{unit.name}_packed"
    patient = replace(whole, name=unit.name, widths=widths, aftermath=whole.aftermath + SLICES, module=name)
    adapters = (packed(unit, name, module, keep=True),)
    return Played(patient, AxiShape(**vars(shape), kept=(kept[0], kept[1])), adapters)


def shape_of(unit: SystolicArray) -> Shape:
    """Return the properties of an array that a bench needs."""
    return Shape(unit.dot, unit.rows, unit.columns, unit.lanes, unit.dataflow.value, unit.sums)


def player(unit: SystolicArray, depths: Mapping[str, int], module: str = "") -> Player:
    """Build the player of an array, or of `module` in its place."""
    return Player(unit.name, {port.name: port.width for port in ports_of(unit)}, depths, aftermath(unit), module)


def aftermath(unit: SystolicArray) -> int:
    """Return the cycles to wait after the last beat for one too many."""
    return 50 + 4 * (unit.rows + unit.columns)
