"""Outcomes go when they have not been used for long, and nothing else does."""

import os
import time
from pathlib import Path

import pytest

from lmul.synth.measure.cache import Cache
from lmul.synth.measure.expiry import DAYS, remove_old_outcomes

_KEYS = {name: name * 64 for name in "abcd"}


def _aged(path: Path, read: float, written: float) -> None:
    """Let a file be last read and written so many days ago."""
    now = time.time()
    os.utime(path, (now - read * 86400, now - written * 86400))


def _file(folder: Path, name: str) -> Path:
    return folder / (name * 2) / _KEYS[name]


def test_old_ones_go(tmp_path: Path) -> None:
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
    remove_old_outcomes(tmp_path)
    assert [kept.get(_KEYS[name]) for name in "abcd"] == [None, ("b",), ("c",), ("d",)]
    assert not draft.exists() and foreign.exists()


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_what_cannot_be_removed_stays(error: type[OSError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run was faster, or the folder is read-only."""
    Cache(tmp_path).put(_KEYS["a"], 1)
    _aged(_file(tmp_path, "a"), 2 * DAYS, 2 * DAYS)

    def refuse(path: Path) -> None:
        raise error(path)

    monkeypatch.setattr(Path, "unlink", refuse)
    remove_old_outcomes(tmp_path)
    assert _file(tmp_path, "a").exists()


def test_there_may_be_no_folder(tmp_path: Path) -> None:
    remove_old_outcomes(tmp_path / "none")
    (tmp_path / "file").write_text("")
    remove_old_outcomes(tmp_path / "file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
