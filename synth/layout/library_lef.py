"""LEF files of several libraries told apart: by the cells that they have, or by their place in a PDK."""

import re
from collections.abc import Sequence
from pathlib import Path

from lmul.synth.layout.lef import Lef, read_lef
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.locate import lef_beside
from lmul.synth.technology.technology import Technology
from lmul.tools.files import check_regular

PDK = "pdk"
"""Instead of a file: LEF that lies beside the library, as PDKs have it."""


def library_lefs(names: Sequence[str], libraries: Sequence[tuple[Technology, Sequence[Path]]]) -> list[Lef]:
    """Read the LEF of each library.

    Parameters
    ----------
    names : sequence of str
        Files: of a technology, then of its cells, then of the next technology; folders with files of cells; or `PDK`. A
        library has the files of the technology with most of its cells, and where none has any, those beside it, if
        `PDK` is among the names.
    libraries : sequence of (Technology, sequence of Path)
        Libraries and their liberty files.

    Raises
    ------
    OSError
        A file cannot be read.
    ValueError
        A file is not LEF, or there is none for a library.
    """
    paths = [path for name in names if name != PDK for path in _files(Path(name))]
    lefs = [read_lef(*files) for files in _by_technology(paths)]
    return [_fitting(technology, files, lefs, PDK in names) for technology, files in libraries]


def _files(path: Path) -> list[Path]:
    """List a file, or those below a folder, without the abstracts that Magic has made of the same cells."""
    if not path.is_dir():
        return [path]
    found = [each for each in sorted(path.rglob("*.lef")) if not each.name.endswith(".magic.lef")]
    if not found:
        raise ValueError(f"--lef must be a file, or a folder with .lef files, not {str(path)!r}")
    return found


def _by_technology(paths: Sequence[Path]) -> list[list[Path]]:
    """Split the files before each that has routing layers; of one technology their order does not matter."""
    first = [
        bool(re.search(r"^\s*TYPE\s+ROUTING\b", check_regular(path).read_text(errors="replace"), re.M))
        for path in paths
    ]
    if sum(first) < 2:
        return [list(paths)] if paths else []
    found: list[list[Path]] = []
    for path, begins in zip(paths, first, strict=True):
        if begins or not found:
            found.append([])
        found[-1].append(path)
    return found


def _fitting(technology: Technology, files: Sequence[Path], lefs: Sequence[Lef], beside: bool) -> Lef:
    cells = read_library(technology).cells.keys()
    best = max(lefs, key=lambda lef: len(cells & lef.macros.keys()), default=None)
    if best is not None and cells & best.macros.keys():
        return best
    if not beside:
        raise ValueError(f"--lef must have the cells of {technology.name}, and no file has any")
    own = lef_beside(files)
    if not own:
        raise ValueError(f"--lef must be files for {technology.name}: it has none beside it, as libraries of PDKs have")
    return read_lef(*own)
