"""Options of the commands that simulate Verilog."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from lmul.cli.options import with_options
from lmul.cli.paths import PATH
from lmul.sim.compiled import compiled_anew
from lmul.sim.waves import check_waves
from lmul.tools.store import DAYS

_OPTIONS: list[Callable[..., Any]] = [
    click.option(
        "--waves", type=PATH, metavar="FILE", help="Where the waves of all signals go, by its ending .vcd or .fst."
    ),
    click.option(
        "--cache/--no-cache",
        "cache",
        default=True,
        show_default=True,
        help="Keep what is the same for all units, Verilator's runtime, compiled in lmul/compiled in your folder for"
        f" caches (XDG_CACHE_HOME). What was not used for {DAYS} days goes.",
    ),
]


def simulation_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --waves and --cache to a command."""
    return with_options(_OPTIONS, command)


@contextmanager
def simulation(waves: Path | None, cache: bool) -> Iterator[None]:
    """Check the options, and simulate within the block as they say.

    Raises
    ------
    ValueError, OSError
        The waves cannot be written there.
    """
    if waves is not None:
        check_waves(waves)
    if cache:
        yield
    else:
        with compiled_anew():
            yield
