"""Checks of multipliers: exported Verilog under Verilator against the golden model, bit for bit."""

from collections.abc import Sequence
from pathlib import Path

from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.products import Checked, Work, read_outcome, write_job
from lmul.sim.own_files import OwnFiles
from lmul.sim.stimulus.vectors import Pairs, is_exhaustive, operands
from lmul.sim.verilator import SimulationError, reason, run_bench
from lmul.sim.verilog.stream_top import stream_top
from lmul.sim.verilog.unit_top import Group, SimulatedUnit, product_top

PAIRS = 1 << 20
"""Pairs of codes for operands of more than 16 bits together, unless told otherwise."""

WORTH_OPTIMISING = 1 << 21
"""Products from which on a faster simulation is worth a longer build."""

_OTHERWISE = "-O1"  # a model of a few multipliers is small: that takes 0.1 s more than -O0, and simulates twice as fast


def verify_all(
    units: Sequence[Multiplier], folder: Path, pairs: int = PAIRS, seed: int = 0, own: OwnFiles | None = None
) -> list[Checked]:
    """Export units and compare their products with the golden model's, in one build for each kind of port.

    Parameters
    ----------
    units : sequence of Multiplier
        Each once. Their operands are every pair of codes where these have up to 16 bits together, or `pairs` chosen
        pairs and more.
    folder : Path
        Folder for Verilog, build and logs.
    pairs : int
        Number of pairs for operands of more bits than that.
    seed : int
        Another one gives other pairs, corners excepted.
    own : OwnFiles or None
        The user's files, simulated in place of the export of the only unit.

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
        chosen.setdefault(_stimulus(unit.parameters), []).append(unit)
    return _checked(
        units, [(members, chosen_operands(members, pairs, seed)) for members in chosen.values()], folder, own
    )


def _stimulus(p: Parameters) -> str:
    """Return a key: multipliers with the same key are checked with the same operands."""
    if is_exhaustive(p.format, p.y_format):
        return f"w{p.format.width}x{p.y_format.width}"
    return p.format_name


def chosen_operands(units: Sequence[Multiplier], pairs: int, seed: int = 0) -> Pairs:
    """Choose operands for units with the same stimulus: corner cases of all of them."""
    p = units[0].parameters
    adders = (unit.parameters for unit in units if unit.parameters.method.is_adder)
    offsets = {0} | {d for adder in adders for row in adder.correction for d in row}
    return operands((p.format, p.y_format, p.result), pairs, sorted(offsets), seed)


def verify_pairs(unit: Multiplier, folder: Path, pairs: Pairs, own: OwnFiles | None = None) -> Checked:
    """Compare a unit's products of given pairs of codes, one-dimensional, with the golden model's.

    Raises
    ------
    SimulationError, OSError
        As `verify_all`.
    """
    return _checked([unit], [([unit], pairs)], folder, own)[0]


def _checked(
    units: Sequence[Multiplier],
    stimuli: Sequence[tuple[list[Multiplier], Pairs]],
    folder: Path,
    own: OwnFiles | None = None,
) -> list[Checked]:
    outcome: dict[str, Checked] = {}
    for kind in ("products", "streams"):
        work, sources = [], []
        for members, (x, y) in stimuli:
            same = [unit for unit in members if (unit.pipeline > 0) == (kind == "streams")]
            if same:
                module = own.instantiated if own else ""
                work.append(work_of(same, _stimulus(same[0].parameters), (x, y), module))
                written = own.write(folder / "verilog") if own else []
                sources += written or [export(unit, folder / "verilog").verilog for unit in same]
        if work:
            outcome |= _run(kind, work, sources, folder / kind, own is not None)
    return [outcome[unit.name] for unit in units]


def work_of(units: Sequence[Multiplier], group: str, pairs: Pairs, module: str = "") -> Work:
    """Build the work for units of one kind and width that multiply the same pairs; `module` is the only unit's own."""
    p = units[0].parameters
    tested = tuple(SimulatedUnit(unit.name, unit.parameters.result.width, unit.pipeline, module) for unit in units)
    return Work(
        Group(group, p.format.width, p.y_format.width, tested),
        tuple(unit.parameters for unit in units),
        *pairs,
    )


def _run(kind: str, work: list[Work], sources: list[Path], folder: Path, lenient: bool) -> dict[str, Checked]:
    folder.mkdir(parents=True, exist_ok=True)
    make_top = product_top if kind == "products" else stream_top
    top, public = make_top([each.group for each in work])
    job = write_job(folder, work)
    optimised = sum(len(each.x) * len(each.group.units) for each in work) > WORTH_OPTIMISING
    bench, test = f"lmul.sim.benches.{kind}", f"{kind}_equal_golden"
    passed = run_bench(folder, top, public, sources, bench, test, job, optimised, _OTHERWISE, lenient)
    checked = read_outcome(folder)
    if passed != all(each.passed for each in checked):
        raise SimulationError(f"the bench and its outcome disagree: {reason(folder / 'test.log')}")
    return {each.name: each for each in checked}
