import errno
import os
import signal
import socket
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from lmul.tools import files
from lmul.tools.files import place_file, write_files


def listing(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_text_and_bytes_are_written_and_their_paths_returned_in_order(tmp_path):
    paths = write_files(tmp_path, {"b.txt": "µm²\n", "a.bin": b"\x00\xff"})
    assert paths == [tmp_path / "b.txt", tmp_path / "a.bin"]
    assert [path.read_bytes() for path in paths] == ["µm²\n".encode(), b"\x00\xff"]
    assert listing(tmp_path) == ["a.bin", "b.txt"]


def test_missing_parents_are_made(tmp_path):
    write_files(tmp_path / "a" / "b", {"c": "x", "d/e": "y"})
    assert listing(tmp_path) == ["a", "a/b", "a/b/c", "a/b/d", "a/b/d/e"]


def test_old_files_are_replaced_and_others_stay(tmp_path):
    (tmp_path / "old").write_text("old")
    (tmp_path / "other").write_text("other")
    write_files(tmp_path, {"old": "new"})
    assert (tmp_path / "old").read_text() == "new" and (tmp_path / "other").read_text() == "other"


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_full_disk_or_an_interruption_leaves_nothing(tmp_path, monkeypatch, error):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "first").write_text("old")
    write = Path.write_bytes

    def failing(path, data):
        write(path, data[:1])
        if data == b"second":
            raise error

    monkeypatch.setattr(Path, "write_bytes", failing)
    with pytest.raises(type(error)) as raised:
        write_files(tmp_path / "out", {"first": "first", "second": "second"})
    assert raised.value is error
    assert not isinstance(error, OSError) or error.filename == str(tmp_path / "out" / "second")
    assert listing(tmp_path) == ["out", "out/first"]
    assert (tmp_path / "out" / "first").read_text() == "old"


def test_folders_that_were_made_for_it_go_again(tmp_path):
    with pytest.raises(OSError, match=r"File name too long"):
        write_files(tmp_path / "a" / "b", {"first": "x", "c/second": "y", "x" * 300: "z"})
    assert listing(tmp_path) == []


def test_an_error_names_a_file_that_was_asked_for(tmp_path):
    """Neither none, as of a full disk, nor the one that is written first."""
    with pytest.raises(OSError, match=r"File name too long") as raised:
        write_files(tmp_path, {"x" * 300: "x"})
    assert raised.value.filename == str(tmp_path / ("x" * 300))


def test_what_is_outdated_goes_once_the_new_is_there(tmp_path):
    (tmp_path / "old").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_files(tmp_path, {"new": "x", "folder": "y"}, [tmp_path / "old"])
    assert listing(tmp_path) == ["folder", "old"]
    write_files(tmp_path, {"new": "x"}, [tmp_path / "old", tmp_path / "never"])
    assert listing(tmp_path) == ["folder", "new"]


@pytest.mark.parametrize("folder", ["taken", "taken/below"])
def test_a_file_in_the_way_of_the_folder_is_an_error_and_stays(tmp_path, folder):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(OSError, match=r"^\[Errno \d+\] (File exists|Not a directory): '.*/taken.*'$"):
        write_files(tmp_path / folder, {"a": "x"})
    assert listing(tmp_path) == ["taken"] and (tmp_path / "taken").read_text() == "mine"


def test_a_folder_in_the_way_of_a_file_leaves_all_files_as_they_were(tmp_path):
    (tmp_path / "second").mkdir()
    (tmp_path / "old").write_text("old")
    with pytest.raises(IsADirectoryError, match=r"^\[Errno \d+\] Is a directory: "):
        write_files(tmp_path, {"first": "x", "old": "new", "second": "y"})
    assert listing(tmp_path) == ["old", "second"]
    assert (tmp_path / "old").read_text() == "old"


@pytest.fixture
def terminal():
    """A device in a file system where nothing can be put in its place, should that be tried: never a real one."""
    ours, theirs = os.openpty()
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def special(path, kind, terminal):
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    else:
        path.symlink_to(terminal)


@pytest.mark.parametrize("kind", ["a FIFO", "a socket", "a character device"])
@pytest.mark.parametrize("what", ["written", "outdated"])
def test_what_is_no_regular_file_stays_and_is_named(tmp_path, monkeypatch, terminal, kind, what):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    (tmp_path / "old").write_text("old")
    special(Path("odd"), kind, terminal)
    contents = {"old": "new", "odd": "x"} if what == "written" else {"old": "new"}
    with pytest.raises(ValueError, match=f"^odd must be a regular file, not {kind}$"):
        write_files(Path(), contents, [Path("odd")])
    assert listing(tmp_path) == ["odd", "old"] and (tmp_path / "old").read_text() == "old"
    assert not (tmp_path / "odd").is_file()


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "old").write_text("old")
    (tmp_path / "a").symlink_to(Path("real") / "old")
    (tmp_path / "b").symlink_to(Path("real") / "none")
    assert write_files(tmp_path, {"a": "new", "b": "newer"}) == [tmp_path / "a", tmp_path / "b"]
    assert (tmp_path / "a").is_symlink() and (tmp_path / "b").is_symlink()
    assert (tmp_path / "real" / "old").read_text() == "new" and (tmp_path / "real" / "none").read_text() == "newer"
    assert listing(tmp_path) == ["a", "b", "real", "real/none", "real/old"]


def test_a_link_to_itself_is_an_error(tmp_path):
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(OSError, match=r"Too many levels of symbolic links: '.*/a'$"):
        write_files(tmp_path, {"a": "x"})


@pytest.mark.parametrize("free", [0, 1 << 30])
def test_half_a_file_of_a_tool_is_blamed_on_a_full_disk_only(monkeypatch, free):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    error, said = (OSError, "No space left on device") if free == 0 else (KeyError, "port")
    with pytest.raises(error, match=said), files.scratch_folder():
        raise KeyError("port")


def test_an_interruption_while_a_folder_is_made_leaves_none(tmp_path, monkeypatch):
    made = tempfile.TemporaryDirectory

    def interrupted(**arguments):
        folder = made(**arguments)
        signal.raise_signal(signal.SIGINT)
        return folder

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(files.tempfile, "TemporaryDirectory", interrupted)
    with pytest.raises(KeyboardInterrupt), files.scratch_folder():
        pytest.fail("it was interrupted before")
    assert listing(tmp_path) == []


def test_a_file_is_placed_whole_and_a_link_is_kept(tmp_path):
    (tmp_path / "source").write_text("new")
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    place_file(tmp_path / "source", tmp_path / "link")
    place_file(tmp_path / "source", tmp_path / "a" / "b")
    assert (tmp_path / "target").read_text() == (tmp_path / "a" / "b").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert listing(tmp_path) == ["a", "a/b", "link", "source", "target"]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()], ids=repr)
def test_a_file_that_cannot_be_placed_leaves_the_old_one(tmp_path, monkeypatch, error):
    def copy(source, target):
        Path(target).write_text("ne")
        raise error

    (tmp_path / "source").write_text("new")
    (tmp_path / "target").write_text("old")
    monkeypatch.setattr("shutil.copyfile", copy)
    with pytest.raises(type(error)) as raised:
        place_file(tmp_path / "source", tmp_path / "target")
    assert listing(tmp_path) == ["source", "target"] and (tmp_path / "target").read_text() == "old"
    if isinstance(error, OSError):
        assert (raised.value.errno, raised.value.filename) == (errno.ENOSPC, str(tmp_path / "target"))
