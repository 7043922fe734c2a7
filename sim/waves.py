"""Files of waves: what every signal of a simulation did, for viewers such as GTKWave and Surfer."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from lmul.tools.files import check_writable, replaceable

_OPTIONS = {".vcd": "--trace", ".fst": "--trace-fst"}
_NEEDS = "waves as .fst need lz4 and zlib (Debian: apt-get install liblz4-dev zlib1g-dev); as .vcd they need nothing"
_WANTED = ("lz4", "zlib", "-lz")


_recorded: ContextVar[Path | None] = ContextVar("recorded", default=None)


@contextmanager
def recording(path: Path) -> Iterator[None]:
    """Record the waves of what is simulated within the block; of several simulations, those of the last remain.

    Raises
    ------
    ValueError
        The name of the file does not end in .vcd or .fst, or a device or the like is in its way.
    OSError
        A folder is in its way, or its folder cannot be made or written.
    """
    if path.suffix not in _OPTIONS:
        raise ValueError(f"waves must be a file that ends in .vcd or .fst, not {str(path)!r}")
    check_writable(replaceable(path).parent)
    token = _recorded.set(path)
    try:
        yield
    finally:
        _recorded.reset(token)


def recorded() -> Path | None:
    """Return the file of waves of the current block, if there is one."""
    return _recorded.get()


def trace_option(path: Path) -> str:
    """Return Verilator's option for waves of this ending."""
    return _OPTIONS[path.suffix]


def missing_library(path: Path, error: str) -> str | None:
    """Say what a build with waves of this ending lacks if its error speaks of that; else None."""
    return _NEEDS if path.suffix == ".fst" and any(word in error for word in _WANTED) else None
