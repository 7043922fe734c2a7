"""Checks of multipliers: the exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Sequence
from pathlib import Path

from lmul.golden.formats import Format
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import export
from lmul.sim.job import Checked, Work, read_outcome, write_job
from lmul.sim.top import Group, product_top, stream_top
from lmul.sim.vectors import EXHAUSTIVE_WIDTH, Pairs, operands
from lmul.sim.verilator import SimulationError, run_bench

PAIRS = 1 << 20
"""Pairs of codes for a format of more than 8 bits, unless told otherwise."""


def verify_all(units: Sequence[Multiplier], folder: Path, pairs: int = PAIRS) -> list[Checked]:
    """Export units and compare their products with the golden model's, in one build for each kind of port.

    Parameters
    ----------
    units : sequence of Multiplier
        Each once. Their operands are every pair of codes up to 8 bits, or `pairs` chosen pairs and more.
    folder : Path
        Where the Verilog, the build and its logs go.
    pairs : int
        For formats of more than 8 bits.

    Returns
    -------
    list of Checked
        One for each unit, in the order of `units`.

    Raises
    ------
    SimulationError
        There is no usable Verilator, or it could not build or run what was exported.
    OSError
        The folder cannot be written.
    """
    chosen: dict[str, list[Multiplier]] = {}
    for unit in units:
        chosen.setdefault(_stimulus(unit.parameters.format), []).append(unit)
    return _checked(
        units, [(members, operands(members[0].parameters.format, pairs)) for members in chosen.values()], folder
    )


def _stimulus(f: Format) -> str:
    """Formats for which this is equal are checked with the same operands."""
    return f"w{f.width}" if f.width <= EXHAUSTIVE_WIDTH else f.name


def verify_pairs(unit: Multiplier, folder: Path, pairs: Pairs) -> Checked:
    """Compare a unit's products of given pairs of codes, one-dimensional, with the golden model's.

    Raises
    ------
    SimulationError, OSError
        As `verify_all`.
    """
    return _checked([unit], [([unit], pairs)], folder)[0]


def _checked(
    units: Sequence[Multiplier], stimuli: Sequence[tuple[list[Multiplier], Pairs]], folder: Path
) -> list[Checked]:
    outcome: dict[str, Checked] = {}
    for kind in ("products", "streams"):
        work, sources = [], []
        for members, (x, y) in stimuli:
            same = [unit for unit in members if (unit.pipeline > 0) == (kind == "streams")]
            if same:
                f = same[0].parameters.format
                group = Group(_stimulus(f), f.width, tuple(unit.name for unit in same))
                pipelines = tuple(unit.pipeline for unit in same)
                work.append(Work(group, tuple(unit.parameters for unit in same), x, y, pipelines))
                sources += [export(unit, folder / "verilog").verilog for unit in same]
        if work:
            outcome |= _run(kind, work, sources, folder / kind)
    return [outcome[unit.name] for unit in units]


def _run(kind: str, work: list[Work], sources: list[Path], folder: Path) -> dict[str, Checked]:
    folder.mkdir(parents=True, exist_ok=True)
    make_top = product_top if kind == "products" else stream_top
    top, public = make_top([each.group for each in work])
    job = write_job(folder, work)
    passed = run_bench(folder, top, public, sources, f"lmul.sim.bench_{kind}", f"{kind}_equal_golden", job)
    checked = read_outcome(folder)
    if passed != all(each.passed for each in checked):
        raise SimulationError(f"the bench and its outcome disagree; see {folder / 'test.log'}")
    return {each.name: each for each in checked}
