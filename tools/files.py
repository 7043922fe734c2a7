"""Files that appear whole or not at all."""

import errno
import os
import re
import shutil
import signal
import stat
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def write_files(folder: Path, contents: Mapping[str, str | bytes], outdated: Collection[Path] = ()) -> list[Path]:
    """Write files into `folder`, all of them or none; make the folder if needed.

    Each is written beside its final place and renamed at the end. So an interruption or a full disk leaves no partial
    file and no damaged old one. A link is kept; its target is replaced.

    Parameters
    ----------
    folder : Path
        Output folder; missing parents are made.
    contents : mapping of file name to text (written as UTF-8) or bytes
        Contents by file name. A name may start with folders, which are made too.
    outdated : collection of Path
        Files to delete after all others are written.

    Raises
    ------
    OSError
        The folder cannot be made or written; nothing is left behind.
    ValueError
        A device or the like is in the way of a file; nothing is left behind.
    """
    asked = [folder / name for name in contents]
    finals = [replaceable(path) for path in asked]
    for path in outdated:
        replaceable(path)
    drafts = [path.with_name(f".{path.name}.{os.getpid()}") for path in finals]
    parents = {folder, *folder.parents, *(parent for path in finals for parent in path.parents)}
    made = sorted((path for path in parents if not path.exists()), key=lambda path: len(path.parts), reverse=True)
    current = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for current, draft, content in zip(finals, drafts, contents.values(), strict=True):
            current.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
        with uninterrupted():
            for current, draft in zip(finals, drafts, strict=True):
                draft.replace(current)
            for current in outdated:
                current.unlink(missing_ok=True)
    except BaseException as error:
        for draft in drafts:
            with suppress(OSError):
                draft.unlink()
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        # The error of a full disk names no file, and users do not know the drafts.
        if isinstance(error, OSError) and error.filename in (None, *map(str, drafts)):
            error.filename, error.filename2 = str(current), None
        raise
    return asked


def place_file(source: Path, path: Path) -> None:
    """Copy a file to `path`, whole or not at all; make its folder if needed. A link is kept; its target is replaced.

    Raises
    ------
    OSError
        The file cannot be written; what was at `path` is still there.
    ValueError
        A device or the like is in the way.
    """
    final = replaceable(path)
    draft = final.with_name(f".{final.name}.{os.getpid()}")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, draft)
        draft.replace(final)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink()
        if isinstance(error, OSError):  # users do not know the draft
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


_KINDS = {
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
}


def check_regular(path: Path) -> Path:
    """Return the path of a regular file: a device or folder would be replaced, and reading a FIFO might never end.

    Raises
    ------
    OSError
        The path is a folder, does not exist, or cannot be read.
    ValueError
        The path is a device, a FIFO or a socket.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise ValueError(f"{path} must be a regular file, not {_KINDS.get(stat.S_IFMT(mode), 'something else')}")
    return path


def replaceable(path: Path) -> Path:
    """Return the path that writing to `path` replaces: a link's target, not the link.

    Raises
    ------
    OSError, ValueError
        The path cannot be replaced: see `check_regular`.
    """
    with suppress(FileNotFoundError, NotADirectoryError):  # callers make the folder, or report it
        check_regular(path)
    return path.resolve() if path.is_symlink() else path


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Defer interruptions to the end of the block."""
    if threading.current_thread() is not threading.main_thread():  # interruptions arrive in the main thread only
        yield
        return
    waiting: list[int] = []
    # A signal mask would not do: it applies to one thread, and NumPy may have started others.
    before = {number: signal.signal(number, lambda number, _: waiting.append(number)) for number in _INTERRUPTIONS}
    try:
        yield
    finally:
        for interruption, handler in before.items():
            signal.signal(interruption, handler)
        for number in waiting:
            signal.raise_signal(number)


def check_writable(folder: Path) -> None:
    """Check before the work that `folder` can be made and written.

    Raises
    ------
    OSError
        The folder cannot be made or written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with uninterrupted():
            tempfile.TemporaryDirectory(prefix=".lmul-", dir=existing).cleanup()
    except OSError as error:  # it names the trial file
        raise OSError(error.errno, error.strerror, str(folder)) from None


_FULL_BYTES = 1 << 16  # other processes may have freed a little since the tool failed


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a temporary folder, and delete it at the end of the block.

    Raises
    ------
    ValueError
        TMPDIR is a path that make, ABC or a Yosys command would split.
    OSError
        The folder cannot be made, or its disk is full; then the path is the file name.
    """
    parent = tempfile.gettempdir()
    if not re.fullmatch(r"[\w/.+@,-]+", parent):
        raise ValueError(f"TMPDIR must be a path without spaces and special characters, not {parent!r}")
    folder: tempfile.TemporaryDirectory[str] | None = None
    try:
        with uninterrupted():  # otherwise an interruption could leave a folder that nothing knows of
            folder = tempfile.TemporaryDirectory(prefix="lmul-", dir=parent)
        yield Path(folder.name)
    except OSError as error:
        if error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT):
            error.filename = f"temporary files in {parent}"
        raise
    except Exception as error:  # a tool may not notice a full disk, and then a reader of its partial file fails
        if shutil.disk_usage(parent).free < _FULL_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"temporary files in {parent}") from error
        raise
    finally:
        if folder is not None:
            folder.cleanup()
