"""Files that appear whole or not at all."""

import errno
import os
from collections.abc import Mapping
from pathlib import Path


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write files into `folder`, which is made where it is missing: all of them, or none.

    Each is written beside its final place and renamed at the end, so that an interruption or a full disk
    leaves neither half a file nor an old one spoilt.

    Parameters
    ----------
    folder : Path
        Where to; parents are made too.
    contents : mapping of file name to text (written as UTF-8) or bytes
        What to write.

    Raises
    ------
    OSError
        The folder cannot be made or written; nothing is left behind.
    """
    made = [p for p in (folder, *folder.parents) if not p.exists()]
    drafts: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            draft = folder / f".{name}.{os.getpid()}"
            drafts.append((draft, folder / name))
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
        for _, final in drafts:
            if final.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(final))
        for draft, final in drafts:
            draft.replace(final)
    except BaseException:
        for draft, _ in drafts:
            draft.unlink(missing_ok=True)
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        raise
    return [final for _, final in drafts]
