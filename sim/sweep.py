"""Sweep over every pair of codes: compiled Verilog against an independent specification in C++."""

import os
import shlex
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

from lmul.golden.methods import MULTIPLIER_KINDS, MethodKind, Rounding
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.verilator import SimulationError
from lmul.tools.group import GROUP
from lmul.tools.limits import SIMULATION_SECONDS
from lmul.tools.process import run_tool, tool_environment
from lmul.tools.yosys import run_yosys

WIDEST = 16
"""Bits of the widest codes of which every pair can be had: 2^32 pairs, about two minutes of one core."""

METHODS = tuple(kind for kind in MULTIPLIER_KINDS if kind is not MethodKind.CORRECTED)
"""Methods in the specification sweep.cpp: exact products, and sums with one D."""

_PAIRS_A_CALL = 1 << 24  # less than a second, so that progress shows and an interruption need not wait
_SHOWN = 10


@dataclass(frozen=True)
class Mismatch:
    """Product that differs; all four values are codes."""

    x: int
    y: int
    expected: int
    got: int


@dataclass(frozen=True)
class Swept:
    """Result of a sweep.

    Attributes
    ----------
    name : str
        The unit.
    pairs, mismatches : int
        Products compared, and products that differ.
    first : tuple of Mismatch
        Up to ten mismatches, in the order of x, then y.
    seconds : float
        Time that export, compilation and comparison took.
    """

    name: str
    pairs: int
    mismatches: int
    first: tuple[Mismatch, ...]
    seconds: float


def sweep(unit: Multiplier, folder: Path, advance: Callable[[int, int], None] = lambda pairs, total: None) -> Swept:
    """Compare the products of every pair of codes, on all cores.

    Parameters
    ----------
    unit : Multiplier
        Combinational, one format of at most 16 bits, policy flush, one of `METHODS`, rounding to nearest.
    folder : Path
        Folder for Verilog, C++ and program.
    advance : callable
        Called with the pairs that are done since the last call, and all that there are.

    Raises
    ------
    ValueError
        The unit is not such a one.
    SimulationError
        There is no C++ compiler, or it, or the program, failed.
    OSError
        The folder cannot be written.
    """
    started = time.perf_counter()
    _check(unit)
    width = unit.parameters.format.width
    program = _compiled(unit.parameters, export(unit, folder).verilog, folder)
    total = 1 << (2 * width)
    rows = max(_PAIRS_A_CALL >> width, 1)
    ranges = [(start, min(start + rows, 1 << width)) for start in range(0, 1 << width, rows)]
    pairs = mismatches = 0
    first: list[Mismatch] = []
    for done, wrong, some in _on_all_cores(program, ranges):
        pairs, mismatches, first = pairs + done, mismatches + wrong, first + some
        advance(done, total)
    if pairs != total:
        raise SimulationError(f"the sweep compared {pairs} pairs, not {total}")
    first.sort(key=lambda m: (m.x, m.y))
    return Swept(unit.name, pairs, mismatches, tuple(first[:_SHOWN]), time.perf_counter() - started)


def _check(unit: Multiplier) -> None:
    p = unit.parameters
    if p.method.kind not in METHODS:
        raise ValueError(f"method of a sweep must be one of {', '.join(METHODS)}, not {p.method.kind.value!r}")
    if p.policy is not Policy.FLUSH:
        raise ValueError(f"policy of a sweep must be flush, not {p.policy.value!r}")
    if p.rounding is not Rounding.NEAREST:
        raise ValueError(f"rounding of a sweep must be nearest, not {p.rounding.value!r}")
    if not p.format == p.y_format == p.result:
        raise ValueError(f"formats of a sweep must be one format, not {p.format_name}")
    if p.format.width > WIDEST:
        raise ValueError(f"format of a sweep must have at most {WIDEST} bits, not {p.format.width} ({p.format})")
    if unit.pipeline:
        raise ValueError(f"pipeline of a sweep must be 0, not {unit.pipeline!r}")


def _compiled(parameters: Parameters, verilog: Path, folder: Path) -> Path:
    """Compile the program that compares; return its path in `folder`."""
    f = parameters.format
    numbers = {"E": f.exponent_bits, "M": f.mantissa_bits, "BIAS": f.bias, "TOP": f.top}
    if parameters.method.is_adder:
        numbers["D"] = parameters.correction[0][0]
    shutil.copyfile(verilog, folder / "unit.v")
    run_yosys(["read_verilog unit.v", "hierarchy -auto-top", "rename -top unit", "write_cxxrtl -g0 unit.h"], folder)
    defines = [f"-DLMUL_{name}=({number})" for name, number in numbers.items()]
    with as_file(files("lmul.sim") / "sweep.cpp") as source:
        _compile([*defines, f"-I{folder}", f"-I{_cxxrtl()}", str(source), "-o", str(folder / "sweep")], folder)
    return folder / "sweep"


def _cxxrtl() -> Path:
    """Return the folder of the headers that CXXRTL code by Yosys includes."""
    spec = find_spec("pyosys")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "share/include/backends/cxxrtl/runtime"


def _compile(arguments: list[str], folder: Path) -> None:
    command = [*shlex.split(os.environ.get("CXX", "c++")), "-std=c++14", "-O2", *arguments]
    try:
        status, printed = run_tool(command, folder, tool_environment())
    except OSError:
        raise SimulationError(f"a sweep needs {command[0]} on PATH (Debian: apt-get install g++)") from None
    if status:
        errors = [line for line in printed.splitlines() if "error" in line]
        raise SimulationError(f"{command[0]} stopped: {(errors or ['no reason given'])[0]}")


def _on_all_cores(program: Path, ranges: list[tuple[int, int]]) -> Iterable[tuple[int, int, list[Mismatch]]]:
    pool = ThreadPoolExecutor(os.cpu_count())  # each thread waits for a process
    try:
        for done in as_completed([pool.submit(_call, program, *limits) for limits in ranges]):
            yield done.result()
    except BaseException:  # GeneratorExit, too, if the caller stops early
        pool.shutdown(wait=False, cancel_futures=True)
        GROUP.end()
        raise
    finally:
        pool.shutdown()


def _call(program: Path, start: int, stop: int) -> tuple[int, int, list[Mismatch]]:
    command = [str(program), str(start), str(stop)]
    status, printed = run_tool(command, program.parent, tool_environment(), seconds=SIMULATION_SECONDS)
    if status:
        raise SimulationError(f"the sweep's program stopped with exit status {status}")
    counts, *lines = [[int(word) for word in line.split()] for line in printed.splitlines()]
    return counts[0], counts[1], [Mismatch(*line) for line in lines]
