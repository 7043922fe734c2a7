"""Whether the package that tests import is the one in the tree beside them."""

from pathlib import Path

PACKAGES = {
    name: name
    for name in ("accuracy", "cli", "formal", "golden", "hdl", "kernels", "reporting", "sim", "synth", "tools")
} | {"pytorch": "torch"}
"""Folders of the tree, and the packages in `lmul` that they are."""


def differing(tree: Path, package: Path) -> list[str]:
    """List files of the tree that the package has not, or has with other contents, and modules that it alone has.

    Parameters
    ----------
    tree : Path
        The repository.
    package : Path
        Folder of the package `lmul` that is imported.
    """
    pairs = [(tree / "lmul", package), *((tree / name, package / inner) for name, inner in PACKAGES.items())]
    return [str(path) for ours, theirs in pairs if not _same(ours, theirs) for path in _differing(ours, theirs)]


def _same(ours: Path, theirs: Path) -> bool:
    return theirs.exists() and ours.samefile(theirs)


def _differing(ours: Path, theirs: Path) -> list[Path]:
    inner = PACKAGES.values() if ours.name == "lmul" else ()
    here, there = (
        {
            path.relative_to(folder)
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__" and path.relative_to(folder).parts[0] not in inner
        }
        for folder in (ours, theirs)
    )
    gone = {name for name in there - here if name.suffix == ".py"}
    wrong = {name for name in here if name not in there or (ours / name).read_bytes() != (theirs / name).read_bytes()}
    return [ours / name for name in sorted(gone | wrong)]
