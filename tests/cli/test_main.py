"""Help, and what is printed and left behind when something is wrong."""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pytest
from click.testing import CliRunner

from lmul.cli import multiplier, unit_files
from lmul.cli.commands import lmul as command
from lmul.sim.verilator import SimulationError
from lmul.tools.yosys import YosysError

NAMES = "e4m3, e5m2, e3m4, e2m1, e2m3, e3m2, e2m5, bf16, fp16, tf32, fp32"
WRITE = ("verilog", "multiplier", "-o", "out")
VERIFY = ("verify", "multiplier")
ONE_ARRAY = ("--format", "e4m3", "--x", "numbers.npy", "--y")
OWN_TABLE = ("--format", "e4m3", "--method", "corrected", "--table-bits", "1", "--table")

UNITS = {
    "an unknown format": (
        ("--format", "posit8"),
        rf"format must be one of {NAMES}, int4, int5, int6, int7, int8, eXmY or eXmY\[ieee\|fn\|finite\], not 'posit8'",
    ),
    "a format of several": (("--format", "fp8"), "format must be e4m3 or e5m2 where it has 8 bits, not 'fp8'"),
    "no mantissa": (("--format", "e4m0"), r"mantissa bits of a format must be 1 to 23, not 0 \(format 'e4m0'\)"),
    "no negative zero": (
        ("--format", "e4m3fnuz"),
        "format must have a negative zero, which fnuz formats lack, not 'e4m3fnuz'",
    ),
    "exact under raw": (
        ("--format", "e4m3", "--policy", "raw", "--method", "exact"),
        r"policy of the method exact must be flush, ftz or ieee, not 'raw' \(exact has no raw form\)",
    ),
    "a pipeline too deep": (("--format", "e4m3", "--pipeline", "7"), "pipeline must be 0 to 2, not 7"),
    "an unknown method": (("--format", "e4m3", "--method", "best"), "Invalid value for '--method': 'best' is not .*"),
    "an unknown policy": (("--format", "e4m3", "--policy", "posit"), "Invalid value for '--policy': 'posit' is not .*"),
    "a constant too large": (
        ("--format", "e4m3", "--method", "constant", "--constant", "8"),
        "constant must be 0 to 7 for e4m3, not 8",
    ),
    "no constant": (("--format", "e4m3", "--method", "constant"), "--constant must be given with --method constant"),
    "a constant that is no number": (
        ("--format", "e4m3", "--method", "constant", "--constant", "x"),
        "Invalid value for '--constant': 'x' is not a valid integer.",
    ),
    "a constant that nothing takes": (
        ("--format", "e4m3", "--constant", "1"),
        "constant must be left out unless the method is constant, not 1",
    ),
    "no table bits": (
        ("--format", "e4m3", "--method", "corrected"),
        "--table-bits must be given with --method corrected",
    ),
    "no format": ((), r"Missing option '--format'\."),
    "an unknown option": (("--format", "e4m3", "--fast"), r"No such option.*--fast.*"),
    "a table that is missing": ((*OWN_TABLE, "missing.json"), "missing.json: No such file or directory"),
    "a table that is no JSON": ((*OWN_TABLE, "text.json"), "text.json must be a JSON array of rows of integers: .*"),
    "a table that is no text": ((*OWN_TABLE, "numbers.npy"), "numbers.npy must be a JSON array of rows of integers.*"),
    "a table of no rows": ((*OWN_TABLE, "number.json"), "number.json must be a JSON array of rows of integers: .*"),
    "a table of other size": (
        (*OWN_TABLE, "small.json"),
        r"table must be 2 x 2 for table_bits 1, not \(\(1, 0\),\)",
    ),
    "a table of words": ((*OWN_TABLE, "words.json"), ".*must be .*"),
    "a table of fractions": ((*OWN_TABLE, "fractions.json"), ".*must be .*"),
}

COMMANDS = {
    "an unknown command": (("compile",), "No such command 'compile'.*"),
    "an unknown unit": (("verilog", "divider"), "No such command 'divider'.*"),
    "no output": (("verilog", "multiplier", "--format", "e4m3"), r"Missing option '-o' / '--output'\."),
    "an output that is a file": (
        ("verilog", "multiplier", "--format", "e4m3", "-o", "text.json"),
        "text.json: Not a directory",
    ),
    "an output below a file": (
        ("verilog", "multiplier", "--format", "e4m3", "-o", "text.json/below"),
        "text.json/below: Not a directory",
    ),
    "a folder of an unset variable": (
        ("verilog", "multiplier", "--format", "e4m3", "-o", ""),
        "Invalid value for '-o' / '--output': must be a file or a folder, not ''",
    ),
    "an argument too many": (
        (*WRITE, "--format", "e4m3", "more"),
        r"Got unexpected extra argument \(more\)",
    ),
    "no operands at all": ((*VERIFY, "--format", "bf16", "--pairs", "0"), "Invalid value for '--pairs': 0 is not .*"),
    "one array of two": ((*VERIFY, "--format", "e4m3", "--x", "numbers.npy"), "--x and --y must be given together"),
    "an array that is missing": ((*VERIFY, *ONE_ARRAY, "missing.npy"), "missing.npy: No such file or directory"),
    "a folder for an array": ((*VERIFY, *ONE_ARRAY, "folder"), "folder: Is a directory"),
    "no array": (
        (*VERIFY, *ONE_ARRAY, "text.json"),
        "text.json must be a .npy file of numbers, which it is not",
    ),
    "a nothing for an array": (
        (*VERIFY, *ONE_ARRAY, "nothing.npy"),
        "nothing.npy must be a .npy file of numbers, which it is not",
    ),
    "an empty array": (
        (*VERIFY, *ONE_ARRAY, "empty.npy"),
        "empty.npy must be a .npy file of an array that is not empty",
    ),
    "half an array": ((*VERIFY, *ONE_ARRAY, "half.npy"), "half.npy must be a .npy file of numbers, which it is not"),
    "objects in an array": (
        (*VERIFY, *ONE_ARRAY, "objects.npy"),
        "objects.npy must be a .npy file of numbers, which it is not",
    ),
    "words in an array": (
        (*VERIFY, *ONE_ARRAY, "words.npy"),
        "words.npy: values must be floating-point numbers or integers, not <U4",
    ),
    "NaN in an array": ((*VERIFY, *ONE_ARRAY, "nan.npy"), r"--y: values must be numbers, not NaN \(at index \[2\]\).*"),
    "shapes that do not fit": (
        (*VERIFY, *ONE_ARRAY, "long.npy"),
        r"the shapes of --x and --y must fit each other, not \(3,\) and \(4,\)",
    ),
}
BAD = {f"{what} to verilog": ((*WRITE, *given), message) for what, (given, message) in UNITS.items()}
BAD |= {f"{what} to verify": ((*VERIFY, *given), message) for what, (given, message) in UNITS.items()}
BAD |= COMMANDS


@pytest.fixture
def files(workplace):
    (workplace / "folder").mkdir()
    (workplace / "text.json").write_text("not JSON\n")
    for name, table in {
        "number": 5,
        "small": [[1, 0]],
        "words": [["a", "b"], ["c", "d"]],
        "fractions": [[0.5, 0], [0, 1]],
    }.items():
        (workplace / f"{name}.json").write_text(json.dumps(table))
    np.save(workplace / "numbers.npy", np.array([1.0, 2.0, 3.0]))
    np.save(workplace / "long.npy", np.ones(4))
    np.save(workplace / "nan.npy", np.array([1.0, 2.0, np.nan]))
    np.save(workplace / "empty.npy", np.zeros(0))
    np.save(workplace / "words.npy", np.array(["word"]))
    np.save(workplace / "objects.npy", np.array([{}], object), allow_pickle=True)
    (workplace / "half.npy").write_bytes((workplace / "long.npy").read_bytes()[:-9])
    (workplace / "nothing.npy").write_bytes(b"")
    return workplace


READERS = {
    "x": (*VERIFY, "--format", "e4m3", "--x", "pipe", "--y", "numbers.npy"),
    "y": (*VERIFY, "--format", "e4m3", "--x", "numbers.npy", "--y", "pipe"),
    "table": (*WRITE, *OWN_TABLE, "pipe"),
    "matrix": ("matmul", "--format", "e4m3", "pipe", "numbers.npy", "-o", "out.npy"),
    "operands": ("accuracy", "products", "--x", "pipe", "--y", "numbers.npy"),
    "heads": ("accuracy", "attention", "--qkv", "pipe"),
    "sentences": ("accuracy", "attention", "--model", "folder", "--sentences", "pipe"),
    "model": ("accuracy", "attention", "--model", "piped"),
    "model to run": ("attention", "--model", "piped", "--format", "e4m3"),
    "library": ("report", "--liberty", "pipe"),
    "library to prove": ("prove", "netlists", "--liberty", "pipe"),
    "earlier report": ("report", "--compare", "pipe"),
    "rival": ("report", "--format", "e4m3", "--rival", "r=pipe:top"),
    "tensors": ("report", "--full", "--x", "pipe", "--y", "numbers.npy"),
}


@pytest.mark.parametrize("arguments", READERS.values(), ids=READERS)
def test_a_fifo_is_refused_and_not_waited_for(lmul, files, arguments):
    (files / "piped").mkdir()
    for folder in ("folder", "piped"):
        for name in ("config.json", "model.safetensors", "tokenizer.json"):
            (files / folder / name).write_text("{}")
    (files / "piped" / "config.json").unlink()
    pipes = [files / "pipe", files / "piped" / "config.json"]
    over = threading.Event()

    def end(pipe):
        """Whoever does read gets an end, again and again, and the test an error of another kind."""
        while not over.is_set():
            pipe.open("wb").close()

    for pipe in pipes:
        os.mkfifo(pipe)
        threading.Thread(target=end, args=(pipe,), daemon=True).start()
    outcome = lmul(*arguments)
    over.set()
    for pipe in pipes:
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
    assert (outcome.code, outcome.out) == (2, "")
    assert re.fullmatch(
        r"lmul: (rival r: )?(\S*/)?(pipe|config\.json) must be a regular file, not a FIFO\n", outcome.err
    )


def contents(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.mark.parametrize(("arguments", "message"), BAD.values(), ids=BAD)
def test_bad_input_gives_one_line_and_exit_code_2_and_leaves_nothing(lmul, files, arguments, message):
    before = contents(files)
    outcome = lmul(*arguments)
    assert re.fullmatch(f"lmul: {message}\n", outcome.err), outcome.err
    assert (outcome.code, outcome.out) == (2, "")
    assert contents(files) == before


@pytest.mark.parametrize("error", [YosysError("Yosys stopped: no"), SimulationError("one\n  two")], ids=repr)
def test_a_tool_that_fails_gives_one_line(lmul, monkeypatch, error):
    def failing(*arguments):
        raise error

    monkeypatch.setattr(multiplier, "verify_all", failing)
    outcome = lmul(*VERIFY, "--format", "e4m3")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.splitlines()[-1] == f"lmul: {' '.join(str(error).split())}"
    assert outcome.err.count("lmul: ") == 1


def test_an_interruption_is_told_and_leaves_nothing(lmul, workplace, monkeypatch):
    """As by a scheduler that ends the command."""

    def terminated(unit, folder, companions):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(unit_files, "export", terminated)
    before = contents(workplace)
    outcome = lmul(*WRITE, "--format", "e4m3")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.strip() == "lmul: interrupted; nothing is half written"
    assert contents(workplace) == before


def test_an_interruption_that_something_swallows_is_no_success(lmul, monkeypatch):
    def swallowing(unit, folder, companions):
        with contextlib.suppress(BaseException):
            os.kill(os.getpid(), signal.SIGINT)
        return SimpleNamespace(verilog="v", manifest="json", companions=())

    monkeypatch.setattr(unit_files, "export", swallowing)
    outcome = lmul(*WRITE, "--format", "e4m3")
    assert (outcome.code, outcome.err.strip()) == (2, "lmul: interrupted; nothing is half written")


RUN = [sys.executable, "-c", "from lmul.cli.main import main; main()"]


def imported(process, place):
    return "numpy" in Path(f"/proc/{process.pid}/maps").read_text()


def at_work(process, place):
    return any(place.glob("tmp/lmul-*"))


def with_workers(process, place):
    return len(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()) > 1


@pytest.mark.parametrize("moment", [imported, at_work, with_workers])
def test_a_report_is_interrupted_at_any_moment(workplace, moment):
    environment = {**os.environ, "TMPDIR": str(workplace / "tmp")}
    command = [*RUN, "report", "--no-verify", "--no-cache", "--format", "e2m1", "-o", "out"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not moment(child, workplace) and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    out, said = child.communicate(timeout=60)
    assert (child.returncode, out, said) == (2, "", "lmul: interrupted; nothing is half written\n")
    assert list((workplace / "tmp").iterdir()) == [] and not (workplace / "out").exists()


def test_an_interruption_of_this_process_alone_ends_the_tools_too(workplace):
    """While the compiler runs, which is where most of the time goes; its temporary files go as well."""
    environment = {**os.environ, "TMPDIR": str(workplace / "tmp")}
    child = subprocess.Popen([*RUN, *VERIFY, "--format", "e2m1"], env=environment, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list((workplace / "tmp").glob("lmul-*/*/build/Vtop.mk")) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGHUP)
    _, said = child.communicate(timeout=30)
    assert (child.returncode, said) == (2, "lmul: interrupted; nothing is half written\n")
    assert list((workplace / "tmp").iterdir()) == []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            assert str(workplace) not in process.read_text(errors="replace")


@pytest.mark.parametrize("output", ["", ">&-", ">/dev/full", "| head -0; exit ${PIPESTATUS[0]}"])
def test_output_that_nobody_reads_is_no_error_and_a_full_disk_is_one(workplace, output):
    line = shlex.join([*RUN, *WRITE, "--format", "e2m1"])
    done = subprocess.run(["bash", "-c", f"{line} {output}"], capture_output=True, text=True, check=False)
    full = "full" in output
    assert (done.returncode, done.stderr) == (
        (2, "lmul: standard output: No space left on device\n") if full else (0, "")
    )
    assert len(list((workplace / "out").iterdir())) == 5


def test_help_does_not_load_the_tools():
    script = "import sys\nfrom lmul.cli.commands import lmul\nlmul(['--help'], standalone_mode=False)\n"
    loaded = "print(sorted({'numpy', 'amaranth', 'cocotb', 'matplotlib', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script + loaded], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("group", [command, *command.commands.values()], ids=lambda group: group.name)
def test_help_says_of_a_command_what_the_command_says_first(group):
    for name, (_, summary) in group.lazy.items():
        said = group.get_command(None, name).help.partition("\n\n")[0]
        assert " ".join(said.split()) == summary


def test_an_odd_folder_for_temporary_files_is_named(lmul, workplace, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "a b; c")
    outcome = lmul(*WRITE, "--format", "e4m3")
    assert outcome.code == 2
    assert outcome.err == "lmul: TMPDIR must be a path without spaces and special characters, not 'a b; c'\n"


def test_an_error_shows_where_it_comes_from_if_asked(lmul, monkeypatch):
    monkeypatch.setenv("LMUL_TRACEBACK", "1")
    outcome = lmul(*WRITE, "--format", "e4m3", "--pipeline", "7")
    assert outcome.code == 2
    assert "Traceback" in outcome.err and outcome.err.endswith("\nlmul: pipeline must be 0 to 2, not 7\n")


@pytest.mark.parametrize("arguments", [(), ("verilog",), ("verify",), ("prove",), ("sweep",), ("mutate",)], ids=str)
def test_a_group_without_a_command_shows_its_help(lmul, arguments):
    outcome = lmul(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("Usage: lmul ") and "Commands:" in outcome.err


def commands(group, path=()):
    """Every command that does something, and the way to it."""
    for name in group.list_commands(None):
        inner = group.get_command(None, name)
        if isinstance(inner, click.Group):
            yield from commands(inner, (*path, name))
        else:
            yield (*path, name)


def test_there_are_these_commands():
    assert {" ".join(path) for path in commands(command)} == {
        "accuracy attention",
        "accuracy dots",
        "accuracy language",
        "accuracy model",
        "accuracy logs",
        "accuracy products",
        "accuracy training",
        "attention",
        "convert",
        "infer",
        "layout dot",
        "layout element",
        "layout multiplier",
        "layout study",
        "matmul",
        "verilog array",
        "verify array",
        "verilog dot",
        "verify dot",
        "verilog multiplier",
        "verify multiplier",
        "prove array",
        "prove check",
        "prove dot",
        "prove element",
        "prove lane",
        "prove lanes",
        "prove multiplier",
        "prove netlists",
        "prove rounder",
        "prove step",
        "report",
        "sweep multiplier",
        "mutate array",
        "mutate dot",
        "mutate multiplier",
        "search",
        "tools",
    }


@pytest.mark.parametrize("path", list(commands(command)), ids=" ".join)
def test_the_help_of_a_command_has_an_example_that_stands_on_its_own_line(path):
    shown = CliRunner().invoke(command, [*path, "--help"], prog_name="lmul")
    assert shown.exit_code == 0
    assert re.search(rf"^ +lmul {' '.join(path)}( .+)?$", shown.stdout.partition("\n")[2], re.MULTILINE)


@pytest.mark.parametrize("path", [(), ("verilog",), *commands(command)], ids=" ".join)
def test_short_help_is_help(path):
    short, long = (CliRunner().invoke(command, [*path, option], prog_name="lmul").stdout for option in ("-h", "--help"))
    assert short == long and short.startswith(f"Usage: {' '.join(['lmul', *path])}")


@pytest.mark.parametrize("path", [(), ("verilog",), *commands(command)], ids=" ".join)
def test_the_help_of_every_command_says_what_its_exit_codes_mean(path):
    shown = " ".join(CliRunner().invoke(command, [*path, "--help"], prog_name="lmul").stdout.split())
    assert "Exit code 0: done; 1: a check failed, where the command has one; 2: bad input" in shown


def test_the_version_is_that_of_the_package(lmul):
    outcome = lmul("--version")
    assert outcome.err == "" and re.fullmatch(r"lmul \d+\.\d+\.\d+\n", outcome.out)


def test_the_installed_command_says_so_too(tmp_path):
    """One whole process: no traceback, no warning, nothing but the line."""
    done = subprocess.run(
        [*RUN, *WRITE, "--format", "e4m3", "--pipeline", "7"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "lmul: pipeline must be 0 to 2, not 7\n")
    assert list(tmp_path.iterdir()) == []
