"""Contents are kept whole, by one process or many."""

import multiprocessing
import os

import pytest

from lmul.tools.store import Store

KEY = "a" * 64


def test_what_is_kept_is_read_and_what_is_not_is_none(tmp_path):
    store = Store(tmp_path)
    assert store.read(KEY) is None
    store.write(KEY, b"content")
    assert store.read(KEY) == b"content" and Store(tmp_path, private=True).path(KEY) == store.path(KEY)
    assert [path.name for path in store.path(KEY).parent.iterdir()] == [KEY]


@pytest.mark.parametrize(("private", "mode"), [(False, 0o644), (True, 0o600)])
def test_only_what_is_no_secret_can_be_read_by_others(tmp_path, private, mode):
    store = Store(tmp_path / "store", private)
    store.write(KEY, b"content")
    assert store.path(KEY).stat().st_mode & 0o777 == mode


def test_the_draft_of_a_process_that_died_is_no_hindrance(tmp_path):
    store = Store(tmp_path)
    store.path(KEY).parent.mkdir()
    store.path(KEY).with_name(f".{KEY}.{os.getpid()}").symlink_to(tmp_path / "elsewhere")
    store.write(KEY, b"content")
    assert store.read(KEY) == b"content" and not (tmp_path / "elsewhere").exists()


def _write(folder, byte):
    for _ in range(50):
        Store(folder).write(KEY, bytes([byte]) * 100_000)


def test_many_processes_at_once_never_show_half_a_file(tmp_path):
    writers = [multiprocessing.get_context("fork").Process(target=_write, args=(tmp_path, byte)) for byte in range(3)]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers) or not seen:
        content = Store(tmp_path).read(KEY)
        if content is not None:
            seen.add((len(content), len(set(content))))
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert seen == {(100_000, 1)}
