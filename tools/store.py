"""Folder of files named by keys, each with a hash of its content; files that others could have written are not read."""

import hashlib
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

DAYS = 90
"""Days that a file is kept after it was last read or written."""

_DIGEST_BYTES = 32
_NAME = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.\d+")  # a kept file, or the draft of one that was interrupted


class Store:
    """Folder of kept contents, one a file, named by its key: a SHA-256 and the content.

    Processes that run at once may share it: a file appears whole or not at all.

    Parameters
    ----------
    folder : Path
        Folder; it is made when the first content is kept.
    private : bool
        Let nobody else read the folder and its files, and read nothing if others can write to the folder.
    """

    def __init__(self, folder: Path, private: bool = False) -> None:
        self.folder = folder
        self.private = private

    def path(self, key: str) -> Path:
        """Return the file of a key."""
        return self.folder / key[:2] / key

    def read(self, key: str) -> bytes | None:
        """Read the content of a key; None where there is no file.

        Raises
        ------
        OSError
            The file cannot be read.
        ValueError
            The file is damaged, belongs to another key or user, or others can write it.
        """
        path = self.path(key)
        try:
            if self.private and not all(_is_own(each.stat(), stat.S_IFDIR) for each in (self.folder, path.parent)):
                raise ValueError("its folder must be this user's, and others must not be able to write there")
            opened = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a FIFO would wait for a writer
        except FileNotFoundError:
            return None
        with os.fdopen(opened, "rb") as file:
            # What is read is what was looked at, whatever becomes of the path.
            if not _is_own(os.fstat(file.fileno()), stat.S_IFREG):
                raise ValueError("it must be a regular file of this user, which others cannot write")
            digest, content = file.read(_DIGEST_BYTES), file.read()
        if _digest(key, content) != digest:
            raise ValueError("it is damaged, or the outcome of another job")
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keep a content, unless the file cannot be written."""
        path = self.path(key)
        draft = path.with_name(f".{key}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if self.private:
                for folder in (self.folder, path.parent):
                    folder.chmod(0o700)
            with suppress(FileNotFoundError):  # of an interrupted process with the same number
                draft.unlink()
            opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(opened, "wb") as file:
                file.write(_digest(key, content))
                file.write(content)
            if not self.private:
                draft.chmod(0o644)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()

    def expire(self) -> None:
        """Remove files that were not used for `DAYS`; files that cannot be removed stay.

        Where the file system does not record reads, the time of writing counts. What goes too early is made again.
        """
        oldest = time.time() - DAYS * 24 * 3600
        for path in self.folder.glob("??/*"):
            with suppress(OSError):  # another run may have removed it
                times = path.stat()
                if _NAME.fullmatch(path.name) and max(times.st_atime, times.st_mtime) < oldest:
                    path.unlink()


def _digest(key: str, content: bytes) -> bytes:
    digest = hashlib.sha256(key.encode())
    digest.update(content)
    return digest.digest()


def _is_own(status: os.stat_result, kind: int) -> bool:
    """Tell whether it is of this kind, and this user's, and nobody else can write it; where there are owners."""
    if stat.S_IFMT(status.st_mode) != kind:
        return False
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
