"""Options of the commands that simulate Verilog."""

import functools
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from lmul.cli.options import with_options
from lmul.cli.paths import PATH
from lmul.sim.compiled import compiled_anew
from lmul.sim.waves import recording
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
    """Add --waves and --cache to a command, and simulate as they say."""

    @functools.wraps(command)
    def run(*arguments: Any, waves: Path | None, cache: bool, **options: Any) -> Any:
        with recording(waves) if waves else nullcontext(), nullcontext() if cache else compiled_anew():
            return command(*arguments, **options)

    return with_options(_OPTIONS, run)
