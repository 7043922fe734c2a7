"""Outcomes are found again when nothing has changed, and only then."""

import hashlib
import os
import pickle
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lmul.synth.measure import cache, session
from lmul.synth.measure.cache import Cache, code_digest, default_folder, keeping, key_of, remembered
from lmul.synth.measure.session import Measured
from lmul.synth.technology.technology import GENERIC, Technology


@dataclass(frozen=True)
class Note:
    """A job that leaves a line in a file each time that it is done."""

    path: str
    number: int = 1
    effort: float = 1

    def run(self, technology: Technology) -> str:
        with Path(self.path).open("a") as file:
            file.write("done\n")
        return f"{technology.name} {self.number}"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of this file are not known to other processes."""

    def one_by_one(work, items, size, done):
        outcomes = []
        for item in items:
            outcomes.append(work(item))
            done()
        return outcomes

    monkeypatch.setattr(session, "on_all_cores", one_by_one)


def _times(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_what_is_known_is_not_done_again(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    first, second = Note(str(path)), Note(str(path), 2)
    steps: list[None] = []
    for times in (2, 2, 3):
        jobs = [first, second] if times == 2 else [first, Note(str(path), 3)]
        measured = Measured(GENERIC, Cache(tmp_path / "kept"))
        measured.find_out([*jobs, first], lambda: steps.append(None))
        assert [measured[job] for job in jobs] == [f"generic {job.number}" for job in jobs]
        assert _times(path) == len(steps) == times


def test_without_a_cache_only_the_same_run_knows(tmp_path: Path) -> None:
    job = Note(str(tmp_path / "notes"))
    for times in (1, 2):
        measured = Measured(GENERIC)
        for _ in range(2):
            measured.find_out([job])
        assert job in measured and _times(tmp_path / "notes") == times


def test_everything_that_matters_changes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Note("")
    keys = {key_of(job, GENERIC), key_of(replace(job, number=2), GENERIC)}
    keys.add(key_of(job, replace(GENERIC, name="other")))
    keys.add(key_of(job, replace(GENERIC, files={**GENERIC.files, "cells.v": ""})))
    keys.add(key_of(job, replace(GENERIC, map_logic=("abc",))))
    monkeypatch.setattr(cache, "_version", lambda tool: f"{tool} 99")
    keys.add(key_of(job, GENERIC))
    assert len(keys) == 6


def test_the_code_is_that_of_all_modules_that_a_job_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sources = cache._source
    before = {
        name: code_digest(name)
        for name in ("lmul.synth.measure.jobs", "lmul.reporting.sections", "lmul.golden.formats")
    }
    changed = tmp_path / "gates.py"
    changed.write_bytes(sources("lmul.hdl.arith.gates").read_bytes() + b"# changed\n")
    monkeypatch.setattr(cache, "_source", lambda name: changed if name == "lmul.hdl.arith.gates" else sources(name))
    code_digest.cache_clear()
    try:
        assert (
            code_digest("lmul.synth.measure.jobs") != before["lmul.synth.measure.jobs"]
        )  # through pieces, cores and wide products
        assert code_digest("lmul.golden.formats") == before["lmul.golden.formats"]
    finally:
        code_digest.cache_clear()


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x80\x04cno.such.module\nName\n."])
def test_a_damaged_file_counts_as_missing(tmp_path: Path, damage: bytes) -> None:
    kept = Cache(tmp_path)
    with keeping(kept):
        assert remembered("what", GENERIC, lambda: 1) == remembered("what", GENERIC, lambda: 2) == 1
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        file.write_bytes(damage)
        assert remembered("what", GENERIC, lambda: 3) == 3


def test_what_is_no_outcome_counts_as_missing(tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    for content in (b"nonsense", zlib.compress(b"nonsense")):
        kept.put("what", 1)
        (tmp_path / "wh" / "what").write_bytes(hashlib.sha256(content).digest() + content)
        assert kept.get("what") is None


def test_outcomes_take_little_room(tmp_path: Path) -> None:
    netlist = {f"gate {i}": ["a", "y"] for i in range(1000)}
    kept = Cache(tmp_path)
    kept.put("netlist", netlist)
    assert kept.get("netlist") == (netlist,)
    assert (tmp_path / "ne" / "netlist").stat().st_size < len(pickle.dumps(netlist)) / 2


def test_no_byte_of_a_file_can_change_unseen(tmp_path: Path) -> None:
    with keeping(Cache(tmp_path)):
        remembered("what", GENERIC, lambda: [1.5, "text"])
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert remembered("what", GENERIC, lambda: "anew") == "anew"


def test_no_room_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with keeping(Cache(tmp_path / "file")):
        assert [remembered("what", GENERIC, lambda n=n: n) for n in (1, 2)] == [1, 2]


def test_where_outcomes_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "lmul"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setitem(os.environ, "HOME", "/home/someone")
    assert default_folder() == Path("/home/someone/.cache/lmul")
