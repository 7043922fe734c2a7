# amaranth: UnusedElaboratable=no
"""Options that say which multiplier is meant, shared by every subcommand that takes one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lmul.golden.formats import FORMATS, format_named
from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.multiplier import PIPELINE_DEPTHS, Multiplier

_DEPTHS = f"{PIPELINE_DEPTHS[0]} to {PIPELINE_DEPTHS[-1]}"

_OPTIONS = [
    click.option("--format", "format_name", required=True, metavar="NAME", help=f"{', '.join(FORMATS)}, or any eXmY."),
    click.option("--method", type=click.Choice([m.value for m in Method]), default="lmul", show_default=True),
    click.option("--policy", type=click.Choice([p.value for p in Policy]), default="flush", show_default=True),
    click.option("--constant", type=int, metavar="D", help="For the method constant: D in mantissa LSBs."),
    click.option("--table-bits", type=int, metavar="T", help="For corrected: mantissa bits of each operand, 1 to 3."),
    click.option(
        "--table", type=click.Path(path_type=Path), metavar="FILE", help="For corrected: your own D, as JSON."
    ),
    click.option(
        "--pipeline", type=int, default=0, show_default=True, metavar="N", help=f"Register stages, {_DEPTHS}."
    ),
]


def multiplier_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a multiplier; `chosen_multiplier` reads them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_multiplier(
    format_name: str,
    method: str,
    policy: str,
    constant: int | None,
    table_bits: int | None,
    table: Path | None,
    pipeline: int,
) -> Multiplier:
    """The multiplier that the options describe.

    Raises
    ------
    OSError, TypeError, ValueError
        An option, or the file it names, does not say one that exists.
    """
    rows = None if table is None else _read_table(table)
    parameters = Parameters(format_named(format_name), Method(method), Policy(policy), constant, table_bits, rows)
    return Multiplier(parameters, pipeline)


def _read_table(path: Path) -> tuple[tuple[int, ...], ...]:
    try:
        rows = json.loads(path.read_text())
        return tuple(tuple(row) for row in rows)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, TypeError) as error:
        raise ValueError(f"{path} must be a JSON array of rows of integers: {error}") from None
