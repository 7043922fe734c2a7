"""Quality of the benches: the mutants of a unit that they kill."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from lmul.hdl.export.verilog import Port
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.mutants import Campaign, Judged, read_judgement, read_progress, write_campaign
from lmul.sim.jobs.products import Work
from lmul.sim.multiplier import PAIRS, chosen_operands, work_of
from lmul.sim.stimulus.vectors import Pairs
from lmul.sim.verilator import SimulationError, reason, run_bench
from lmul.sim.verilog.stream_top import stream_top
from lmul.sim.verilog.unit_top import LANES, product_top
from lmul.tools.group import GROUP

_PARTS = (2 * LANES, 16 * LANES)  # most mutants fall to the first part, and the rest of the operands is spared


def bench_of(unit: Multiplier) -> str:
    """Return the bench by which `verify_all` checks a unit: `products` or `streams`."""
    return "streams" if unit.pipeline else "products"


def judge(
    unit: Multiplier,
    ports: Sequence[Port],
    verilog: str,
    bits: int,
    mutants: Sequence[int],
    folder: Path,
    pairs: Pairs | None = None,
    done: Callable[[int], None] = lambda count: None,
) -> list[Judged]:
    """Play mutants of a unit to the bench that checks such units, in one build.

    Parameters
    ----------
    unit : Multiplier
        Unit of the mutants.
    ports : sequence of Port
        Ports of the exported unit.
    verilog : str
        The module `mutants`: the unit's ports, and an input `mutant` of `bits` bits that chooses one; 0 is the unit.
    mutants : sequence of int
        The numbers to judge.
    folder : Path
        Folder for build and logs.
    pairs : tuple of Codes, or None
        Operands; without them, those with which `verify_all` checks the unit, shuffled.
    done : callable
        Called now and then with the number of judged mutants.

    Returns
    -------
    list of Judged
        One for each mutant, in their order.

    Raises
    ------
    SimulationError
        The bench complains of the unit itself, or did not run.
    """
    work = work_of([unit], "mutants", chosen_operands([unit], PAIRS) if pairs is None else pairs)
    top, public = (product_top if unit.pipeline == 0 else stream_top)([work.group])
    campaign = Campaign(bench_of(unit), (0, *mutants), _parts(work))
    text = f"{verilog}\n{wrapper(unit.name, ports)}"
    original, *judged = judged_in(folder, top, public, text, bits, ("mutants", "mutants_are_judged"), campaign, done)
    if original.killed:
        raise SimulationError(f"the bench complains of {unit.name} itself: {original.complaint}")
    return judged


def judged_in(
    folder: Path,
    top: str,
    public: Sequence[str],
    verilog: str,
    bits: int,
    bench: tuple[str, str],
    campaign: object,
    done: Callable[[int], None],
) -> list[Judged]:
    """Run a bench of mutants, given as module and test, on the module `top`, and return its verdicts.

    Raises
    ------
    SimulationError
        The bench did not run, or failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "mutants.v"
    source.write_text(verilog)
    module, test = bench
    with watched(folder, done):
        passed = run_bench(
            folder,
            top.replace("module top;", f"module top;\nreg [{bits - 1}:0] mutant = 0;", 1),
            [*public, "mutant"],
            [source],
            f"lmul.sim.benches.{module}",
            test,
            write_campaign(folder, campaign),
            lenient=True,  # a mutant's bits may read each other
        )
    if not passed:
        raise SimulationError(f"the bench of mutants failed: {reason(folder / 'test.log')}")
    return read_judgement(folder)


def wrapper(name: str, ports: Sequence[Port]) -> str:
    """Write the unit's module around the mutants. The top module selects the mutant, for all copies."""
    declared = ", ".join(f"{port.direction} [{port.width - 1}:0] {port.name}" for port in ports)
    connected = ", ".join(f".{port.name}({port.name})" for port in ports)
    return f"module {name} ({declared});\nmutants chosen (.mutant(top.mutant), {connected});\nendmodule\n"


def _parts(work: Work) -> tuple[Work, ...]:
    """Shuffle the operands and split the work into parts of an even number of packs."""
    order = np.random.default_rng(0).permutation(len(work.x))
    edges = [*(edge for edge in _PARTS if edge < len(order)), len(order)]
    parts, start = [], 0
    for edge in edges:
        size = -(-(edge - start) // (2 * LANES)) * 2 * LANES
        chosen = np.resize(order[start:edge], size)
        parts.append(replace(work, x=work.x[chosen], y=work.y[chosen]))
        start = edge
    return tuple(parts)


@contextmanager
def watched(folder: Path, done: Callable[[int], None]) -> Iterator[None]:
    """Report the bench's progress, which runs in another process, to `done`. An error of `done` ends the bench."""
    stop = threading.Event()
    failed: list[Exception] = []

    def watch() -> None:
        try:
            while not stop.wait(0.2):
                done(read_progress(folder))
        except Exception as error:
            failed.append(error)
            GROUP.end()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    except SimulationError:  # which is what the end of a bench looks like
        if failed:
            raise failed[0] from None
        raise
    finally:
        stop.set()
        thread.join()
