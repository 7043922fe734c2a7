"""Outcomes are found again when nothing has changed and nobody has touched them, and only then."""

import json
import logging
import os
import pickle
import time
import zlib
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from lmul.tools import cache
from lmul.tools.cache import Cache, default_folder, keeping, key_of, remembered
from lmul.tools.store import DAYS

_KEYS = {name: name * 64 for name in "abcd"}


@dataclass(frozen=True)
class Place:
    digest: str = "here"


@dataclass(frozen=True)
class Question:
    number: int = 1


HERE, WHAT = Place(), Question()


def _file(folder: Path, name: str) -> Path:
    return folder / (name * 2) / _KEYS[name]


def _aged(path: Path, read: float, written: float) -> None:
    """Let a file be last read and written so many days ago."""
    now = time.time()
    os.utime(path, (now - read * 86400, now - written * 86400))


def test_everything_that_matters_changes_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = {key_of(WHAT, HERE), key_of(replace(WHAT, number=2), HERE), key_of(WHAT, Place("there"))}
    with monkeypatch.context() as patch:
        patch.setattr(cache, "code_of", lambda question: "other code")
        keys.add(key_of(WHAT, HERE))
    monkeypatch.setattr(cache, "_version", lambda tool: f"{tool} 99")
    keys.add(key_of(WHAT, HERE))
    assert len(keys) == 5


@pytest.mark.parametrize("damage", [b"", b"nonsense", pickle.dumps(1), "text", [1, 2], 10**400])
def test_what_is_no_outcome_is_found_anew_and_a_line_says_so(tmp_path, caplog, damage) -> None:
    """Neither damage, nor a pickle, nor an outcome of another type that somebody has put there."""
    with keeping(Cache(tmp_path)):
        assert remembered(WHAT, HERE, float, lambda: 1.0) == remembered(WHAT, HERE, float, lambda: 2.0) == 1
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        if not isinstance(damage, bytes):
            packed = zlib.compress(json.dumps(damage).encode())
            damage = sha256(file.name.encode() + packed).digest() + packed
        file.write_bytes(damage)
        assert not caplog.records
        assert remembered(WHAT, HERE, float, lambda: 3.0) == 3
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"{file} is not used and what it held is measured again: ")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system knows no owners of files")
@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_what_others_can_write_is_not_used(tmp_path, caplog, mode) -> None:
    kept = Cache(tmp_path)
    kept.put(_KEYS["a"], 1)
    assert kept.get(_KEYS["a"], int) == (1,)
    _file(tmp_path, "a").chmod(mode)
    assert kept.get(_KEYS["a"], int) is None and "which others cannot write" in caplog.text


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system knows no owners of files")
def test_what_belongs_to_another_user_is_not_used(tmp_path, monkeypatch) -> None:
    kept = Cache(tmp_path)
    kept.put(_KEYS["a"], 1)
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    assert kept.get(_KEYS["a"], int) is None


def test_deeply_nested_outcomes_and_what_is_no_file_are_not_used(tmp_path, caplog) -> None:
    kept, packed = Cache(tmp_path), zlib.compress(b"[" * 200_000)
    kept.put(_KEYS["a"], 1)
    _file(tmp_path, "a").write_bytes(sha256(_KEYS["a"].encode() + packed).digest() + packed)
    assert kept.get(_KEYS["a"], int) is None
    _file(tmp_path, "a").unlink()
    os.mkfifo(_file(tmp_path, "a"))
    assert kept.get(_KEYS["a"], int) is None and "must be a regular file" in caplog.text


def test_the_outcome_of_another_job_is_not_used(tmp_path, caplog) -> None:
    kept = Cache(tmp_path)
    for name in "ab":
        kept.put(_KEYS[name], name)
    _file(tmp_path, "a").replace(_file(tmp_path, "b"))
    assert kept.get(_KEYS["b"], str) is None and "the outcome of another job" in caplog.text


def test_outcomes_take_little_room(tmp_path: Path) -> None:
    netlist = {f"gate {i}": ["a", "y"] for i in range(1000)}
    kept = Cache(tmp_path)
    kept.put("netlist", netlist)
    assert kept.get("netlist", dict[str, list[str]]) == (netlist,)
    assert (tmp_path / "ne" / "netlist").stat().st_size < len(json.dumps(netlist)) / 2


def test_no_byte_of_a_file_can_change_unseen(tmp_path: Path) -> None:
    with keeping(Cache(tmp_path)):
        remembered(WHAT, HERE, list[str], lambda: ["1.5", "text"])
        (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
        content = file.read_bytes()
        for place in range(len(content)):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert remembered(WHAT, HERE, list[str], lambda: ["anew"]) == ["anew"]


def test_no_room_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with keeping(Cache(tmp_path / "file")):
        assert [remembered(WHAT, HERE, int, lambda n=n: n) for n in (1, 2)] == [1, 2]


def test_where_outcomes_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "lmul"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setitem(os.environ, "HOME", "/home/someone")
    assert default_folder() == Path("/home/someone/.cache/lmul")


def test_old_outcomes_go_and_nothing_else(tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    for name, (read, written) in {
        "a": (DAYS + 1, DAYS + 1),
        "b": (DAYS - 1, DAYS + 1),
        "c": (DAYS + 1, DAYS - 1),
        "d": (0, 0),
    }.items():
        kept.put(_KEYS[name], name)
        _aged(_file(tmp_path, name), read, written)
    draft, foreign = (tmp_path / "aa" / name for name in (f".{_KEYS['a']}.17", "notes"))
    for path in (draft, foreign):
        path.write_text("")
        _aged(path, 2 * DAYS, 2 * DAYS)
    kept.expire()
    assert [kept.get(_KEYS[name], str) for name in "abcd"] == [None, ("b",), ("c",), ("d",)]
    assert not draft.exists() and foreign.exists()


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_what_cannot_be_removed_stays(error: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run was faster, or the folder is read-only."""
    kept = Cache(tmp_path)
    kept.put(_KEYS["a"], 1)
    _aged(_file(tmp_path, "a"), 2 * DAYS, 2 * DAYS)

    def refuse(path: Path) -> None:
        raise error(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    kept.expire()
    assert _file(tmp_path, "a").exists()


def test_there_may_be_no_folder(tmp_path: Path) -> None:
    Cache(tmp_path / "none").expire()
    (tmp_path / "file").write_text("")
    Cache(tmp_path / "file").expire()
