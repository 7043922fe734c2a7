"""Checks of arrays: the exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lmul.hdl.array import SystolicArray
from lmul.hdl.verilog import Exported, export
from lmul.sim.array_job import ArrayJob, CheckedArray, read_checked, write_arrays
from lmul.sim.mutation import watched
from lmul.sim.player import Player, player_top
from lmul.sim.tiles import Shape
from lmul.sim.verilator import SimulationError, reason, run_bench

CYCLES = 0
_TILES = 8


def verify_arrays(
    units: Sequence[SystolicArray],
    folder: Path,
    cycles: int = CYCLES,
    seed: int = 0,
    done: Callable[[int], None] = lambda cycles: None,
) -> list[CheckedArray]:
    """Export arrays and compare their sums with the golden model's, in one build.

    Parameters
    ----------
    units : sequence of SystolicArray
        Each once.
    folder : Path
        Where the Verilog, the build and its logs go.
    cycles : int
        After the trials that all have to pass each is tried at random until it has run for so many cycles.
    seed : int
        Of what is random.
    done : callable
        Called now and then with how many cycles have been simulated.

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
    players = [player(unit, files, _depths(shapes[unit.name])) for unit, files in zip(units, exported, strict=True)]
    top, public = player_top(players)
    job = write_arrays(folder, ArrayJob(shapes, cycles, _TILES, seed))
    sources = [files.verilog for files in exported]
    with watched(folder, done):
        passed = run_bench(folder, top, public, sources, "lmul.sim.bench_arrays", "arrays_equal_golden", job)
    checked = read_checked(folder)
    if passed != all(each.passed for each in checked):
        raise SimulationError(f"the bench and its outcome disagree: {reason(folder / 'test.log')}")
    return checked


def shape_of(unit: SystolicArray) -> Shape:
    """What a bench has to know of an array."""
    return Shape(unit.dot, unit.rows, unit.columns, unit.lanes, unit.dataflow.value, unit.sums)


def player(unit: SystolicArray, exported: Exported, depths: dict[str, int]) -> Player:
    """What plays to an array."""
    widths = {port.name: port.width for port in exported.ports}
    return Player(unit.name, widths, depths, aftermath(unit))


def aftermath(unit: SystolicArray) -> int:
    """Cycles after which nothing comes out any more."""
    return 50 + 4 * (unit.rows + unit.columns)


def _depths(shape: Shape) -> dict[str, int]:
    """Beats of the longest trial, at most."""
    k = -(-shape.dot.depth // shape.terms)
    tiles = 5 * 3 * _TILES
    rows = max(shape.rows, min(shape.sums, 3 * shape.rows))
    if shape.stationary == "os":
        return {"a": tiles * k, "b": tiles * k, "c": tiles * rows}
    return {"a": tiles * k * rows, "b": tiles * k * shape.rows, "c": tiles * rows}
