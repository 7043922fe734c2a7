"""Limits of time and memory for child processes, and how a process is ended with all that it started.

The user's own are in the environment: LMUL_TIMEOUT in seconds and LMUL_MEMORY in MiB. Memory is what the processes hold
(resident set), not their address space, of which WebAssembly and compilers reserve much more than they use.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SECONDS = 2 * 3600.0
"""Default for one child: three times what the whole full report takes on two cores, thousands of children together."""

SIMULATION_SECONDS = 24 * 3600.0
"""Default for a simulation or a sweep, as long as the user's operands are: `make verify-all` takes an hour in all."""

RIVAL_SECONDS = 300.0
"""Default for reading a rival: one module without mapping, seconds for a multiplier of fp32."""

MEMORY_SHARE = 0.5
"""Default share of the machine's memory for a child, so that two still fit. A 16 x 16 array's bench takes 0.7 GiB."""

TIMEOUT, MEMORY = "LMUL_TIMEOUT", "LMUL_MEMORY"
"""Variables of the environment."""

_MIB = 1 << 20


def seconds_allowed(default: float) -> float:
    """Return the seconds that a child may take: LMUL_TIMEOUT, or a default.

    Raises
    ------
    ValueError
        LMUL_TIMEOUT is not a positive number.
    """
    return _given(TIMEOUT, "seconds") or default


def memory_allowed() -> float:
    """Return the bytes that a child, with all that it starts, may hold: LMUL_MEMORY, or a share of the machine's.

    Raises
    ------
    ValueError
        LMUL_MEMORY is not a positive number.
    """
    given = _given(MEMORY, "MiB")
    return given * _MIB if given else MEMORY_SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def check_limits() -> None:
    """Read the environment's limits before any work.

    Raises
    ------
    ValueError
        One is not a positive number.
    """
    seconds_allowed(SECONDS)
    memory_allowed()


def _given(name: str, unit: str) -> float | None:
    """Read a variable; None if it is not set or empty."""
    text = os.environ.get(name, "")
    if not text:
        return None
    with suppress(ValueError):
        if (number := float(text)) > 0:  # inf for no limit; nan is not above 0
            return number
    raise ValueError(f"{name} must be a positive number of {unit}, not {text!r}")


def too_long(name: str, seconds: float) -> str:
    """Say that a program met its limit of time."""
    return f"{name} did not end within {seconds:g} seconds; {TIMEOUT}=SECONDS in the environment sets another limit"


def too_large(name: str, held: float, allowed: float) -> str:
    """Say that a program met its limit of memory."""
    return (
        f"{name} held {held / _MIB:,.0f} MiB of memory, above its limit of {allowed / _MIB:,.0f}; {MEMORY}=MIB in the"
        " environment sets another"
    )


def memory_held(root: int) -> int:
    """Sum up the bytes that a process and its descendants hold; 0 where /proc does not tell, as outside Linux."""
    return sum(map(_resident, _tree(root)))


def end_tree(root: int) -> None:
    """Kill a process and its descendants; where /proc does not list them, the process alone."""
    # Each is stopped before its children are listed, so that it starts no more of them meanwhile.
    for process in list(_tree(root, stop=True)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _tree(root: int, stop: bool = False) -> Iterator[int]:
    left = [root]
    while left:
        process = left.pop()
        if stop:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP)
        yield process
        for path in Path(f"/proc/{process}/task").glob("*/children"):
            with suppress(OSError):  # it has ended
                left += map(int, path.read_text().split())


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
