"""`lmul report` from the outside: its files, its table, and what it leaves behind when something is wrong."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from lmul.cli import report as command
from lmul.cli import report_output, verification
from lmul.cli.report_options import Chosen
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.verilator import SimulationError
from lmul.synth.measure.multipliers import MeanError
from lmul.synth.technology.technology import Technology
from lmul.tools import session
from lmul.tools.yosys import YosysError

_DONE = SimpleNamespace(failures=[])  # a report
_SMALL = ["--format", "e2m1"]  # every unit of it is mapped in a moment


def _run(*arguments: str) -> str:
    return CliRunner().invoke(command.report, list(arguments), catch_exceptions=False).stdout


def test_it_writes_everything_the_same_twice(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        _run(*_SMALL, "--no-verify", "-o", str(tmp_path / folder))
    files = [
        {p.relative_to(d): p.read_bytes() for p in d.rglob("*") if p.is_file()} for d in sorted(tmp_path.iterdir())
    ]
    assert files[0] == files[1]
    assert {str(path) for path in files[0] if path.parent == Path()} == {
        f"report.{kind}" for kind in ("md", "csv", "json", "png", "svg")
    }
    assert len([path for path in files[0] if path.parent == Path("verilog")]) == 18
    assert b"/tmp" not in b"".join(files[0].values())


def test_the_terminal_gets_plain_tables_of_100_columns(tmp_path: Path) -> None:
    text = _run(*_SMALL, "--no-verify", "-o", str(tmp_path))
    table = text[: text.index("tools:")]
    assert table.isascii()
    assert max(len(line) for line in table.splitlines()) <= 100
    assert all(unit in table for unit in ("lmul_e2m1_raw", "corrected1_e2m1_flush", "exact_e2m1_flush"))
    assert "What each part buys" in table
    styles = json.loads((tmp_path / "report.json").read_text())["styles"]
    assert [record["unit"] for record in styles] == ["lmul_e2m1_flush", "corrected1_e2m1_flush", "exact_e2m1_flush"]
    assert all(record["gates_nand2_equivalents"] < record["rtl_nand2_equivalents"] for record in styles)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes do not know what a test has replaced."""

    def one_by_one(work, items, size, done):
        return [work(item) for item in items]

    monkeypatch.setattr(session, "on_all_cores", one_by_one)


@pytest.mark.usefixtures("in_this_process")
def test_verified_products_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "verify_all", _verified(0))
    text = _run(*_SMALL, "--no-cache", "-o", str(tmp_path))
    assert "2,304 products of the Verilog equal the golden model's, 0 differ" in text
    verified = json.loads((tmp_path / "report.json").read_text())["products_verified"]
    assert verified["exact_e2m1_flush"] == 256


@pytest.mark.usefixtures("in_this_process")
def test_a_difference_ends_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "verify_all", _verified(3))
    with pytest.raises(SimulationError, match=r"^lmul_e2m1_raw: 3 of 256 products differ from the golden model's$"):
        _run(*_SMALL, "--no-cache", "-o", str(tmp_path / "report"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_this_process")
def test_the_verilog_of_the_report_is_what_was_simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "verify_all", _verified(0, "// another\n"))
    with pytest.raises(SimulationError, match=r"^lmul_e2m1_raw: the Verilog that was simulated is not that of the"):
        _run(*_SMALL, "--no-cache", "-o", str(tmp_path / "report"))
    assert list(tmp_path.iterdir()) == []


def test_an_error_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise YosysError("Yosys stopped: because")

    monkeypatch.setattr(report_output.topic, "do", refuse)
    with pytest.raises(YosysError):
        _run(*_SMALL, "--no-verify", "-o", str(tmp_path / "new" / "report"))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_at_the_end_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if tmp_path in path.parents and path.name.startswith(".exact_e2m1_flush"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as raised:
        _run(*_SMALL, "--no-verify", "-o", str(tmp_path / "report"))
    assert str(raised.value.filename).startswith(str(tmp_path / "report" / "verilog" / "exact_e2m1_flush"))
    assert list(tmp_path.iterdir()) == []


def test_the_units_of_an_earlier_report_go_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    verilog = tmp_path / "verilog"
    _run(*_SMALL, "--no-verify", "-o", str(tmp_path))
    (verilog / "mine.v").write_text("// Written by lmul 0.1.0\n")  # not in the report
    (verilog / "exact_e2m1_flush.v").write_text("mine")  # not written by lmul
    _run("--format", "e2m2", "--no-verify", "-o", str(tmp_path))
    left = {path.name for path in verilog.iterdir() if "e2m2" not in path.name}
    assert left == {"mine.v", "exact_e2m1_flush.v", "exact_e2m1_flush.json"}
    assert len(list(verilog.glob("*e2m2*"))) == 18


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--format", "e4m0"], ValueError),
        (["--liberty", "none.lib"], FileNotFoundError),
        (["--liberty", "."], ValueError),
        (["--compare", "none.json"], FileNotFoundError),
        (["--compare", "."], IsADirectoryError),
        (["--compare", "occupied"], ValueError),
        (["-o", "occupied"], NotADirectoryError),
        (["-o", "occupied/report"], NotADirectoryError),
    ],
)
def test_bad_input_is_found_before_the_work(
    arguments: list[str], error: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "occupied").write_text("")
    with pytest.raises(error) as raised:
        _run(*arguments)
    assert ".lmul-" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["occupied"]


_ROWS = [{"name": "lmul_e2m1_raw", "nand2": 1.0}]


@pytest.mark.parametrize(
    ("kind", "old", "message"),
    [
        (["--full"], {"command": "lmul report --arrays", "lanes": _ROWS}, "by lmul report --full, not by '.*arrays'"),
        (["--arrays"], {"command": "lmul report", "units": _ROWS}, "by lmul report --arrays, not by 'lmul report'"),
        ([], {"command": "lmul report --full", "summary": _ROWS}, "by lmul report, not by 'lmul report --full'"),
    ],
)
def test_an_earlier_report_of_another_kind_is_refused_before_the_work(
    kind: list[str], old: dict[str, object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_made", lambda chosen: pytest.fail("the work has begun"))
    (tmp_path / "old.json").write_text(json.dumps(old))
    with pytest.raises(ValueError, match=rf"^--compare must be a report of the same kind, {message}$"):
        _run(*kind, "--compare", str(tmp_path / "old.json"))


def test_an_earlier_report_of_the_same_kind_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"command": "lmul report --no-verify", "units": _ROWS}
    new = {"command": "lmul report", "units": [{"name": "lmul_e2m1_raw", "nand2": 2.0}]}
    monkeypatch.setattr(command, "_made", lambda chosen: (_DONE, {"report.json": json.dumps(new)}))
    (tmp_path / "old.json").write_text(json.dumps(old))
    text = _run("--compare", str(tmp_path / "old.json"))
    assert "100.0 %" in text and "1 numbers were compared, 1 differ by more." in text


@pytest.mark.parametrize(("said", "left"), [("--cache", False), ("--no-cache", True)])
def test_old_outcomes_are_removed(said: str, left: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(command, "_multipliers", lambda *_: (_DONE, {}))
    path = tmp_path / "lmul" / "00" / ("0" * 64)
    path.parent.mkdir(parents=True)
    path.write_text("")
    os.utime(path, (0, 0))
    _run(said)
    assert path.exists() == left


def _verified(mismatches: int, more: str = "") -> Callable[[list[Multiplier], Path], list[SimpleNamespace]]:
    """What the report reads of a simulation, without it; with more in the Verilog that it saw."""

    def verify(units: list[Multiplier], folder: Path) -> list[SimpleNamespace]:
        checked = []
        for unit in units:
            path = export(unit, folder / "verilog").verilog
            path.write_text(path.read_text() + more)
            products = 1 << (2 * unit.parameters.format.width)
            checked.append(SimpleNamespace(name=unit.name, products=products, mismatches=mismatches))
        return checked

    return verify


@pytest.mark.usefixtures("in_this_process")
def test_a_job_that_fails_is_said_and_the_rest_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(job: MeanError, technology: Technology) -> float:
        if job.parameters.method.is_exact:
            raise ValueError("no products")
        return 0.5

    monkeypatch.setattr(MeanError, "run", fails)
    run = CliRunner().invoke(command.report, [*_SMALL, "--no-verify", "--no-cache", "-o", str(tmp_path)])
    assert run.exit_code == 1
    assert run.stderr == "lmul: failed: MeanError of exact_e2m1_flush in generic: no products (and 2 more)\n"
    content = json.loads((tmp_path / "report.json").read_text())
    errors = {row["unit"]: row["mean_relative_error"] for row in content["units"]}
    assert {unit for unit, error in errors.items() if error == "failed"} == {
        "exact_e2m1_flush",
        "exact_e2m1_ftz_inf",
        "exact_e2m1_ieee_inf",
    }
    assert errors["lmul_e2m1_flush"] == 0.5
    assert [(row["in"], row["reason"]) for row in content["failed"]] == [("generic", "no products")] * 3
    assert "## What failed" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize(("kind", "needed"), [("--full", True), ("--arrays", True), ("--no-verify", False)])
def test_a_library_is_asked_for_energies_where_the_report_has_some(
    kind: str, needed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for made in ("_full", "_arrays", "_multipliers"):
        monkeypatch.setattr(command, made, lambda *_: (_DONE, {}))
    asked = []

    def opened(*paths: Path, energies: bool) -> SimpleNamespace:
        asked.append((paths, energies))
        return SimpleNamespace(name="cells.lib")

    monkeypatch.setattr(command, "open_liberty", opened)
    _run(kind, "--liberty", "a.lib+b.lib", "-o", str(tmp_path))
    assert asked == [((Path("a.lib"), Path("b.lib")), needed)]


_NONE: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("format_names", "rival_texts", "lefs", "wire_caps", "wire_resistances"), ()
)


def test_the_command_repeats_a_library_of_several_files() -> None:
    words = dict.fromkeys(field.name for field in fields(Chosen))
    chosen = Chosen(**{**words, **_NONE})
    assert chosen.command([[Path("a/x.lib"), Path("b/y.lib.gz")]]).startswith("lmul report --liberty x.lib+y.lib.gz")


def test_the_command_quotes_what_a_shell_would_split() -> None:
    words = dict.fromkeys(field.name for field in fields(Chosen))
    chosen = Chosen(**{**words, **_NONE, "format_names": ("e4m3",), "rival_texts": ("mine=/home/me/my mul.v:top",)})
    assert chosen.command([[Path("cells/my cells.lib")]]) == (
        "lmul report --liberty 'my cells.lib' --format e4m3 --rival 'mine=my mul.v:top'"
    )


@pytest.mark.parametrize("kind", ["--full", "--arrays"])
@pytest.mark.parametrize("said", ["--verify", "--no-verify"])
def test_what_would_do_nothing_is_refused(kind: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_made", lambda chosen: pytest.fail("the work has begun"))
    with pytest.raises(ValueError, match=f"^{said} must be left out with {kind}$"):
        _run(kind, said)


def _two(**others: object) -> Chosen:
    words = dict.fromkeys(field.name for field in fields(Chosen))
    return Chosen(**{**words, **_NONE, "full": True, "liberties": ("a.lib", "b.lib"), **others})


def test_wires_are_those_of_each_library() -> None:
    assert _two().wires == [(None, None)] * 2
    both = _two(lefs=("x/t.lef", "pdk"), wire_caps=(0.1234567,), wire_resistances=(2.0, 3.0))
    assert both.wires == [(0.1234567, 2.0), (0.1234567, 3.0)]
    both.check()
    words = "lmul report --full --lef t.lef --lef pdk --wire-cap 0.1234567 --wire-res 2 --wire-res 3"
    assert both.command([]) == words


def test_each_library_of_a_full_report_is_placed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def placings(*given: object) -> list[str]:
        asked.append(given)
        return ["how a", "how b"]

    def full(chosen: Chosen, setting: object, rivals: object, streams: object, placed: object, text: str) -> object:
        asked.append(placed)
        return _DONE, {}

    def opened(path: Path, energies: bool) -> SimpleNamespace:
        return SimpleNamespace(name=path.name)

    for name, stand_in in (("placings", placings), ("_full", full), ("open_liberty", opened)):
        monkeypatch.setattr(command, name, stand_in)
    a, b = (SimpleNamespace(name=f"{name}.lib") for name in "ab")
    libraries = ("--full", "--liberty", "a.lib", "--liberty", "b.lib", "-o", str(tmp_path))
    _run(*libraries, "--lef", "t.lef", "--lef", "c.lef", "--wire-cap", "0.1")
    wires = [(0.1, None), (0.1, None)]
    assert asked == [
        (("t.lef", "c.lef"), [(a, (Path("a.lib"),)), (b, (Path("b.lib"),))], wires),
        {"a.lib": "how a", "b.lib": "how b"},
    ]
    asked.clear()
    _run(*libraries)
    assert asked == [{}]


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"lefs": ("t.lef",), "full": False, "liberties": ()}, "--lef must be left out without --full"),
        ({"lefs": ("t.lef",), "liberties": ()}, "--lef must be left out without --liberty"),
        ({"wire_caps": (0.1,)}, "--wire-cap must be left out without --lef"),
        ({"wire_resistances": (0.1,)}, "--wire-res must be left out without --lef"),
        (
            {"lefs": ("t.lef",), "wire_caps": (1, 2, 3)},
            "--wire-cap must be given once, or once for each --liberty, not 3 times",
        ),
    ],
)
def test_placement_needs_lef_and_libraries(others: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        _two(**others).check()


def _rival(name: str, differing: int) -> dict[str, object]:
    return {"format": "e4m3", "rival": name, "computes": "lmul flush", "differing": differing, "nand2": 1.0}


@pytest.mark.parametrize("differing", [0, 12])
def test_a_rival_that_is_none_of_our_functions_fails_a_strict_report(
    monkeypatch: pytest.MonkeyPatch, differing: int
) -> None:
    content = {"command": "lmul report", "rivals_generic": [_rival("good", 0), _rival("bad", differing)]}
    monkeypatch.setattr(
        command, "_made", lambda chosen: (SimpleNamespace(failures=[]), {"report.json": json.dumps(content)})
    )
    arguments = ["--format", "e4m3", "--rival", "good=g.v:top", "--rival", "bad=b.v:top"]
    assert CliRunner().invoke(command.report, arguments).exit_code == 0
    done = CliRunner().invoke(command.report, [*arguments, "--strict"])
    assert (done.exit_code, done.stdout) == (
        (1, "rivals that compute none of our functions for all pairs: bad\n") if differing else (0, "")
    )


def test_strict_is_about_rivals() -> None:
    with pytest.raises(ValueError, match=r"^--strict must be left out without --rival$"):
        _run("--strict")
