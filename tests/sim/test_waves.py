"""Waves of simulations: by the file's ending, whole or not at all."""

import re

import pytest

from lmul.golden.formats import E2M1
from lmul.golden.parameters import Parameters
from lmul.hdl.multiplier import Multiplier
from lmul.sim.multiplier import verify_pairs
from lmul.sim.stimulus.vectors import operands
from lmul.sim.waves import missing_library, recorded, recording, trace_option


@pytest.mark.parametrize("name", ["waves.txt", "waves", "waves.vcd.gz", ".vcd", "waves.VCD"])
def test_other_endings_are_refused(tmp_path, name):
    message = rf"^waves must be a file that ends in \.vcd or \.fst, not '{re.escape(str(tmp_path / name))}'$"
    with pytest.raises(ValueError, match=message), recording(tmp_path / name):
        raise AssertionError
    assert recorded() is None


def test_what_is_in_the_way_is_told_before_the_work(tmp_path):
    (tmp_path / "folder.vcd").mkdir()
    (tmp_path / "file").write_text("")
    for path, error in ((tmp_path / "folder.vcd", IsADirectoryError), (tmp_path / "file" / "a.vcd", OSError)):
        with pytest.raises(error), recording(path):
            raise AssertionError


def test_the_block_has_a_file_and_what_follows_has_none(tmp_path):
    with recording(tmp_path / "a.fst"):
        assert recorded() == tmp_path / "a.fst"
    assert recorded() is None
    assert [trace_option(tmp_path / f"a.{ending}") for ending in ("vcd", "fst")] == ["--trace", "--trace-fst"]


@pytest.mark.parametrize(
    ("name", "error", "missing"),
    [
        ("a.fst", "fatal error: lz4.h: No such file or directory", True),
        ("a.fst", "/usr/bin/ld: cannot find -lz: No such file", True),
        ("a.fst", "syntax error", False),
        ("a.vcd", "lz4", False),
    ],
)
def test_a_missing_library_is_told_with_what_to_install(tmp_path, name, error, missing):
    said = missing_library(tmp_path / name, error)
    assert ("apt-get install liblz4-dev zlib1g-dev" in (said or "")) == missing


@pytest.mark.complete
@pytest.mark.parametrize("pipeline", [0, 1])
def test_a_vcd_has_what_the_unit_did(tmp_path, pipeline):
    """Every product is among the values of the ports p."""
    unit, pairs = Multiplier(Parameters(E2M1), pipeline), operands((E2M1, E2M1, E2M1), 256)
    with recording(tmp_path / "new" / "waves.vcd"):
        checked = verify_pairs(unit, tmp_path / "work", pairs)
    assert checked.passed
    text = (tmp_path / "new" / "waves.vcd").read_text()
    ports = set(re.findall(r"\$var wire +4 (\S+) p \[3:0\] \$end", text))
    values = {int(value, 2) for value, port in re.findall(r"^b([01]+) (\S+)$", text, re.MULTILINE) if port in ports}
    assert values == set(checked.codes.tolist())
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["waves.vcd"]
