"""Files of waves: what every signal of a simulation did, for viewers such as GTKWave and Surfer."""

from pathlib import Path

from lmul.tools.files import check_writable, replaceable

_OPTIONS = {".vcd": "--trace", ".fst": "--trace-fst"}
_NEEDS = "waves as .fst need lz4 and zlib (Debian: apt-get install liblz4-dev zlib1g-dev); as .vcd they need nothing"
_WANTED = ("lz4", "zlib", "-lz")


def check_waves(path: Path) -> Path:
    """Return the path of a file of waves that can be written.

    Raises
    ------
    ValueError
        Its name does not end in .vcd or .fst, or a device or the like is in its way.
    OSError
        A folder is in its way, or its folder cannot be made or written.
    """
    if path.suffix not in _OPTIONS:
        raise ValueError(f"waves must be a file that ends in .vcd or .fst, not {path.name!r}")
    check_writable(replaceable(path).parent)
    return path


def trace_option(path: Path) -> str:
    """Return Verilator's option for waves of this ending."""
    return _OPTIONS[path.suffix]


def missing_library(path: Path, error: str) -> str | None:
    """Say what a build with waves of this ending lacks if its error speaks of that; else None."""
    return _NEEDS if path.suffix == ".fst" and any(word in error for word in _WANTED) else None
