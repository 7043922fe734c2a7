"""The options of a multiplier, as given on a command line, and the multiplier they mean."""

import gc
import warnings
from pathlib import Path

import click
import pytest
from amaranth.hdl import UnusedElaboratable
from click.testing import CliRunner

from lmul.cli.options import chosen_method, chosen_multiplier, multiplier_options
from lmul.golden.formats import BF16, E4M3, E5M2, format_named
from lmul.golden.methods import MULTIPLIER_KINDS, Method, Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy

# Units are made here and not built, which Amaranth warns of.
pytestmark = pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")


@pytest.fixture(autouse=True)
def collected():
    """No unit outlives its test, so that none is warned of in another."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnusedElaboratable)
        gc.collect()


def chosen(*arguments):
    """What `chosen_multiplier` makes of a command line; errors are raised."""
    found = []

    @click.command()
    @multiplier_options
    def command(**options):
        found.append(chosen_multiplier(**options))

    CliRunner().invoke(command, [str(a) for a in arguments], catch_exceptions=False, standalone_mode=False)
    return found[0]


@pytest.mark.parametrize(
    ("arguments", "parameters", "pipeline"),
    [
        (["--format", "e4m3"], Parameters(E4M3), 0),
        (["--format", "bf16", "--method", "mitchell", "--pipeline", 2], Parameters(BF16, Method.MITCHELL), 2),
        (["--format", "e4m3", "--policy", "raw"], Parameters(E4M3, policy=Policy.RAW), 0),
        (
            ["--format", "e4m3", "--method", "constant", "--constant", 0],
            Parameters(E4M3, Method.constant(0)),
            0,
        ),
        (
            ["--format", "e4m3", "--method", "corrected", "--table-bits", 2],
            Parameters(E4M3, Method.corrected(2)),
            0,
        ),
        (["--format", "e4m3", "--method", "corrected2"], Parameters(E4M3, Method.corrected(2)), 0),
        (["--format", "e4m3", "--method", "exact_rtz"], Parameters(E4M3, Method.EXACT_RTZ), 0),
        (["--format", "bf16", "--method", "exact"], Parameters(BF16, Method.EXACT), 0),
        (["--format", "e4m3", "--policy", "ieee"], Parameters(E4M3, policy=Policy.IEEE), 0),
        (
            ["--format", "e4m3", "--policy", "ieee", "--overflow", "inf"],
            Parameters(E4M3, policy=Policy.IEEE, overflow=Overflow.INF),
            0,
        ),
        (
            ["--format", "e4m3,e5m2", "--result", "e5m3", "--method", "exact", "--rounding", "zero"],
            Parameters(E4M3, Method.EXACT_RTZ, y_format=E5M2, result=format_named("e5m3")),
            0,
        ),
    ],
    ids=str,
)
def test_options_mean_a_multiplier(arguments, parameters, pipeline):
    unit = chosen(*arguments)
    assert (unit.parameters, unit.pipeline) == (parameters, pipeline)


def with_table(path, bits=1):
    return chosen("--format", "e4m3", "--method", "corrected", "--table-bits", bits, "--table", path)


def test_a_table_is_read_row_by_row(tmp_path):
    (tmp_path / "t.json").write_text("[[0, 1],\n [2, 7]]")
    unit = with_table(tmp_path / "t.json")
    assert unit.parameters.method.table == unit.parameters.correction == ((0, 1), (2, 7))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[0, 1], [2,", r"t\.json must be a JSON array of rows of integers: Expecting value: .*"),
        ("", r"t\.json must be a JSON array of rows of integers: Expecting value: .*"),
        ("null", r"t\.json must be a JSON array of rows of integers: .*"),
        ("[0, 1]", r"t\.json must be a JSON array of rows of integers: .*"),
        ("[[0, 1]]", r"table must be 2 x 2 for table_bits 1, not \(\(0, 1\),\)"),
        ("[[0, 1], [0, 1, 2]]", r"table must be 2 x 2 for table_bits 1, not .*"),
        ("[[0, 1], [0, 8]]", r"entry of the table must be 0 to 7 for e4m3, not 8"),
        ("[[0, 1], [0, -1]]", r"entry of the table must be 0 to 7 for e4m3, not -1"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(ValueError, match=f"^{message}$"):
        with_table("t.json")


@pytest.mark.parametrize("text", ['{"0": [1]}', '["01", "23"]', "3"])
def test_a_table_that_is_no_rows_is_refused(tmp_path, text):
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(
        ValueError, match=r"t.json must be a JSON array of rows of integers: it is another kind of JSON$"
    ):
        with_table(tmp_path / "t.json")


def test_a_table_needs_its_bits(tmp_path):
    (tmp_path / "t.json").write_text("[[0, 1], [0, 1]]")
    with pytest.raises(ValueError, match=r"^--table must be given with --table-bits$"):
        chosen("--format", "e4m3", "--method", "corrected", "--table", tmp_path / "t.json")


@pytest.mark.parametrize("entry", ["0.5", "1.0", "NaN", '"a"', "null", "[]", "true"])
def test_an_entry_that_is_no_integer_is_refused_before_anything_is_built(tmp_path, entry):
    (tmp_path / "t.json").write_text(f"[[0, 1], [0, {entry}]]")
    with pytest.raises((TypeError, ValueError), match=r"^.* must be .*$"):
        with_table(tmp_path / "t.json")


@pytest.mark.parametrize(
    "option", [("--constant", "1"), ("--table-bits", "2"), ("--table", "t.json"), ("--rounding", "zero")], ids=str
)
def test_a_whole_method_takes_no_more_numbers(option):
    name, value = option
    with pytest.raises(ValueError, match=rf"^{name} must be left out with --method corrected2, not '{value}'$"):
        chosen_method("corrected2", *numbers(*option))


def numbers(option, value):
    """The arguments of `chosen_method` after the first."""
    return {
        "--constant": (1, None, None),
        "--table-bits": (None, 2, None),
        "--table": (None, None, Path(value)),
        "--rounding": (None, None, None, Rounding.ZERO),
    }[option]


@pytest.mark.parametrize("names", ["e4m3,e5m2,bf16", "e4m3,", ",", "e4m3;e5m2"])
def test_formats_are_one_name_or_two(names):
    with pytest.raises(ValueError, match=r"^format must be one .*, not '.*'$"):
        chosen("--format", names)


def test_a_table_that_is_missing_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^\[Errno 2\] No such file or directory: '.*none\.json'$"):
        with_table(tmp_path / "none.json")


def test_the_help_names_formats_methods_policies_and_depths():
    @click.command()
    @multiplier_options
    def command(**options):
        raise AssertionError(options)

    shown = " ".join(CliRunner().invoke(command, ["--help"]).stdout.split())
    for what in (
        "e4m3, e5m2",
        "any eXmY, or eXmY with ieee, fn or finite behind it",
        "|".join(MULTIPLIER_KINDS),
        "raw|flush|ftz|ieee",
        "saturate|inf",
        "nearest|zero",
        "0 to 2",
    ):
        assert what in shown
